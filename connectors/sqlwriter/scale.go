package sqlwriter

import (
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// uniformScale gives the scale that all values of a numeric expression have, where that can
// be told: then values that are equal read the same, as 1.0 and 1.00 do not. What sums,
// differences and products have is PostgreSQL's rule (numeric.c: add_var, mul_var).
func uniformScale(e plan.Expr) (int32, bool) {
	if _, scale, ok := pgtype.NumericParts(e.Type().Mod); ok && e.Type().OID == pgtype.Numeric {
		return scale, true
	}
	switch e := e.(type) {
	case *plan.Literal:
		return literalScale(e)
	case *plan.Cast:
		switch e.Arg.Type().OID {
		case pgtype.Int2, pgtype.Int4, pgtype.Int8:
			return 0, true
		case pgtype.Numeric:
			return uniformScale(e.Arg)
		}
	case *plan.Coalesce:
		return commonScale(e.Args)
	case *plan.Call:
		return callScale(e)
	}
	return 0, false
}

func literalScale(l *plan.Literal) (int32, bool) {
	if strings.Trim(l.Text, "-.0123456789") != "" || l.Null {
		return 0, false
	}
	_, fraction, _ := strings.Cut(l.Text, ".")
	return int32(len(fraction)), true
}

// commonScale is that of expressions that all have the same.
func commonScale(all []plan.Expr) (scale int32, ok bool) {
	for i, e := range all {
		next, known := uniformScale(e)
		if !known || i > 0 && next != scale {
			return 0, false
		}
		scale = next
	}
	return scale, len(all) > 0
}

// largestScale is where the scales of products would be cut.
const largestScale = 1000

func callScale(c *plan.Call) (int32, bool) {
	if c.Of.OID != pgtype.Numeric || c.Procedure == nil || c.Procedure.Schema != "pg_catalog" {
		return 0, false
	}
	var scales []int32
	for _, a := range c.Args {
		scale, ok := uniformScale(a)
		if !ok {
			return 0, c.Procedure.Name == "floor" || c.Procedure.Name == "ceil" || c.Procedure.Name == "ceiling"
		}
		scales = append(scales, scale)
	}
	switch c.Procedure.Name {
	case "floor", "ceil", "ceiling":
		return 0, true
	case "numeric_add", "numeric_sub":
		return max(scales[0], scales[1]), true
	case "numeric_mul":
		return scales[0] + scales[1], scales[0]+scales[1] < largestScale
	case "numeric_uminus", "numeric_abs", "abs":
		return scales[0], true
	}
	return 0, false
}
