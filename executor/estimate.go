package executor

import (
	"context"
	"math"

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
			rows *= k.selectivity(n.Input, e)
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
		rows := k.rows(n.Input)
		if groups := k.groups(n); groups > 0 {
			return min(groups, rows)
		}
		return rows / 3
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
func (k known) selectivity(in plan.Node, e plan.Expr) float64 {
	switch e := e.(type) {
	case *plan.Call:
		if e.Operator == "=" && len(e.Args) == 2 {
			return k.oneOf(in, e.Args)
		}
		return 0.33
	case *plan.And:
		s := 1.0
		for _, a := range e.Args {
			s *= k.selectivity(in, a)
		}
		return s
	case *plan.Or:
		s := 0.0
		for _, a := range e.Args {
			s += k.selectivity(in, a)
		}
		return min(s, 1)
	case *plan.Subquery:
		return 0.2
	case *plan.In:
		return min(k.oneOf(in, []plan.Expr{e.Arg})*float64(len(e.List)), 0.5)
	}
	return 0.5
}

// oneOf is the share of rows that have one value of a column, the first of the operands.
func (k known) oneOf(in plan.Node, operands []plan.Expr) float64 {
	for _, e := range operands {
		if c, ok := e.(*plan.ColumnRef); ok {
			if distinct := k.distinct(in, c.ID); distinct > 0 {
				return 1 / distinct
			}
		}
	}
	return 0.05
}

// distinct gives how many values a column of a leaf has in its table; 0 is unknown. A
// column that is a key by itself has one for each row.
func (k known) distinct(root plan.Node, id plan.ColumnID) float64 {
	found := 0.0
	plan.Walk(root, func(n plan.Node) bool {
		s, ok := n.(*plan.Scan)
		if !ok || k[s.Table] == nil {
			return true
		}
		for i, c := range s.Cols {
			if c.ID != id {
				continue
			}
			if s.Ordinals[i] < len(k[s.Table].Columns) {
				found = k[s.Table].Columns[s.Ordinals[i]].Distinct
			}
			if isKey(s.Table, s.Ordinals[i]) {
				found = k[s.Table].Rows
			}
		}
		return true
	})
	return found
}

func isKey(t *catalog.Table, ordinal int) bool {
	for _, key := range t.Keys {
		if len(key.Columns) == 1 && key.Columns[0] == ordinal {
			return true
		}
	}
	return false
}

// weight orders leaves by when they are read. A guess of few rows out of a large table is
// less to be trusted than a small table.
func (k known) weight(n plan.Node) float64 { return math.Sqrt(k.rows(n) * k.whole(n)) }
