package bind

import (
	"slices"

	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// applyGroups makes everything after GROUP BY read groups instead of rows, and finds
// columns that are not grouped by (parse_agg.c, parseCheckAggregates).
func (s *selection) applyGroups() error {
	if !s.grouped() {
		return nil
	}
	if err := s.checkRecursiveTerm(); err != nil {
		return err
	}
	s.makeGroups()
	items, err := s.groupingItems()
	if err != nil {
		return err
	}
	s.aggregates = append(s.aggregates, items...)
	over := grouped{selection: s, windows: map[*windowItem]bool{}}
	for _, t := range s.targets {
		if i := slices.Index(s.groups.targets, t); i >= 0 {
			t.expr = s.b.refer(s.groups.items[i].Column, t.position)
		} else {
			t.expr = over.expr(t.expr)
		}
	}
	over.windowDefinitions()
	for i, e := range s.having {
		s.having[i] = over.expr(e)
	}
	if over.failed == nil {
		over.checkDirectArguments()
	}
	return over.failed
}

// checkRecursiveTerm refuses aggregates over the rows of a recursive query itself.
func (s *selection) checkRecursiveTerm() error {
	if !s.recursive || len(s.aggregates) == 0 {
		return nil
	}
	position := 0
	for _, t := range s.targets {
		if ref := s.b.find(t.expr, s.own(aggregateCall)); ref != nil {
			position = s.b.positionOf(ref)
			break
		}
	}
	return sqlstate.New(sqlstate.InvalidRecursion, "aggregate functions are not allowed in a recursive query's recursive term").At(position)
}

// grouped rewrites expressions over rows into expressions over groups.
type grouped struct {
	*selection
	windows map[*windowItem]bool
	failed  error
}

// expr rewrites one expression; the first column that is not grouped by is kept in failed.
func (g *grouped) expr(e plan.Expr) plan.Expr {
	if g.failed != nil || e == nil {
		return e
	}
	if constant(e) {
		return e // as in PostgreSQL, grouping sets make NULL of columns, not of constants
	}
	if i := g.groupOf(e); i >= 0 {
		return g.b.refer(g.groups.items[i].Column, g.positionIn(e))
	}
	switch e := e.(type) {
	case *plan.ColumnRef:
		return g.column(e, "column \"%s.%s\" must appear in the GROUP BY clause or be used in an aggregate function")
	case *plan.Subquery:
		return g.subquery(e)
	}
	children := e.Children()
	if len(children) == 0 {
		return e
	}
	out := make([]plan.Expr, len(children))
	for i, c := range children {
		out[i] = g.expr(c)
	}
	return e.WithChildren(out)
}

// constant tells expressions that read no column.
func constant(e plan.Expr) bool {
	found := false
	plan.WalkExpr(e, func(e plan.Expr) bool {
		switch e.(type) {
		case *plan.ColumnRef, *plan.Subquery:
			found = true
		}
		return !found
	})
	return !found && !volatile(e)
}

func (g *grouped) positionIn(e plan.Expr) int {
	if ref, ok := e.(*plan.ColumnRef); ok {
		return g.b.positionOf(ref)
	}
	return 0
}

// column checks a column that is not itself grouped by.
func (g *grouped) column(ref *plan.ColumnRef, message string) plan.Expr {
	o, known := g.b.origins[ref.ID]
	if !known || o.owner != g.selection {
		return ref
	}
	switch o.kind {
	case aggregateCall:
	case windowCall:
		g.window(g.windowOf(ref.ID))
	case setReturningCall:
		g.set(g.setOf(ref.ID))
	default:
		if o.merged != nil {
			return g.merged(o.merged, message)
		}
		if !g.depends(o) {
			g.failed = sqlstate.New(sqlstate.GroupingError, message, o.relation.alias, o.name).At(g.b.positionOf(ref))
			return ref
		}
		return g.b.refer(g.addDependent(ref.Column, o), g.b.positionOf(ref))
	}
	return ref
}

// merged rewrites what a column of USING is computed by; errors in it have no position.
func (g *grouped) merged(e plan.Expr, message string) plan.Expr {
	return plan.TransformExpr(e, func(e plan.Expr) plan.Expr {
		ref, ok := e.(*plan.ColumnRef)
		if !ok || g.failed != nil {
			return e
		}
		if i := g.groupOf(ref); i >= 0 {
			return g.b.refer(g.groups.items[i].Column, 0)
		}
		return g.column(ref, message)
	})
}

const ungroupedInSubquery = "subquery uses ungrouped column \"%s.%s\" from outer query"

// checkSubquery finds the first column a subquery may not read, its SELECT list first.
func (g *grouped) checkSubquery(n plan.Node) {
	eachNodeReference(n, func(ref *plan.ColumnRef) {
		if o := g.b.origins[ref.ID]; g.failed == nil && o.owner == g.selection && g.groupOf(ref) < 0 {
			g.column(ref, ungroupedInSubquery)
		}
	})
}

// subquery rewrites what a subquery reads of this query.
func (g *grouped) subquery(e *plan.Subquery) plan.Expr {
	changed := *e
	changed.Left = make([]plan.Expr, len(e.Left))
	for i, l := range e.Left {
		changed.Left[i] = g.expr(l)
	}
	if g.failed == nil {
		g.checkSubquery(e.Plan)
	}
	if g.failed != nil {
		return e
	}
	changed.Plan = plan.Transform(e.Plan, func(n plan.Node) plan.Node {
		return plan.TransformNodeExprs(n, func(e plan.Expr) plan.Expr {
			ref, ok := e.(*plan.ColumnRef)
			if !ok || g.failed != nil {
				return e
			}
			if o, known := g.b.origins[ref.ID]; !known || o.owner != g.selection {
				return e
			}
			if i := g.groupOf(ref); i >= 0 {
				return g.b.refer(g.groups.items[i].Column, g.b.positionOf(ref))
			}
			return g.column(ref, ungroupedInSubquery)
		})
	})
	return &changed
}

// window rewrites a window call, whose rows are the groups.
func (g *grouped) window(w *windowItem) {
	if g.windows[w] {
		return
	}
	g.windows[w] = true
	w.call = g.expr(w.call).(*plan.WindowCall)
}

// windowDefinitions rewrites what calls are partitioned and ordered by.
func (g *grouped) windowDefinitions() {
	for _, d := range g.windowDefs {
		order, partition := slices.Clone(d.order), slices.Clone(d.partition)
		for i := range order {
			order[i].Expr = g.expr(order[i].Expr)
		}
		for i := range partition {
			partition[i] = g.expr(partition[i])
		}
		d.order, d.partition = order, partition
	}
}

// set rewrites a set-returning call that runs after grouping.
func (g *grouped) set(item *setItem) {
	if item.done || item.stage == setsBeforeGroup {
		return
	}
	item.done = true
	item.call = g.expr(item.call).(*plan.SetCall)
}

// checkDirectArguments wants the direct arguments of ordered-set aggregates to be
// constant in a group.
func (g *grouped) checkDirectArguments() {
	for _, item := range g.aggregates {
		call, ok := item.Expr.(*plan.AggregateCall)
		if !ok || call.WithinGroup == nil {
			continue
		}
		for _, arg := range call.Args {
			g.expr(arg)
		}
		if e, ok := g.failed.(*sqlstate.Error); ok {
			g.failed = e.WithDetail("Direct arguments of an ordered-set aggregate must use only grouped columns.")
			return
		}
	}
}
