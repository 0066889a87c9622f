package rules

import (
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

const divideScanName = optimization.DivideScan

// divideScans marks Remotes that are one table's rows, filtered and computed one by one, or
// groups of these that are put together here: the connector may read such a table in
// parts at once, whatever order they come in.
//
//	Remote(Project(Filter(Scan)))  =>  Remote(Project(Filter(Scan)), divisible)
//	Remote(PartialAggregate(Scan))  =>  Remote(PartialAggregate(Scan), divisible)
//
// A part may give a group that others give too: that is what the aggregate above is for.
// Whether the table is large enough, and how it is divided, the connector knows.
func (c *Context) divideScans(root plan.Node) plan.Node {
	if c.options.Disabled[divideScanName] {
		return root
	}
	return transformRemotes(root, func(r *plan.Remote) plan.Node {
		if !rowByRow(r.Root) && !partByPart(r.Root) {
			return r
		}
		c.trace = append(c.trace, Fired{Phase: c.phase, Rule: divideScanName, Node: "*plan.Remote"})
		out := *r
		out.Divisible = true
		return &out
	})
}

// partByPart tells whether a plan is a partial aggregate over rows of one table.
func partByPart(n plan.Node) bool {
	for {
		switch of := n.(type) {
		case *plan.Project:
			n = of.Input
		case *plan.Aggregate:
			return of.Single != nil && of.Sets == nil && len(of.Groups) > 0 && rowByRow(of.Input)
		default:
			return false
		}
	}
}

// rowByRow tells whether each row of a plan is made of one row of one table.
func rowByRow(n plan.Node) bool {
	for _, e := range n.Exprs() {
		if plan.HasSubquery(e) {
			return false
		}
	}
	switch n := n.(type) {
	case *plan.Scan:
		return true
	case *plan.Filter, *plan.Project, *plan.Governed:
		return rowByRow(n.Inputs()[0])
	}
	return false
}
