package bind

import (
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// ownerOf gives the query an aggregate belongs to and the place where that query holds
// it: the innermost query whose columns or aggregates the call reads, else its own
// (parse_agg.c, check_agg_arguments).
func (s *selection) ownerOf(sc *scope, call plan.Expr) (owner *selection, at *scope, err error) {
	over, direct := directArguments(call)
	column, nested := s.lowest(sc, over)
	level := column.level
	if level < 0 || nested.level >= 0 && nested.level < level {
		level = max(nested.level, 0)
	}
	if nested.level == level {
		return nil, nil, errNestedAggregate.At(s.b.positionOf(nested.ref))
	}
	if column, nested = s.lowest(sc, direct); column.level >= 0 && column.level < level {
		return nil, nil, sqlstate.New(sqlstate.GroupingError,
			"outer-level aggregate cannot contain a lower-level variable in its direct arguments").At(s.b.positionOf(column.ref))
	}
	if nested.level >= 0 && nested.level <= level {
		return nil, nil, errNestedAggregate.At(s.b.positionOf(nested.ref))
	}
	if err := s.checkArguments(call); err != nil {
		return nil, nil, err
	}
	at = scopeAt(sc, level)
	return at.collect.(*selection), at, nil
}

var errNestedAggregate = sqlstate.New(sqlstate.GroupingError, "aggregate function calls cannot be nested")

// directArguments takes apart what an ordered-set aggregate is over and its direct arguments.
func directArguments(e plan.Expr) (over, direct plan.Expr) {
	call, ok := e.(*plan.AggregateCall)
	if !ok || call.WithinGroup == nil {
		return e, &plan.Row{}
	}
	without := *call
	without.Args = nil
	return &without, &plan.Row{Fields: call.Args}
}

// levelled is a column with the number of queries between it and where it is made; -1: none.
type levelled struct {
	level int
	ref   *plan.ColumnRef
}

// lowest gives the innermost column and the innermost aggregate that an expression reads.
func (s *selection) lowest(sc *scope, e plan.Expr) (column, aggregate levelled) {
	column.level, aggregate.level = -1, -1
	eachReference(e, func(ref *plan.ColumnRef) {
		o, known := s.b.origins[ref.ID]
		level := levelOf(sc, o.owner)
		if !known || level < 0 {
			return
		}
		into := &column
		if o.kind == aggregateCall {
			into = &aggregate
		}
		if into.level < 0 || level < into.level {
			*into = levelled{level: level, ref: ref}
		}
	})
	return column, aggregate
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
