package rules

import "github.com/sluicemesh/sluice/planner/plan"

// pushFilterIntoJoin makes a condition over both sides of an inner join a join condition.
//
//	Filter[a = b](Join[](A, B))  =>  Join[a = b](A, B)
//
// Conditions with subqueries stay above: a join's condition is the wrong place for them
// in most engines.
var pushFilterIntoJoin = Rule{"PushFilterIntoJoin", func(_ *Context, n plan.Node) (plan.Node, bool) {
	f, ok := n.(*plan.Filter)
	if !ok {
		return n, false
	}
	j, ok := f.Input.(*plan.Join)
	if !ok || j.Kind != plan.InnerJoin {
		return n, false
	}
	left, right := plan.Produced(j.Left), plan.Produced(j.Right)
	down, stay := partition(f.Conjuncts, func(e plan.Expr) bool {
		refs := plan.References(e)
		return left.Meets(refs) && right.Meets(refs) && !plan.HasSubquery(e)
	})
	if len(down) == 0 {
		return n, false
	}
	out := *j
	out.On = append(j.On[:len(j.On):len(j.On)], down...)
	return filter(&out, stay), true
}}
