package rules

import "github.com/sluicemesh/sluice/planner/plan"

const pushResultIntoRemoteName = "PushResultIntoRemote"

// pushResult lets a Remote take the whole rest of the plan, order included, so that the
// query is one statement at one source and its rows stream through in the source's order.
//
//	Project(Limit(Sort(Remote(x))))  =>  Remote(Project(Limit(Sort(x))))
//
// All or nothing: an order made by the source would be lost under any node left here.
func (c *Context) pushResult(root plan.Node) plan.Node {
	if c.options.Disabled[pushResultIntoRemoteName] {
		return root
	}
	out, ok := c.absorbChain(root)
	if !ok {
		return root
	}
	if out != root {
		c.trace = append(c.trace, Fired{Phase: c.phase, Rule: pushResultIntoRemoteName})
	}
	return out
}

// absorbChain takes in a chain of Projects, Sorts and Limits down to a Remote.
func (c *Context) absorbChain(n plan.Node) (plan.Node, bool) {
	switch n := n.(type) {
	case *plan.Remote:
		return n, true
	case *plan.Project, *plan.Sort, *plan.Limit:
		in, ok := c.absorbChain(n.Inputs()[0])
		if !ok {
			return n, false
		}
		return c.absorb(n.WithInputs([]plan.Node{in}))
	default:
		return n, false
	}
}
