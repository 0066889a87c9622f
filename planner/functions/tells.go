package functions

import (
	"slices"

	"github.com/sluicemesh/sluice/planner/plan"
)

// Tells tells whether the way in which a plan is run could tell of what is hidden. That
// takes two things: tables of which something is hidden (Governed.Hides), and an
// expression that can fail where an engine is free in which rows it asks:
//
//	… FROM a JOIN b ON a.id = b.id WHERE 1/(a.x - 5) > 0
//
// The condition may be asked of all rows of a, or of those that have a partner, or of
// none where b is empty and read first. Each is right, and which it is engines decide by
// what they know of tables: sizes, widths, statistics, in all of which hidden data count.
//
// An expression is settled where every row below it is asked whatever happens: one in a
// SELECT list, with nothing above that stops early, and a condition over rows of one
// relation. It fails if and only if a visible row makes it fail.
func Tells(root plan.Node) bool {
	if !hides(root) {
		return false
	}
	s := settling{fails: plan.ColumnSet{}}
	return !s.settled(root, true)
}

// CanTell tells whether there is anything to tell, and something to tell it by.
func CanTell(root plan.Node) bool { return hides(root) && FailsInside(root) }

func hides(root plan.Node) bool {
	found := false
	plan.Walk(root, func(n plan.Node) bool {
		g, governed := n.(*plan.Governed)
		found = found || governed && g.Hides
		return !found
	})
	return found
}

// settling walks a plan bottom-up and gathers the columns that are computed by
// expressions that can fail: a condition over one computes it.
type settling struct{ fails plan.ColumnSet }

// settled: all tells whether every row of n is needed, whatever else is.
func (s *settling) settled(n plan.Node, all bool) bool {
	if g, ok := n.(*plan.Governed); ok && g.Innermost() {
		return true
	}
	for i, in := range n.Inputs() {
		if !s.settled(in, all && reads(n, i)) {
			return false
		}
	}
	if r, ok := n.(*plan.Remote); ok {
		return s.settled(r.Root, all)
	}
	for _, e := range n.Exprs() {
		if !s.subqueries(e) {
			return false
		}
	}
	return s.here(n, all)
}

// reads tells whether a node reads every row of an input, given that its own are needed.
func reads(n plan.Node, input int) bool {
	switch n := n.(type) {
	case *plan.Join, *plan.Limit, *plan.RecursiveUnion:
		return false
	case *plan.SetOperation:
		return n.Kind == plan.Union
	case *plan.With:
		return input == len(n.Inputs())-1 // the body, if it is one
	}
	return true
}

func (s *settling) subqueries(e plan.Expr) bool {
	ok := true
	plan.WalkExpr(e, func(e plan.Expr) bool {
		if q, is := e.(*plan.Subquery); is && ok {
			ok = s.settled(q.Plan, false)
		}
		return ok
	})
	return ok
}

// here judges the expressions of one node.
func (s *settling) here(n plan.Node, all bool) bool {
	switch n := n.(type) {
	case *plan.Filter:
		return !s.any(n.Conjuncts) || all && s.stays(n)
	case *plan.Join:
		return !s.any(n.On)
	case *plan.Project:
		return s.computed(n.Items) || all
	case *plan.Aggregate:
		groups, results := s.computed(n.Groups), s.computed(n.Aggs)
		return groups && results || all
	case *plan.Window:
		return s.computed(n.Items) || all
	case *plan.SetOperation:
		for _, in := range n.Inputs() {
			for i, c := range in.Columns() {
				s.fails[n.Cols[i].ID] = s.fails[n.Cols[i].ID] || s.fails[c.ID]
			}
		}
		return true
	}
	return all || !s.any(n.Exprs())
}

// computed notes which columns fail, and tells whether none is computed here that does.
func (s *settling) computed(items []plan.Item) bool {
	none := true
	for _, i := range items {
		if s.any([]plan.Expr{i.Expr}) {
			s.fails[i.Column.ID] = true
			none = none && i.PassesOn()
		}
	}
	return none
}

func (s *settling) any(exprs []plan.Expr) bool {
	return slices.ContainsFunc(exprs, func(e plan.Expr) bool { return Fails(e) || s.fails.Meets(plan.References(e)) })
}

// stays tells whether no engine can move a filter's failing conditions below a join:
// there is none, or they read what is aggregated above it.
func (s *settling) stays(f *plan.Filter) bool {
	below := f.Input
	for p, ok := below.(*plan.Project); ok; p, ok = below.(*plan.Project) {
		below = p.Input
	}
	if a, ok := below.(*plan.Aggregate); ok && s.aggregated(f.Conjuncts, a) {
		return true
	}
	return !chooses(below)
}

func (s *settling) aggregated(conjuncts []plan.Expr, a *plan.Aggregate) bool {
	results := plan.ColumnSet{}
	for _, i := range a.Aggs {
		results[i.Column.ID] = true
	}
	return !slices.ContainsFunc(conjuncts, func(e plan.Expr) bool {
		return s.any([]plan.Expr{e}) && !results.Meets(plan.References(e))
	})
}

// chooses tells whether a plan holds a node below which rows can be asked or not.
func chooses(root plan.Node) bool {
	found := false
	plan.Walk(root, func(n plan.Node) bool {
		switch n := n.(type) {
		case *plan.Governed:
			return !n.Innermost()
		case *plan.Join, *plan.Limit, *plan.RecursiveUnion, *plan.With:
			found = true
		case *plan.SetOperation:
			found = found || n.Kind != plan.Union
		}
		return !found
	})
	return found
}
