package rules

import "github.com/sluicemesh/sluice/planner/plan"

// pushFilterThroughDeduplicate drops rows before comparing them.
//
//	Filter[p](Deduplicate(in))  =>  Deduplicate(Filter[p](in))
//
// Not of DISTINCT ON: there p may drop the row that stood for its group, and another
// would take its place.
var pushFilterThroughDeduplicate = Rule{"PushFilterThroughDeduplicate", func(_ *Context, n plan.Node) (plan.Node, bool) {
	f, ok := n.(*plan.Filter)
	if !ok {
		return n, false
	}
	d, ok := f.Input.(*plan.Deduplicate)
	if !ok || len(d.On) > 0 {
		return n, false
	}
	return &plan.Deduplicate{Input: filter(d.Input, f.Conjuncts)}, true
}}
