package small

import (
	"slices"

	"github.com/sluicemesh/sluice/planner/plan"
)

// join finds the rows of the right side whose keys equal those of a row of the left.
type join struct {
	kind        plan.JoinKind
	left, right operator
	on          []pair
}

// pair is a column of each side.
type pair struct {
	left, right column
	of          kind
}

func (c *compiler) join(n *plan.Join) operator {
	j := join{kind: n.Kind, left: c.node(n.Left), right: c.node(n.Right)}
	switch n.Kind {
	case plan.InnerJoin, plan.LeftJoin, plan.SemiJoin, plan.AntiJoin:
	default:
		return c.refuse()
	}
	if n.Lateral || c.failed || len(n.On) == 0 {
		return c.refuse()
	}
	left := plan.Produced(n.Left)
	for _, e := range n.On {
		a, b, ok := plan.EqualColumns(e)
		if !ok {
			return c.refuse()
		}
		if !left[a.ID] {
			a, b = b, a
		}
		l, okL := c.key(a)
		r, okR := c.key(b)
		if !okL || !okR || !left[a.ID] || left[b.ID] || kindOf(l.of) != kindOf(r.of) {
			return c.refuse()
		}
		j.on = append(j.on, pair{l.column, r.column, kindOf(l.of)})
	}
	return j
}

func (j join) rows(in tables) (selection, bool) {
	left, ok := j.left.rows(in)
	if !ok {
		return left, false
	}
	right, ok := j.right.rows(in)
	if !ok {
		return right, false
	}
	matches := j.index(in, right)
	keys := newKeys(in, left, j.on, func(p pair) column { return p.left })
	var fromLeft, fromRight []int32
	for row := range left.count {
		key, ok := keys.of(row)
		next := int32(-1)
		if first, found := matches.first[string(key)]; ok && found {
			next = first
		}
		switch j.kind {
		case plan.SemiJoin, plan.AntiJoin:
			if (next >= 0) == (j.kind == plan.SemiJoin) {
				fromLeft = append(fromLeft, int32(row))
			}
			continue
		case plan.LeftJoin:
			if next < 0 {
				fromLeft, fromRight = append(fromLeft, int32(row)), append(fromRight, -1)
			}
		}
		for ; next >= 0; next = matches.next[next] {
			fromLeft, fromRight = append(fromLeft, int32(row)), append(fromRight, next)
		}
		if len(fromLeft) > mostRows {
			return selection{}, false
		}
	}
	out := left.at(fromLeft)
	if j.kind == plan.InnerJoin || j.kind == plan.LeftJoin {
		for leaf, rows := range right.at(fromRight).of {
			if rows != nil {
				out.of[leaf] = rows
			}
		}
	}
	return out, true
}

// matches lists rows by key: the first of each, and after each the next.
type matches struct {
	first map[string]int32
	next  []int32
}

func (j join) index(in tables, right selection) matches {
	m := matches{first: make(map[string]int32, right.count), next: make([]int32, right.count)}
	keys := newKeys(in, right, j.on, func(p pair) column { return p.right })
	for row := right.count - 1; row >= 0; row-- {
		key, ok := keys.of(row)
		if !ok {
			continue
		}
		m.next[row] = -1
		if after, found := m.first[string(key)]; found {
			m.next[row] = after
		}
		m.first[string(key)] = int32(row)
	}
	return m
}

// keys reads the key of each row of a side.
type keys struct {
	parts  []keyPart
	buffer []byte
}

type keyPart struct {
	rows   []int32
	isNull func(int) bool
	append func([]byte, int) []byte
}

func newKeys(in tables, s selection, on []pair, side func(pair) column) *keys {
	k := &keys{}
	if s.count == 0 {
		return k
	}
	for _, p := range on {
		c := side(p)
		a := in[c.leaf][c.at]
		if a == nil { // of a leaf without rows
			k.parts = append(k.parts, keyPart{rows: slices.Repeat([]int32{-1}, s.count)})
			continue
		}
		k.parts = append(k.parts, keyPart{s.of[c.leaf], a.IsNull, keyOf(a, p.of)})
	}
	return k
}

// of gives a row's key, valid until the next; false where a part of it is NULL, which
// equals nothing.
func (k *keys) of(row int) ([]byte, bool) {
	k.buffer = k.buffer[:0]
	for _, p := range k.parts {
		at := int(p.rows[row])
		if at < 0 || p.isNull(at) {
			return nil, false
		}
		k.buffer = p.append(k.buffer, at)
	}
	return k.buffer, true
}

// at gives the rows of a selection at some places, -1 being a row of NULLs.
func (s selection) at(places []int32) selection {
	out := selection{count: len(places), of: make([][]int32, len(s.of))}
	for leaf, rows := range s.of {
		if rows == nil {
			continue
		}
		out.of[leaf] = make([]int32, len(places))
		for i, place := range places {
			out.of[leaf][i] = -1
			if place >= 0 {
				out.of[leaf][i] = rows[place]
			}
		}
	}
	return out
}
