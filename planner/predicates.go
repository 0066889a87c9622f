package planner

import (
	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
)

// Predicates binds the conditions of policies and grants for auth.
type Predicates struct{ Environment bind.Environment }

var _ auth.PredicateBinder = Predicates{}

// BindPredicate binds one condition. Its literals are marked secret: they, and what is
// read of the principal, are the policy author's.
func (p Predicates) BindPredicate(text string, table *catalog.Table, columns []plan.Column, who auth.Principal, next plan.ColumnID) (plan.Expr, plan.ColumnID, error) {
	e, next, err := bind.Predicate(p.Environment, text, table, columns, bind.Principal{
		User: who.User, Groups: who.Groups, Attributes: who.Attributes, Purpose: who.Purpose,
	}, next)
	if err != nil {
		return nil, next, err
	}
	return plan.TransformExpr(e, secret), next, nil
}

func secret(e plan.Expr) plan.Expr {
	l, ok := e.(*plan.Literal)
	if !ok {
		return e
	}
	marked := *l
	marked.Secret = true
	return &marked
}
