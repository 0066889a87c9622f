package sqlwriter_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgfunctions"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// oracle is one PostgreSQL database and a DuckDB with the same tables.
type oracle struct {
	conn   *pgx.Conn
	duck   *duckdb.Engine
	tables map[catalog.Address]*catalog.Table
	mu     sync.Mutex
	zone   *time.Location // of the session; nil is UTC
}

// newOracle runs schema in a fresh database and copies its tables into DuckDB, by
// setup statements where there are any.
func newOracle(t *testing.T, dsn string, options duckdb.Options) *oracle {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	o := &oracle{conn: conn, tables: map[catalog.Address]*catalog.Table{}}
	o.readCatalog(t)
	if options.Setup == nil {
		for a := range o.tables {
			options.Setup = append(options.Setup, "CREATE SCHEMA IF NOT EXISTS "+quoted(a.Schema))
		}
		for _, table := range o.tables {
			options.Setup = append(options.Setup, o.copyTable(t, table))
		}
	}
	options.MemoryLimit, options.Threads = 1<<30, 2
	options.Scalars, options.Aggregates = pgfunctions.Scalars(), pgfunctions.Aggregates()
	options.Setup = append(pgfunctions.Setup(), options.Setup...)
	if o.duck, err = duckdb.Open(options); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.duck.Close() })
	return o
}

func schemaOracle(t *testing.T) *oracle {
	t.Helper()
	schema, err := os.ReadFile("testdata/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	db := testservers.Postgres(t).NewDatabase(t)
	db.Exec(t, string(schema))
	return newOracle(t, db.DSN, duckdb.Options{})
}

func (o *oracle) readCatalog(t *testing.T) {
	t.Helper()
	rows, err := o.conn.Query(t.Context(), `
		SELECT n.nspname, c.relname, c.oid::int8, a.attname, a.attnum, a.atttypid::int8, a.atttypmod, a.attnotnull
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND a.attnum > 0 ORDER BY c.oid, a.attnum`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var schema, name string
		var oid, typeOID int64
		var ordinal int16
		c := &catalog.Column{}
		if err := rows.Scan(&schema, &name, &oid, &c.Name, &ordinal, &typeOID, &c.Type.Mod, &c.NotNull); err != nil {
			t.Fatal(err)
		}
		c.Ordinal, c.Physical, c.Type.OID = int(ordinal), c.Name, pgtype.OID(typeOID)
		a := catalog.Address{Schema: schema, Name: name}
		table := o.tables[a]
		if table == nil {
			table = &catalog.Table{OID: uint32(oid), Addresses: []catalog.Address{a}, Physical: catalog.Physical{Schema: schema, Name: name}}
			if schema == "public" {
				table.Physical.Schema = ""
			}
			o.tables[a] = table
		}
		table.Columns = append(table.Columns, c)
	}
	if rows.Err() != nil {
		t.Fatal(rows.Err())
	}
}

// copyTable writes a table's rows as literals of the DuckDB dialect.
func (o *oracle) copyTable(t *testing.T, table *catalog.Table) string {
	t.Helper()
	name := quoted(table.Physical.Name)
	if table.Physical.Schema != "" {
		name = quoted(table.Physical.Schema) + "." + name
	}
	r := o.postgres(t.Context(), "SELECT * FROM "+name)
	if r.err != nil {
		t.Fatal(r.err)
	}
	values := &plan.Values{}
	for i, c := range table.Columns {
		values.Cols = append(values.Cols, plan.Column{ID: plan.ColumnID(i + 1), Name: c.Name, Type: c.Type})
	}
	for _, row := range r.rows {
		var list []plan.Expr
		for i, cell := range row {
			list = append(list, &plan.Literal{Of: table.Columns[i].Type, Null: cell == null, Text: cell})
		}
		values.Rows = append(values.Rows, list)
	}
	sql, err := sqlwriter.DuckDB(values, sqlwriter.Options{})
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, len(table.Columns))
	for i, c := range table.Columns {
		names[i] = quoted(c.Name)
	}
	return fmt.Sprintf("CREATE TABLE %s AS SELECT * FROM (%s) AS t(%s)", name, sql, strings.Join(names, ", "))
}

func (o *oracle) location() *time.Location {
	if o.zone == nil {
		return time.UTC
	}
	return o.zone
}

// options are those of a statement in the oracle's session.
func (o *oracle) options(q plan.Query) sqlwriter.Options {
	return sqlwriter.Options{Locale: plan.Locale{TimeZone: o.location().String()}}.ForQuery(q)
}

func quoted(name string) string { return `"` + name + `"` }

func (o *oracle) environment() bind.Environment {
	now := time.Date(2024, 2, 29, 12, 30, 0, 0, time.UTC)
	return bind.Environment{
		Resolve: func(schema, name string) (*catalog.Table, error) {
			if schema == "" {
				schema = "public"
			}
			if t := o.tables[catalog.Address{Schema: schema, Name: name}]; t != nil {
				return t, nil
			}
			return nil, sqlstate.New(sqlstate.UndefinedTable, "relation \"%s\" does not exist", name)
		},
		Setting: func(string) (string, bool) { return "", false },
		User:    "postgres", Database: "x", Version: "15.18", SearchPath: []string{"public"},
		TransactionStart: now, StatementStart: now, TimeZone: o.location(), DateOrder: "MDY",
	}
}

func (o *oracle) bind(sql string) (plan.Query, error) {
	tree, err := pg_query.Parse(sql)
	if err != nil {
		return plan.Query{}, err
	}
	b, err := bind.Query(o.environment(), sql, tree.Stmts[0].Stmt.GetSelectStmt(), nil)
	return b.Query, err
}

// null stands for NULL among texts.
const null = "∅"

// result is rows in text form, or an error.
type result struct {
	types []pgtype.OID
	rows  [][]string
	err   error
}

func (o *oracle) postgres(ctx context.Context, sql string) result {
	o.mu.Lock()
	defer o.mu.Unlock()
	answer := o.conn.PgConn().ExecParams(ctx, sql, nil, nil, nil, nil)
	var r result
	for answer.NextRow() {
		texts := make([]string, len(answer.Values()))
		for i, cell := range answer.Values() {
			texts[i] = string(cell)
			if cell == nil {
				texts[i] = null
			}
		}
		r.rows = append(r.rows, texts)
	}
	for _, f := range answer.FieldDescriptions() {
		r.types = append(r.types, pgtype.OID(f.DataTypeOID))
	}
	_, r.err = answer.Close()
	return r
}

func (o *oracle) duckdb(ctx context.Context, sql string, q plan.Query) result {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	reader, err := o.duck.Query(ctx, sql, nil)
	if err != nil {
		return result{err: err}
	}
	defer reader.Release()
	r := result{}
	for _, c := range q.Output {
		r.types = append(r.types, c.Type.OID)
	}
	for i, f := range reader.Schema().Fields() {
		if want := pgtype.Arrow(q.Output[i].Type); f.Type.String() != want.String() && !sameList(f.Type, want) {
			return result{err: fmt.Errorf("column %d is %s in Arrow, want %s", i+1, f.Type, want)}
		}
	}
	for reader.Next() {
		batch := reader.RecordBatch()
		for row := range int(batch.NumRows()) {
			texts := make([]string, batch.NumCols())
			for i, column := range batch.Columns() {
				texts[i] = strings.Clone(cellText(column, row))
				if moments, ok := column.(*array.Timestamp); ok && o.zone != nil && moments.IsValid(row) && q.Output[i].Type.OID == pgtype.Timestamptz {
					texts[i] = datetime.FormatTimestamptz(int64(moments.Value(row)), o.zone)
				}
			}
			r.rows = append(r.rows, texts)
		}
	}
	r.err = reader.Err()
	return r
}

// text shows a result for comparison: types and rows, or the error's code.
func (r result) text(sorted bool) string {
	if r.err != nil {
		return "error " + code(r.err)
	}
	lines := make([]string, len(r.rows))
	for i, row := range r.rows {
		lines[i] = strings.Join(row, "|")
	}
	if sorted {
		sortLines(lines)
	}
	return fmt.Sprint(r.types, "\n", strings.Join(lines, "\n"))
}

func code(err error) string {
	var theirs *pgconn.PgError
	var ours *sqlstate.Error
	switch {
	case errors.As(err, &theirs):
		return theirs.Code
	case errors.As(err, &ours):
		return string(ours.Code)
	}
	return err.Error()
}
