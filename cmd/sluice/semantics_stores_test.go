package main

import (
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/planner/plan"
)

// store is one kind of source that holds the samples, each type in a table of its own.
// It is a domain of the mesh, and a schema of the oracle, under the same name.
type store struct {
	name string
	// types are those columns have, by sample type. What is not there the source has not.
	types map[string]string
	// physical are the source's own names for them, where it is not PostgreSQL.
	physical map[string]string
	// held are the numbers of the sample values that the source could take, by type.
	held map[string]map[int]bool
}

// stores are the sources of `make semantics`. The PostgreSQL one has every type. MariaDB's decimals
// have a scale; of Parquet's, those without one are texts.
func stores() []*store {
	same := map[string]string{}
	for kind := range samples {
		same[kind] = kind
	}
	delete(same, "name") // no contract has it
	delete(same, "bit")
	return []*store{
		{name: "post", types: same},
		{name: "maria", types: map[string]string{
			"bool": "boolean", "int2": "smallint", "int4": "integer", "int8": "bigint", "numeric": "numeric(20,4)", "float4": "real", "float8": "double precision",
			"text": "text", "varchar": "varchar(200)", "bpchar": "char(20)", "bytea": "bytea", "uuid": "uuid", "date": "date", "time": "time",
			"timestamp": "timestamp", "timestamptz": "timestamptz", "json": "json", "jsonb": "jsonb",
		}, physical: map[string]string{
			"bool": "tinyint(1)", "numeric": "decimal(20,4)", "float4": "float", "float8": "double", "text": "longtext", "bytea": "longblob", "uuid": "char(36)",
			"time": "time(6)", "timestamp": "datetime(6)", "timestamptz": "timestamp(6) NULL", "json": "longtext", "jsonb": "longtext",
		}},
		{name: "lake", types: map[string]string{
			"bool": "boolean", "int2": "smallint", "int4": "integer", "int8": "bigint", "numeric": "numeric", "float4": "real", "float8": "double precision",
			"text": "text", "varchar": "varchar", "bpchar": "char(20)", "bytea": "bytea", "uuid": "uuid", "date": "date", "time": "time", "timestamp": "timestamp",
			"timestamptz": "timestamptz", "interval": "interval", "json": "json", "int4[]": "integer[]", "int8[]": "bigint[]", "text[]": "text[]",
			"float8[]": "double precision[]", "bool[]": "boolean[]", "date[]": "date[]", "timestamp[]": "timestamp[]",
		}, physical: map[string]string{"numeric": "text", "bpchar": "text", "uuid": "text", "interval": "text", "json": "text"}},
	}
}

// samplesMesh holds the samples in every store and in the oracle.
type samplesMesh struct {
	mesh   *meshFixture
	oracle *testservers.PostgresServer
	stores []*store
}

// newSamplesMesh loads the samples: the values that templates, which must have been read
// before, number. A value that a source does not take is left out there and in the
// oracle's schema of that name.
func newSamplesMesh(t testing.TB, oracle *testservers.PostgresServer) *samplesMesh {
	t.Helper()
	m := &samplesMesh{mesh: newMesh(t), oracle: oracle.NewDatabase(t), stores: stores()}
	m.mesh.user("reader", "", "readers")
	maria := testservers.MariaDB(t).NewDatabase(t)
	must(t, os.MkdirAll(filepath.Join(m.mesh.dir, "lake"), 0o755))
	m.mesh.domain("post", m.mesh.serverSource("postgres", m.oracle.Host, m.oracle.Port, m.oracle.Database, m.oracle.User, m.oracle.Password))
	m.mesh.domain("maria", m.mesh.serverSource("mariadb", maria.Host, maria.Port, maria.Database, maria.User, maria.Password))
	m.mesh.domain("lake", "type: files\npath: lake\n")
	conn := connectTo(t, m.oracle.DSN)
	for _, s := range m.stores {
		m.oracle.Exec(t, "CREATE SCHEMA "+s.name)
		loadSamples(t, conn, s)
		switch s.name {
		case "maria":
			s.loadMariaDB(t, conn, maria.DSN)
		case "lake":
			s.loadParquet(t, conn, filepath.Join(m.mesh.dir, "lake"))
		}
		s.readHeld(t, conn)
		m.publish(t, s)
	}
	return m
}

// columnsOf are the columns of a table of samples: of those of one type, or of "samples".
func (s *store) columnsOf(table string) []fixtureColumn {
	if table == "samples" {
		return s.samplesColumns()
	}
	for kind, pgType := range s.types {
		if sampleTable(kind) == table {
			return []fixtureColumn{{"i", "integer", "required: true, primaryKey: true, primaryKeyPosition: 1"}, {"v", pgType, ""}}
		}
	}
	panic("no table " + table)
}

func (s *store) tables() []string {
	names := []string{"samples"}
	for kind := range s.types {
		names = append(names, sampleTable(kind))
	}
	slices.Sort(names)
	return names
}

// samplesTable are the columns of samples.sql with their sample types.
var samplesTable = []struct{ name, kind, declared string }{
	{"id", "int4", ""}, {"k", "text", ""}, {"int2_", "int2", ""}, {"int4_", "int4", ""}, {"int8_", "int8", ""}, {"numeric_", "numeric", ""}, {"money_", "numeric", "numeric(12,2)"},
	{"float4_", "float4", ""}, {"float8_", "float8", ""}, {"bool_", "bool", ""}, {"text_", "text", ""}, {"varchar_", "varchar", "varchar(20)"}, {"bpchar_", "bpchar", "char(5)"},
	{"bytea_", "bytea", ""}, {"date_", "date", ""}, {"time_", "time", ""}, {"timestamp_", "timestamp", ""}, {"timestamptz_", "timestamptz", ""}, {"interval_", "interval", ""},
	{"uuid_", "uuid", ""}, {"json_", "json", ""}, {"jsonb_", "jsonb", ""}, {"ints_", "int4[]", ""}, {"texts_", "text[]", ""},
}

func (s *store) samplesColumns() []fixtureColumn {
	var list []fixtureColumn
	for _, c := range samplesTable {
		pgType, has := s.types[c.kind]
		if !has {
			continue
		}
		if c.declared != "" {
			pgType = c.declared
		}
		more := ""
		if c.name == "id" {
			more = "required: true, primaryKey: true, primaryKeyPosition: 1"
		}
		list = append(list, fixtureColumn{c.name, pgType, more})
	}
	return list
}

// loadSamples fills the oracle's schema of a store.
func loadSamples(t testing.TB, conn *pgx.Conn, s *store) {
	t.Helper()
	exec := func(text string) error { _, err := conn.Exec(t.Context(), text); return err }
	for kind, pgType := range s.types {
		table := s.name + "." + sampleTable(kind)
		must(t, exec(fmt.Sprintf("CREATE TABLE %s (i int4 PRIMARY KEY, v %s)", table, pgType)))
		rows := make([]string, len(sampleValues[kind]))
		for i, literal := range sampleValues[kind] {
			rows[i] = fmt.Sprintf("(%d, %s::%s)", i, literal, kind)
		}
		if len(rows) == 0 || exec("INSERT INTO "+table+" VALUES "+strings.Join(rows, ", ")) == nil {
			continue
		}
		for _, row := range rows {
			_ = exec("INSERT INTO " + table + " VALUES " + row)
		}
	}
	if s.name == "post" {
		must(t, exec("SET search_path = post"))
		must(t, exec(readFile(t, semanticsFolder+"samples.sql")))
		must(t, exec("RESET search_path"))
		return
	}
	var list []string
	for _, c := range s.samplesColumns() {
		list = append(list, fmt.Sprintf("%s::%s", c.name, c.pgType))
	}
	must(t, exec(fmt.Sprintf("CREATE TABLE %s.samples AS SELECT %s FROM post.samples", s.name, strings.Join(list, ", "))))
	must(t, exec("ALTER TABLE "+s.name+".samples ADD PRIMARY KEY (id)"))
}

// loadMariaDB copies the oracle's rows; those that MariaDB refuses leave the oracle too.
func (s *store) loadMariaDB(t testing.TB, conn *pgx.Conn, dsn string) {
	t.Helper()
	db, err := sql.Open("mysql", dsn)
	must(t, err)
	defer db.Close()
	for _, table := range s.tables() {
		var definitions []string
		columns := s.columnsOf(table)
		for i, c := range columns {
			definitions = append(definitions, c.name+" "+s.physicalType(c))
			if i == 0 {
				definitions[0] += " PRIMARY KEY"
			}
		}
		_, err := db.ExecContext(t.Context(), "CREATE TABLE "+table+" ("+strings.Join(definitions, ", ")+")")
		must(t, err)
		insert := "INSERT INTO " + table + " VALUES (?" + strings.Repeat(", ?", len(columns)-1) + ")"
		for _, row := range ask(t.Context(), conn, "SELECT * FROM "+s.name+"."+table).rows {
			values := make([]any, len(row))
			for i, v := range row {
				values[i] = mariaValue(columns[i].pgType, v)
			}
			if _, err := db.ExecContext(t.Context(), insert, values...); err != nil {
				_, err := conn.Exec(t.Context(), fmt.Sprintf("DELETE FROM %s.%s WHERE %s = %s", s.name, table, columns[0].name, row[0]))
				must(t, err)
			}
		}
	}
}

// physicalType is a column's type at the source.
func (s *store) physicalType(c fixtureColumn) string {
	for kind, pgType := range s.types {
		if name, differs := s.physical[kind]; differs && pgType == c.pgType {
			return name
		}
	}
	return mysqlTypes.Replace(c.pgType)
}

func mariaValue(pgType, text string) any {
	switch {
	case text == "NULL":
		return nil
	case pgType == "boolean":
		return text == "t"
	case pgType == "bytea":
		var raw []byte
		fmt.Sscanf(strings.TrimPrefix(text, `\x`), "%x", &raw)
		return append([]byte{}, raw...)
	case pgType == "timestamptz":
		return strings.TrimSuffix(text, "+00")
	}
	return text
}

// loadParquet writes the oracle's rows as one file a table.
func (s *store) loadParquet(t testing.TB, conn *pgx.Conn, dir string) {
	t.Helper()
	engine, err := duckdb.Open(duckdb.Options{AllowedDirectories: []string{dir}})
	must(t, err)
	defer engine.Close()
	for _, table := range s.tables() {
		values := &plan.Values{}
		for i, c := range s.columnsOf(table) {
			of, err := pgtype.ParseTypeName(s.fileType(c))
			must(t, err)
			values.Cols = append(values.Cols, plan.Column{ID: plan.ColumnID(i + 1), Name: c.name, Type: of})
		}
		answer := ask(t.Context(), conn, "SELECT * FROM "+s.name+"."+table)
		for _, row := range answer.rows {
			var list []plan.Expr
			for i, cell := range row {
				list = append(list, &plan.Literal{Of: values.Cols[i].Type, Null: cell == "NULL", Text: cell})
			}
			values.Rows = append(values.Rows, list)
		}
		text, err := sqlwriter.DuckDB(values, sqlwriter.Options{})
		must(t, err)
		var names []string
		for _, c := range values.Cols {
			names = append(names, `"`+c.Name+`"`)
		}
		must(t, engine.Exec(t.Context(), fmt.Sprintf("COPY (SELECT * FROM (%s) AS t(%s)) TO '%s' (FORMAT parquet)", text, strings.Join(names, ", "), filepath.Join(dir, table+".parquet"))))
	}
}

// fileType is the type of PostgreSQL whose form the file has.
func (s *store) fileType(c fixtureColumn) string {
	if s.physicalType(c) == "text" {
		return "text"
	}
	return c.pgType
}

// readHeld notes the values that the store has.
func (s *store) readHeld(t testing.TB, conn *pgx.Conn) {
	t.Helper()
	s.held = map[string]map[int]bool{}
	for kind := range s.types {
		s.held[kind] = map[int]bool{}
		for _, row := range ask(t.Context(), conn, "SELECT i FROM "+s.name+"."+sampleTable(kind)).rows {
			var i int
			fmt.Sscan(row[0], &i)
			s.held[kind][i] = true
		}
	}
}

func (m *samplesMesh) publish(t testing.TB, s *store) {
	t.Helper()
	for _, table := range s.tables() {
		switch s.name {
		case "post":
			m.mesh.productIn(s.name, table, "post", s.columnsOf(table))
		case "maria":
			m.mesh.product(s.name, table, "", s.columnsOf(table)...)
		default:
			m.mesh.product(s.name, table, table+".parquet", s.columnsOf(table)...)
		}
		m.mesh.grant(s.name, table, "readers", "")
	}
}

// has tells which of a template's rows the store can hold.
func (s *store) has(c template) [][]int {
	var rows [][]int
	for _, row := range c.rows {
		ok := true
		for i, slot := range c.slots {
			ok = ok && s.held[slot.kind][row[i]]
		}
		if ok {
			rows = append(rows, row)
		}
	}
	return rows
}
