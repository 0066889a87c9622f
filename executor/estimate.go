package executor

import (
	"context"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/plan"
)

// known are the statistics of the tables of one plan.
type known map[*catalog.Table]*catalog.Statistics

// learn asks the sources of leaves for the sizes of their tables.
func (r *run) learn(ctx context.Context, nodes []plan.Node) known {
	bySource := map[string][]*catalog.Table{}
	for _, n := range nodes {
		plan.Walk(n, func(n plan.Node) bool {
			if s, ok := n.(*plan.Scan); ok && s.Table.Source != nil {
				bySource[s.Table.Source.ID()] = append(bySource[s.Table.Source.ID()], s.Table)
			}
			return true
		})
	}
	all := known{}
	for _, tables := range bySource {
		if r.options.Own != nil {
			if _, own := r.options.Own(tables[0].Source); own {
				continue
			}
		}
		source, err := r.executor.Source(tables[0].Source)
		if err != nil {
			continue
		}
		for t, s := range r.executor.statistics.of(ctx, source, tables) {
			all[t] = s
		}
	}
	return all
}

// rows guesses how many rows a plan gives; 0 is unknown.
func (k known) rows(n plan.Node) float64 {
	switch n := n.(type) {
	case *plan.Scan:
		if s := k[n.Table]; s != nil {
			return max(s.Rows, 1)
		}
		return 0
	case *plan.Filter:
		rows := k.rows(n.Input)
		for _, e := range n.Conjuncts {
			rows *= selectivity(e)
		}
		return rows
	case *plan.Join:
		left, right := k.rows(n.Left), k.rows(n.Right)
		if n.Kind == plan.SemiJoin || n.Kind == plan.AntiJoin {
			return left / 2
		}
		if left == 0 || right == 0 {
			return 0
		}
		return k.joined(n, left, right)
	case *plan.Aggregate:
		if len(n.Groups) == 0 {
			return 1
		}
		return k.rows(n.Input) / 3
	}
	rows := 0.0
	for _, in := range n.Inputs() {
		rows = max(rows, k.rows(in))
	}
	return rows
}

// joined takes a join for one along a key: what is filtered of one side is missing from
// the other.
func (k known) joined(n *plan.Join, left, right float64) float64 {
	l, r := k.whole(n.Left), k.whole(n.Right)
	if l >= r {
		return max(left*right/r, 1)
	}
	return max(right*left/l, 1)
}

// whole is how many rows the largest table of a plan has.
func (k known) whole(n plan.Node) float64 {
	rows := 1.0
	plan.Walk(n, func(n plan.Node) bool {
		if s, ok := n.(*plan.Scan); ok && k[s.Table] != nil {
			rows = max(rows, k[s.Table].Rows)
		}
		return true
	})
	return rows
}

// selectivity guesses the share of rows a condition keeps; PostgreSQL's own guesses
// without statistics are of this kind (selfuncs.h).
func selectivity(e plan.Expr) float64 {
	switch e := e.(type) {
	case *plan.Call:
		if e.Operator == "=" {
			return 0.05
		}
		return 0.33
	case *plan.And:
		s := 1.0
		for _, a := range e.Args {
			s *= selectivity(a)
		}
		return s
	case *plan.Or:
		s := 0.0
		for _, a := range e.Args {
			s += selectivity(a)
		}
		return min(s, 1)
	case *plan.Subquery:
		return 0.2
	case *plan.In:
		return min(0.05*float64(len(e.List)), 0.5)
	}
	return 0.5
}

// distinct gives how many values a column of a leaf has in its table; 0 is unknown.
func (k known) distinct(root plan.Node, id plan.ColumnID) float64 {
	found := 0.0
	plan.Walk(root, func(n plan.Node) bool {
		s, ok := n.(*plan.Scan)
		if !ok || k[s.Table] == nil {
			return true
		}
		for i, c := range s.Cols {
			if c.ID == id && s.Ordinals[i] < len(k[s.Table].Columns) {
				found = k[s.Table].Columns[s.Ordinals[i]].Distinct
			}
		}
		return true
	})
	return found
}
