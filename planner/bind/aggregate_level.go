package bind

import (
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// ownerOf gives the query an aggregate belongs to and the place where that query holds
// it: the innermost query whose columns or aggregates the call reads, else its own
// (parse_agg.c, check_agg_arguments).
func (s *selection) ownerOf(sc *scope, call plan.Expr, position int) (owner *selection, at *scope, err error) {
	lowestColumn, lowestAggregate := -1, -1
	var nested *plan.ColumnRef
	eachReference(call, func(ref *plan.ColumnRef) {
		o, known := s.b.origins[ref.ID]
		level := levelOf(sc, o.owner)
		switch {
		case !known || level < 0:
		case o.kind == aggregateCall:
			if lowestAggregate < 0 || level < lowestAggregate {
				lowestAggregate, nested = level, ref
			}
		default:
			if lowestColumn < 0 || level < lowestColumn {
				lowestColumn = level
			}
		}
	})
	level := lowestColumn
	if level < 0 || lowestAggregate >= 0 && lowestAggregate < level {
		level = max(lowestAggregate, 0)
	}
	if nested != nil && lowestAggregate == level {
		return nil, nil, sqlstate.New(sqlstate.GroupingError, "aggregate function calls cannot be nested").At(s.b.positionOf(nested))
	}
	if err := s.checkArguments(call); err != nil {
		return nil, nil, err
	}
	at = scopeAt(sc, level)
	return at.collect.(*selection), at, nil
}

// checkArguments refuses window and set-returning calls inside an aggregate.
func (s *selection) checkArguments(call plan.Expr) error {
	if ref := s.b.find(call, s.own(windowCall)); ref != nil {
		return sqlstate.New(sqlstate.GroupingError, "aggregate function calls cannot contain window function calls").
			At(s.b.positionOf(ref))
	}
	if ref := s.b.find(call, s.own(setReturningCall)); ref != nil {
		return sqlstate.New(sqlstate.FeatureNotSupported, "aggregate function calls cannot contain set-returning function calls").
			WithHint("You might be able to move the set-returning function into a LATERAL FROM item.").
			At(s.b.positionOf(ref))
	}
	return nil
}

// levelOf counts the queries between a scope and one around it; -1 where it is not around.
func levelOf(sc *scope, owner *selection) int {
	level := 0
	for ; sc != nil; sc = sc.parent {
		if sc.collect == nil {
			continue
		}
		if sc.collect == collector(owner) {
			return level
		}
		level++
	}
	return -1
}

// scopeAt gives the scope of the query a number of levels out.
func scopeAt(sc *scope, level int) *scope {
	for ; ; sc = sc.parent {
		if sc.collect == nil {
			continue
		}
		if level == 0 {
			return sc
		}
		level--
	}
}

// aggregateAllowed refuses aggregates, or GROUPING, in clauses that are bound before grouping.
func aggregateAllowed(at *scope, what string, position int) error {
	switch at.clause {
	case clauseSelect, clauseHaving, clauseOrderBy, clauseDistinct, clauseWindow:
		return nil
	}
	return sqlstate.New(sqlstate.GroupingError, "%s are not allowed in %s", what, at.clause).At(position)
}
