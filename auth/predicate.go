package auth

import (
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// PredicateBinder binds the SQL of policies, grants and derived products; planner
// implements it. next is the first free column ID, given and returned.
type PredicateBinder interface {
	// BindPredicate binds a condition over the columns of a table; its subqueries see
	// what author may read, and are not secured yet.
	BindPredicate(text string, author Principal, table *catalog.Table, columns []plan.Column, who Principal, next plan.ColumnID) (plan.Expr, plan.ColumnID, error)
	// BindMask binds an expression that stands for a column of a type, alike.
	BindMask(text string, author Principal, table *catalog.Table, columns []plan.Column, t pgtype.Type, who Principal, next plan.ColumnID) (plan.Expr, plan.ColumnID, error)
	// BindView binds the query of a derived product over what reader may read.
	BindView(table *catalog.Table, reader Principal, next plan.ColumnID) (plan.Query, plan.ColumnID, error)
}

// rule is a condition of a policy or grant: its text, whose it is, and the domain of
// its author, "" for governance.
type rule struct{ text, id, domain string }

// condition binds a condition for a principal and makes sure that it is one Secure can
// place: a boolean over this row and what its author may look up. The policy's text
// stays out of every error.
func (g *governing) condition(r rule, columns []plan.Column, who Principal) (plan.Expr, error) {
	author := g.author(r.domain)
	e, next, err := g.binder.BindPredicate(r.text, author, g.table, columns, who, g.next)
	if err != nil {
		return nil, undecided(g.table, r.id, err)
	}
	g.next = max(g.next, next)
	if e == nil || e.Type().OID != pgtype.Bool || !placeable(e, columnSet(columns)) {
		return nil, undecided(g.table, r.id, nil)
	}
	if e, err = g.lookUp(e, author, r.id); err != nil {
		return nil, undecided(g.table, r.id, err)
	}
	return e, nil
}

// placeable tells whether a condition reads only this row and what it looks up, and
// always says the same of them.
func placeable(e plan.Expr, columns plan.ColumnSet) bool {
	return columns.Has(plan.References(e)) && steady(e)
}

// steady tells whether an expression, its subqueries included, is free of what changes
// from row to row or has no value here.
func steady(e plan.Expr) bool {
	ok := true
	plan.WalkExpr(e, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.Call:
			ok = ok && e.Procedure != nil && e.Procedure.Volatility != 'v' && !e.Procedure.ReturnsSet
		case *plan.Parameter, *plan.AggregateCall, *plan.WindowCall, *plan.SetCall, *plan.Grouping:
			ok = false
		case *plan.Subquery:
			plan.Walk(e.Plan, func(n plan.Node) bool {
				for _, inside := range n.Exprs() {
					ok = ok && lasting(inside)
				}
				return ok
			})
		}
		return ok
	})
	return ok
}

// lasting is steady for expressions of a subquery, which may aggregate.
func lasting(e plan.Expr) bool {
	ok := true
	plan.WalkExpr(e, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.Call:
			ok = ok && e.Procedure != nil && e.Procedure.Volatility != 'v'
		case *plan.Parameter:
			ok = false
		}
		return ok
	})
	return ok
}

// undecided refuses because a policy could not be judged. It names the policy, never
// what the policy says; cause is for logs only.
func undecided(t *catalog.Table, id string, cause error) *sqlstate.Error {
	e := sqlstate.New(sqlstate.InsufficientPrivilege, "permission denied for table %s", t.Address().Name)
	if cause != nil {
		e = sqlstate.New(sqlstate.InsufficientPrivilege, "permission denied for table %s%w", t.Address().Name, silent{cause})
	}
	return e.WithDetail("The rule %s cannot be applied.", id).
		WithHint("Its author finds out why with sluice check.").OwnedBy(sqlstate.OwnerPolicy)
}

// silent keeps an error for errors.Is and logs without its text.
type silent struct{ error }

func (silent) Error() string   { return "" }
func (s silent) Unwrap() error { return s.error }
