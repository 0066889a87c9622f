package rules

import (
	"slices"
	"strconv"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

const pushTopThroughJoinName = "PushTopThroughJoin"

// pushTopThroughJoin lets a source send only the first rows in order although they are joined
// with those of others, where the join keeps every one of them.
//
//	Limit[n](Sort[a](LeftJoin(Remote(A), B)))     =>  Limit[n](Sort[a](LeftJoin(Remote(Limit[n](Sort[a](A))), B)))
//	Limit[n](Sort[a, b](LeftJoin(Remote(A), B)))  =>  … Remote(Limit[n with ties](Sort[a](A))) …
//
// Each row of A gives one row or more, so n rows of A give the first n. The join's conditions
// must not be able to fail: they are asked of fewer rows then. For inner joins all this is
// not known before keys have been read: see noteTops.
var pushTopThroughJoin = Rule{pushTopThroughJoinName, func(c *Context, n plan.Node) (plan.Node, bool) {
	return c.pushTop(n, false)
}}

// pushTop gives the first rows of the side that all joins below keep to its source. windows
// tells whether there are to be any between.
func (c *Context) pushTop(n plan.Node, windows bool) (plan.Node, bool) {
	t, ok := topOf(n)
	if !ok || c.careful || t.windows != windows {
		return n, false
	}
	kept, ok := preserved(t.joined).(*plan.Remote)
	if !ok || plan.Node(kept) == t.joined && !windows {
		return n, false
	}
	if t, ok = t.of(kept); !ok {
		return n, false
	}
	top, ok := c.absorbTop(kept, t.keys, t.rows, t.whole && !uniqueBy(kept.Root, keyColumns(t.keys)))
	if !ok {
		return n, false
	}
	return replaceNode(n, kept, top), true
}

// preserved follows outer joins to the side that keeps all its rows.
func preserved(n plan.Node) plan.Node {
	for {
		j, ok := n.(*plan.Join)
		switch {
		case !ok || slices.ContainsFunc(j.On, fallible):
			return n
		case j.Kind == plan.LeftJoin:
			n = j.Left
		case j.Kind == plan.RightJoin:
			n = j.Right
		default:
			return n
		}
	}
}

// keyColumns are the columns that an order is by.
func keyColumns(keys []plan.SortKey) plan.ColumnSet {
	columns := plan.ColumnSet{}
	for _, k := range keys {
		if r, ok := k.Expr.(*plan.ColumnRef); ok {
			columns[r.ID] = true
		}
	}
	return columns
}

// absorbTop has a source send the first rows in an order; with ties, all that are equal to the
// last of them.
func (c *Context) absorbTop(r *plan.Remote, keys []plan.SortKey, rows int64, ties bool) (plan.Node, bool) {
	sorted, ok := c.absorb(&plan.Sort{Input: r, Keys: keys})
	if !ok {
		return r, false
	}
	return c.absorb(&plan.Limit{Input: sorted, Count: integer(pgtype.Int8, strconv.FormatInt(rows, 10)), WithTies: ties})
}
