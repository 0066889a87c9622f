package functions

import "github.com/sluicemesh/sluice/planner/plan"

// TotalBounded tells whether an expression can never raise an error, given that its
// columns hold what their types allow: beyond Total, sums, differences and products of
// numerics whose digits every engine has room for.
func TotalBounded(e plan.Expr) bool {
	all := true
	plan.WalkExpr(expandAll(e), func(e plan.Expr) bool {
		if c, ok := e.(*plan.Call); ok {
			if _, _, bounded := Decimal(c); bounded {
				return true
			}
		}
		all = all && totalOne(e)
		return all
	})
	return all
}

// mostDigits is what the narrowest engine computes with (DuckDB's DECIMAL).
const mostDigits = 38

// Decimal gives precision and scale of a numeric expression whose value always has that
// scale and never more digits; ok is false where they are unknown or too many.
func Decimal(e plan.Expr) (precision, scale int32, ok bool) {
	precision, scale, ok = mysqlDecimal(e)
	return precision, scale, ok && precision <= mostDigits
}
