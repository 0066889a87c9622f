package rules

import "github.com/sluicemesh/sluice/planner/plan"

const deduplicateMembersName = "DeduplicateMembers"

// deduplicateMembers has a source send each row once where nobody asks how often it
// stands: in what EXISTS and IN look into, on the right of semi- and anti-joins, below
// DISTINCT.
//
//	Filter[not exists(Filter[b = a](Remote(B)))](A)
//	=>  Filter[not exists(Filter[b = a](Remote(PartialAggregate by [b](B))))](A)
//
// Not where contracts say that each row is another, nor of columns whose equal values
// differ (1.0 and 1.00): which of them stays could show. Whether the rows become fewer
// the executor knows, as with any partial aggregate.
func (c *Context) deduplicateMembers(root plan.Node) plan.Node {
	if c.options.Disabled[deduplicateMembersName] {
		return root
	}
	return c.membersOnce(root, false)
}

// membersOnce rewrites a plan; anyway tells that nobody minds how often its rows stand.
func (c *Context) membersOnce(n plan.Node, anyway bool) plan.Node {
	if r, ok := n.(*plan.Remote); ok {
		if anyway {
			return c.once(r)
		}
		return n
	}
	inputs := n.Inputs()
	out := make([]plan.Node, len(inputs))
	for i, in := range inputs {
		out[i] = c.membersOnce(in, mindsNot(n, i, anyway))
	}
	if len(inputs) > 0 {
		n = n.WithInputs(out)
	}
	return plan.TransformNodeExprs(n, func(e plan.Expr) plan.Expr {
		s, ok := e.(*plan.Subquery)
		if !ok {
			return e
		}
		copied := *s
		copied.Plan = c.membersOnce(s.Plan, s.Kind == plan.ExistsSubquery || s.Kind == plan.AnySubquery || s.Kind == plan.AllSubquery)
		return &copied
	})
}

// mindsNot tells whether a node gives the same rows, or the same but for how often, however
// often those of one input stand; anyway that the latter is enough.
func mindsNot(n plan.Node, input int, anyway bool) bool {
	switch n := n.(type) {
	case *plan.Filter, *plan.Project, *plan.Sort:
		return anyway
	case *plan.Deduplicate:
		return len(n.On) == 0
	case *plan.Join:
		if input == 1 && (n.Kind == plan.SemiJoin || n.Kind == plan.AntiJoin) {
			return true
		}
		return anyway && !n.Lateral
	case *plan.SetOperation:
		return !n.All || anyway && n.Kind == plan.Union
	}
	return false
}

// once groups a Remote by all its columns.
func (c *Context) once(r *plan.Remote) plan.Node {
	groups := &plan.Aggregate{Input: r.Root, Single: []plan.Expr{}}
	for _, col := range r.Columns() {
		if !isIdentical(col.Type) {
			return r
		}
		groups.Groups = append(groups.Groups, plan.PassOn(col))
	}
	if len(groups.Groups) == 0 || uniqueBy(r.Root, plan.Produced(r)) || !c.runs(r.Source, groups) {
		return r
	}
	c.trace = append(c.trace, Fired{Phase: c.phase, Rule: deduplicateMembersName, Node: "*plan.Remote"})
	return &plan.Remote{Source: r.Source, Root: groups}
}
