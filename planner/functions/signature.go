package functions

import (
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// OfProcedure gives the key of a procedure, or of the operator it implements where
// operator is not empty.
func OfProcedure(p *pgtype.Procedure, operator string) string {
	types := make([]string, len(p.ArgTypes))
	for i, t := range p.ArgTypes {
		types[i] = TypeName(t)
	}
	name := operator
	if name == "" {
		name = p.Name
		if p.Schema != "" && p.Schema != "pg_catalog" {
			name = p.Schema + "." + name
		}
	}
	return name + "(" + strings.Join(types, ",") + ")"
}

// Key is the row of a call: where an array among the arguments has bounds of its own, it is
// another one than that of plain arrays.
func Key(signature string, args []plan.Expr) string {
	for _, a := range args {
		if a.Type().Shaped && !strings.HasPrefix(signature, "cast(") {
			return "shaped " + signature
		}
	}
	return signature
}

// OfCast gives the key of a conversion between two types.
func OfCast(from, to pgtype.OID) string { return "cast(" + TypeName(from) + "," + TypeName(to) + ")" }

// TypeName is a type's internal name as signatures have it; arrays are "text[]".
func TypeName(t pgtype.OID) string {
	if elem, ok := pgtype.ElementOf(t); ok {
		return TypeName(elem) + "[]"
	}
	if info, ok := pgtype.TypeByOID(t); ok {
		return info.Name
	}
	return "?"
}

// Signature gives the key of a call-like expression; "" for the others.
func Signature(e plan.Expr) string {
	switch e := e.(type) {
	case *plan.Call:
		return OfProcedure(e.Procedure, e.Operator)
	case *plan.Cast:
		return OfCast(e.Arg.Type().OID, e.To.OID)
	case *plan.AggregateCall:
		return OfProcedure(e.Procedure, "")
	case *plan.WindowCall:
		return OfProcedure(e.Procedure, "")
	case *plan.SetCall:
		return OfProcedure(e.Procedure, "")
	}
	return ""
}
