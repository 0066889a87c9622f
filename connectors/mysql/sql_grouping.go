package mysql

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/plan"
)

// sortsGroups tells whether the server is to sort rows for their groups (SQL_BIG_RESULT)
// rather than walk an index on what it groups by: where it must fetch each row for its other
// columns, a walk in the index's order takes ten times as long as reading the table. The
// rows of a primary key lie in its order, and an index that has all columns is the best.
func sortsGroups(n *plan.Aggregate) bool {
	scan := soleScan(n.Input)
	if scan == nil || len(n.Groups) == 0 {
		return false
	}
	grouped := plan.ColumnSet{}
	for _, g := range n.Groups {
		r, ok := g.Expr.(*plan.ColumnRef)
		if !ok {
			return false
		}
		grouped[r.ID] = true
	}
	others := false
	for i, c := range scan.Cols {
		if grouped[c.ID] && slices.ContainsFunc(scan.Table.Keys, func(key catalog.Key) bool { return slices.Index(key.Columns, scan.Ordinals[i]) == 0 }) {
			return false
		}
		others = others || !grouped[c.ID]
	}
	return others
}
