package functions

import "github.com/sluicemesh/sluice/planner/plan"

// Tells tells whether the order in which a plan is run could tell of hidden rows: a row
// filter hides some, and a condition or a computed column can fail. Whether it fails
// over a row that a join would drop depends on which side is read first and what is
// asked of the other; nothing that knows of hidden rows may decide that then.
func Tells(root plan.Node) bool {
	hides, fails := false, false
	plan.Walk(root, func(n plan.Node) bool {
		switch n := n.(type) {
		case *plan.Governed:
			hides = hides || n.Filtered
			return false
		case *plan.Filter, *plan.Join, *plan.Project:
			for _, e := range n.Exprs() {
				fails = fails || !Total(e)
			}
		}
		return true
	})
	return hides && fails
}
