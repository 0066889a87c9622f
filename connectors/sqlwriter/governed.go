package sqlwriter

import "github.com/sluicemesh/sluice/planner/plan"

// governed writes what policies left of a table. A row filter shares the WHERE of the
// query around it, unless a condition there could fail: engines are free to evaluate
// that one first, and its error would tell of hidden rows. Then the plan has the barrier
// Fenced (planner/rules/fence.go; no plan without it gets here, says rules.Placed), and
// the filter stands behind a limit, through which no engine moves a predicate.
func (w *writer) governed(n *plan.Governed) *block {
	b := w.node(n.Input)
	if !n.Filtered || !n.Fenced {
		return b
	}
	b = w.upTo(b, atOrder)
	b.limit, b.stage = w.d.fence(), atLimit
	return w.wrap(b)
}
