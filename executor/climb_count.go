package executor

import (
	"slices"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/planner/plan"
)

// mostCounted is beyond any number of rows that is read first.
const mostCounted = 1 << 31

// answers counts the rows that come of first rows once they are joined to their partners, to
// the number that is needed at most. all tells that there are no further rows: then it is that
// number, however few come. What is not known of their keys counts for none.
func (c *climb) answers(g *gathered, partners []*gathered, all bool) int64 {
	rows := int(g.rows())
	if c.top.Whole && !all {
		rows = g.wholeGroups(c.top.Keys)
	}
	each := slices.Repeat([]int64{1}, rows)
	for i, p := range c.top.Partners {
		if partners[i] == nil || !partners[i].complete || !g.eachTimes(each, p, partners[i]) {
			return 0
		}
	}
	if all {
		return c.top.Count
	}
	found := int64(0)
	for _, n := range each {
		found = min(found+n, c.top.Count)
	}
	return found
}

// eachTimes multiplies how many rows come of each row by how many its join to a partner makes of
// it; false where a value is no use as a key.
func (g *gathered) eachTimes(each []int64, p plan.Partner, partner *gathered) bool {
	equal, usable := map[string]int64{}, true
	g.eachKey(p.Own, func(_ int, key []byte, ok bool) {
		equal[string(key)] = 0
		usable = usable && ok
	}, nil)
	partner.eachKey(p.Of, func(_ int, key []byte, _ bool) {
		if n, wanted := equal[string(key)]; wanted {
			equal[string(key)] = n + 1
		}
	}, nil)
	times := func(row int, n int64) {
		if row < len(each) {
			each[row] = min(each[row]*min(joined(p.Kind, n), mostCounted), mostCounted)
		}
	}
	known := g.eachKey(p.Own, func(row int, key []byte, _ bool) { times(row, equal[string(key)]) }, func(row int) { times(row, 0) })
	return usable && known
}

// joined is how many rows a join gives for a row of its left side that so many of its right equal.
func joined(kind plan.JoinKind, equal int64) int64 {
	switch kind {
	case plan.LeftJoin:
		return max(equal, 1)
	case plan.SemiJoin:
		return min(equal, 1)
	case plan.AntiJoin:
		return 1 - min(equal, 1)
	}
	return equal
}

// eachKey visits the values of a column as keys, NULLs by null; false where they are none.
func (g *gathered) eachKey(id plan.ColumnID, value func(row int, key []byte, usable bool), null func(row int)) bool {
	at := slices.IndexFunc(g.columns, func(c plan.Column) bool { return c.ID == id })
	row := 0
	var buffer []byte
	for _, b := range g.batches {
		text, ok := keyTexts(g.columns[at].Type, b.Column(at))
		if !ok {
			return false
		}
		for i := range int(b.NumRows()) {
			if !b.Column(at).IsNull(i) {
				buffer, ok = text(buffer[:0], i)
				value(row, buffer, ok)
			} else if null != nil {
				null(row)
			}
			row++
		}
	}
	return true
}

// wholeGroups counts the rows before those that are equal to the last in all keys: of that
// group more may follow.
func (g *gathered) wholeGroups(keys []plan.SortKey) int {
	rows := int(g.rows())
	var last []groupKey
	for _, b := range slices.Backward(g.batches) {
		for i := int(b.NumRows()) - 1; i >= 0; i-- {
			group := g.groupOf(b, i, keys)
			if last == nil {
				last = group
			}
			if group == nil {
				return 0
			}
			if !slices.Equal(group, last) {
				return rows
			}
			rows--
		}
	}
	return rows
}

// groupKey is a value of a key, or NULL.
type groupKey struct {
	text string
	null bool
}

// groupOf gives the keys of a row; nil where one is no key.
func (g *gathered) groupOf(b arrow.RecordBatch, row int, keys []plan.SortKey) []groupKey {
	group := make([]groupKey, len(keys))
	for k, key := range keys {
		id := key.Expr.(*plan.ColumnRef).ID
		at := slices.IndexFunc(g.columns, func(c plan.Column) bool { return c.ID == id })
		text, ok := keyTexts(g.columns[at].Type, b.Column(at))
		if !ok {
			return nil
		}
		if b.Column(at).IsNull(row) {
			group[k].null = true
			continue
		}
		value, _ := text(nil, row)
		group[k].text = string(value)
	}
	return group
}

// values gives the values of a column; nil where one is no use as a key.
func (g *gathered) values(id plan.ColumnID) keySet {
	at := slices.IndexFunc(g.columns, func(c plan.Column) bool { return c.ID == id })
	own := map[plan.ColumnID]keySet{id: {}}
	for _, b := range g.batches {
		addKeys(own, g.columns[at], b.Column(at), slices.Repeat([]bool{true}, int(b.NumRows())))
	}
	return own[id]
}
