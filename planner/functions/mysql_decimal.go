package functions

import (
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// The most digits a DECIMAL has, and the most behind its point (MySQL manual, "Precision
// Math"; MariaDB allows 38 behind it).
const (
	mysqlDigits = 65
	mysqlScale  = 30
)

// mysqlDecimal gives precision and scale of a numeric expression as MySQL derives them,
// which are those of PostgreSQL's exact result; ok is false where they are unknown or
// would be cut.
func mysqlDecimal(e plan.Expr) (precision, scale int32, ok bool) {
	switch e := e.(type) {
	case *plan.Literal:
		if e.Null {
			return 0, 0, false
		}
		return literalDecimal(e.Text)
	case *plan.ColumnRef:
		p, s, ok := pgtype.NumericParts(e.Column.Type.Mod)
		return p, s, ok && e.Column.Type.OID == pgtype.Numeric && s >= 0 && p <= mysqlDigits && s <= mysqlScale
	case *plan.Cast:
		if e.Arg.Type().OID == pgtype.Numeric && e.To.Mod < 0 {
			return mysqlDecimal(e.Arg)
		}
		digits := map[pgtype.OID]int32{pgtype.Int2: 5, pgtype.Int4: 10, pgtype.Int8: 19}[e.Arg.Type().OID]
		return digits, 0, digits > 0 && e.To.Mod < 0
	case *plan.Call:
		return callDecimal(e)
	case *plan.Case:
		return commonDecimal(caseResults(e))
	case *plan.Coalesce:
		return commonDecimal(e.Args)
	}
	return 0, 0, false
}

func callDecimal(e *plan.Call) (precision, scale int32, ok bool) {
	if len(e.Args) != 2 {
		return 0, 0, false
	}
	p1, s1, ok1 := mysqlDecimal(e.Args[0])
	p2, s2, ok2 := mysqlDecimal(e.Args[1])
	switch e.Operator {
	case "+", "-":
		scale = max(s1, s2)
		precision = max(p1-s1, p2-s2) + scale + 1
	case "*":
		precision, scale = p1+p2, s1+s2
	default:
		return 0, 0, false
	}
	return precision, scale, ok1 && ok2 && precision <= mysqlDigits && scale <= mysqlScale
}

func commonDecimal(values []plan.Expr) (precision, scale int32, ok bool) {
	for _, v := range values {
		if l, literal := v.(*plan.Literal); literal && l.Null {
			continue
		}
		p, s, known := mysqlDecimal(v)
		if !known || ok && s != scale {
			return 0, 0, false
		}
		precision, scale, ok = max(p, precision), s, true
	}
	return precision, scale, ok
}

// literalDecimal reads the digits of a constant; NaN and the infinities have none.
func literalDecimal(text string) (precision, scale int32, ok bool) {
	text = strings.TrimPrefix(text, "-")
	whole, fraction, _ := strings.Cut(text, ".")
	if strings.Trim(whole+fraction, "0123456789") != "" || whole+fraction == "" {
		return 0, 0, false
	}
	precision, scale = int32(len(whole)+len(fraction)), int32(len(fraction))
	return precision, scale, precision <= mysqlDigits && scale <= mysqlScale
}
