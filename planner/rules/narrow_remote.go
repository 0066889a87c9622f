package rules

import "github.com/sluicemesh/sluice/planner/plan"

const narrowRemoteName = "NarrowRemote"

// narrow lets each source send only the columns that are read outside its Remote.
//
//	… a …(Remote(Join[a = b](A, B)))  =>  … a …(Remote(Project[a](Join[a = b](A, B))))
func (c *Context) narrow(root plan.Node, output []plan.OutputColumn) plan.Node {
	read := plan.ColumnSet{}
	for _, o := range output {
		read[o.ID] = true
	}
	markNamed(read, opaque(root))
	return transformRemotes(root, func(r *plan.Remote) plan.Node {
		if c.options.Disabled[narrowRemoteName] || r == root {
			return r
		}
		var items []plan.Item
		for _, col := range r.Columns() {
			if read[col.ID] {
				items = append(items, plan.PassOn(col))
			}
		}
		if len(items) == len(r.Columns()) {
			return r
		}
		if len(items) == 0 {
			items = []plan.Item{plan.PassOn(r.Columns()[0])}
		}
		c.trace = append(c.trace, Fired{Phase: c.phase, Rule: narrowRemoteName, Node: "*plan.Remote"})
		return &plan.Remote{Source: r.Source, Root: &plan.Project{Input: r.Root, Items: items}}
	})
}

// markNamed adds every column a plan names, if only to hand it on: what a Project still
// hands on after pruning must come from somewhere, read or not.
func markNamed(read plan.ColumnSet, root plan.Node) {
	markRead(read, root)
	plan.Walk(root, func(n plan.Node) bool {
		if p, ok := n.(*plan.Project); ok {
			for _, e := range p.Exprs() {
				markExpr(read, e)
			}
		}
		return true
	})
}

// opaque gives the plan with each Remote's inside hidden, so that only what is read
// outside counts.
func opaque(root plan.Node) plan.Node {
	return transformRemotes(root, func(r *plan.Remote) plan.Node {
		return &plan.Values{Cols: r.Columns()}
	})
}

// transformRemotes replaces each Remote without entering it.
func transformRemotes(n plan.Node, f func(*plan.Remote) plan.Node) plan.Node {
	if r, ok := n.(*plan.Remote); ok {
		return f(r)
	}
	inputs := n.Inputs()
	out := make([]plan.Node, len(inputs))
	for i, in := range inputs {
		out[i] = transformRemotes(in, f)
	}
	if len(inputs) > 0 {
		n = n.WithInputs(out)
	}
	return plan.TransformNodeExprs(n, func(e plan.Expr) plan.Expr {
		s, ok := e.(*plan.Subquery)
		if !ok {
			return e
		}
		c := *s
		c.Plan = transformRemotes(s.Plan, f)
		return &c
	})
}
