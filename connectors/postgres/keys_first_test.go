package postgres

import (
	"fmt"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/planner/plan"
)

// TestKeysFirst: a statement is told the keys that its subquery finds by ranges; where these are
// too many, or one is NULL, it runs as it is. The rows are the same.
func TestKeysFirst(t *testing.T) {
	for _, test := range []struct {
		name        string
		connections int
		most        int // keys
		least       int // of the sum of v that a key has
		id          string
	}{
		{"few keys", 8, 100_000, 24, "id"},
		{"no keys", 8, 100_000, 100, "id"},
		{"all keys", 8, 100_000, -1, "id"},
		{"too many keys", 8, 500, -1, "id"},
		{"one of them NULL", 8, 100_000, 24, "nullif(id, 9)"},
		{"no second connection", 1, 100_000, 24, "id"},
	} {
		t.Run(test.name, func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
			s, server := groupedServer(t, mem, test.connections)
			s.dividing.keys = test.most
			r := keyed(t, test.least, test.id != "id")
			if parts(t, s, &plan.Remote{Root: r.First[0].In.Plan, GroupKeys: r.First[0].GroupKeys}) == nil {
				t.Error("the subquery is not divided")
			}
			rows, err := s.Read(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			if asked, want := rows.(*connectors.Stream).Parts, map[bool]int{true: 9}[test.connections > 1]; asked != want {
				t.Errorf("asked in %d parts, want %d", asked, want)
			}
			sameRows(t, conntest.Rows(t, rows, dividedColumns), conntest.PostgresRows(t, server.DSN, fmt.Sprintf(
				"SELECT id, v FROM public.t WHERE (id = ANY (SELECT %s FROM public.lines GROUP BY id HAVING sum(v) > %d)) IS NOT FALSE",
				test.id, test.least), dividedColumns))
			_ = s.Close()
			mem.AssertSize(t, 0)
		})
	}
}

// TestKeysFirstEnds: whoever stops reading ends what looks for the keys.
func TestKeysFirstEnds(t *testing.T) {
	s, _ := groupedServer(t, nil, 8)
	rows, err := s.Read(t.Context(), keyed(t, 24, false))
	if err != nil {
		t.Fatal(err)
	}
	rows.Release()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if n := s.pool.Stat().AcquiredConns(); n != 0 {
		t.Errorf("%d connections are not given back", n)
	}
}

// keyed reads the rows of t whose id is not known to be none of the ids of lines with a sum of v
// above least; nine is NULL there.
func keyed(t *testing.T, least int, nullable bool) *plan.Remote {
	t.Helper()
	lines := grouped(t, "lines", aggregated(t, "sum", &plan.ColumnRef{Column: dividedColumns[1]}))
	above := operation(t, ">", &plan.ColumnRef{Column: groupColumns[1]}, pgtype.Int8, fmt.Sprint(least))
	var id plan.Expr = &plan.ColumnRef{Column: dividedColumns[0]}
	equal := operation(t, "=", id, pgtype.Int4, "9")
	if nullable {
		id = &plan.NullIf{Left: id, Right: equal.Args[1], Equal: equal.Procedure, Of: id.Type()}
	}
	key := plan.Column{ID: 11, Name: "id", Type: id.Type()}
	among := &plan.Subquery{
		Kind: plan.AnySubquery, Operator: "=", Procedures: []*pgtype.Procedure{equal.Procedure}, Of: pgtype.Of(pgtype.Bool),
		Left: []plan.Expr{&plan.ColumnRef{Column: plan.Column{ID: 21, Name: "id", Type: id.Type()}}},
		Plan: &plan.Project{Input: &plan.Filter{Input: lines.Root, Conjuncts: []plan.Expr{above}}, Items: []plan.Item{{Column: key, Expr: id}}},
	}
	rows := divisible(t, "t").Root.(*plan.Scan)
	rows.Cols = []plan.Column{{ID: 21, Name: "id", Type: id.Type()}, {ID: 22, Name: "v", Type: id.Type()}}
	root := &plan.Filter{Input: rows, Conjuncts: []plan.Expr{&plan.BooleanTest{Arg: among, Is: "FALSE", Negated: true}}}
	return &plan.Remote{Root: root, First: []plan.FirstKeys{{In: among, GroupKeys: lines.GroupKeys}}}
}

// operation is left op a constant.
func operation(t testing.TB, operator string, left plan.Expr, of pgtype.OID, constant string) *plan.Call {
	t.Helper()
	o, err := pgtype.ResolveOperator(operator, of, of)
	if err != nil {
		t.Fatal(err)
	}
	return &plan.Call{
		Procedure: o.Procedure, Operator: operator, Of: pgtype.Of(o.Procedure.Result),
		Args: []plan.Expr{left, &plan.Literal{Of: pgtype.Of(of), Text: constant}},
	}
}
