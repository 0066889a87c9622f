package mysql

import (
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// beside writes an argument that is compared with others. MySQL looks a column up in its
// index by what a constant becomes in the column's type: a DATE equals a timestamp whose
// time is dropped, a DATETIME without decimals one with. So a column that is coarser than
// what it is compared with is not asked by its index.
func (w *writer) beside(e plan.Expr, others ...plan.Expr) sqlparser.Expr {
	switch e.Type().OID {
	case pgtype.Date:
		return w.dateBeside(e, others)
	case pgtype.Time:
		return w.clockBeside(e, others, "TIME(6)")
	case pgtype.Timestamp, pgtype.Timestamptz:
		if day, ok := midnight(e); ok && others[0].Type().OID == pgtype.Date {
			return w.expr(day).expr
		}
		return w.clockBeside(e, others, "DATETIME(6)")
	}
	return w.operand(e)
}

// dateBeside: a constant at midnight is a date as well, and leaves the date to its index.
func (w *writer) dateBeside(e plan.Expr, others []plan.Expr) sqlparser.Expr {
	for _, other := range others {
		if _, ok := midnight(other); other.Type().OID == pgtype.Timestamp && !ok {
			return castTo(w.expr(e).expr, "DATETIME(6)")
		}
	}
	return w.expr(e).expr
}

func (w *writer) clockBeside(e plan.Expr, others []plan.Expr, precise string) sqlparser.Expr {
	v := w.expr(e)
	if _, constant := e.(*plan.Literal); constant {
		return v.expr
	}
	for _, other := range others {
		if w.decimals(other) > v.storage.digits {
			return castTo(v.expr, precise)
		}
	}
	return v.expr
}

// decimals gives how many decimals of a second an expression may have.
func (w *writer) decimals(e plan.Expr) int {
	switch e := e.(type) {
	case *plan.Literal:
		_, fraction, _ := strings.Cut(e.Text, ".")
		digits := strings.IndexFunc(fraction+" ", func(r rune) bool { return r < '0' || r > '9' })
		return len(strings.TrimRight(fraction[:digits], "0"))
	case *plan.ColumnRef:
		if v := w.column(e.Column); v.storage != (storage{}) {
			return v.storage.digits
		}
	}
	return 6
}

// midnight gives the date of a constant that has no time of day.
func midnight(e plan.Expr) (*plan.Literal, bool) {
	l, ok := e.(*plan.Literal)
	if !ok || l.Null || l.Of.OID != pgtype.Timestamp {
		return nil, false
	}
	day, ok := strings.CutSuffix(l.Text, " 00:00:00")
	return &plan.Literal{Of: pgtype.Of(pgtype.Date), Text: day}, ok
}

// operand writes an argument of a comparison. MySQL compares integers and DECIMAL by
// value, so that a cast between them would only hide the column from its index.
func (w *writer) operand(e plan.Expr) sqlparser.Expr {
	for {
		c, ok := e.(*plan.Cast)
		if !ok || c.To.Mod >= 0 || !isInteger(c.Arg.Type().OID) || !isInteger(c.To.OID) && c.To.OID != pgtype.Numeric {
			return w.expr(e).expr
		}
		e = c.Arg
	}
}

func isInteger(t pgtype.OID) bool { return t == pgtype.Int2 || t == pgtype.Int4 || t == pgtype.Int8 }
