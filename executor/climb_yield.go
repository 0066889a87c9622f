package executor

import (
	"slices"

	"github.com/sluicemesh/sluice/planner/plan"
)

// leastYield is the share of rows taken to be left where statistics say that there are none.
const leastYield = 0.001

// yield guesses how many rows come of each row of a leaf once it has been joined to its
// partners. Of some of these the leaf is asked for the keys only.
func (d *reduction) yield(i int, top *plan.Top, asked []int) float64 {
	all := 1.0
	for _, p := range top.Partners {
		all *= d.joins(i, p, slices.Contains(asked, d.leafOf[p.Of]))
	}
	return max(all, leastYield)
}

// joins guesses how many rows a join to one partner gives for each row of a leaf, or of those with
// its keys; 1 where nothing is known.
func (d *reduction) joins(i int, p plan.Partner, among bool) float64 {
	partner := d.nodes[d.leafOf[p.Of]]
	rows, present := d.known.rows(partner), d.known.values(partner, p.Of)
	possible := max(d.known.distinct(d.nodes[i], p.Own), d.known.distinct(partner, p.Of))
	if p.Kind == plan.InnerJoin && among {
		possible = present
	}
	if rows == 0 || present == 0 || possible == 0 {
		return 1
	}
	switch p.Kind {
	case plan.LeftJoin:
		return max(rows/possible, 1)
	case plan.SemiJoin:
		return min(present/possible, 1)
	case plan.AntiJoin:
		return 1 - min(present/possible, 1)
	}
	return rows / possible
}

// having guesses how many rows of a leaf have one of so many keys; 0 is unknown.
func (d *reduction) having(k int, column plan.ColumnID, keys int) float64 {
	distinct := d.known.distinct(d.nodes[k], column)
	if distinct == 0 {
		return 0
	}
	return float64(keys) * d.known.rows(d.nodes[k]) / distinct
}
