package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// funcCall binds a call. What is not scalar goes to the query the scope belongs to.
func (b *binder) funcCall(s *scope, n *pg_query.FuncCall) (plan.Expr, error) {
	if record, ok := recordCall(n); ok && record.populate {
		return b.recordValue(s, record)
	}
	kind, err := b.classify(n)
	if err != nil {
		return nil, err
	}
	switch kind {
	case aggregateCall, windowCall:
		return b.collected(s, n, kind)
	}
	sorted, err := b.misplacedOrder(s, n)
	if err != nil {
		return nil, err
	}
	call, err := b.bindCall(s, n, sorted)
	if err != nil {
		return nil, err
	}
	if call.procedure != nil && call.procedure.ReturnsSet {
		return b.setReturningCall(s, n, call)
	}
	return b.scalarCall(n, call)
}

// misplacedOrder binds the WITHIN GROUP of what is no aggregate: it counts when a
// procedure is looked for.
func (b *binder) misplacedOrder(s *scope, n *pg_query.FuncCall) ([]plan.Expr, error) {
	if !n.AggWithinGroup {
		return nil, nil
	}
	var sorted []plan.Expr
	for _, by := range n.AggOrder {
		e, err := b.expr(s, by.GetSortBy().GetNode())
		if err != nil {
			return nil, err
		}
		sorted = append(sorted, e)
	}
	return sorted, nil
}

// collected hands an aggregate or window call to the query that computes it.
func (b *binder) collected(s *scope, n *pg_query.FuncCall, kind callKind) (plan.Expr, error) {
	position := b.position(n.Location)
	if s == nil || s.collect == nil {
		what, code := "aggregate functions", sqlstate.GroupingError
		if kind == windowCall {
			what, code = "window functions", sqlstate.WindowingError
		}
		return nil, sqlstate.New(code, "%s are not allowed in %s", what, s.where()).At(position)
	}
	if kind == windowCall {
		return s.collect.window(s, n)
	}
	return s.collect.aggregate(s, n)
}

// where names the clause of a scope; outside every query there is none but LIMIT's kind.
func (s *scope) where() clause {
	if s == nil {
		return clauseLimit
	}
	return s.clause
}

func (b *binder) setReturningCall(s *scope, n *pg_query.FuncCall, call boundCall) (plan.Expr, error) {
	position := b.position(location(&pg_query.Node{Node: &pg_query.Node_FuncCall{FuncCall: n}}))
	if s == nil || s.collect == nil {
		return nil, setsNotAllowed(s.where(), position)
	}
	b.sets = append(b.sets, n.Location)
	_, name := splitName(n.Funcname)
	return s.collect.setReturning(s, &plan.SetCall{Procedure: call.procedure, Args: call.args, Of: call.result}, name, position)
}

// scalarCall makes the expression of a plain call, folded where the session decides it.
func (b *binder) scalarCall(n *pg_query.FuncCall, call boundCall) (plan.Expr, error) {
	if call.procedure == nil {
		return call.args[0], nil // a cast in function's clothes
	}
	if call.procedure.Schema == "pg_catalog" && call.procedure.Name == "pg_collation_for" {
		return b.collationFor(n, call)
	}
	return b.foldSession(&plan.Call{Procedure: call.procedure, Args: call.args, Of: call.result}, b.position(n.Location))
}

// resolveCall chooses the procedure of an aggregate, window or set-returning call and
// coerces its arguments, which are bound in s. sorted are the bound expressions of WITHIN GROUP.
func (b *binder) resolveCall(s *scope, n *pg_query.FuncCall, sorted []plan.Expr) (boundCall, error) {
	call, err := b.bindCall(s, n, sorted)
	if err != nil {
		return boundCall{}, err
	}
	if call.procedure == nil {
		_, name := splitName(n.Funcname)
		return boundCall{}, sqlstate.New(sqlstate.WrongObjectType, "%s is not a function", name).At(b.position(n.Location))
	}
	call.procedure = ofSyntax(n, call.procedure)
	return call, nil
}

// fromCall binds a function in FROM: a *plan.SetCall where it returns a set, else a
// scalar expression that gives one row.
func (b *binder) fromCall(s *scope, n *pg_query.Node) (plan.Expr, error) {
	call := n.GetFuncCall()
	if call == nil {
		return b.expr(s, n)
	}
	kind, err := b.classify(call)
	if err != nil {
		return nil, err
	}
	if kind != setReturningCall {
		return b.funcCall(s, call)
	}
	bound, err := b.resolveCall(s, call, nil)
	if err != nil {
		return nil, err
	}
	if !bound.procedure.ReturnsSet {
		return b.scalarCall(call, bound)
	}
	return &plan.SetCall{Procedure: bound.procedure, Args: bound.args, Of: bound.result}, nil
}

// groupingFunc binds GROUPING(…).
func (b *binder) groupingFunc(s *scope, n *pg_query.GroupingFunc) (plan.Expr, error) {
	if s == nil || s.collect == nil {
		return nil, sqlstate.New(sqlstate.GroupingError, "grouping operations are not allowed in %s", s.where()).At(b.position(n.Location))
	}
	return s.collect.grouping(s, n)
}

// boundCall is a call with its procedure chosen and its arguments coerced.
type boundCall struct {
	procedure *pgtype.Procedure // nil for a cast written as a call: args is then its result alone
	args      []plan.Expr       // of WITHIN GROUP: the direct arguments only
	sorted    []plan.Expr       // the sort expressions of WITHIN GROUP
	result    pgtype.Type
}
