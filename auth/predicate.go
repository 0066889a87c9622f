package auth

import (
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// PredicateBinder binds the SQL condition of a policy or grant over the columns of a
// table; planner implements it with bind.Predicate. next is the first free column ID,
// given and returned.
type PredicateBinder interface {
	BindPredicate(text string, table *catalog.Table, columns []plan.Column, who Principal, next plan.ColumnID) (plan.Expr, plan.ColumnID, error)
}

// condition binds a condition and makes sure that it is one Secure can place: a
// boolean over this row alone. The policy's text stays out of every error.
func (s *securing) condition(text, id string, t *catalog.Table, columns []plan.Column) (plan.Expr, error) {
	e, next, err := s.binder.BindPredicate(text, t, columns, s.who, s.next)
	if err != nil {
		return nil, undecided(t, id, err)
	}
	s.next = max(s.next, next)
	if e == nil || e.Type().OID != pgtype.Bool {
		return nil, undecided(t, id, nil)
	}
	if !placeable(e, columnSet(columns)) {
		return nil, undecided(t, id, nil)
	}
	return e, nil
}

// placeable tells whether a condition reads only this row and always says the same of it.
// A subquery would read other tables with more rights than the user's.
func placeable(e plan.Expr, columns plan.ColumnSet) bool {
	ok := true
	plan.WalkExpr(e, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.ColumnRef:
			ok = ok && columns[e.ID]
		case *plan.Call:
			ok = ok && e.Procedure != nil && e.Procedure.Volatility != 'v' && !e.Procedure.ReturnsSet
		case *plan.Subquery, *plan.Parameter, *plan.AggregateCall, *plan.WindowCall, *plan.SetCall, *plan.Grouping:
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
