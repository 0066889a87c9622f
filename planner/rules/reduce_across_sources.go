package rules

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

const reduceAcrossSourcesName = optimization.ReduceAcrossSources

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
		in, keys, ok := among(col)
		if !ok {
			continue
		}
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

// columnsEqual takes apart a = b over two columns of keys.
func columnsEqual(e plan.Expr) (a, b *plan.ColumnRef, equal *pgtype.Procedure) {
	call, ok := e.(*plan.Call)
	if !ok || call.Operator != "=" || len(call.Args) != 2 || !keyEqual(call.Procedure) {
		return nil, nil, nil
	}
	a, okA := keyColumn(call.Args[0])
	b, okB := keyColumn(call.Args[1])
	if !okA || !okB {
		return nil, nil, nil
	}
	return a, b, call.Procedure
}

// keyColumn reads a column that may be asked for keys, or give them. A varchar is compared
// as a text; a numeric must have so few digits that NaN is none of its values.
func keyColumn(e plan.Expr) (*plan.ColumnRef, bool) {
	if c, ok := e.(*plan.Cast); ok && c.To.OID == pgtype.Text && c.Arg.Type().OID == pgtype.Varchar {
		e = c.Arg
	}
	r, ok := e.(*plan.ColumnRef)
	if ok && r.Column.Type.OID == pgtype.Numeric {
		_, _, ok = pgtype.IsDecimal128(r.Column.Type)
	}
	return r, ok
}

// keyEquals are equalities under which equal values have one text form that all sources read
// alike, once blanks at the end of a char(n) and zeros at that of a numeric are dropped.
var keyEquals = map[string]bool{
	"int2eq": true, "int4eq": true, "int8eq": true, "int24eq": true, "int42eq": true, "int28eq": true, "int82eq": true, "int48eq": true, "int84eq": true,
	"texteq": true, "bpchareq": true, "uuid_eq": true, "date_eq": true, "numeric_eq": true,
}

func keyEqual(p *pgtype.Procedure) bool { return p != nil && keyEquals[p.Name] }

// among says that a column is one of some keys, which keys stands for.
func among(col plan.Column) (in *plan.In, keys *plan.Literal, ok bool) {
	var column plan.Expr = &plan.ColumnRef{Column: col}
	of := pgtype.Of(col.Type.OID)
	if of.OID == pgtype.Varchar {
		of = pgtype.Of(pgtype.Text)
		column = &plan.Cast{Arg: column, To: of, Context: plan.CastImplicit}
	}
	equal, err := pgtype.ResolveOperator("=", of.OID, of.OID)
	if err != nil {
		return nil, nil, false
	}
	keys = &plan.Literal{Of: of, Text: anyKey[of.OID]}
	return &plan.In{Arg: column, List: []plan.Expr{keys}, Equal: equal.Procedure}, keys, true
}

// anyKey is what keys may look like, to ask a source whether it could be told of some.
var anyKey = map[pgtype.OID]string{
	pgtype.Int2: "0", pgtype.Int4: "0", pgtype.Int8: "0", pgtype.Numeric: "0.5", pgtype.Text: "key", pgtype.Bpchar: "key",
	pgtype.Date: "2000-01-01", pgtype.UUID: "00000000-0000-0000-0000-000000000000",
}
