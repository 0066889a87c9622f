package rules

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

const reduceAcrossSourcesName = "ReduceAcrossSources"

// reduce notes on each Remote which of its columns are joined to columns of other leaves:
// the executor may read those first and ask this one for their keys only.
//
//	Join[a = b](Remote(A), Remote(B))  =>  Join[a = b](Remote(A), Remote(B; b IN keys of a))
//
// What is noted is only what may be done. Whether it is worth it the executor decides by
// the size of what it has read (a plan cannot know it).
//
// Not in careful plans: whether a row that the join drops is asked must not depend on how
// many there are.
//
// Keys leave the gateway for another source. They are values of the merge, so governed
// ones; and the condition stands above the masks of the table it is asked of.
func (c *Context) reduce(root plan.Node) plan.Node {
	if c.options.Disabled[reduceAcrossSourcesName] || c.careful {
		return root
	}
	w := &reductions{leafOf: map[plan.ColumnID]plan.Node{}, parent: map[plan.ColumnID]plan.ColumnID{}, equal: map[plan.ColumnID]*pgtype.Procedure{}}
	w.visit(root, nil)
	return transformRemotes(root, func(r *plan.Remote) plan.Node { return c.withReductions(r, w) })
}

// withReductions adds the conditions a source can be asked.
func (c *Context) withReductions(r *plan.Remote, w *reductions) plan.Node {
	out := *r
	reduced := r.Root
	for _, col := range r.Columns() {
		by := w.givers(col.ID, r)
		if len(by) == 0 {
			continue
		}
		keys := &plan.Literal{Of: col.Type, Text: "0"}
		in := &plan.In{Arg: &plan.ColumnRef{Column: col}, List: []plan.Expr{keys}, Equal: w.equal[col.ID]}
		next := c.fixpointQuietly(&plan.Filter{Input: reduced, Conjuncts: []plan.Expr{in}})
		if !c.runsAll(r.Source, next) || c.needsFence(r.Source, next) {
			continue
		}
		reduced = next
		out.Reductions = append(out.Reductions, plan.Reduction{Column: col, By: by, Keys: keys})
	}
	if len(out.Reductions) == 0 {
		return r
	}
	out.Reduced = reduced
	c.trace = append(c.trace, Fired{Phase: c.phase, Rule: reduceAcrossSourcesName, Node: "*plan.Remote"})
	return &out
}

// fixpointQuietly moves a condition down inside a Remote; the trace tells of the plan
// that is shown, which is without it.
func (c *Context) fixpointQuietly(n plan.Node) plan.Node {
	trace := c.trace
	n = c.fixpoint(n, pushDown)
	c.trace = trace
	return n
}

// reductions gathers which columns of leaves are equal in every row that counts.
type reductions struct {
	leafOf   map[plan.ColumnID]plan.Node
	parent   map[plan.ColumnID]plan.ColumnID // classes of equal columns, as a forest
	directed []edge
	equal    map[plan.ColumnID]*pgtype.Procedure
}

// edge: to may be reduced by the values of from, but not the other way.
type edge struct{ from, to plan.ColumnID }

func (w *reductions) root(id plan.ColumnID) plan.ColumnID {
	for {
		up, ok := w.parent[id]
		if !ok || up == id {
			return id
		}
		id = up
	}
}

// symmetric notes that rows with a <> b of either side do not count.
func (w *reductions) symmetric(a, b plan.ColumnID) {
	x, y := w.root(a), w.root(b)
	w.parent[x], w.parent[y] = x, x
}

// givers lists the columns of other leaves whose values bound those of a column.
func (w *reductions) givers(id plan.ColumnID, self plan.Node) []plan.ColumnID {
	class := w.root(id)
	roots := []plan.ColumnID{class}
	for _, e := range w.directed {
		if w.root(e.to) == class {
			roots = append(roots, w.root(e.from))
		}
	}
	var by []plan.ColumnID
	for other, leaf := range w.leafOf {
		if leaf != self && slices.Contains(roots, w.root(other)) && w.equal[other] != nil {
			by = append(by, other)
		}
	}
	slices.Sort(by)
	return by
}

// columnsEqual takes apart a = b over two columns of one integer type.
func columnsEqual(e plan.Expr) (a, b *plan.ColumnRef, equal *pgtype.Procedure) {
	a, b, ok := plan.EqualColumns(e)
	if !ok {
		return nil, nil, nil
	}
	if equal = e.(*plan.Call).Procedure; !keyEqual(equal) {
		return nil, nil, nil
	}
	return a, b, equal
}

// keyEqual: keys are integers. They have one text form, one order and one equality in
// every source; texts and numerics do not.
func keyEqual(p *pgtype.Procedure) bool {
	return p != nil && (p.Name == "int2eq" || p.Name == "int4eq" || p.Name == "int8eq")
}
