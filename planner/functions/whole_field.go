package functions

import (
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// wholeFields are those of dates that extract gives as whole numbers (extract_date in
// date.c: all that go through int64_to_numeric).
var wholeFields = map[string]bool{
	"year": true, "month": true, "day": true, "quarter": true, "week": true, "dow": true, "isodow": true, "doy": true,
	"isoyear": true, "decade": true, "century": true, "millennium": true,
}

// WholeField tells whether an expression is a field of a date or timestamp column that is a
// whole number, or of an infinite one NULL or infinite: equal values print alike, though numerics
// in general do not, and PostgreSQL itself never fails on it. DuckDB has no infinite DECIMAL.
func WholeField(e plan.Expr) bool {
	call, ok := e.(*plan.Call)
	if !ok || call.Procedure == nil || call.Procedure.Name != "extract" || len(call.Args) != 2 {
		return false
	}
	field, literal := call.Args[0].(*plan.Literal)
	of, column := call.Args[1].(*plan.ColumnRef)
	return literal && column && wholeFields[field.Text] && (of.Column.Type.OID == pgtype.Date || of.Column.Type.OID == pgtype.Timestamp)
}
