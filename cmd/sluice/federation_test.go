package main

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/testservers"
)

// federation is the tables of testdata/cases spread over three stores, and one plain
// PostgreSQL that holds them all.
type federation struct {
	mesh   *meshFixture
	oracle *testservers.PostgresServer
	tables []storedTable
}

// storedTable is a table as the oracle knows it.
type storedTable struct {
	schema, name string
	columns      []fixtureColumn
}

// newFederation loads the tables everywhere and describes them in a mesh without users
// and grants. my holds the domain ware. tags are those of columns, by "schema.table.column".
func newFederation(t testing.TB, my *testservers.MySQLServer, tags map[string]string) *federation {
	t.Helper()
	script := readFile(t, "../../testdata/cases/tables.sql")
	f := &federation{mesh: newMesh(t), oracle: testservers.Postgres(t).NewDatabase(t)}
	f.oracle.Exec(t, script)
	source := testservers.Postgres(t).NewDatabase(t)
	source.Exec(t, script, "DROP SCHEMA ware CASCADE", "DROP SCHEMA lake CASCADE", "ANALYZE")
	must(t, os.MkdirAll(filepath.Join(f.mesh.dir, "lake"), 0o755))
	f.mesh.domain("shop", f.mesh.serverSource("postgres", source.Host, source.Port, source.Database, source.User, source.Password))
	ware := f.addWare(t, my, script)
	f.mesh.domain("lake", "type: files\npath: lake\n")

	conn := connectTo(t, f.oracle.DSN)
	f.tables = storedTables(t, conn)
	for _, table := range f.tables {
		for i, c := range table.columns {
			if tag, ok := tags[table.schema+"."+table.name+"."+c.name]; ok {
				table.columns[i].more += ", tags: [" + tag + "]"
			}
		}
		switch table.schema {
		case "shop":
			f.mesh.productIn(table.schema, table.name, "shop", table.columns)
		case "ware":
			ware(conn, table)
		case "lake":
			path := table.name + ".csv"
			copyToCSV(t, conn, filepath.Join(f.mesh.dir, "lake", path), table)
			if by, is := hives[table.name]; is {
				path = copyToHive(t, filepath.Join(f.mesh.dir, "lake"), path, table, by)
			}
			f.mesh.product(table.schema, table.name, path, table.columns...)
		}
	}
	return f
}

// addWare makes the domain that lives in MariaDB or MySQL and gives what stores a table of it.
func (f *federation) addWare(t testing.TB, my *testservers.MySQLServer, script string) func(*pgx.Conn, storedTable) {
	t.Helper()
	if _, served := kinds(1<<28, 1, nil, 0)[catalog.MariaDB]; !served {
		source := testservers.Postgres(t).NewDatabase(t)
		source.Exec(t, script, "DROP SCHEMA shop CASCADE", "DROP SCHEMA lake CASCADE")
		f.mesh.domain("ware", f.mesh.serverSource("postgres", source.Host, source.Port, source.Database, source.User, source.Password))
		return func(_ *pgx.Conn, table storedTable) {
			f.mesh.productIn(table.schema, table.name, "ware", table.columns)
		}
	}
	my = my.NewDatabase(t)
	f.mesh.domain("ware", f.mesh.serverSource(my.Kind(), my.Host, my.Port, my.Database, my.User, my.Password)+"options: {parallelReads: \"2\", snapshot: near}\n")
	return func(conn *pgx.Conn, table storedTable) {
		copyToMySQL(t, conn, my.DSN, table)
		f.mesh.product(table.schema, table.name, "", table.columns...)
	}
}

// grantAll opens every table to a group.
func (f *federation) grantAll(group string) {
	for _, table := range f.tables {
		f.mesh.grant(table.schema, table.name, group, "")
	}
}

// storedTables reads the oracle's tables with their columns and primary keys.
func storedTables(t testing.TB, conn *pgx.Conn) []storedTable {
	t.Helper()
	rows, err := conn.Query(t.Context(), `
		SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0) -- it counts from 0
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
		LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
		WHERE n.nspname IN ('shop', 'ware', 'lake') AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 ORDER BY 1, 2, a.attnum`)
	must(t, err)
	var tables []storedTable
	for rows.Next() {
		var schema, name, column, pgType string
		var required bool
		var key int
		must(t, rows.Scan(&schema, &name, &column, &pgType, &required, &key))
		if len(tables) == 0 || tables[len(tables)-1].name != name {
			tables = append(tables, storedTable{schema: schema, name: name})
		}
		last := &tables[len(tables)-1]
		more := fmt.Sprintf("required: %t", required)
		if key > 0 {
			more += fmt.Sprintf(", primaryKey: true, primaryKeyPosition: %d", key)
		}
		last.columns = append(last.columns, fixtureColumn{column, pgType, more})
	}
	must(t, rows.Err())
	return tables
}

// mysqlTypes says how a PostgreSQL type is stored there where the name differs.
var mysqlTypes = strings.NewReplacer("character varying", "varchar", "numeric", "decimal", "timestamp without time zone", "datetime(6)")

// copyToMySQL creates a table in the default collation, which is neither
// case-sensitive nor free of padding, and fills it with the oracle's rows.
func copyToMySQL(t testing.TB, from *pgx.Conn, dsn string, table storedTable) {
	t.Helper()
	db, err := sql.Open("mysql", dsn)
	must(t, err)
	defer db.Close()
	definitions := make([]string, len(table.columns))
	for i, c := range table.columns {
		definitions[i] = c.name + " " + mysqlTypes.Replace(c.pgType)
		if strings.Contains(c.more, "primaryKeyPosition: 1") {
			definitions[i] += " PRIMARY KEY"
		}
	}
	_, err = db.ExecContext(t.Context(), "CREATE TABLE "+table.name+" ("+strings.Join(definitions, ", ")+")")
	must(t, err)
	insert := "INSERT INTO " + table.name + " VALUES (?" + strings.Repeat(", ?", len(table.columns)-1) + ")"
	a := ask(t.Context(), from, "SELECT * FROM "+table.schema+"."+table.name)
	for _, row := range a.rows {
		values := make([]any, len(row))
		for i, v := range row {
			if v != "NULL" {
				values[i] = v
			}
		}
		_, err := db.ExecContext(t.Context(), insert, values...)
		must(t, err)
	}
	_, err = db.ExecContext(t.Context(), "ANALYZE TABLE "+table.name)
	must(t, err)
}

// copyToCSV writes the oracle's rows as a CSV file with a header.
func copyToCSV(t testing.TB, from *pgx.Conn, path string, table storedTable) {
	t.Helper()
	f, err := os.Create(path)
	must(t, err)
	_, err = from.PgConn().CopyTo(t.Context(), f, "COPY "+table.schema+"."+table.name+" TO STDOUT (FORMAT csv, HEADER)")
	must(t, err)
	must(t, f.Close())
}

// hives are the tables of lake that lie in Parquet files, a directory for each value of a column.
var hives = map[string]string{"readings": "region"}

// copyToHive makes Parquet files of a CSV file, and gives the pattern of their names.
func copyToHive(t testing.TB, dir, csv string, table storedTable, by string) string {
	t.Helper()
	engine, err := duckdb.Open(duckdb.Options{AllowedDirectories: []string{dir}})
	must(t, err)
	defer engine.Close()
	types := make([]string, len(table.columns))
	for i, c := range table.columns {
		types[i] = fmt.Sprintf("'%s': '%s'", c.name, c.pgType)
	}
	must(t, engine.Exec(t.Context(), fmt.Sprintf("COPY (FROM read_csv('%s', header = true, columns = {%s})) TO '%s' (FORMAT parquet, PARTITION_BY (%s))",
		filepath.Join(dir, csv), strings.Join(types, ", "), filepath.Join(dir, table.name), by)))
	return table.name + "/**/*.parquet"
}

func connectTo(t testing.TB, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	must(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func readFile(t testing.TB, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	must(t, err)
	return string(text)
}
