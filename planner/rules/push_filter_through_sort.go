package rules

import "github.com/sluicemesh/sluice/planner/plan"

// pushFilterThroughSort sorts only what is kept.
//
//	Filter[p](Sort(in))  =>  Sort(Filter[p](in))
var pushFilterThroughSort = Rule{"PushFilterThroughSort", func(_ *Context, n plan.Node) (plan.Node, bool) {
	f, ok := n.(*plan.Filter)
	if !ok {
		return n, false
	}
	s, ok := f.Input.(*plan.Sort)
	if !ok {
		return n, false
	}
	return &plan.Sort{Input: filter(s.Input, f.Conjuncts), Keys: s.Keys}, true
}}
