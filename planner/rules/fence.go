package rules

import (
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// needsFence tells whether a source must not be given a plan because it might ask a
// condition that can fail of rows a policy hides, and cannot be told not to.
//
//	SELECT … FROM (SELECT … WHERE region = 'DE') t WHERE 1/(x - 5) > 0
//
// A source is free to ask the second condition first: an error would tell that a hidden
// row has x = 5. PostgreSQL can be told (fenced); elsewhere the condition stays here,
// above the rows that were let through.
func (c *Context) needsFence(source *catalog.Source, root plan.Node) bool {
	return !capabilities[source.Kind].fence && risky(root)
}

// risky tells whether a condition that can fail stands above a barrier that hides rows.
func risky(root plan.Node) bool {
	hides := false
	plan.Walk(root, func(n plan.Node) bool {
		g, ok := n.(*plan.Governed)
		hides = hides || ok && g.Filtered
		return !hides
	})
	if !hides {
		return false
	}
	computed, danger := failing(root), false
	plan.WalkAsked(root, func(n plan.Node) bool {
		switch n := n.(type) {
		case *plan.Filter, *plan.Join:
			for _, e := range n.Exprs() {
				danger = danger || plan.HasSubquery(e) || !functions.Total(e) || computed.Meets(plan.References(e))
			}
		}
		return !danger
	})
	return danger
}

// failing gives the columns computed by expressions that can fail, or from such columns.
func failing(root plan.Node) plan.ColumnSet {
	s := plan.ColumnSet{}
	plan.Walk(root, func(n plan.Node) bool {
		if p, ok := n.(*plan.Project); ok {
			for _, i := range p.Items {
				if !i.PassesOn() && !functions.Total(i.Expr) {
					s[i.Column.ID] = true
				}
			}
		}
		return true
	})
	for before := -1; before != len(s); {
		before = len(s)
		plan.Walk(root, func(n plan.Node) bool {
			if p, ok := n.(*plan.Project); ok {
				for _, i := range p.Items {
					if s.Meets(plan.References(i.Expr)) {
						s[i.Column.ID] = true
					}
				}
			}
			return true
		})
	}
	return s
}

// fence marks the barriers inside Remotes that their sources must keep apart, once nothing
// moves any more.
func (c *Context) fence(root plan.Node) plan.Node {
	return transformRemotes(root, func(r *plan.Remote) plan.Node {
		if !capabilities[r.Source.Kind].fence {
			return r
		}
		out := *r
		out.Root = fenced(r.Root)
		if r.Reduced != nil {
			out.Reduced = fenced(r.Reduced)
		}
		return &out
	})
}

func fenced(root plan.Node) plan.Node {
	if !risky(root) {
		return root
	}
	return plan.Transform(root, func(n plan.Node) plan.Node {
		g, ok := n.(*plan.Governed)
		if !ok || !g.Filtered {
			return n
		}
		out := *g
		out.Fenced = true
		return &out
	})
}

// unfenced tells whether a source would be given a condition that can fail beside rows
// that a policy hides, with nothing between them.
func unfenced(root plan.Node) bool {
	bare := false
	plan.Walk(root, func(n plan.Node) bool {
		g, ok := n.(*plan.Governed)
		bare = bare || ok && g.Filtered && !g.Fenced
		return !bare
	})
	return bare && risky(root)
}
