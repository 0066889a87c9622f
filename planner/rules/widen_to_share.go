package rules

import (
	"slices"

	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

const widenToShareName = optimization.WidenToShare

// widenToShare groups here what a source is asked to group of some of the rows that it sends
// anyway, so that ShareRemotes reads them once.
//
//	Remote(Aggregate[sum(x)](Filter[p, q](A))), Remote(Filter[q](A))
//	=>  Aggregate[sum(x)](Filter[p](Remote(Filter[q](A)))), Remote(Filter[q](A))
//
// No more rows come than before, and the source looks at its table once. Not where p names a
// value of a column: an index may lead to those few rows. Nor where anything is masked: p is asked of
// what stands below the mask. Rows that are not grouped are left to their source: few may come.
func (c *Context) widenToShare(root plan.Node) plan.Node {
	if c.options.Disabled[widenToShareName] || c.options.Disabled[shareRemotesName] || c.careful {
		return root
	}
	all := remotesOf(root)
	for _, narrow := range all {
		for _, wide := range all {
			remote, here, ok := widened(narrow, wide)
			if !ok {
				continue
			}
			next := transformRemotes(root, func(r *plan.Remote) plan.Node {
				if r == narrow {
					return here
				}
				return r
			})
			shared := func(g *sharing) bool { return slices.Contains(g.members, remote) && slices.Contains(g.members, wide) }
			if slices.ContainsFunc(c.sameRemotes(next), shared) {
				c.trace = append(c.trace, Fired{Phase: c.phase, Rule: widenToShareName, Node: "*plan.Remote"})
				return c.widenToShare(next)
			}
		}
	}
	return root
}

// remotesOf lists the Remotes of a plan, those of its subqueries too.
func remotesOf(root plan.Node) (all []*plan.Remote) {
	plan.Walk(root, func(n plan.Node) bool {
		r, ok := n.(*plan.Remote)
		if ok {
			all = append(all, r)
		}
		return !ok
	})
	return all
}

// widened gives a Remote of the rows that another one reads, and the plan above it that gives
// what narrow does.
func widened(narrow, wide *plan.Remote) (remote *plan.Remote, here plan.Node, ok bool) {
	if narrow == wide || narrow.Source.ID() != wide.Source.ID() || len(narrow.Reductions) > 0 {
		return nil, nil, false
	}
	grouping, ok := plan.AggregateOf(narrow.Root)
	if !ok {
		return nil, nil, false
	}
	rows := plan.WithDropped(grouping.Input)
	m := &merging{columns: map[plan.ColumnID]plan.Expr{}, wider: true}
	if _, ok := m.merge(wide.Root, rows); !ok || len(m.extra) == 0 {
		return nil, nil, false
	}
	rows = withoutConditions(rows, m.extra)
	if masks(rows) || slices.ContainsFunc(m.extra, func(e plan.Expr) bool { return !computesHere(e, plan.Produced(rows)) }) {
		return nil, nil, false
	}
	remote = &plan.Remote{Source: narrow.Source, Root: rows}
	whole := *grouping
	whole.Input, whole.Single = &plan.Filter{Input: remote, Conjuncts: m.extra}, nil
	p := &plan.Project{Input: &whole}
	for _, col := range narrow.Columns() {
		p.Items = append(p.Items, plan.PassOn(col))
	}
	return remote, p, true
}

// computesHere tells whether a condition can be asked in the merge instead, of some columns.
func computesHere(e plan.Expr, columns plan.ColumnSet) bool {
	_, constant := plan.EqualConstant(e)
	return constant == nil && !plan.HasSubquery(e) && functions.TotalBounded(e) && functions.Supports(e, functions.DuckDB) == functions.Exact &&
		columns.Has(plan.References(e))
}

func masks(n plan.Node) bool {
	found := false
	plan.Walk(n, func(n plan.Node) bool {
		g, ok := n.(*plan.Governed)
		found = found || ok && len(g.Masked) > 0
		return !found
	})
	return found
}

// withoutConditions takes conditions out of the filters of a plan.
func withoutConditions(n plan.Node, conditions []plan.Expr) plan.Node {
	return plan.Transform(n, func(n plan.Node) plan.Node {
		f, ok := n.(*plan.Filter)
		if !ok {
			return n
		}
		left := slices.DeleteFunc(slices.Clone(f.Conjuncts), func(e plan.Expr) bool { return slices.Contains(conditions, e) })
		if len(left) == 0 {
			return f.Input
		}
		return &plan.Filter{Input: f.Input, Conjuncts: left}
	})
}
