package executor

import (
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// fixed tells whether the keys of others would tell a leaf's source nothing: every column
// that they bound is compared with a constant there already, and few rows have it. Such a
// leaf is asked without a wait; the worst that comes of it is few rows without partners.
func (d *reduction) fixed(i int) bool {
	r, ok := d.nodes[i].(*plan.Remote)
	if d.off[optimization.AskConstantsAtOnce] || !ok || len(r.Reductions) == 0 || d.expected(i) > askFew {
		return false
	}
	for _, k := range d.waits[i] {
		if d.climbs[k] != nil {
			return false // which may read this one's rows itself
		}
	}
	constants := comparedWithConstants(r.Root)
	for _, one := range r.Reductions {
		if !constants[one.Column.ID] {
			return false
		}
	}
	return true
}

// comparedWithConstants are the columns that a plan's rows have one value in, since a condition
// says so.
func comparedWithConstants(root plan.Node) plan.ColumnSet {
	found := plan.ColumnSet{}
	plan.Walk(root, func(n plan.Node) bool {
		f, ok := n.(*plan.Filter)
		if !ok {
			return true
		}
		for _, e := range f.Conjuncts {
			if column, value := plan.EqualConstant(e); value != nil {
				if _, constant := value.(*plan.Literal); constant {
					found[column.ID] = true
				}
			}
		}
		return true
	})
	return found
}
