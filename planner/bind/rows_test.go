package bind

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/planner/plan"
)

// TestRowsLikePostgres lets PostgreSQL run every query of testdata/queries and the plan
// it is bound to, written back as SQL: the rows must be the same, and with ORDER BY in the
// same order. Queries whose ORDER BY leaves ties between different rows are in ties.sql.
func TestRowsLikePostgres(t *testing.T) {
	m := mirrored(t)
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, m.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.PgConn().Exec(ctx, "SET statement_timeout = '5s'").ReadAll(); err != nil {
		t.Fatal(err)
	}
	equal, all := 0, 0
	for _, q := range queries(t) {
		bound, err := bindSQL(m, q.text)
		if err != nil || len(bound.Parameters) > 0 || len(bound.Query.Output) == 0 || bound.Stable || endless(q.text) || callsOwn(bound.Query.Root) {
			continue
		}
		all++
		text := sqlOf(bound.Query.Root)

		ordered := isOrdered(bound.Query.Root) && q.file != "ties.sql"
		got, want := rowsText(ctx, conn, text, ordered), rowsText(ctx, conn, q.text, ordered)
		if got == want {
			equal++
			continue
		}
		t.Errorf("%s\n%s\n%s\n--- got\n%s\n--- want\n%s", q.file, q.text, text, got, want)
	}
	t.Logf("%d of %d equal", equal, all)
}

// endless tells of recursion without an end, which is good for binding only.
func endless(text string) bool {
	return strings.Contains(text, "RECURSIVE") && strings.Contains(text, "UNION ALL") && !strings.ContainsAny(text, "<>")
}

// isOrdered tells whether a plan sorts its result.
func isOrdered(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Sort:
		return true
	case *plan.Project, *plan.Limit, *plan.Deduplicate, *plan.ProjectSet:
		return isOrdered(n.Inputs()[0])
	case *plan.With:
		return isOrdered(n.Body)
	}
	return false
}

// rowsText runs a query and gives its rows, sorted where the query does not, or its error.
func rowsText(ctx context.Context, conn *pgx.Conn, text string, ordered bool) string {
	results, err := conn.PgConn().Exec(ctx, text).ReadAll()
	if err != nil {
		var e *pgconn.PgError
		if errors.As(err, &e) {
			return e.Code + " " + e.Message
		}
		return err.Error()
	}
	var rows []string
	for _, r := range results[0].Rows {
		cells := make([]string, len(r))
		for i, c := range r {
			cells[i] = string(c)
			if c == nil {
				cells[i] = "NULL"
			}
		}
		rows = append(rows, strings.Join(cells, " | "))
	}
	if !ordered {
		slices.Sort(rows)
	}
	return strings.Join(rows, "\n")
}

// callsOwn tells whether a plan calls functions that PostgreSQL has not.
func callsOwn(root plan.Node) bool {
	own := false
	plan.Walk(root, func(n plan.Node) bool {
		for _, e := range n.Exprs() {
			plan.WalkExpr(e, func(e plan.Expr) bool {
				p := procedureOf(e)
				own = own || p != nil && p.Schema == "sluice"
				return !own
			})
		}
		return !own
	})
	return own
}
