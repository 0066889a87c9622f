package functions

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// Immutable tells whether an expression gives the same value for the same row at any time,
// under any settings.
func Immutable(e plan.Expr) bool {
	same := true
	plan.WalkExpr(expandAll(e), func(e plan.Expr) bool {
		switch e.(type) {
		case *plan.Call, *plan.Cast:
			same = same && ImmutableOperation(e)
		}
		return same
	})
	return same
}

// ImmutableOperation tells whether PostgreSQL computes an operation of constants while it plans: it
// gives the same in every session. What stands in it is not looked at. Comparisons of rows are
// not computed so, and neither are functions that are stable (pg_proc.provolatile), as the input
// and output functions of dates, arrays and ranges are.
func ImmutableOperation(e plan.Expr) bool {
	switch e := e.(type) {
	case *plan.Call:
		return e.Procedure.Volatility == 'i' && !e.Procedure.ReturnsSet
	case *plan.Cast:
		way, ok := pgtype.FindCast(e.Arg.Type().OID, e.To.OID, pgtype.Explicit)
		return ok && immutableWay(way)
	case *plan.NullIf:
		return e.Equal.Volatility == 'i'
	case *plan.Distinct:
		return e.Equal.Volatility == 'i'
	case *plan.In:
		return e.Equal.Volatility == 'i'
	case *plan.ArrayCompare:
		return e.Procedure.Volatility == 'i'
	case *plan.And, *plan.Or, *plan.Not, *plan.IsNull, *plan.BooleanTest, *plan.Case, *plan.Coalesce, *plan.Extreme, *plan.Array, *plan.Row, *plan.Subscript:
		return true
	}
	return false
}

func immutableWay(way pgtype.Cast) bool {
	switch way.Method {
	case pgtype.Relabel:
		return true
	case pgtype.ByFunction:
		return way.Func.Volatility == 'i'
	case pgtype.ByElement:
		return immutableWay(*way.Element)
	}
	return (slices.Contains(immutableText, way.From) || slices.Contains(immutableOutput, way.From)) && slices.Contains(immutableText, way.To)
}

// immutableText are types whose input and output functions are immutable; immutableOutput
// those of which the output function alone is.
var immutableText = []pgtype.OID{
	pgtype.Bool, pgtype.Int2, pgtype.Int4, pgtype.Int8, pgtype.Oid, pgtype.Numeric, pgtype.Float4, pgtype.Float8, pgtype.Text, pgtype.Varchar, pgtype.Bpchar, pgtype.Name, pgtype.Char,
	pgtype.Bytea, pgtype.UUID, pgtype.JSON, pgtype.JSONB, pgtype.Inet, pgtype.Cidr, pgtype.Macaddr, pgtype.Macaddr8, pgtype.Bit, pgtype.Varbit,
}

var immutableOutput = []pgtype.OID{pgtype.Time, pgtype.Timetz}
