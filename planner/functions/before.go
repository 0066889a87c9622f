package functions

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// FailsBefore tells whether a part of an expression that reads no column can fail: PostgreSQL
// computes such parts while it plans, and their error comes though no row asks for them.
func FailsBefore(e plan.Expr) bool {
	fails := false
	plan.WalkExpr(e, func(e plan.Expr) bool {
		fails = fails || computedBefore(e) && !Total(e)
		return !fails
	})
	return fails
}

// computedBefore tells of an immutable call or cast of constants. The input functions of dates,
// arrays and ranges are not immutable.
func computedBefore(e plan.Expr) bool {
	switch e := e.(type) {
	case *plan.Call:
		return immutableCall(e) && len(plan.References(e)) == 0
	case *plan.Cast:
		way, ok := pgtype.FindCast(e.Arg.Type().OID, e.To.OID, pgtype.Explicit)
		return (!ok || way.Method != pgtype.ByInputText || slices.Contains(immutableInput, e.To.OID)) && len(plan.References(e)) == 0
	}
	return false
}

func immutableCall(c *plan.Call) bool { return c.Procedure == nil || c.Procedure.Volatility == 'i' }

// Immutable tells whether an expression gives the same value for the same row at any time,
// under any settings.
func Immutable(e plan.Expr) bool {
	same := true
	plan.WalkExpr(e, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.Call:
			same = same && (immutableCall(e) || concatenatesSteady(e))
		case *plan.Cast:
			way, ok := pgtype.FindCast(e.Arg.Type().OID, e.To.OID, pgtype.Explicit)
			switch {
			case !ok:
			case way.Method == pgtype.ByFunction:
				same = same && way.Func.Volatility == 'i'
			case way.Method == pgtype.ByInputText:
				same = same && slices.Contains(immutableInput, e.To.OID) && slices.Contains(immutableInput, e.Arg.Type().OID)
			}
		}
		return same
	})
	return same
}

// concatenatesSteady tells of text || value that prints alike at any time: PostgreSQL looks
// into that function.
func concatenatesSteady(c *plan.Call) bool {
	if c.Procedure.Name != "textanycat" && c.Procedure.Name != "anytextcat" {
		return false
	}
	return !slices.ContainsFunc(c.Args, func(e plan.Expr) bool { return !slices.Contains(immutableInput, e.Type().OID) })
}

var immutableInput = []pgtype.OID{
	pgtype.Bool, pgtype.Int2, pgtype.Int4, pgtype.Int8, pgtype.Oid, pgtype.Numeric, pgtype.Float4, pgtype.Float8, pgtype.Text, pgtype.Varchar, pgtype.Bpchar, pgtype.Name, pgtype.Char,
	pgtype.Bytea, pgtype.UUID, pgtype.JSON, pgtype.JSONB, pgtype.Inet, pgtype.Cidr, pgtype.Macaddr, pgtype.Macaddr8, pgtype.Bit, pgtype.Varbit,
}
