package bind

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	pg_query "github.com/pganalyze/pg_query_go/v6"
	"github.com/pganalyze/pg_query_go/v6/parser"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// TestQueryLikePostgres binds every query of testdata/queries and compares what the
// client sees with what PostgreSQL's Prepare says: labels, types, modifiers, origins,
// parameter types; or the error's code, message, detail, hint and position. A query
// below "refused:" is valid there and 0A000 here.
func TestQueryLikePostgres(t *testing.T) {
	m := mirrored(t)
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, m.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	equal, all := 0, 0
	for _, q := range queries(t) {
		all++
		got, want := bindText(m, q.text), prepareText(ctx, conn, q.text)
		if q.refused && (strings.HasPrefix(got, "0A000") || strings.HasPrefix(got, "25006")) || got == want {
			equal++
			continue
		}
		t.Errorf("%s\n%s\n--- got\n%s\n--- want\n%s", q.file, q.text, got, want)
	}
	t.Logf("%d of %d equal", equal, all)
}

type testQuery struct {
	file, text string
	refused    bool
}

// queries reads testdata/queries/*.sql: statements end with ";" at the end of a line,
// lines beginning with "--" are comments.
func queries(t testing.TB) []testQuery {
	t.Helper()
	files, err := filepath.Glob("testdata/queries/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal("no queries", err)
	}
	tpch, err := filepath.Glob("../../internal/tpch/queries/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	files = append(files, tpch...)
	var all []testQuery
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		refused := strings.Contains(file, "refused")
		var text strings.Builder
		for line := range strings.SplitSeq(string(raw), "\n") {
			if strings.HasPrefix(line, "--") || line == "" {
				continue
			}
			if statement, ends := strings.CutSuffix(line, ";"); ends {
				text.WriteString(statement)
				all = append(all, testQuery{file: filepath.Base(file), text: text.String(), refused: refused})
				text.Reset()
				continue
			}
			text.WriteString(line + "\n")
		}
		if text.Len() > 0 {
			all = append(all, testQuery{file: filepath.Base(file), text: text.String(), refused: refused})
		}
	}
	return all
}

// bindText binds a query and says what the client would see.
func bindText(m *mirror, text string) string {
	bound, err := bindSQL(m, text)
	if err != nil {
		e := sqlstate.From(err)
		return errorText(string(e.Code), e.Message, e.Detail, e.Hint, e.Position)
	}
	if err := checkPlan(bound); err != nil {
		return err.Error()
	}
	var out strings.Builder
	for i, p := range bound.Parameters {
		fmt.Fprintf(&out, "$%d %d\n", i+1, p.OID)
	}
	for _, c := range bound.Query.Output {
		out.WriteString(columnText(c.Name, c.Type, c.Table, c.Attribute))
	}
	return out.String()
}

func bindSQL(m *mirror, text string) (Bound, error) {
	tree, err := pg_query.Parse(text)
	if err != nil {
		e := sqlstate.New(sqlstate.SyntaxError, "%s", err.Error())
		var syntax *parser.Error
		if errors.As(err, &syntax) {
			e = e.At(syntax.Cursorpos)
		}
		return Bound{}, e
	}
	stmt := tree.Stmts[0].Stmt.GetSelectStmt()
	if stmt == nil {
		return Bound{}, sqlstate.Unsupported("statement")
	}
	return Query(m.environment(), text, stmt, nil)
}

// prepareText says the same of PostgreSQL.
func prepareText(ctx context.Context, conn *pgx.Conn, text string) string {
	d, err := conn.PgConn().Prepare(ctx, "", text, nil)
	if err != nil {
		var e *pgconn.PgError
		if !errors.As(err, &e) {
			return err.Error()
		}
		return errorText(e.Code, e.Message, e.Detail, e.Hint, int(e.Position))
	}
	var out strings.Builder
	for i, p := range d.ParamOIDs {
		fmt.Fprintf(&out, "$%d %d\n", i+1, p)
	}
	for _, f := range d.Fields {
		out.WriteString(columnText(f.Name, pgtype.Type{OID: pgtype.OID(f.DataTypeOID), Mod: f.TypeModifier},
			f.TableOID, int16(f.TableAttributeNumber)))
	}
	return out.String()
}

// columnText tells of a row type of a table that it is one: its OID is each server's.
func columnText(name string, t pgtype.Type, table uint32, attribute int16) string {
	if _, _, ok := t.Relation(); ok || t.OID >= 16384 {
		t.OID = pgtype.Record
	}
	return fmt.Sprintf("%s type %d mod %d from %d.%d\n", name, t.OID, t.Mod, table, attribute)
}

func errorText(code, message, detail, hint string, position int) string {
	text := fmt.Sprintf("%s %s at %d", code, message, position)
	if detail != "" {
		text += "\nDETAIL " + detail
	}
	if hint != "" {
		text += "\nHINT " + hint
	}
	return text
}

// checkPlan wants the root to give exactly the output, every column to be made once,
// and every column that is read to be made by an input or a query around.
func checkPlan(b Bound) error {
	columns := b.Query.Root.Columns()
	if len(columns) != len(b.Query.Output) {
		return fmt.Errorf("root gives %d columns, output has %d", len(columns), len(b.Query.Output))
	}
	for i, c := range columns {
		if o := b.Query.Output[i]; c.ID != o.ID || c.Type != o.Type {
			return fmt.Errorf("column %d is %v, output %v\n%s", i, c, o, plan.Format(b.Query.Root))
		}
	}
	v := verifier{made: map[plan.ColumnID]bool{}}
	if err := v.node(b.Query.Root, nil); err != nil {
		return fmt.Errorf("%w\n%s", err, plan.Format(b.Query.Root))
	}
	return nil
}

type verifier struct{ made map[plan.ColumnID]bool }

// node checks a node; outer are the columns of the queries around it.
func (v *verifier) node(n plan.Node, outer []plan.Column) error {
	var available []plan.Column
	for i, in := range n.Inputs() {
		around := outer
		if j, ok := n.(*plan.Join); ok && j.Lateral && i == 1 {
			around = append(append([]plan.Column{}, outer...), j.Left.Columns()...)
		}
		if err := v.node(in, around); err != nil {
			return err
		}
		available = append(available, in.Columns()...)
	}
	if err := v.make(n, available); err != nil {
		return err
	}
	available = append(available, outer...)
	for _, e := range n.Exprs() {
		if err := v.expr(n, e, available); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) make(n plan.Node, inputs []plan.Column) error {
	passed := map[plan.ColumnID]bool{}
	for _, c := range inputs {
		passed[c.ID] = true
	}
	seen := map[plan.ColumnID]bool{}
	for _, c := range n.Columns() {
		if c.Type.OID == pgtype.Unknown || c.Type.OID == 0 {
			return fmt.Errorf("column %s:%d has type %d", c.Name, c.ID, c.Type.OID)
		}
		if seen[c.ID] {
			return fmt.Errorf("column %s:%d stands twice in %T", c.Name, c.ID, n)
		}
		seen[c.ID] = true
		if passed[c.ID] {
			continue
		}
		if v.made[c.ID] {
			return fmt.Errorf("column %s:%d is made twice", c.Name, c.ID)
		}
		v.made[c.ID] = true
	}
	return nil
}

func (v *verifier) expr(n plan.Node, e plan.Expr, available []plan.Column) (err error) {
	plan.WalkExpr(e, func(e plan.Expr) bool {
		if err != nil {
			return false
		}
		switch e := e.(type) {
		case *plan.ColumnRef:
			err = readable(n, e, available)
		case *plan.Subquery:
			err = v.node(e.Plan, available)
		case *plan.Literal, *plan.Parameter:
			if e.Type().OID == pgtype.Unknown {
				err = fmt.Errorf("%s of unknown type in %T", plan.FormatExpr(e), n)
			}
		}
		return err == nil
	})
	return err
}

func readable(n plan.Node, ref *plan.ColumnRef, available []plan.Column) error {
	for _, c := range available {
		if c.ID == ref.ID {
			return nil
		}
	}
	return fmt.Errorf("%T reads %s:%d, which no input makes", n, ref.Name, ref.ID)
}
