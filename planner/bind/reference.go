package bind

import "github.com/sluicemesh/sluice/planner/plan"

// origin says which query a column belongs to and what it stands for.
type origin struct {
	owner *selection
	kind  callKind // scalarCall: a column of FROM
	// position is where the call stands that the column is in place of.
	position int
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

// holds tells whether e contains a column that stands for a call of a kind.
func (b *binder) holds(e plan.Expr, kind callKind) bool {
	_, found := b.findOrigin(e, func(o origin) bool { return o.kind == kind })
	return found
}

// findOrigin gives the first column in e, not inside its subqueries, whose origin matches.
func (b *binder) findOrigin(e plan.Expr, matches func(origin) bool) (ref *plan.ColumnRef, found bool) {
	plan.WalkExpr(e, func(e plan.Expr) bool {
		if c, ok := e.(*plan.ColumnRef); ok && !found {
			if o, known := b.origins[c.ID]; known && matches(o) {
				ref, found = c, true
			}
		}
		return !found
	})
	return ref, found
}

// positionOf gives the place at which a column is used.
func (b *binder) positionOf(ref *plan.ColumnRef) int { return b.uses[ref] }
