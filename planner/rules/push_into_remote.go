package rules

import "github.com/sluicemesh/sluice/planner/plan"

// The rules by which a Remote takes in the node above it:
//
//	N(Remote(x))             =>  Remote(N(x))
//	N(Remote(x), Remote(y))  =>  Remote(N(x, y))     of one source
//
// each for the nodes and expressions that the source answers exactly as PostgreSQL.
var (
	pushGovernedIntoRemote     = absorbRule[*plan.Governed]("PushGovernedIntoRemote")
	pushFilterIntoRemote       = absorbRule[*plan.Filter]("PushFilterIntoRemote")
	pushProjectIntoRemote      = absorbRule[*plan.Project]("PushProjectIntoRemote")
	pushAggregateIntoRemote    = absorbRule[*plan.Aggregate]("PushAggregateIntoRemote")
	pushWindowIntoRemote       = absorbRule[*plan.Window]("PushWindowIntoRemote")
	pushSetOperationIntoRemote = absorbRule[*plan.SetOperation]("PushSetOperationIntoRemote")
)

// pushJoinIntoRemote takes in a join of two sub-plans of one source. A cross join stays
// here: the source would send more rows than it was given.
var pushJoinIntoRemote = Rule{"PushJoinIntoRemote", func(c *Context, n plan.Node) (plan.Node, bool) {
	j, ok := n.(*plan.Join)
	if !ok || len(j.On) == 0 && j.Kind == plan.InnerJoin && !j.Lateral {
		return n, false
	}
	return c.absorb(n)
}}

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
