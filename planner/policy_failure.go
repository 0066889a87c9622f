package planner

import (
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// policyMayFail tells whether a row filter or a mask could raise an error on some row.
// It would be asked of hidden rows too, and its error could quote them.
func policyMayFail(root plan.Node) bool {
	found := false
	everywhere(root, func(n plan.Node) {
		if g, ok := n.(*plan.Governed); ok {
			everywhere(g.Input, func(inside plan.Node) {
				for _, e := range inside.Exprs() {
					found = found || !functions.Total(withoutSubqueries(e, &found))
				}
			})
		}
	})
	return found
}

// everywhere visits the nodes of a plan and of the subqueries in its expressions.
func everywhere(root plan.Node, visit func(plan.Node)) {
	plan.Walk(root, func(n plan.Node) bool {
		visit(n)
		for _, e := range n.Exprs() {
			plan.WalkExpr(e, func(e plan.Expr) bool {
				if s, ok := e.(*plan.Subquery); ok {
					everywhere(s.Plan, visit)
				}
				return true
			})
		}
		return true
	})
}

// withoutSubqueries puts NULL for subqueries, whose expressions are judged by themselves.
// A scalar one can fail by its number of rows.
func withoutSubqueries(e plan.Expr, fails *bool) plan.Expr {
	return plan.TransformExpr(e, func(e plan.Expr) plan.Expr {
		s, ok := e.(*plan.Subquery)
		if !ok {
			return e
		}
		*fails = *fails || s.Kind == plan.ScalarSubquery
		for _, left := range s.Left {
			*fails = *fails || !functions.Total(left)
		}
		return &plan.Literal{Of: e.Type(), Null: true}
	})
}
