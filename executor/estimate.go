package executor

import (
	"context"
	"math"
	"strconv"

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
		return k.rows(n.Input) * k.share(n.Input, n.Conjuncts)
	case *plan.Join:
		return k.joined(n, k.rows)
	case *plan.Aggregate:
		if len(n.Groups) == 0 {
			return 1
		}
		rows := k.rows(n.Input)
		if groups := k.groups(n); groups > 0 {
			return min(groups, rows)
		}
		return rows / 3
	case *plan.Limit:
		rows := k.rows(n.Input)
		if l, ok := n.Count.(*plan.Literal); ok {
			if count, err := strconv.ParseFloat(l.Text, 64); err == nil {
				return min(count, rows)
			}
		}
		return rows
	}
	return largest(n, k.rows)
}

// ungrouped guesses how many rows a plan is made of, before any of them are grouped.
func (k known) ungrouped(root plan.Node) float64 {
	for n := root; len(n.Inputs()) == 1; n = n.Inputs()[0] {
		if a, ok := n.(*plan.Aggregate); ok {
			return k.rows(a.Input)
		}
	}
	return k.rows(root)
}

// work guesses how many rows a source must look at to give those of a plan: all but those
// that an equality leads past.
func (k known) work(n plan.Node) float64 {
	switch n := n.(type) {
	case *plan.Scan:
		return k.rows(n)
	case *plan.Filter:
		return k.work(n.Input) * k.sure(n.Input, n.Conjuncts)
	case *plan.Join:
		return k.joined(n, k.work)
	}
	return largest(n, k.work)
}

func largest(n plan.Node, of func(plan.Node) float64) float64 {
	rows := 0.0
	for _, in := range n.Inputs() {
		rows = max(rows, of(in))
	}
	return rows
}

// joined takes a join for one along a key: what is filtered of one side is missing from
// the other.
func (k known) joined(n *plan.Join, of func(plan.Node) float64) float64 {
	left, right := of(n.Left), of(n.Right)
	if n.Kind == plan.SemiJoin || n.Kind == plan.AntiJoin {
		return left / 2
	}
	if left == 0 || right == 0 {
		return 0
	}
	l, r := k.whole(n.Left), k.whole(n.Right)
	return max(left*right/min(l, r), 1)
}

// whole is how many rows the largest table has that a plan's rows are made of.
func (k known) whole(n plan.Node) float64 {
	if s, ok := n.(*plan.Scan); ok {
		return max(k.rows(s), 1)
	}
	return max(largest(n, k.whole), 1)
}

// distinct gives how many values a column of a leaf has in its table; 0 is unknown. A
// column that is a key by itself has one for each row.
func (k known) distinct(root plan.Node, id plan.ColumnID) float64 {
	found := 0.0
	k.column(root, id, func(t *catalog.Table, ordinal int) {
		if ordinal < len(k[t].Columns) {
			found = k[t].Columns[ordinal].Distinct
		}
		if isKey(t, ordinal) {
			found = k[t].Rows
		}
	})
	return found
}

// statistics gives what a source says of the values of a column.
func (k known) statistics(root plan.Node, id plan.ColumnID) (found catalog.ColumnStatistics) {
	k.column(root, id, func(t *catalog.Table, ordinal int) {
		if ordinal < len(k[t].Columns) {
			found = k[t].Columns[ordinal]
		}
	})
	return found
}

// column finds the table of a leaf that a column is read from, if its sizes are known.
func (k known) column(root plan.Node, id plan.ColumnID, found func(t *catalog.Table, ordinal int)) {
	plan.Walk(root, func(n plan.Node) bool {
		s, ok := n.(*plan.Scan)
		if !ok || k[s.Table] == nil {
			return true
		}
		for i, c := range s.Cols {
			if c.ID == id {
				found(s.Table, s.Ordinals[i])
			}
		}
		return true
	})
}

func isKey(t *catalog.Table, ordinal int) bool {
	for _, key := range t.Keys {
		if len(key.Columns) == 1 && key.Columns[0] == ordinal {
			return true
		}
	}
	return false
}

// values guesses how many values of a column are left in the rows of a plan; 0 is unknown.
func (k known) values(n plan.Node, id plan.ColumnID) float64 {
	values := k.distinct(n, id)
	for len(n.Inputs()) > 0 {
		if rows := k.rows(n); rows > 0 {
			values = min(values, rows)
		}
		n = giving(n, id)
	}
	return values
}

// giving is the input that gives a column, the first where none does.
func giving(n plan.Node, id plan.ColumnID) plan.Node {
	for _, in := range n.Inputs() {
		if plan.Produced(in)[id] {
			return in
		}
	}
	return n.Inputs()[0]
}

// weight orders leaves by when they are read. A guess of few rows for much work is less to
// be trusted than a small table.
func (k known) weight(n plan.Node) float64 { return math.Sqrt(k.rows(n) * k.work(n)) }
