package rules

import "github.com/sluicemesh/sluice/planner/plan"

// pushDeduplicateIntoRemote takes in DISTINCT, and DISTINCT ON with the order that
// chooses its rows.
//
//	Deduplicate[on](Sort(Remote(x)))  =>  Remote(Deduplicate[on](Sort(x)))
var pushDeduplicateIntoRemote = Rule{"PushDeduplicateIntoRemote", func(c *Context, n plan.Node) (plan.Node, bool) {
	d, ok := n.(*plan.Deduplicate)
	if !ok {
		return n, false
	}
	s, ok := d.Input.(*plan.Sort)
	if !ok || len(d.On) == 0 {
		return c.absorb(n)
	}
	in, ok := c.absorb(s)
	if !ok {
		return n, false
	}
	return c.absorb(&plan.Deduplicate{Input: in, On: d.On})
}}
