package rules

import "github.com/sluicemesh/sluice/planner/plan"

// pushFilterThroughSetOperation asks a condition of both inputs.
//
//	Filter[p(c)](Union(A, B))  =>  Union(Filter[p(a)](A), Filter[p(b)](B))
//
// Of EXCEPT and INTERSECT too: rows are compared as a whole, so those that fail p can
// neither stay nor cancel one that passes.
var pushFilterThroughSetOperation = Rule{"PushFilterThroughSetOperation", func(_ *Context, n plan.Node) (plan.Node, bool) {
	f, ok := n.(*plan.Filter)
	if !ok {
		return n, false
	}
	s, ok := f.Input.(*plan.SetOperation)
	if !ok {
		return n, false
	}
	down, stay := partition(f.Conjuncts, func(e plan.Expr) bool {
		return plan.Produced(s).Has(plan.References(e)) && !plan.HasSubquery(e)
	})
	if len(down) == 0 {
		return n, false
	}
	out := *s
	out.Left = filter(s.Left, renamed(down, s.Cols, s.Left.Columns()))
	out.Right = filter(s.Right, renamed(down, s.Cols, s.Right.Columns()))
	return filter(&out, stay), true
}}

// renamed rewrites conditions over some columns to others, by position.
func renamed(conditions []plan.Expr, from, to []plan.Column) []plan.Expr {
	by := map[plan.ColumnID]plan.Expr{}
	for i, c := range from {
		by[c.ID] = &plan.ColumnRef{Column: to[i]}
	}
	out := make([]plan.Expr, len(conditions))
	for i, e := range conditions {
		out[i] = plan.Substitute(e, by)
	}
	return out
}
