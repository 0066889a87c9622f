package rules

import (
	"testing"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// TestPlacedWantsFences: no source is given a condition that can fail beside rows that a
// policy hides, unless the barrier is marked; the mark is set where it can be kept.
func TestPlacedWantsFences(t *testing.T) {
	t.Parallel()
	x := plan.Column{ID: 1, Name: "x", Type: pgtype.Of(pgtype.Int4)}
	divide, err := pgtype.ResolveOperator("/", pgtype.Int4, pgtype.Int4)
	if err != nil {
		t.Fatal(err)
	}
	equal, err := pgtype.ResolveOperator("=", pgtype.Int4, pgtype.Int4)
	if err != nil {
		t.Fatal(err)
	}
	one := &plan.Literal{Of: x.Type, Text: "1"}
	ref := &plan.ColumnRef{Column: x}
	total := plan.Expr(&plan.Call{Procedure: equal.Procedure, Operator: "=", Args: []plan.Expr{ref, one}, Of: pgtype.Of(pgtype.Bool)})
	quotient := &plan.Call{Procedure: divide.Procedure, Operator: "/", Args: []plan.Expr{one, ref}, Of: x.Type}
	fails := plan.Expr(&plan.Call{Procedure: equal.Procedure, Operator: "=", Args: []plan.Expr{quotient, one}, Of: pgtype.Of(pgtype.Bool)})
	exists := plan.Expr(&plan.Subquery{Kind: plan.ExistsSubquery, Plan: &plan.Filter{Input: &plan.Values{}, Conjuncts: []plan.Expr{fails}}, Of: pgtype.Of(pgtype.Bool)})
	for _, c := range []struct {
		name      string
		condition plan.Expr
		filtered  bool
		bad       bool
	}{
		{"total", total, true, false}, {"fails", fails, true, true}, {"fails in a subquery", exists, true, true}, {"nothing hidden", fails, false, false},
	} {
		for kind, able := range capabilities {
			source := &catalog.Source{Kind: kind}
			table := &catalog.Table{Source: source, Columns: []*catalog.Column{{Name: "x", Type: x.Type}}}
			barrier := &plan.Governed{Input: &plan.Scan{Table: table, Cols: []plan.Column{x}, Ordinals: []int{0}}, Table: table, Filtered: c.filtered}
			bare := &plan.Remote{Source: source, Root: &plan.Filter{Input: barrier, Conjuncts: []plan.Expr{c.condition}}}
			if err := Placed(plan.Query{Root: bare}); (err != nil) != c.bad {
				t.Errorf("%s in %s: %v", c.name, kind, err)
			}
			if err := Placed(plan.Query{Root: (&Context{}).fence(bare)}); (err != nil) != (c.bad && !able.fence) {
				t.Errorf("%s in %s, fenced: %v", c.name, kind, err)
			}
		}
	}
}
