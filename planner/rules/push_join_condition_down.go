package rules

import "github.com/sluicemesh/sluice/planner/plan"

// pushJoinConditionDown filters one side by a join condition that reads only it.
//
//	Join[a > 1, a = b](A, B)           =>  Join[a = b](Filter[a > 1](A), B)
//	LeftJoin[b > 1, a = b](A, B)       =>  LeftJoin[a = b](A, Filter[b > 1](B))
//
// Of an outer join only the padded side may be filtered: a kept row that fails the
// condition is padded, not dropped.
var pushJoinConditionDown = Rule{"PushJoinConditionDown", func(_ *Context, n plan.Node) (plan.Node, bool) {
	j, ok := n.(*plan.Join)
	if !ok {
		return n, false
	}
	on := plan.Conjuncts(j.On)
	left, right := plan.Produced(j.Left), plan.Produced(j.Right)
	var toLeft, toRight, stay []plan.Expr
	for _, e := range on {
		refs := plan.References(e)
		switch {
		case leftFilterable(j.Kind) && left.Meets(refs) && !right.Meets(refs):
			toLeft = append(toLeft, e)
		case rightFilterable(j.Kind) && right.Meets(refs) && !left.Meets(refs):
			toRight = append(toRight, e)
		default:
			stay = append(stay, e)
		}
	}
	if len(stay) == len(j.On) {
		return n, false
	}
	out := *j
	out.Left, out.Right, out.On = filter(j.Left, toLeft), filter(j.Right, toRight), stay
	return &out, true
}}

// leftFilterable tells whether a left row that matches nothing leaves no trace.
func leftFilterable(k plan.JoinKind) bool {
	return k == plan.InnerJoin || k == plan.RightJoin || k == plan.SemiJoin
}

func rightFilterable(k plan.JoinKind) bool {
	return k == plan.InnerJoin || k == plan.LeftJoin || k == plan.SemiJoin || k == plan.AntiJoin
}
