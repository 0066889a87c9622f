package auth

import (
	"fmt"
	"slices"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// builder makes expressions of PostgreSQL's own functions and operators, so that
// sources can run them. It keeps the first error.
type builder struct{ err error }

func (b *builder) fail(what string) {
	if b.err == nil {
		b.err = fmt.Errorf("auth: there is no %s", what)
	}
}

func literal(t pgtype.OID, text string) *plan.Literal {
	return &plan.Literal{Of: pgtype.Of(t), Text: text}
}

func argTypes(args []plan.Expr) []pgtype.OID {
	types := make([]pgtype.OID, len(args))
	for i, a := range args {
		types[i] = a.Type().OID
	}
	return types
}

// call calls the function that takes exactly these types.
func (b *builder) call(name string, args ...plan.Expr) plan.Expr {
	types := argTypes(args)
	for _, p := range pgtype.ProceduresByName("", name) {
		if p.Kind == pgtype.FunctionKind && slices.Equal(p.ArgTypes, types) {
			return &plan.Call{Procedure: p, Args: args, Of: pgtype.Of(p.Result)}
		}
	}
	b.fail("function " + name)
	return args[0]
}

// operator applies the operator that takes exactly these types.
func (b *builder) operator(name string, left, right plan.Expr) plan.Expr {
	for _, o := range pgtype.OperatorsByName(name) {
		if o.Left == left.Type().OID && o.Right == right.Type().OID {
			return &plan.Call{Procedure: o.Procedure, Operator: name, Args: []plan.Expr{left, right}, Of: pgtype.Of(o.Result)}
		}
	}
	b.fail("operator " + name)
	return left
}

func (b *builder) concat(left, right plan.Expr) plan.Expr { return b.operator("||", left, right) }

// asText reads a string of any type as text.
func (b *builder) asText(e plan.Expr) plan.Expr {
	if e.Type().OID == pgtype.Text {
		return e
	}
	return &plan.Cast{Arg: e, To: pgtype.Of(pgtype.Text), Context: plan.CastImplicit}
}

// as gives an expression the type of the column it stands for. The cast is explicit,
// so that what is too long is cut and not an error.
func (b *builder) as(e plan.Expr, t pgtype.Type) plan.Expr {
	if e.Type() == t {
		return e
	}
	return &plan.Cast{Arg: e, To: t, Context: plan.CastExplicit}
}
