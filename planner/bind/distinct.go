package bind

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// distinct is DISTINCT or DISTINCT ON.
type distinct struct {
	all bool
	on  []*target
	at  []int // where each of on stands in DISTINCT ON
}

// bindDistinct binds DISTINCT; an empty node in the list is plain DISTINCT.
func (s *selection) bindDistinct(list []*pg_query.Node) error {
	switch {
	case len(list) == 0:
		return nil
	case list[0].GetNode() == nil:
		return s.bindDistinctAll()
	}
	return s.bindDistinctOn(list)
}

func (s *selection) bindDistinctAll() error {
	s.distinct.all = true
	for _, item := range s.order {
		if item.target.hidden {
			return sqlstate.New(sqlstate.InvalidColumnReference,
				"for SELECT DISTINCT, ORDER BY expressions must appear in select list").At(item.target.position)
		}
	}
	visible := 0
	for _, t := range s.targets {
		if t.hidden {
			continue
		}
		visible++
		if err := s.resolveTarget(t); err != nil {
			return err
		}
		if _, err := s.b.equality(t.expr.Type(), t.position); err != nil {
			return err
		}
	}
	if visible == 0 {
		return sqlstate.New(sqlstate.SyntaxError, "SELECT DISTINCT must have at least one column")
	}
	return nil
}

func (s *selection) bindDistinctOn(list []*pg_query.Node) error {
	scope := s.in(clauseDistinct)
	for _, n := range list {
		t, err := s.namedTarget(scope, n, "DISTINCT ON")
		if err != nil {
			return err
		}
		if err := s.resolveTarget(t); err != nil {
			return err
		}
		if _, err := s.b.equality(t.expr.Type(), t.position); err != nil {
			return err
		}
		if !slices.Contains(s.distinct.on, t) {
			s.distinct.on = append(s.distinct.on, t)
			s.distinct.at = append(s.distinct.at, s.b.position(rawLocation(n)))
		}
	}
	return s.checkDistinctOrder()
}

// checkDistinctOrder wants the leading ORDER BY items to be those of DISTINCT ON.
func (s *selection) checkDistinctOrder() error {
	skipped := false
	matched := 0
	for _, item := range s.order {
		if !slices.Contains(s.distinct.on, item.target) {
			skipped = true
			continue
		}
		if skipped {
			return errDistinctOn.At(s.distinct.at[slices.Index(s.distinct.on, item.target)])
		}
		matched++
	}
	if skipped && matched < len(s.distinct.on) {
		for i, t := range s.distinct.on {
			if !s.ordered(t) {
				return errDistinctOn.At(s.distinct.at[i])
			}
		}
	}
	return nil
}

var errDistinctOn = sqlstate.New(sqlstate.InvalidColumnReference,
	"SELECT DISTINCT ON expressions must match initial ORDER BY expressions")

// deduplicateAndSort computes the targets and applies DISTINCT and ORDER BY. Where
// setsLate, set-returning calls run after the sort, as PostgreSQL puts them.
func (s *selection) deduplicateAndSort(n plan.Node, setsLate bool) plan.Node {
	early, late := s.splitTargets(setsLate)
	if setsLate {
		// What the late targets read must survive the projection of the early ones.
		early = append(early, s.inputsOf(late, early, n)...)
	}
	n = s.project(n, early)
	if s.distinct.all {
		n = &plan.Deduplicate{Input: n}
	}
	keys := sortKeys(s.order)
	for _, t := range s.distinct.on {
		if !s.ordered(t) {
			keys = append(keys, plan.SortKey{Expr: &plan.ColumnRef{Column: t.column}})
		}
	}
	if len(keys) > 0 {
		n = &plan.Sort{Input: n, Keys: keys}
	}
	if len(s.distinct.on) > 0 {
		on := make([]plan.Expr, len(s.distinct.on))
		for i, t := range s.distinct.on {
			on[i] = &plan.ColumnRef{Column: t.column}
		}
		n = &plan.Deduplicate{Input: n, On: on}
	}
	if setsLate {
		n = s.projectSets(n, setsAfterGroup)
		n = s.projectAll(n, late)
	}
	return n
}
