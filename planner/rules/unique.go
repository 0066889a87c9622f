package rules

import (
	"github.com/sluicemesh/sluice/planner/plan"
)

// uniqueBy tells whether contracts say that no two rows of a plan agree in all the given
// columns: they hold, or are equal to, a key of every table that makes up its rows.
func uniqueBy(n plan.Node, columns plan.ColumnSet) bool {
	switch n := n.(type) {
	case *plan.Scan:
		return holdsKey(n, columns)
	case *plan.Aggregate:
		if n.Sets != nil {
			return false
		}
		for _, g := range n.Groups {
			if !columns[g.Column.ID] {
				return false
			}
		}
		return true
	case *plan.Deduplicate:
		return len(n.On) == 0 && columns.Has(plan.Produced(n))
	case *plan.Filter, *plan.Governed, *plan.Sort, *plan.Limit, *plan.Project:
		return uniqueBy(n.Inputs()[0], inputColumns(n, columns))
	case *plan.Join:
		with := withEqual(n.On, columns)
		if n.Kind == plan.SemiJoin || n.Kind == plan.AntiJoin {
			return uniqueBy(n.Left, with)
		}
		return uniqueBy(n.Left, with) && uniqueBy(n.Right, with)
	}
	return false
}

// inputColumns gives the columns as the input of a node has them.
func inputColumns(n plan.Node, columns plan.ColumnSet) plan.ColumnSet {
	switch n := n.(type) {
	case *plan.Filter:
		return withEqual(n.Conjuncts, columns)
	case *plan.Project:
		out := copySet(columns)
		for _, i := range n.Items {
			if r, ok := i.Expr.(*plan.ColumnRef); ok && columns[i.Column.ID] {
				out[r.ID] = true
			}
		}
		return out
	}
	return columns
}

// withEqual adds the columns that conditions say are equal to one of the given.
func withEqual(conditions []plan.Expr, columns plan.ColumnSet) plan.ColumnSet {
	out := copySet(columns)
	for before := -1; before != len(out); {
		before = len(out)
		for _, e := range conditions {
			if a, b, ok := plan.EqualColumns(e); ok && (out[a.ID] || out[b.ID]) {
				out[a.ID], out[b.ID] = true, true
			}
		}
	}
	return out
}

// holdsKey tells whether columns hold a key of the contract of a table.
func holdsKey(s *plan.Scan, columns plan.ColumnSet) bool {
	held := map[int]bool{}
	for i, c := range s.Cols {
		held[s.Ordinals[i]] = columns[c.ID]
	}
	for _, key := range s.Table.Keys {
		all := len(key.Columns) > 0
		for _, ordinal := range key.Columns {
			all = all && held[ordinal]
		}
		if all {
			return true
		}
	}
	return false
}
