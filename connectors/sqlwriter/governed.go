package sqlwriter

import (
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// governed writes what policies left of a table. A row filter shares the WHERE of the
// query around it, unless a predicate there could fail: engines are free to evaluate
// that one first, and its error would tell of hidden rows. Then the filter stands
// behind a limit, through which no engine moves a predicate. What a policy compares as text
// prints by default, whatever the session's settings: they are the user's to choose.
func (w *writer) governed(n *plan.Governed) *block {
	order, output := w.o.DateOrder, w.o.Output
	w.o.DateOrder, w.o.Output = "", ""
	b := w.node(n.Input)
	w.o.DateOrder, w.o.Output = order, output
	if !n.Filtered || !w.fence && !n.Fenced {
		return b
	}
	b = w.upTo(b, atOrder)
	b.limit, b.stage = w.d.fence(), atLimit
	return w.wrap(b)
}

// needsFence tells whether a predicate outside the governed parts of a plan can fail.
func needsFence(n plan.Node) bool {
	found := false
	plan.Walk(n, func(n plan.Node) bool {
		switch n := n.(type) {
		case *plan.Governed:
			return false
		case *plan.Filter:
			found = found || !allTotal(n.Conjuncts)
		case *plan.Join:
			found = found || !allTotal(n.On)
		}
		return !found
	})
	return found
}

func allTotal(conjuncts []plan.Expr) bool {
	for _, e := range conjuncts {
		if !deepTotal(e) {
			return false
		}
	}
	return true
}

// deepTotal enters subqueries: a scalar one can fail by its number of rows, the others
// by what they compute.
func deepTotal(e plan.Expr) bool {
	all := true
	replaced := plan.TransformExpr(e, func(e plan.Expr) plan.Expr {
		s, ok := e.(*plan.Subquery)
		if !ok {
			return e
		}
		all = all && s.Kind != plan.ScalarSubquery && allTotal(s.Left)
		plan.Walk(s.Plan, func(n plan.Node) bool {
			all = all && allTotal(n.Exprs())
			return all
		})
		return &plan.Literal{Of: e.Type(), Null: true}
	})
	return all && functions.Total(replaced)
}
