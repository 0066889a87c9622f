package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// aggregate gives the column for an aggregate call: of this query, or of the query
// around whose columns alone its arguments read.
func (s *selection) aggregate(sc *scope, n *pg_query.FuncCall) (plan.Expr, error) {
	call, err := s.bindAggregate(sc, n)
	if err != nil {
		return nil, err
	}
	position := s.b.position(n.Location)
	owner, at, err := s.ownerOf(sc, call)
	if err != nil {
		return nil, err
	}
	if err := aggregateAllowed(at, "aggregate functions", position); err != nil {
		return nil, err
	}
	return s.b.refer(owner.shareAggregate(call), position), nil
}

// bindAggregate binds the call with its DISTINCT, ORDER BY, FILTER and WITHIN GROUP.
func (s *selection) bindAggregate(sc *scope, n *pg_query.FuncCall) (*plan.AggregateCall, error) {
	call := &plan.AggregateCall{Distinct: n.AggDistinct}
	sorted, err := s.withinGroup(sc, n)
	if err != nil {
		return nil, err
	}
	if n.AggFilter != nil {
		if call.Filter, err = s.b.exprAs(sc.in(clauseFilter), n.AggFilter, pgtype.Of(pgtype.Bool), "argument of FILTER"); err != nil {
			return nil, s.argumentError(sc, n, err)
		}
	}
	bound, err := s.b.resolveCall(sc, n, sorted)
	if err != nil {
		return nil, err
	}
	if err := checkAggregateForm(n, bound.procedure, s.b.position(n.Location)); err != nil {
		return nil, err
	}
	call.Procedure, call.Args, call.Of = bound.procedure, bound.args, bound.result
	if n.AggWithinGroup {
		call.WithinGroup, err = s.withinGroupKeys(n, bound.sorted)
		return call, err
	}
	if call.OrderBy, err = s.aggregateOrder(sc, n, call); err != nil {
		return nil, err
	}
	if call.Distinct {
		err = s.checkAggregateDistinct(n, call)
	}
	return call, err
}

// withinGroup binds the sort expressions of WITHIN GROUP, which count as arguments.
func (s *selection) withinGroup(sc *scope, n *pg_query.FuncCall) ([]plan.Expr, error) {
	if !n.AggWithinGroup {
		return nil, nil
	}
	var sorted []plan.Expr
	for _, by := range n.AggOrder {
		e, err := s.b.expr(sc.in(clauseOrderBy), by.GetSortBy().GetNode())
		if err != nil {
			return nil, s.argumentError(sc, n, err)
		}
		sorted = append(sorted, e)
	}
	return sorted, nil
}

// argumentError gives the error of the call's arguments, where they have one, in place
// of one further on: PostgreSQL binds them first.
func (s *selection) argumentError(sc *scope, n *pg_query.FuncCall, err error) error {
	for _, arg := range n.Args {
		if _, earlier := s.b.expr(sc, arg); earlier != nil {
			return earlier
		}
	}
	return err
}

func (s *selection) withinGroupKeys(n *pg_query.FuncCall, sorted []plan.Expr) ([]plan.SortKey, error) {
	keys := make([]plan.SortKey, len(sorted))
	for i, e := range sorted {
		key, err := s.b.sortKey(n.AggOrder[i].GetSortBy(), e)
		if err != nil {
			return nil, err
		}
		keys[i] = key
	}
	return keys, nil
}

// checkAggregateForm refuses WITHIN GROUP where it does not belong and misses it where it does.
func checkAggregateForm(n *pg_query.FuncCall, p *pgtype.Procedure, position int) error {
	ordered := p.AggregateClass == 'o' || p.AggregateClass == 'h'
	switch {
	case ordered && !n.AggWithinGroup:
		return sqlstate.New(sqlstate.WrongObjectType, "WITHIN GROUP is required for ordered-set aggregate %s", p.Name).At(position)
	case ordered && n.AggDistinct:
		return sqlstate.New(sqlstate.FeatureNotSupported, "cannot use DISTINCT with WITHIN GROUP").At(position)
	case !ordered && n.AggWithinGroup:
		return sqlstate.New(sqlstate.WrongObjectType, "%s is not an ordered-set aggregate, so it cannot have WITHIN GROUP", p.Name).At(position)
	}
	return nil
}

// aggregateOrder binds ORDER BY inside the call; an item that is an argument is that
// argument as coerced.
func (s *selection) aggregateOrder(sc *scope, n *pg_query.FuncCall, call *plan.AggregateCall) ([]plan.SortKey, error) {
	keys, err := s.b.expressionKeys(sc.in(clauseOrderBy), n.AggOrder)
	for i := range keys {
		for _, arg := range call.Args {
			if same(keys[i].Expr, stripImplicit(arg)) {
				keys[i].Expr = arg
				break
			}
		}
	}
	return keys, err
}

func (s *selection) checkAggregateDistinct(n *pg_query.FuncCall, call *plan.AggregateCall) error {
	for i, key := range call.OrderBy {
		if !anySame(call.Args, key.Expr) {
			return sqlstate.New(sqlstate.InvalidColumnReference,
				"in an aggregate with DISTINCT, ORDER BY expressions must appear in argument list").
				At(s.b.position(location(n.AggOrder[i].GetSortBy().GetNode())))
		}
	}
	for i, arg := range call.Args {
		position := 0
		if i < len(n.Args) {
			position = s.b.position(location(n.Args[i]))
		}
		if _, err := s.b.equality(arg.Type(), position); err != nil {
			return err
		}
		if err := s.b.ordering(arg.Type(), position); err != nil {
			return sqlstate.From(err).WithDetail("Aggregates with DISTINCT must be able to sort their inputs.")
		}
	}
	if len(call.Args) == 0 {
		return sqlstate.New(sqlstate.SyntaxError, "DISTINCT specified, but count(*) has no arguments")
	}
	return nil
}

func anySame(list []plan.Expr, e plan.Expr) bool {
	for _, other := range list {
		if same(other, e) {
			return true
		}
	}
	return false
}

// shareAggregate gives the column of an equal call made before, else a new one.
func (s *selection) shareAggregate(call *plan.AggregateCall) plan.Column {
	if !volatile(call) {
		for _, item := range s.aggregates {
			if same(item.Expr, call) {
				return item.Column
			}
		}
	}
	c := s.b.column(call.Procedure.Name, call.Of, call.Procedure.Name == "count")
	s.aggregates = append(s.aggregates, plan.Item{Column: c, Expr: call})
	s.b.origins[c.ID] = origin{owner: s, kind: aggregateCall}
	return c
}
