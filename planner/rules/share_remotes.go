package rules

import (
	"fmt"
	"slices"

	"github.com/sluicemesh/sluice/planner/plan"
)

const shareRemotesName = "ShareRemotes"

// shareRemotes reads once what a plan asks a source for several times: the same rows, if
// with other columns. The engine keeps them, within its memory or in a file.
//
//	Join(Remote(A), … Remote(A)) => With[s := Remote(A)](Join(CTERef s, … CTERef s))
//
// Two Remotes are the same where they are built alike of the same tables under the same
// policies (alike). Those that may each be reduced by keys of others are shared only where
// the same keys bound both; else a large table might be read whole where only parts of it
// were.
func (c *Context) shareRemotes(root plan.Node) plan.Node {
	if c.options.Disabled[shareRemotesName] {
		return root
	}
	groups := c.sameRemotes(root)
	if len(groups) == 0 {
		return root
	}
	with, replaced := &plan.With{}, map[*plan.Remote]plan.Node{}
	names := map[plan.ColumnID]plan.ColumnID{} // of the Remotes that go, in those that stay
	for i, g := range groups {
		id := sharedCTE + i
		g.renumber(c)
		for old, new := range g.fresh {
			names[old] = new
		}
		with.CTEs = append(with.CTEs, plan.CTE{ID: id, Name: fmt.Sprintf("shared%d", i+1), Plan: g.merged, Materialized: "ALWAYS"})
		for _, member := range g.members {
			replaced[member] = g.reference(c, id, member)
		}
		c.trace = append(c.trace, Fired{Phase: c.phase, Rule: shareRemotesName, Node: "*plan.Remote"})
	}
	with.Body = transformRemotes(root, func(r *plan.Remote) plan.Node {
		if ref, ok := replaced[r]; ok {
			return ref
		}
		return r
	})
	for i, g := range groups {
		with.CTEs[i].Plan = c.reducedAgain(g, names)
	}
	return transformRemotes(with, func(r *plan.Remote) plan.Node { return renamedReductions(r, names) })
}

// sharedCTE is above any number a query's own WITH has.
const sharedCTE = 1 << 20

// sharing is a group of Remotes that are read once.
type sharing struct {
	members []*plan.Remote
	merged  *plan.Remote
	columns map[plan.ColumnID]plan.ColumnID // a member's column to the merged one's
	fresh   map[plan.ColumnID]plan.ColumnID // any of them to the one it has in the end
	reduced []plan.Reduction                // with columns and givers as the members have them
}

// sameRemotes groups the Remotes of a plan, but for those in stages, which run apart, and
// those that the engine must have in their place.
func (c *Context) sameRemotes(root plan.Node) []*sharing {
	var all []*plan.Remote
	inPlace := inPlace(root)
	plan.Walk(root, func(n plan.Node) bool {
		switch n := n.(type) {
		case *plan.Stage:
			return false
		case *plan.Remote:
			if !inPlace[n] {
				all = append(all, n)
			}
			return false
		}
		return true
	})
	var groups []*sharing
	for _, r := range all {
		if !slices.ContainsFunc(groups, func(g *sharing) bool { return g.take(r) }) {
			groups = append(groups, &sharing{members: []*plan.Remote{r}, merged: r, columns: selfColumns(r)})
		}
	}
	groups = slices.DeleteFunc(groups, func(g *sharing) bool { return len(g.members) < 2 })
	for { // what is not shared after all may be what another group's keys come from
		before := len(groups)
		names := map[plan.ColumnID]plan.ColumnID{}
		for _, g := range groups {
			for from, to := range g.columns {
				names[from] = to
			}
		}
		groups = slices.DeleteFunc(groups, func(g *sharing) bool { return !g.bounded(names) })
		if len(groups) == before {
			return groups
		}
	}
}

// inPlace gives the Remotes below outer joins of correlated subqueries and lateral joins.
// The engine takes what is shared for something that may depend on the row outside, and
// has no way to bring such a dependency over an outer join.
func inPlace(root plan.Node) map[*plan.Remote]bool {
	found := map[*plan.Remote]bool{}
	plan.Walk(root, func(n plan.Node) bool {
		if j, ok := n.(*plan.Join); ok && j.Lateral {
			belowOuterJoins(j.Right, found)
		}
		for _, e := range n.Exprs() {
			plan.WalkExpr(e, func(e plan.Expr) bool {
				if s, ok := e.(*plan.Subquery); ok && len(plan.Free(s.Plan)) > 0 {
					belowOuterJoins(s.Plan, found)
				}
				return true
			})
		}
		return true
	})
	return found
}

func belowOuterJoins(root plan.Node, found map[*plan.Remote]bool) {
	plan.Walk(root, func(n plan.Node) bool {
		if j, ok := n.(*plan.Join); ok && (j.Kind == plan.LeftJoin || j.Kind == plan.RightJoin || j.Kind == plan.FullJoin) {
			plan.Walk(j, func(n plan.Node) bool {
				if r, ok := n.(*plan.Remote); ok {
					found[r] = true
				}
				return true
			})
			return false
		}
		return true
	})
}

func selfColumns(r *plan.Remote) map[plan.ColumnID]plan.ColumnID {
	own := map[plan.ColumnID]plan.ColumnID{}
	for _, col := range r.Columns() {
		own[col.ID] = col.ID
	}
	return own
}

// take adds a Remote to the group if it reads the same rows.
func (g *sharing) take(r *plan.Remote) bool {
	if g.merged.Source.ID() != r.Source.ID() {
		return false
	}
	m := &merging{columns: map[plan.ColumnID]plan.Expr{}}
	root, ok := m.merge(g.merged.Root, r.Root)
	if !ok {
		return false
	}
	g.members = append(g.members, r)
	g.merged = &plan.Remote{Source: r.Source, Root: root}
	for _, col := range r.Columns() {
		ref, ok := m.columns[col.ID].(*plan.ColumnRef)
		if !ok {
			ref = &plan.ColumnRef{Column: col}
		}
		g.columns[col.ID] = ref.ID
	}
	return true
}

// bounded tells whether the members may be reduced by the same keys, or not at all, and
// notes those keys. names are the columns of all groups as their merged Remotes have them.
func (g *sharing) bounded(names map[plan.ColumnID]plan.ColumnID) bool {
	g.reduced = nil
	own := map[plan.ColumnID]bool{}
	for _, to := range g.columns {
		own[to] = true
	}
	for i, member := range g.members {
		var reductions []plan.Reduction
		for _, one := range member.Reductions {
			to := plan.Reduction{Column: one.Column}
			to.Column.ID = g.columns[one.Column.ID]
			for _, id := range one.By {
				if name, ok := names[id]; ok {
					id = name
				}
				if !own[id] && !slices.Contains(to.By, id) {
					to.By = append(to.By, id)
				}
			}
			if len(to.By) > 0 {
				reductions = append(reductions, to)
			}
		}
		if i > 0 {
			both := common(g.reduced, reductions)
			if len(both) < max(len(g.reduced), len(reductions)) {
				return false
			}
			reductions = both
		}
		g.reduced = reductions
	}
	return true
}

// common gives the reductions of the same columns by the same givers.
func common(a, b []plan.Reduction) []plan.Reduction {
	var both []plan.Reduction
	for _, x := range a {
		for _, y := range b {
			if x.Column.ID != y.Column.ID {
				continue
			}
			z := plan.Reduction{Column: x.Column}
			for _, id := range x.By {
				if slices.Contains(y.By, id) {
					z.By = append(z.By, id)
				}
			}
			if len(z.By) > 0 {
				both = append(both, z)
			}
		}
	}
	return both
}

// renumber gives the merged Remote columns of its own: the members' stand for what the
// references give.
func (g *sharing) renumber(c *Context) {
	r := &renumbering{context: c, to: map[plan.ColumnID]plan.ColumnID{}}
	g.merged = &plan.Remote{Source: g.merged.Source, Root: r.node(g.merged.Root)}
	g.fresh = map[plan.ColumnID]plan.ColumnID{}
	for from, to := range g.columns {
		g.fresh[from] = r.id(to)
	}
}

// reference gives what stands in the place of a member.
func (g *sharing) reference(c *Context, id int, member *plan.Remote) plan.Node {
	ref := &plan.CTERef{CTE: id, Name: fmt.Sprintf("shared%d", id-sharedCTE+1)}
	by := map[plan.ColumnID]plan.Column{}
	for _, col := range member.Columns() {
		by[g.fresh[col.ID]] = col
	}
	for _, col := range g.merged.Columns() {
		own, ok := by[col.ID]
		if !ok {
			own = c.newColumn(col.Name, col.Type)
		}
		own.NotNull = col.NotNull
		ref.Cols = append(ref.Cols, own)
	}
	p := &plan.Project{Input: ref} // columns count by position for some
	for _, col := range member.Columns() {
		p.Items = append(p.Items, plan.PassOn(col))
	}
	return p
}

// reducedAgain notes on a merged Remote how it may be reduced.
func (c *Context) reducedAgain(g *sharing, names map[plan.ColumnID]plan.ColumnID) plan.Node {
	out := *g.merged
	reduced := out.Root
	for _, one := range g.reduced {
		column := one.Column
		at := slices.IndexFunc(out.Columns(), func(col plan.Column) bool { return col.ID == g.fresh[column.ID] })
		if at < 0 {
			continue
		}
		by := plan.Reduction{Column: out.Columns()[at], By: one.By, Shared: true}
		in, keys, ok := among(by.Column)
		if !ok {
			continue
		}
		by.Keys = keys
		next := c.fixpointQuietly(&plan.Filter{Input: reduced, Conjuncts: []plan.Expr{in}})
		if !c.runsAll(out.Source, next) || c.needsFence(out.Source, next) {
			continue
		}
		reduced = next
		out.Reductions = append(out.Reductions, by)
	}
	if len(out.Reductions) > 0 {
		out.Reduced = reduced
	}
	return &out
}

// renamedReductions has a Remote be reduced by what the columns of its givers are now.
func renamedReductions(r *plan.Remote, names map[plan.ColumnID]plan.ColumnID) plan.Node {
	out := *r
	out.Reductions = nil
	for _, one := range r.Reductions {
		var by []plan.ColumnID
		for _, id := range one.By {
			if name, ok := names[id]; ok {
				id, one.Shared = name, true
			}
			if !slices.Contains(by, id) {
				by = append(by, id)
			}
		}
		one.By = by
		out.Reductions = append(out.Reductions, one)
	}
	out.Top = r.Top.Renamed(names)
	return &out
}
