package rules

import "github.com/sluicemesh/sluice/planner/plan"

// pushFilterThroughAggregate asks a condition on grouping columns before grouping.
//
//	Filter[p(g)](Aggregate[g := x](in))  =>  Aggregate[g := x](Filter[p(x)](in))
//
// Not with grouping sets (g may be NULL there for another reason), and not without any
// group (an aggregate over no rows still gives one).
var pushFilterThroughAggregate = Rule{"PushFilterThroughAggregate", func(_ *Context, n plan.Node) (plan.Node, bool) {
	f, ok := n.(*plan.Filter)
	if !ok {
		return n, false
	}
	a, ok := f.Input.(*plan.Aggregate)
	if !ok || a.Sets != nil || len(a.Groups) == 0 {
		return n, false
	}
	groups, by := plan.ColumnSet{}, map[plan.ColumnID]plan.Expr{}
	for _, g := range a.Groups {
		if movable(g.Expr) {
			groups[g.Column.ID], by[g.Column.ID] = true, g.Expr
		}
	}
	aggregates := plan.ColumnSet{}
	for _, c := range a.Columns() {
		aggregates[c.ID] = !groups[c.ID]
	}
	down, stay := partition(f.Conjuncts, func(e plan.Expr) bool {
		refs := plan.References(e)
		for id := range refs {
			if aggregates[id] {
				return false
			}
		}
		return groups.Meets(refs) && !plan.HasSubquery(e)
	})
	if len(down) == 0 {
		return n, false
	}
	for i, e := range down {
		down[i] = plan.Substitute(e, by)
	}
	out := *a
	out.Input = filter(a.Input, down)
	return filter(&out, stay), true
}}
