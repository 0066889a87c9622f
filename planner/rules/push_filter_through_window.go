package rules

import "github.com/sluicemesh/sluice/planner/plan"

// pushFilterThroughWindow drops whole partitions before the window is computed.
//
//	Filter[p(k)](Window[… PARTITION BY k](in))  =>  Window[…](Filter[p(k)](in))
//
// Only conditions over columns that every call partitions by: others would take rows
// from a frame.
var pushFilterThroughWindow = Rule{"PushFilterThroughWindow", func(_ *Context, n plan.Node) (plan.Node, bool) {
	f, ok := n.(*plan.Filter)
	if !ok {
		return n, false
	}
	w, ok := f.Input.(*plan.Window)
	if !ok {
		return n, false
	}
	shared := partitioned(w)
	down, stay := partition(f.Conjuncts, func(e plan.Expr) bool {
		refs := plan.References(e)
		return len(refs) > 0 && shared.Has(refs) && !plan.HasSubquery(e)
	})
	if len(down) == 0 {
		return n, false
	}
	return filter(&plan.Window{Input: filter(w.Input, down), Items: w.Items}, stay), true
}}

// partitioned gives the columns that every call of a window partitions by.
func partitioned(w *plan.Window) plan.ColumnSet {
	var shared plan.ColumnSet
	for _, i := range w.Items {
		own := plan.ColumnSet{}
		for _, e := range i.Expr.(*plan.WindowCall).Partition {
			if r, ok := e.(*plan.ColumnRef); ok && (shared == nil || shared[r.ID]) {
				own[r.ID] = true
			}
		}
		shared = own
	}
	return shared
}
