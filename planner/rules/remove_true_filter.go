package rules

import "github.com/sluicemesh/sluice/planner/plan"

// removeTrueFilter drops conditions that are the literal TRUE.
//
//	Filter[true, a](x)  =>  Filter[a](x)
//	Filter[true](x)     =>  x
var removeTrueFilter = Rule{"RemoveTrueFilter", func(_ *Context, n plan.Node) (plan.Node, bool) {
	f, ok := n.(*plan.Filter)
	if !ok {
		return n, false
	}
	always, rest := partition(f.Conjuncts, isTrue)
	if len(always) == 0 {
		return n, false
	}
	return filter(f.Input, rest), true
}}

func isTrue(e plan.Expr) bool {
	l, ok := e.(*plan.Literal)
	return ok && !l.Null && l.Text == "t"
}
