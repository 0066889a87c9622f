package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// callKind is what a function call turns out to be.
type callKind uint8

// The kinds of call.
const (
	scalarCall callKind = iota
	aggregateCall
	windowCall // a window function, or an aggregate with OVER
	setReturningCall
)

// classify tells what a call is, by pg_proc and OVER, before its arguments are bound.
// An unknown name is scalar: binding it gives the error.
func (b *binder) classify(n *pg_query.FuncCall) (callKind, error) {
	return scalarCall, sqlstate.Unsupported("function call")
}

// boundCall is a call with its procedure chosen and its arguments coerced.
type boundCall struct {
	procedure *pgtype.Procedure
	args      []plan.Expr // of WITHIN GROUP: the direct arguments only
	sorted    []plan.Expr // the sort expressions of WITHIN GROUP
	result    pgtype.Type
}

// resolveCall chooses the procedure of an aggregate, window or set-returning call and
// coerces its arguments, which are bound in s. sorted are the bound expressions of WITHIN GROUP.
func (b *binder) resolveCall(s *scope, n *pg_query.FuncCall, sorted []plan.Expr) (boundCall, error) {
	return boundCall{}, sqlstate.Unsupported("function call")
}

// fromCall binds a function in FROM: a *plan.SetCall where it returns a set, else a
// scalar expression that gives one row.
func (b *binder) fromCall(s *scope, n *pg_query.Node) (plan.Expr, error) {
	return nil, sqlstate.Unsupported("function in FROM")
}
