package connectors

import (
	"slices"

	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// BareScan gives the scan under projections that only pass columns on, and for each
// column of r that of the scanned table. It is all that a source answers which gives rows
// as they are; everything else is done above it.
func BareScan(r *plan.Remote) (*plan.Scan, []int, error) {
	n := r.Root
	for {
		switch node := n.(type) {
		case *plan.Project:
			if slices.ContainsFunc(node.Items, func(i plan.Item) bool { return !i.PassesOn() }) {
				return nil, nil, sqlstate.Unsupported("computing in the source %s", r.Source.Name)
			}
			n = node.Input
		case *plan.Scan:
			return node, ordinals(node, r.Columns()), nil
		default:
			return nil, nil, sqlstate.Unsupported("%T in the source %s", n, r.Source.Name)
		}
	}
}

func ordinals(scan *plan.Scan, columns []plan.Column) []int {
	all := make([]int, len(columns))
	for i, c := range columns {
		at := slices.IndexFunc(scan.Cols, func(s plan.Column) bool { return s.ID == c.ID })
		all[i] = scan.Ordinals[at]
	}
	return all
}
