package rules

import "github.com/sluicemesh/sluice/planner/plan"

// pushJoinIntoRemote takes in a join of two sub-plans of one source. A cross join stays
// here: the source would send more rows than it was given.
var pushJoinIntoRemote = Rule{"PushJoinIntoRemote", func(c *Context, n plan.Node) (plan.Node, bool) {
	j, ok := n.(*plan.Join)
	if !ok || len(j.On) == 0 && j.Kind == plan.InnerJoin && !j.Lateral {
		return n, false
	}
	return c.absorb(n)
}}
