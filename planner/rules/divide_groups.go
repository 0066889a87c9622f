package rules

import (
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

const divideGroupsName = optimization.DivideGroups

// divideGroups notes the columns of a table by which it is grouped: the connector may ask for
// the groups by ranges of one of them at once, since no group lies in two.
//
//	Remote(Filter(Aggregate[k](Scan)))  =>  Remote(Filter(Aggregate[k](Scan)), groups by ranges of k)
//
// Aggregates are only those whose result does not depend on the order of rows: a range
// may be read in that of an index. Whether there is one that leads through the ranges, and
// whether the table is large enough, the connector knows.
func (c *Context) divideGroups(root plan.Node) plan.Node {
	if c.options.Disabled[divideGroupsName] {
		return root
	}
	return transformRemotes(root, func(r *plan.Remote) plan.Node {
		keys := groupKeys(r.Root)
		if keys == nil {
			return r
		}
		c.trace = append(c.trace, Fired{Phase: c.phase, Rule: divideGroupsName, Node: "*plan.Remote"})
		out := *r
		out.GroupKeys = keys
		return &out
	})
}

// groupKeys gives the columns of a scan that are groups of the one aggregate over it; nil where a
// plan is anything else.
func groupKeys(root plan.Node) []plan.ColumnID {
	for n := root; ; n = n.Inputs()[0] {
		for _, e := range n.Exprs() {
			if plan.HasSubquery(e) {
				return nil
			}
		}
		switch n := n.(type) {
		case *plan.Filter, *plan.Project, *plan.Governed:
		case *plan.Aggregate:
			return groupedScan(n)
		default:
			return nil
		}
	}
}

func groupedScan(a *plan.Aggregate) []plan.ColumnID {
	if a.Sets != nil || !rowByRow(a.Input) {
		return nil
	}
	for _, item := range a.Aggs {
		if call, ok := item.Expr.(*plan.AggregateCall); !ok || !splittable(call) {
			return nil
		}
	}
	var keys []plan.ColumnID
	for _, g := range a.Groups {
		if id, ok := scanned(a.Input, g.Expr); ok {
			keys = append(keys, id)
		}
	}
	return keys
}

// scanned follows a column down to the scan that gives it as it is.
func scanned(n plan.Node, e plan.Expr) (plan.ColumnID, bool) {
	ref, ok := e.(*plan.ColumnRef)
	if !ok {
		return 0, false
	}
	switch n := n.(type) {
	case *plan.Scan:
		return ref.ID, true
	case *plan.Project:
		for _, item := range n.Items {
			if item.Column.ID == ref.ID {
				return scanned(n.Input, item.Expr)
			}
		}
		return 0, false
	default:
		return scanned(n.Inputs()[0], e)
	}
}
