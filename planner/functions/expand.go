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
	if ok && c.Operator == "" && len(c.Args) == 1 && c.Procedure.ArgTypes[0] == anyElement && (c.Procedure.Name == "quote_literal" || c.Procedure.Name == "quote_nullable") {
		for _, p := range pgtype.ProceduresByName("", c.Procedure.Name) {
			if p.ArgTypes[0] == pgtype.Text {
				return &plan.Call{Procedure: p, Args: []plan.Expr{asText(c.Args[0])}, Of: c.Of}
			}
		}
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

const (
	anyNonArray pgtype.OID = 2776
	anyElement  pgtype.OID = 2283
)

func asText(e plan.Expr) plan.Expr {
	if e.Type().OID == pgtype.Text {
		return e
	}
	return &plan.Cast{Arg: e, To: pgtype.Of(pgtype.Text), Context: plan.CastExplicit}
}
