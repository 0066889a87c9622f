package functions

import (
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// Expand gives the expression that PostgreSQL puts in the place of a call to a function
// written in SQL: text || anything is text || anything::text. Other expressions are
// given back as they are.
func Expand(e plan.Expr) plan.Expr {
	c, ok := e.(*plan.Call)
	if ok && c.Procedure.Name == "format" && c.Procedure.Schema == "pg_catalog" {
		return printed(c)
	}
	if !ok || c.Operator != "||" || len(c.Args) != 2 {
		return e
	}
	left, right := c.Procedure.ArgTypes[0], c.Procedure.ArgTypes[1]
	if (left != pgtype.Text || right != anyNonArray) && (left != anyNonArray || right != pgtype.Text) {
		return e
	}
	for _, p := range pgtype.ProceduresByName("", "textcat") {
		return &plan.Call{Procedure: p, Operator: "||", Args: []plan.Expr{asText(c.Args[0]), asText(c.Args[1])}, Of: c.Of}
	}
	return e
}

// printed casts what format() prints to text. A boolean prints otherwise than it casts.
func printed(c *plan.Call) plan.Expr {
	out := *c
	out.Args = append([]plan.Expr{}, c.Args...)
	for i, a := range out.Args {
		if _, array := pgtype.ElementOf(a.Type().OID); !array && a.Type().OID != pgtype.Bool {
			out.Args[i] = asText(a)
		}
	}
	return &out
}

const anyNonArray pgtype.OID = 2776

func asText(e plan.Expr) plan.Expr {
	if e.Type().OID == pgtype.Text {
		return e
	}
	return &plan.Cast{Arg: e, To: pgtype.Of(pgtype.Text), Context: plan.CastExplicit}
}
