package executor

import (
	"context"
	"slices"

	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// A partial aggregate is worth its source's work where it leaves out most rows of many.
const (
	fewerGroups    = 0.5
	manyRows       = 10_000
	computedGroups = 10 // values an expression is guessed to have
)

// apart decides which Remotes are asked for their rows as they are, though the plan has
// them grouped in part: those where, by the sizes their sources tell, the groups are
// hardly fewer than the rows. Where sizes are unknown the plan stands; careful
// plans are not asked about, since there sizes must not decide.
func (r *run) apart(ctx context.Context, nodes []plan.Node) map[*plan.Remote]bool {
	if r.off[optimization.LeaveRowsApart] {
		return nil
	}
	var partial []plan.Node
	for _, leaf := range nodes {
		if partialOf(leaf) != nil {
			partial = append(partial, leaf)
		}
	}
	if partial == nil {
		return nil
	}
	k, all := r.learn(ctx, partial), map[*plan.Remote]bool{}
	for _, leaf := range partial {
		a := partialOf(leaf)
		rows, groups := k.rows(a.Input), k.groups(a)
		all[leaf.(*plan.Remote)] = rows >= manyRows && groups > fewerGroups*rows
	}
	return all
}

// asksApart tells whether it was decided that a Remote is asked for its rows apart.
func (r *run) asksApart(n *plan.Remote) bool {
	apart, known := r.apartly.Load(n)
	return known && apart.(bool)
}

// partialOf gives the partial aggregate of a Remote.
func partialOf(n plan.Node) (found *plan.Aggregate) {
	if r, ok := n.(*plan.Remote); ok {
		plan.Walk(r.Root, func(n plan.Node) bool {
			if a, ok := n.(*plan.Aggregate); ok && a.Single != nil {
				found = a
			}
			return found == nil
		})
	}
	return found
}

// ungrouped gives a plan whose partial aggregates leave each row by itself.
//
//	PartialAggregate[g; s := sum(x)](in)  =>  Project[g, s := x](in)
//
// A table of which any part gives groups gives rows by any part too.
func ungrouped(r *plan.Remote) *plan.Remote {
	root := plan.Transform(r.Root, func(n plan.Node) plan.Node {
		a, ok := n.(*plan.Aggregate)
		if !ok || a.Single == nil {
			return n
		}
		p := &plan.Project{Input: a.Input, Items: slices.Clone(a.Groups)}
		for i, item := range a.Aggs {
			p.Items = append(p.Items, plan.Item{Column: item.Column, Expr: a.Single[i]})
		}
		return p
	})
	return &plan.Remote{Source: r.Source, Root: root, Divisible: r.Divisible}
}

// groups guesses how many groups an aggregate makes; 0 is unknown. Columns that a key
// among the groups decides count no further.
func (k known) groups(n *plan.Aggregate) float64 {
	equal := equalities(n.Input)
	held := map[plan.ColumnID]bool{}
	for _, g := range n.Groups {
		if r, ok := g.Expr.(*plan.ColumnRef); ok {
			held[equal.of(r.ID)] = true
		}
	}
	decided := k.decided(n.Input, equal, held)
	groups, counted := 1.0, map[plan.ColumnID]bool{}
	for _, g := range n.Groups {
		r, ok := g.Expr.(*plan.ColumnRef)
		if !ok {
			groups *= k.computed(n.Input, g.Expr)
			continue
		}
		if class := equal.of(r.ID); !counted[class] && !decided[r.ID] {
			values := k.values(n.Input, r.ID)
			if values == 0 {
				return 0
			}
			counted[class] = true
			groups *= values
		}
	}
	return groups
}

// fieldValues are how many values the fields of dates have.
var fieldValues = map[string]float64{"month": 12, "quarter": 4, "dow": 7, "isodow": 7, "day": 31, "week": 53, "doy": 366}

// computed guesses how many values an expression has.
func (k known) computed(in plan.Node, e plan.Expr) float64 {
	call, ok := e.(*plan.Call)
	if !ok || call.Procedure == nil || call.Procedure.Name != "extract" || len(call.Args) != 2 {
		return computedGroups
	}
	field, literal := call.Args[0].(*plan.Literal)
	of, column := call.Args[1].(*plan.ColumnRef)
	if !literal || !column {
		return computedGroups
	}
	if values := fieldValues[field.Text]; values > 0 {
		return values
	}
	about := k.statistics(in, of.ID)
	least, ok1 := position(about.Min)
	greatest, ok2 := position(about.Max)
	if field.Text != "year" || !ok1 || !ok2 {
		return computedGroups
	}
	return max((greatest-least)/(365.25*24*3600), 1)
}

// decided gives the columns of tables one of whose keys is held, but for the key's own.
func (k known) decided(root plan.Node, equal classes, held map[plan.ColumnID]bool) map[plan.ColumnID]bool {
	all := map[plan.ColumnID]bool{}
	plan.Walk(root, func(n plan.Node) bool {
		s, ok := n.(*plan.Scan)
		if !ok {
			return true
		}
		for _, key := range s.Table.Keys {
			if !holds(s, key.Columns, equal, held) {
				continue
			}
			for i, c := range s.Cols {
				if !slices.Contains(key.Columns, s.Ordinals[i]) {
					all[c.ID] = true
				}
			}
			break
		}
		return true
	})
	return all
}

func holds(s *plan.Scan, key []int, equal classes, held map[plan.ColumnID]bool) bool {
	for _, ordinal := range key {
		at := slices.Index(s.Ordinals, ordinal)
		if at < 0 || !held[equal.of(s.Cols[at].ID)] {
			return false
		}
	}
	return len(key) > 0
}

// classes are columns that conditions say are equal, as a forest.
type classes map[plan.ColumnID]plan.ColumnID

func (c classes) of(id plan.ColumnID) plan.ColumnID {
	for {
		up, ok := c[id]
		if !ok {
			return id
		}
		id = up
	}
}

// equalities reads the conditions of a plan.
func equalities(root plan.Node) classes {
	c := classes{}
	plan.Walk(root, func(n plan.Node) bool {
		switch n.(type) {
		case *plan.Join, *plan.Filter:
			for _, e := range n.Exprs() {
				if a, b, ok := plan.EqualColumns(e); ok && c.of(a.ID) != c.of(b.ID) {
					c[c.of(a.ID)] = c.of(b.ID)
				}
			}
		}
		return true
	})
	return c
}
