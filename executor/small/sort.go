package small

import (
	"slices"

	"github.com/sluicemesh/sluice/planner/plan"
)

// sort puts rows in order.
type sort struct {
	in   operator
	keys []sortKey
}

type sortKey struct {
	column
	of                     kind
	descending, nullsFirst bool
}

func (c *compiler) sort(n *plan.Sort) operator {
	s := sort{in: c.node(n.Input)}
	for _, k := range n.Keys {
		by, ok := c.key(k.Expr)
		if !ok {
			return c.refuse()
		}
		s.keys = append(s.keys, sortKey{by.column, kindOf(by.of), k.Descending, k.NullsFirst})
	}
	return s
}

func (s sort) rows(in tables) (selection, bool) {
	all, ok := s.in.rows(in)
	if !ok || all.count < 2 {
		return all, ok
	}
	compare := make([]func(x, y int32) int, len(s.keys))
	for i, k := range s.keys {
		compare[i] = k.compare(in, all)
	}
	places := make([]int32, all.count)
	for i := range places {
		places[i] = int32(i)
	}
	slices.SortStableFunc(places, func(x, y int32) int {
		for _, c := range compare {
			if order := c(x, y); order != 0 {
				return order
			}
		}
		return 0
	})
	return all.at(places), true
}

// compare orders two rows of a selection by one key.
func (k sortKey) compare(in tables, s selection) func(x, y int32) int {
	rows, a := s.of[k.leaf], in[k.leaf][k.at]
	if a == nil { // of a leaf without rows
		return func(x, y int32) int { return 0 }
	}
	order := orderOf(a, k.of)
	first := 1
	if k.nullsFirst {
		first = -1
	}
	return func(x, y int32) int {
		l, r := int(rows[x]), int(rows[y])
		noL, noR := l < 0 || a.IsNull(l), r < 0 || a.IsNull(r)
		switch {
		case noL && noR:
			return 0
		case noL:
			return first
		case noR:
			return -first
		case k.descending:
			return order(r, l)
		}
		return order(l, r)
	}
}
