package planner

import (
	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Predicates binds the SQL of policies, grants and derived products for auth.
type Predicates struct {
	Environment bind.Environment
	// Read hears of each attribute of a principal that a condition reads; may be nil.
	Read func(attribute, value string)
}

var _ auth.PredicateBinder = Predicates{}

// BindPredicate binds one condition. Its literals are marked secret: they, and what is
// read of the principal, are the policy author's.
func (p Predicates) BindPredicate(text string, author auth.Principal, table *catalog.Table, columns []plan.Column, who auth.Principal, next plan.ColumnID) (plan.Expr, plan.ColumnID, error) {
	e, next, err := bind.Predicate(p.as(author, table), text, table, columns, p.readable(who), next)
	if err != nil {
		return nil, next, err
	}
	return secret(e), next, nil
}

// BindMask binds the expression of a mask, of the type of the column it stands for.
func (p Predicates) BindMask(text string, author auth.Principal, table *catalog.Table, columns []plan.Column, t pgtype.Type, who auth.Principal, next plan.ColumnID) (plan.Expr, plan.ColumnID, error) {
	e, next, err := bind.Expression(p.as(author, table), text, table, columns, p.readable(who), next, t)
	if err != nil {
		return nil, next, err
	}
	return secret(e), next, nil
}

// BindView binds the query of a derived product. Its text is part of a published
// contract, so nothing in it is secret.
func (p Predicates) BindView(table *catalog.Table, reader auth.Principal, next plan.ColumnID) (plan.Query, plan.ColumnID, error) {
	statements, err := Parse(table.View.Query)
	if err != nil {
		return plan.Query{}, next, err
	}
	if len(statements) != 1 {
		return plan.Query{}, next, sqlstate.New(sqlstate.SyntaxError, "a view is one SELECT")
	}
	s, ok := statements[0].(*Select)
	if !ok {
		return plan.Query{}, next, sqlstate.New(sqlstate.SyntaxError, "a view is one SELECT")
	}
	bound, err := bind.View(p.as(reader, table), s.whole, s.tree, next)
	return bound.Query, bound.NextID, err
}

// as gives the environment in which names mean what they mean for an author: the
// tables they may read, those of the table's own domain without its name too.
func (p Predicates) as(author auth.Principal, table *catalog.Table) bind.Environment {
	env := p.Environment
	domain := table.Product.Domain.Name
	env.SearchPath = []string{domain}
	env.Resolve = func(schema, name string) (*catalog.Table, error) {
		if schema == "" {
			schema = domain
		}
		return auth.Visible(author, catalog.Address{Schema: schema, Name: name})
	}
	env.Function = nil // what answers the session does not answer an author
	env.Hidden = func(t *catalog.Table, c *catalog.Column) bool { return auth.Hidden(author, t, c) }
	return env
}

// readable is what conditions may read of a principal.
func (p Predicates) readable(who auth.Principal) bind.Principal {
	return bind.Principal{User: who.User, Groups: who.Groups, Attributes: who.Attributes, Purpose: who.Purpose, Read: p.Read}
}

// secret marks the literals of an expression, those in its subqueries too.
func secret(e plan.Expr) plan.Expr {
	mark := func(e plan.Expr) plan.Expr {
		l, ok := e.(*plan.Literal)
		if !ok {
			return e
		}
		marked := *l
		marked.Secret = true
		return &marked
	}
	return plan.TransformExpr(e, func(e plan.Expr) plan.Expr {
		s, ok := e.(*plan.Subquery)
		if !ok {
			return mark(e)
		}
		inside := *s
		inside.Plan = plan.Transform(s.Plan, func(n plan.Node) plan.Node { return plan.TransformNodeExprs(n, mark) })
		return &inside
	})
}
