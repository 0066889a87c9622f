package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// selection is one SELECT while it is bound. Its clauses are bound over the columns of
// FROM; a column stands for each aggregate, window call and set-returning call. When
// all are bound, build makes nodes of them in the order PostgreSQL executes.
type selection struct {
	b         *binder
	scope     *scope
	from      plan.Node
	tried     []*relation // every relation of FROM, nameable or not
	recursive bool        // FROM reads the recursive query that this is a term of

	targets    []*target
	where      []plan.Expr
	having     []plan.Expr
	groups     groupClause
	aggregates []plan.Item
	groupings  []groupingCall
	windows    []*windowItem
	windowDefs []*windowDefinition
	sets       []*setItem
	order      []sortItem
	distinct   distinct
	limit      limit
}

// newSelection begins a SELECT inside parent.
func (b *binder) newSelection(parent *scope) *selection {
	s := &selection{b: b}
	s.scope = &scope{parent: parent, collect: s}
	return s
}

// in gives the selection's scope at a clause.
func (s *selection) in(c clause) *scope { return s.scope.in(c) }

func (s *scope) in(c clause) *scope {
	changed := *s
	changed.clause = c
	return &changed
}

// selectStatement binds a plain SELECT. The order of the steps is PostgreSQL's, so
// that of several errors the same one is found (analyze.c, transformSelectStmt).
func (b *binder) selectStatement(parent *scope, stmt *pg_query.SelectStmt, mode queryMode) (boundQuery, error) {
	s := b.newSelection(parent)
	s.defineWindows(stmt.WindowClause)
	steps := []func() error{
		func() error { return s.bindFrom(stmt.FromClause) },
		func() error { return s.bindTargets(stmt.TargetList) },
		func() (err error) { s.where, err = s.condition(stmt.WhereClause, clauseWhere); return err },
		func() (err error) { s.having, err = s.condition(stmt.HavingClause, clauseHaving); return err },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return boundQuery{}, err
		}
	}
	return s.finish(stmt, mode)
}

// finish binds what comes after the SELECT list and builds the plan.
func (s *selection) finish(stmt *pg_query.SelectStmt, mode queryMode) (boundQuery, error) {
	steps := []func() error{
		func() error { return s.bindOrder(stmt.SortClause) },
		func() error { return s.bindGroup(stmt.GroupClause, stmt.GroupDistinct) },
		func() error { return s.bindDistinct(stmt.DistinctClause) },
		func() error { return s.bindLimit(stmt) },
		s.bindWindows,
		func() error { return s.resolveTargets(mode) },
		s.applyGroups,
		s.completeWindows,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return boundQuery{}, err
		}
	}
	return s.build()
}

// condition binds WHERE or HAVING.
func (s *selection) condition(n *pg_query.Node, c clause) ([]plan.Expr, error) {
	if n == nil {
		return nil, nil
	}
	e, err := s.b.exprAs(s.in(c), n, pgtype.Of(pgtype.Bool), "argument of "+string(c))
	if err != nil {
		return nil, err
	}
	return s.b.conjuncts(e), nil
}

// build makes the plan: FROM, WHERE, set-returning calls that are grouped by, grouping,
// HAVING, windows, set-returning calls, DISTINCT, ORDER BY, LIMIT.
func (s *selection) build() (boundQuery, error) {
	n := filter(s.from, s.where)
	n = s.projectSets(n, setsBeforeGroup)
	n = s.aggregateNode(n)
	n = filter(n, s.having)
	n = s.projectWindows(n)
	late := s.setsAfterSort()
	if !late {
		n = s.projectSets(n, setsAfterGroup)
	}
	n = s.deduplicateAndSort(n, late)
	n = s.limit.over(n)
	return s.output(n), nil
}

// filter keeps rows by conjuncts, where there are any.
func filter(n plan.Node, conjuncts []plan.Expr) plan.Node {
	if len(conjuncts) == 0 {
		return n
	}
	return &plan.Filter{Input: n, Conjuncts: conjuncts}
}
