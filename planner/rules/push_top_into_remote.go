package rules

import (
	"math"
	"strconv"

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
	top, ok := c.absorbTop(r, s.Keys, total, false)
	if !ok {
		return n, false
	}
	out := *l
	out.Input = &plan.Sort{Input: top, Keys: s.Keys}
	return &out, true
}}

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
