package bind

import "github.com/sluicemesh/sluice/planner/plan"

// origin says which query a column belongs to and what it stands for.
type origin struct {
	owner *selection
	kind  callKind // scalarCall: a column of FROM
	// relation and name are what errors call a column of FROM.
	relation *relation
	name     string
	// merged is what a column of USING is computed by, where it is neither side's own.
	merged plan.Expr
	// table and attribute are those of RowDescription.
	table     uint32
	attribute int16
}

// reference makes a use of a column at a place of the statement. Each use is a
// ColumnRef of its own, so that what is found wrong later has a position.
func (b *binder) reference(c scopeColumn, position int) *plan.ColumnRef {
	return b.refer(c.expr.Column, position)
}

func (b *binder) refer(c plan.Column, position int) *plan.ColumnRef {
	ref := &plan.ColumnRef{Column: c}
	b.uses[ref] = position
	return ref
}

// positionOf gives the place at which a column is used.
func (b *binder) positionOf(ref *plan.ColumnRef) int { return b.uses[ref] }

// holds tells whether e contains a column that stands for a call of a kind, its subqueries apart.
func (b *binder) holds(e plan.Expr, kind callKind) bool {
	found := false
	plan.WalkExpr(e, func(e plan.Expr) bool {
		if c, ok := e.(*plan.ColumnRef); ok {
			o, known := b.origins[c.ID]
			found = found || known && o.kind == kind
		}
		return !found
	})
	return found
}

// find gives the first column in e, and in its subqueries, whose origin matches; nil without one.
func (b *binder) find(e plan.Expr, matches func(origin) bool) *plan.ColumnRef {
	var found *plan.ColumnRef
	eachReference(e, func(c *plan.ColumnRef) {
		if o, known := b.origins[c.ID]; found == nil && known && matches(o) {
			found = c
		}
	})
	return found
}

// eachReference calls f for every column e reads, inside its subqueries too.
func eachReference(e plan.Expr, f func(*plan.ColumnRef)) {
	plan.WalkExpr(e, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.ColumnRef:
			f(e)
		case *plan.Subquery:
			eachNodeReference(e.Plan, f)
		}
		return true
	})
}

// eachNodeReference calls f for every column the expressions of a plan read.
func eachNodeReference(n plan.Node, f func(*plan.ColumnRef)) {
	for _, e := range n.Exprs() {
		eachReference(e, f)
	}
	for _, in := range n.Inputs() {
		eachNodeReference(in, f)
	}
}

// reads tells whether a plan reads one of the columns.
func reads(n plan.Node, columns []plan.Column) bool {
	ids := map[plan.ColumnID]bool{}
	for _, c := range columns {
		ids[c.ID] = true
	}
	found := false
	eachNodeReference(n, func(c *plan.ColumnRef) { found = found || ids[c.ID] })
	return found
}
