package gateway

import (
	"slices"

	"github.com/sluicemesh/sluice/planner/plan"
)

// exposure is what EXPLAIN may tell of a fragment.
type exposure uint8

const (
	told      exposure = iota
	unweighed          // bytes depend on how rows fall into batches, and so on hidden ones
	uncounted          // how many rows were read depends on how many there are before a row filter
	unsaid             // its statement reads what the user did not name: a lookup, an input
	unnamed            // it stands inside such a barrier
)

// seal replaces what stands inside barriers that read other tables: lookups of policies
// and inputs of derived products, which the user may not know of.
func seal(root plan.Node) plan.Node {
	if g, ok := root.(*plan.Governed); ok && reachesOthers(g) {
		out := *g
		out.Input = &plan.Values{Cols: g.Columns()}
		return &out
	}
	inputs := root.Inputs()
	if r, ok := root.(*plan.Remote); ok {
		return &plan.Remote{Source: r.Source, Root: seal(r.Root)}
	}
	if s, ok := root.(*plan.Stage); ok {
		return &plan.Stage{Root: seal(s.Root)}
	}
	out := make([]plan.Node, len(inputs))
	for i, in := range inputs {
		out[i] = seal(in)
	}
	if len(inputs) > 0 {
		root = root.WithInputs(out)
	}
	return plan.TransformNodeExprs(root, func(e plan.Expr) plan.Expr {
		s, ok := e.(*plan.Subquery)
		if !ok {
			return e
		}
		c := *s
		c.Plan = seal(s.Plan)
		return &c
	})
}

// reachesOthers tells whether a barrier holds another one, or a lookup.
func reachesOthers(g *plan.Governed) bool {
	found := false
	plan.Walk(g.Input, func(n plan.Node) bool {
		_, is := n.(*plan.Governed)
		found = found || is
		return !found
	})
	return found
}

// exposures says of each Remote of a plan, top down as the executor lists them, what
// may be told of it.
func exposures(root plan.Node) []exposure {
	var all []exposure
	hidden, early := plan.Withholds(root), stopsEarly(root)
	var visit func(n plan.Node, around exposure)
	visit = func(n plan.Node, around exposure) {
		switch n := n.(type) {
		case *plan.Remote:
			e := around
			if hidden && (early || bySizes(n)) {
				e = max(e, uncounted)
			}
			plan.Walk(n.Root, func(n plan.Node) bool {
				if g, ok := n.(*plan.Governed); ok && reachesOthers(g) {
					e = max(e, unsaid)
				} else if ok && g.Withholds() {
					e = max(e, unweighed)
				}
				return true
			})
			all = append(all, e)
			return
		case *plan.Governed:
			if n.Filtered {
				around = max(around, uncounted)
			}
			if len(n.Masked) > 0 { // values under masks come here
				around = max(around, unweighed)
			}
			if reachesOthers(n) {
				around = unnamed
			}
		}
		for _, in := range n.Inputs() {
			visit(in, around)
		}
		for _, e := range n.Exprs() {
			plan.WalkExpr(e, func(e plan.Expr) bool {
				if s, ok := e.(*plan.Subquery); ok {
					visit(s.Plan, around)
				}
				return true
			})
		}
	}
	visit(root, told)
	return all
}

// bySizes tells whether sizes, which count hidden rows, decide what of a Remote is asked
// for.
func bySizes(r *plan.Remote) bool {
	found := len(r.Reductions) > 0
	plan.Walk(r.Root, func(n plan.Node) bool {
		a, is := n.(*plan.Aggregate)
		found = found || is && a.Single != nil
		return !found
	})
	return found
}

// stopsEarly tells whether Remotes may not be read to their end: how far they are depends
// on how their rows fall into batches.
func stopsEarly(root plan.Node) bool {
	found := false
	plan.Walk(root, func(n plan.Node) bool {
		_, remote := n.(*plan.Remote)
		_, limit := n.(*plan.Limit)
		found = found || limit
		return !found && !remote
	})
	return found
}

// limitTo leaves of the fragments what may be told of them.
func (d *description) limitTo(exposed []exposure) {
	for i := range d.Fragments {
		f := &d.Fragments[i]
		if i < len(exposed) {
			f.exposed = exposed[i]
		}
		if f.exposed >= unsaid {
			f.SQL, f.Reducible, f.First = "(not shown: a policy or view reads more than was named)", nil, nil
		}
		if f.exposed >= unweighed {
			f.Bytes, f.Estimated, f.Parts, f.Note, f.by, d.Merge, d.whole = nil, nil, 0, "", nil, "", nil // what sources tell of their tables counts what is hidden, too
		}
		if f.exposed >= uncounted {
			f.Rows, f.Reduced = nil, ""
		}
	}
	d.Fragments = slices.DeleteFunc(d.Fragments, func(f fragment) bool { return f.exposed == unnamed })
}
