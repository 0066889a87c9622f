package rules

import (
	"time"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/planner/plan"
)

// foldDateArithmetic computes a constant date or timestamp plus or minus a constant
// interval, so that it reaches sources that have no such arithmetic, or another one, and
// their indexes.
//
//	o_orderdate < date '1994-01-01' + interval '1 year'  =>  o_orderdate < timestamp '1995-01-01 00:00:00'
//
// What would fail stays: PostgreSQL fails only when it is evaluated. Timestamps with time
// zone depend on the session's zone and are left as well.
var foldDateArithmetic = Rule{"FoldDateArithmetic", func(_ *Context, n plan.Node) (plan.Node, bool) {
	fired := false
	out := plan.TransformNodeExprs(n, func(e plan.Expr) plan.Expr {
		if l, ok := shifted(e); ok {
			fired = true
			return l
		}
		return e
	})
	return out, fired
}}

// shifted gives the value of a constant moved by a constant interval.
func shifted(e plan.Expr) (plan.Expr, bool) {
	c, ok := e.(*plan.Call)
	if !ok || len(c.Args) != 2 || c.Of.OID != pgtype.Timestamp || c.Operator != "+" && c.Operator != "-" {
		return e, false
	}
	from, ok1 := c.Args[0].(*plan.Literal)
	by, ok2 := c.Args[1].(*plan.Literal)
	if ok1 && ok2 && c.Operator == "+" && from.Of.OID == pgtype.Interval {
		from, by = by, from
	}
	if !ok1 || !ok2 || from.Null || by.Null || by.Of.OID != pgtype.Interval {
		return e, false
	}
	ts, ok := instant(from)
	if !ok {
		return e, false
	}
	v, err := datetime.ParseInterval(by.Text, datetime.AllFields, false)
	if err != nil {
		return e, false
	}
	if c.Operator == "-" {
		if v.Months == -1<<31 || v.Days == -1<<31 || v.Micros == -1<<63 {
			return e, false
		}
		v.Months, v.Days, v.Micros = -v.Months, -v.Days, -v.Micros
	}
	if ts, err = datetime.Add(ts, v); err != nil {
		return e, false
	}
	return &plan.Literal{Of: c.Of, Text: datetime.FormatTimestamp(ts), Secret: from.Secret || by.Secret}, true
}

// instant reads a date or a timestamp without time zone.
func instant(l *plan.Literal) (int64, bool) {
	in := datetime.Input{Zone: time.UTC}
	switch l.Of.OID {
	case pgtype.Date:
		days, err := datetime.ParseDate(l.Text, in)
		if err != nil {
			return 0, false
		}
		ts, err := datetime.TimestampOf(days)
		return ts, err == nil
	case pgtype.Timestamp:
		ts, err := datetime.ParseTimestamp(l.Text, in)
		return ts, err == nil
	default:
		return 0, false
	}
}
