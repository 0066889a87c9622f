package bind

import (
	"slices"

	"github.com/sluicemesh/sluice/planner/plan"
)

// makeGroups gives each grouping expression its column. A column of FROM keeps its
// identity unless grouping sets may make it NULL.
func (s *selection) makeGroups() {
	g := &s.groups
	if g.sets == nil {
		g.targets = withoutSame(g.targets)
	}
	for _, t := range g.targets {
		s.groupSets(t.expr)
		ref, ok := t.expr.(*plan.ColumnRef)
		if ok && g.sets == nil && s.b.origins[ref.ID].owner == s {
			g.items = append(g.items, plan.Item{Column: ref.Column, Expr: ref})
			continue
		}
		c := s.b.column(t.label, t.expr.Type(), g.sets == nil && neverNull(t.expr))
		o := s.b.originOf(t.expr)
		o.owner, o.kind = s, aggregateCall
		s.b.origins[c.ID] = o
		g.items = append(g.items, plan.Item{Column: c, Expr: s.distinguish(t)})
	}
}

func withoutSame(targets []*target) []*target {
	var out []*target
	for _, t := range targets {
		if !slices.ContainsFunc(out, func(other *target) bool { return same(other.expr, t.expr) }) {
			out = append(out, t)
		}
	}
	return out
}

// distinguish gives a grouping expression as it is, or as a copy where grouping sets
// name it twice: one of ROLLUP (a AS x, a AS y) is NULL in the set (x), the other is not.
func (s *selection) distinguish(t *target) plan.Expr {
	if !slices.ContainsFunc(s.groups.items, func(item plan.Item) bool { return same(item.Expr, t.expr) }) {
		return t.expr
	}
	c := s.b.column(t.label, t.expr.Type(), neverNull(t.expr))
	s.groups.copies = append(s.groups.copies, plan.Item{Column: c, Expr: t.expr})
	return &plan.ColumnRef{Column: c}
}

// groupOf gives the group an expression over rows of FROM is; -1 where it is none.
func (s *selection) groupOf(e plan.Expr) int {
	for i, item := range s.groups.items {
		if same(item.Expr, e) {
			return i
		}
	}
	return -1
}
