package rules

import (
	"math"
	"strconv"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// pushTopIntoRemote lets a source send only the first rows in order. The order is made
// again here, since what lies between keeps none.
//
//	Limit[n, skip m](Sort[k](Remote(x)))  =>  Limit[n, skip m](Sort[k](Remote(Limit[n+m](Sort[k](x)))))
var pushTopIntoRemote = Rule{"PushTopIntoRemote", func(c *Context, n plan.Node) (plan.Node, bool) {
	l, ok := n.(*plan.Limit)
	if !ok || l.WithTies {
		return n, false
	}
	s, ok := l.Input.(*plan.Sort)
	if !ok {
		return n, false
	}
	r, ok := s.Input.(*plan.Remote)
	if !ok {
		return n, false
	}
	total, ok := lastRow(l)
	if !ok {
		return n, false
	}
	top, ok := c.absorbTop(r, s.Keys, total)
	if !ok {
		return n, false
	}
	out := *l
	out.Input = &plan.Sort{Input: top, Keys: s.Keys}
	return &out, true
}}

// absorbTop has a source send the first rows in an order.
func (c *Context) absorbTop(r *plan.Remote, keys []plan.SortKey, rows int64) (plan.Node, bool) {
	sorted, ok := c.absorb(&plan.Sort{Input: r, Keys: keys})
	if !ok {
		return r, false
	}
	return c.absorb(&plan.Limit{Input: sorted, Count: integer(pgtype.Int8, strconv.FormatInt(rows, 10))})
}

// lastRow gives count + offset where both are known.
func lastRow(l *plan.Limit) (int64, bool) {
	count, ok := rowCount(l.Count)
	if !ok || l.Offset == nil {
		return count, ok
	}
	skip, ok := rowCount(l.Offset)
	return count + skip, ok && count <= math.MaxInt64-skip
}

func rowCount(e plan.Expr) (int64, bool) {
	l, ok := e.(*plan.Literal)
	if !ok || l.Null {
		return 0, false
	}
	n, err := strconv.ParseInt(l.Text, 10, 64)
	return n, err == nil && n >= 0
}
