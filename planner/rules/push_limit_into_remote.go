package rules

import "github.com/sluicemesh/sluice/planner/plan"

// pushLimitIntoRemote lets a source stop early where any rows will do.
//
//	Limit[n, skip m](Remote(x))  =>  Remote(Limit[n, skip m](x))
var pushLimitIntoRemote = Rule{"PushLimitIntoRemote", func(c *Context, n plan.Node) (plan.Node, bool) {
	if l, ok := n.(*plan.Limit); !ok || l.WithTies {
		return n, false
	}
	return c.absorb(n)
}}
