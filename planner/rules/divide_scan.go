package rules

import "github.com/sluicemesh/sluice/planner/plan"

const divideScanName = "DivideScan"

// divideScans marks Remotes that are one table's rows, filtered and computed one by one:
// the connector may read such a table in parts at once, whatever order they come in.
//
//	Remote(Project(Filter(Scan)))  =>  Remote(Project(Filter(Scan)), divisible)
//
// Whether the table is large enough, and how it is divided, the connector knows.
func (c *Context) divideScans(root plan.Node) plan.Node {
	if c.options.Disabled[divideScanName] {
		return root
	}
	return transformRemotes(root, func(r *plan.Remote) plan.Node {
		if !rowByRow(r.Root) {
			return r
		}
		c.trace = append(c.trace, Fired{Phase: c.phase, Rule: divideScanName, Node: "*plan.Remote"})
		out := *r
		out.Divisible = true
		return &out
	})
}

// rowByRow tells whether each row of a plan is made of one row of one table.
func rowByRow(n plan.Node) bool {
	for _, e := range n.Exprs() {
		if hasSubquery(e) {
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
