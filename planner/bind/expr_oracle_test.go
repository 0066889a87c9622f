package bind

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/sqlstate"
)

// oracleTables are created in PostgreSQL and known to the binder alike.
var oracleTables = map[string][][2]string{
	"t": {
		{"b", "boolean"}, {"i2", "smallint"}, {"i4", "integer"}, {"i8", "bigint"}, {"f4", "real"}, {"f8", "double precision"},
		{"n", "numeric"}, {"n122", "numeric(12,2)"}, {"txt", "text"}, {"vc", "character varying"}, {"vc5", "character varying(5)"},
		{"c3", "character(3)"}, {"nm", "name"}, {"by", "bytea"}, {"d", "date"}, {"tm", "time without time zone"},
		{"ts", "timestamp without time zone"}, {"ts3", "timestamp(3) without time zone"}, {"tz", "timestamp with time zone"},
		{"iv", "interval"}, {"u", "uuid"}, {"j", "json"}, {"jb", "jsonb"}, {"o", "oid"}, {"bt", "bit(4)"}, {"vb", "bit varying"},
		{"ip", "inet"}, {"i4a", "integer[]"}, {"ta", "text[]"}, {"na", "numeric(12,2)[]"},
	},
	"u": {{"i4", "integer"}, {"name", "text"}, {"xy", "integer"}, {"ya", "integer"}},
}

func oracle(t *testing.T) (*pgx.Conn, Environment) {
	t.Helper()
	server := testservers.Postgres(t).NewDatabase(t)
	for name, columns := range oracleTables {
		var definitions []string
		for _, c := range columns {
			definitions = append(definitions, c[0]+" "+c[1])
		}
		server.Exec(t, "CREATE TABLE "+name+" ("+strings.Join(definitions, ", ")+")")
	}
	connection, err := pgx.Connect(t.Context(), server.DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close(context.Background()) })
	env := testEnvironment(t)
	env.Database = server.Database
	return connection, env
}

// TestExpressionsAgainstPostgres binds every line of testdata/expressions.txt here and in
// PostgreSQL, and compares labels, types, modifiers and parameter types, or the error.
func TestExpressionsAgainstPostgres(t *testing.T) {
	t.Parallel()
	connection, env := oracle(t)
	compareAll(t, connection, env, oracleStatements(t))
}

func oracleStatements(t testing.TB) []string {
	t.Helper()
	raw, err := os.ReadFile("testdata/expressions.txt")
	if err != nil {
		t.Fatal(err)
	}
	var statements []string
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			statements = append(statements, statementOf(line))
		}
	}
	return statements
}

// statementOf makes a statement of an expression over t.
func statementOf(line string) string {
	for _, word := range []string{"SELECT ", "WITH ", "VALUES "} {
		if strings.HasPrefix(line, word) {
			return line
		}
	}
	return "SELECT " + line + " FROM t"
}

// TestTypePairsAgainstPostgres does the same for all pairs of column types under casts,
// common types and some operators.
func TestTypePairsAgainstPostgres(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("thousands of statements")
	}
	connection, env := oracle(t)
	var statements []string
	for _, x := range oracleTables["t"] {
		for _, form := range []string{"-%s", "NULLIF(%s, NULL)", "%s IN ('1', NULL)", "%s || 'x'", "%s = '1'", "length(%s)", "CASE %s WHEN NULL THEN 1 END", "%s[1]", "$1 = %s", "sum(%s)", "max(%s)", "ARRAY[%s, NULL]", "%s BETWEEN NULL AND NULL"} {
			statements = append(statements, "SELECT "+fmt.Sprintf(form, x[0])+" FROM t")
		}
		for _, y := range oracleTables["t"] {
			statements = append(statements,
				fmt.Sprintf("SELECT %s::%s FROM t", x[0], y[1]),
				fmt.Sprintf("SELECT coalesce(%s, %s) FROM t", x[0], y[0]),
				fmt.Sprintf("SELECT CASE WHEN b THEN %s ELSE %s END FROM t", x[0], y[0]))
			for _, o := range []string{"=", "<", "+", "-", "||", "IS DISTINCT FROM"} {
				statements = append(statements, fmt.Sprintf("SELECT %s %s %s FROM t", x[0], o, y[0]))
			}
		}
	}
	compareAll(t, connection, env, statements)
}

func compareAll(t *testing.T, connection *pgx.Conn, env Environment, statements []string) {
	t.Helper()
	equal := 0
	for _, statement := range statements {
		want, got := describedByPostgres(t, connection, statement), describedHere(env, statement)
		switch {
		case got == want:
			equal++
		case strings.HasPrefix(got, "0A000"):
			t.Logf("refused: %s\n    got  %s\n    want %s", statement, got, want)
		default:
			t.Errorf("%s\n    got  %s\n    want %s", statement, got, want)
		}
	}
	t.Logf("%d of %d equal", equal, len(statements))
}

// describedByPostgres gives what Describe says of a statement, or the error.
func describedByPostgres(t *testing.T, connection *pgx.Conn, statement string) string {
	t.Helper()
	return describedWith(t, connection, statement, nil)
}

func describedWith(t *testing.T, connection *pgx.Conn, statement string, types []uint32) string {
	t.Helper()
	d, err := connection.PgConn().Prepare(t.Context(), "", statement, types)
	var e *pgconn.PgError
	if errors.As(err, &e) {
		if e.Message == "invalid input syntax for type json" {
			e.Detail = "" // names the token at fault; here it is not told
		}
		return errorLine(e.Code, e.Position, e.Message, e.Detail, e.Hint)
	}
	if err != nil {
		t.Fatal(err)
	}
	var line strings.Builder
	for _, f := range d.Fields {
		fmt.Fprintf(&line, "%s %s %d; ", f.Name, typeOf(t, connection, f.DataTypeOID), f.TypeModifier)
	}
	for _, p := range d.ParamOIDs {
		fmt.Fprintf(&line, "$%d ", p)
	}
	return line.String()
}

// typeOf gives a type's OID; of the row type of a table, whose OID is the server's, the
// table's name.
func typeOf(t *testing.T, connection *pgx.Conn, oid uint32) string {
	t.Helper()
	if oid < 16384 {
		return fmt.Sprint(oid)
	}
	var name string
	if err := connection.QueryRow(t.Context(), "SELECT typname FROM pg_type WHERE oid = $1", oid).Scan(&name); err != nil {
		t.Fatal(err)
	}
	return name
}

func describedHere(env Environment, statement string) string {
	return describedGiven(env, statement, nil)
}

func describedGiven(env Environment, statement string, types []pgtype.OID) string {
	tree, err := pg_query.Parse(statement)
	if err != nil {
		return err.Error()
	}
	bound, err := Query(env, statement, tree.Stmts[0].Stmt.GetSelectStmt(), types)
	if err != nil {
		e := sqlstate.From(err)
		return errorLine(string(e.Code), int32(e.Position), e.Message, e.Detail, e.Hint)
	}
	var line strings.Builder
	for _, c := range bound.Query.Output {
		of := fmt.Sprint(c.Type.OID)
		if _, table, ok := c.Type.Relation(); ok {
			of = table
		}
		fmt.Fprintf(&line, "%s %s %d; ", c.Name, of, c.Type.Mod)
	}
	for _, p := range bound.Parameters {
		fmt.Fprintf(&line, "$%d ", p.OID)
	}
	return line.String()
}

func errorLine(code string, position int32, message, detail, hint string) string {
	return fmt.Sprintf("%s at %d: %s|%s|%s", code, position, message, detail, hint)
}
