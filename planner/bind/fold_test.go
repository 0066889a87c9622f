package bind

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// TestLiteralsAgainstPostgres runs every expression that binds to a literal in PostgreSQL
// and compares the text of the value.
func TestLiteralsAgainstPostgres(t *testing.T) {
	t.Parallel()
	connection, env := oracle(t)
	if _, err := connection.Exec(t.Context(), "INSERT INTO t DEFAULT VALUES"); err != nil {
		t.Fatal(err)
	}
	folded, equal := 0, 0
	for _, statement := range oracleStatements(t) {
		l := boundLiteral(env, statement)
		if l == nil || ofSession(statement) {
			continue
		}
		folded++
		want, null := textInPostgres(t, connection, statement)
		if l.Null != null || l.Text != want {
			t.Errorf("%s: got %q (null %t), want %q (null %t)", statement, l.Text, l.Null, want, null)
			continue
		}
		equal++
	}
	t.Logf("%d of %d literals equal", equal, folded)
}

// boundLiteral gives the literal a statement's one column binds to, nil where it does not.
func boundLiteral(env Environment, statement string) *plan.Literal {
	tree, err := pg_query.Parse(statement)
	if err != nil {
		return nil
	}
	bound, err := Query(env, statement, tree.Stmts[0].Stmt.GetSelectStmt(), nil)
	if err != nil {
		return nil
	}
	p, ok := bound.Query.Root.(*plan.Project)
	if !ok || len(p.Items) != 1 {
		return nil
	}
	l, _ := p.Items[0].Expr.(*plan.Literal)
	return l
}

// ofSession tells statements whose value is another in every session, or in every row.
func ofSession(statement string) bool {
	for _, word := range []string{" WHERE ", "$", "current_", "local", "now()", "user", "_timestamp()", "version()", "pid()"} {
		if strings.Contains(statement, word) {
			return true
		}
	}
	return false
}

func textInPostgres(t *testing.T, connection *pgx.Conn, statement string) (string, bool) {
	t.Helper()
	results, err := connection.PgConn().Exec(t.Context(), statement).ReadAll()
	if err != nil {
		return err.Error(), false
	}
	if len(results[0].Rows) == 0 {
		return "no row", false
	}
	value := results[0].Rows[0][0]
	return string(value), value == nil
}

func TestSessionFunctionsFold(t *testing.T) {
	t.Parallel()
	env := testEnvironment(t)
	env.TransactionStart = time.Date(2024, 2, 29, 23, 34, 56, 789012345, time.UTC)
	env.TimeZone = time.FixedZone("", 3600)
	env.ProcessID = 42
	for _, c := range []struct{ expression, want string }{
		{"now()", "2024-03-01 00:34:56.789012+01"},
		{"current_timestamp(2)", "2024-03-01 00:34:56.79+01"},
		{"current_date", "2024-03-01"},
		{"localtimestamp(0)", "2024-03-01 00:34:57"},
		{"localtime(1)", "00:34:56.8"},
		{"current_time(0)", "00:34:57+01"},
		{"current_user", "postgres"},
		{"session_user", "postgres"},
		{"current_catalog", "postgres"},
		{"current_schema", "public"},
		{"current_schemas(true)", "{pg_catalog,public}"},
		{"current_schemas(false)", "{public}"},
		{"version()", "PostgreSQL 15"},
		{"pg_backend_pid()", "42"},
		{"current_setting('standard_conforming_strings')", "on"},
	} {
		if l := boundLiteral(env, "SELECT "+c.expression); l == nil || l.Null || l.Text != c.want {
			t.Errorf("%s: got %+v, want %s", c.expression, l, c.want)
		}
	}
	if l := boundLiteral(env, "SELECT current_setting('nope', true)"); l == nil || !l.Null {
		t.Errorf("missing setting: got %+v, want NULL", l)
	}
}

func TestStableTellsWhatDependsOnTheMoment(t *testing.T) {
	t.Parallel()
	env := testEnvironment(t)
	for statement, want := range map[string]bool{
		"SELECT 1": false, "SELECT date '2024-01-01'": false, "SELECT date 'today'": true,
		"SELECT now()": true, "SELECT current_user": true, "SELECT timestamptz '2024-01-01'": true,
	} {
		tree, err := pg_query.Parse(statement)
		if err != nil {
			t.Fatal(err)
		}
		bound, err := Query(env, statement, tree.Stmts[0].Stmt.GetSelectStmt(), nil)
		if err != nil || bound.Stable != want {
			t.Errorf("%s: stable %t, want %t (%v)", statement, bound.Stable, want, err)
		}
	}
}

func TestDeepNestingIsRefused(t *testing.T) {
	t.Parallel()
	env := testEnvironment(t)
	for _, statement := range []string{
		"SELECT " + strings.Repeat("1+", 5500) + "1",
		"SELECT " + strings.Repeat("CASE (SELECT ", 12) + "1" + strings.Repeat(") WHEN 1 THEN 1 WHEN 2 THEN 1 WHEN 3 THEN 1 END", 12),
	} {
		tree, err := pg_query.Parse(statement)
		if err != nil {
			continue // PostgreSQL's parser has a limit of its own
		}
		_, err = Query(env, statement, tree.Stmts[0].Stmt.GetSelectStmt(), nil)
		if err == nil || sqlstate.From(err).Code != sqlstate.StatementTooComplex {
			t.Errorf("%.60s…: got %v, want 54001", statement, err)
		}
	}
}

// TestLongListIsQuick: positions are counted in blocks, or this would take minutes.
func TestLongListIsQuick(t *testing.T) {
	t.Parallel()
	env := testEnvironment(t)
	statement := "SELECT 'é' FROM t WHERE i4 IN (" + strings.Repeat("1234567, ", 100_000) + "1)"
	tree, err := pg_query.Parse(statement)
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if _, err := Query(env, statement, tree.Stmts[0].Stmt.GetSelectStmt(), nil); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("took %s", took)
	}
}

func TestPositionsCountCharacters(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("aé€𝄞", 200)
	b := newBinder(Environment{}, text, nil)
	want := 1
	for i := range text {
		if got := b.position(int32(i)); got != want {
			t.Fatalf("byte %d: got %d, want %d", i, got, want)
		}
		want++
	}
	if b.position(-1) != 0 || b.position(int32(len(text)+1)) != 0 {
		t.Error("a place outside the text has a position")
	}
}
