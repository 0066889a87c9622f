package rules

import (
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// growRoot turns a plan into one whose leaves are Remotes, then lets the order and
// limit of the result in where a Remote has become nearly all of it.
func (c *Context) growRoot(root plan.Node) plan.Node {
	return c.pushResult(c.grow(root))
}

// grow works bottom-up: inputs first, then the rules on the node, with its subqueries
// still whole so that a source can take them along. Only where no source takes the node
// do its subqueries become plans with Remotes of their own.
//
// A barrier that its source cannot apply whole becomes a Stage: it runs apart, so that
// rows it has not treated never meet those of the merge (law 6).
func (c *Context) grow(n plan.Node) plan.Node {
	switch n := n.(type) {
	case *plan.Scan:
		return &plan.Remote{Source: n.Table.Source, Root: n}
	case *plan.Remote, *plan.Stage:
		return n
	}
	if with, ok := n.(*plan.With); ok {
		if r, ok := c.whole(with); ok {
			return r
		}
	}
	if g, ok := n.(*plan.Governed); ok && g.Innermost() {
		c.policies++
		defer func() { c.policies-- }()
	}
	n = c.growInputs(n)
	for _, r := range growth {
		out, fired := c.apply(r, n)
		if !fired {
			continue
		}
		n = out
		if _, done := n.(*plan.Remote); done {
			return n
		}
	}
	n = c.growSubqueries(n)
	if g, ok := n.(*plan.Governed); ok {
		return &plan.Stage{Root: g}
	}
	return n
}

// whole hands a WITH to its one source as it stands: its parts refer to each other, so
// it goes all or not at all.
func (c *Context) whole(n *plan.With) (plan.Node, bool) {
	source := soleSource(n)
	if source == nil || !c.runsAll(source, n) || len(plan.Free(n)) > 0 || c.needsFence(source, n) {
		return n, false
	}
	return &plan.Remote{Source: source, Root: n}, true
}

func (c *Context) growInputs(n plan.Node) plan.Node {
	inputs := n.Inputs()
	if len(inputs) == 0 {
		return n
	}
	grown := make([]plan.Node, len(inputs))
	for i, in := range inputs {
		grown[i] = c.grow(in)
	}
	return n.WithInputs(grown)
}

// growSubqueries grows the subqueries of a node, and those of nodes that a rule has put below it.
func (c *Context) growSubqueries(n plan.Node) plan.Node {
	switch n.(type) {
	case *plan.Remote, *plan.Stage:
		return n
	}
	inputs, changed := n.Inputs(), false
	out := make([]plan.Node, len(inputs))
	for i, in := range inputs {
		out[i] = c.growSubqueries(in)
		changed = changed || out[i] != in
	}
	if changed {
		n = n.WithInputs(out)
	}
	return plan.TransformNodeExprs(n, c.growSubquery)
}

func (c *Context) growSubquery(e plan.Expr) plan.Expr {
	s, ok := e.(*plan.Subquery)
	if !ok || grown(s.Plan) {
		return e
	}
	out := *s
	out.Plan = c.grow(s.Plan)
	return &out
}

// grown tells whether all tables of a plan stand in Remotes and Stages.
func grown(n plan.Node) bool {
	all := true
	plan.Walk(n, func(n plan.Node) bool {
		switch n.(type) {
		case *plan.Remote, *plan.Stage:
			return false
		case *plan.Scan:
			all = false
		}
		return all
	})
	return all
}

// absorb lets n into the one Remote that all its inputs are of. It refuses what the
// source cannot run, what depends on columns or a WITH from outside, and what would let a
// condition see hidden rows.
func (c *Context) absorb(n plan.Node) (plan.Node, bool) {
	inputs := n.Inputs()
	if len(inputs) == 0 {
		return n, false
	}
	roots := make([]plan.Node, len(inputs))
	var source *catalog.Source
	for i, in := range inputs {
		r, ok := in.(*plan.Remote)
		if !ok || source != nil && source.ID() != r.Source.ID() {
			return n, false
		}
		source, roots[i] = r.Source, r.Root
	}
	root := n.WithInputs(roots)
	if !c.runs(source, root) || len(plan.Free(root)) > 0 || readsOutside(root) || c.needsFence(source, root) {
		return n, false
	}
	return &plan.Remote{Source: source, Root: root}, true
}

// absorbRule makes the rule that lets nodes of type N into a Remote.
func absorbRule[N plan.Node](name optimization.Name) Rule {
	return Rule{name, func(c *Context, n plan.Node) (plan.Node, bool) {
		if _, ok := n.(N); !ok {
			return n, false
		}
		return c.absorb(n)
	}}
}

// soleSource gives the one source of a plan's tables.
func soleSource(n plan.Node) *catalog.Source {
	if owner(n) == "" {
		return nil
	}
	var source *catalog.Source
	plan.Walk(n, func(n plan.Node) bool {
		if s, ok := n.(*plan.Scan); ok {
			source = s.Table.Source
		}
		return source == nil
	})
	return source
}
