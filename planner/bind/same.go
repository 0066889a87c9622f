package bind

import (
	"reflect"

	"github.com/sluicemesh/sluice/planner/plan"
)

// same tells whether two expressions are the same but for where they stand, as
// GROUP BY, DISTINCT and the sharing of aggregates ask.
func same(x, y plan.Expr) bool {
	if x == y {
		return true
	}
	if reflect.TypeOf(x) != reflect.TypeOf(y) {
		return false
	}
	if s, ok := x.(*plan.Subquery); ok {
		return sameSubquery(s, y.(*plan.Subquery))
	}
	if c, ok := x.(*plan.ColumnRef); ok {
		return c.ID == y.(*plan.ColumnRef).ID
	}
	a, b := x.Children(), y.Children()
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !same(a[i], b[i]) {
			return false
		}
	}
	// With the same children in both, only what the nodes themselves hold can differ.
	return reflect.DeepEqual(x.WithChildren(a), y.WithChildren(a))
}

// stripImplicit looks through the casts PostgreSQL inserted.
func stripImplicit(e plan.Expr) plan.Expr {
	for {
		c, ok := e.(*plan.Cast)
		if !ok || c.Context == plan.CastExplicit {
			return e
		}
		e = c.Arg
	}
}

// sameSubquery compares two subqueries, whose own columns differ in their IDs only.
func sameSubquery(x, y *plan.Subquery) bool {
	if x.Kind != y.Kind || x.Operator != y.Operator || x.Of != y.Of || len(x.Left) != len(y.Left) {
		return false
	}
	for i := range x.Left {
		if !same(x.Left[i], y.Left[i]) {
			return false
		}
	}
	return plan.Format(renumber(x.Plan)) == plan.Format(renumber(y.Plan))
}

// renumber gives the columns that a plan makes new numbers in the order they are met.
// The plan is good for comparing only.
func renumber(n plan.Node) plan.Node {
	ids := map[plan.ColumnID]plan.ColumnID{}
	// Columns are renumbered where they are made, then where they are read.
	n = plan.Transform(n, func(n plan.Node) plan.Node {
		return plan.WithColumns(n, func(c plan.Column) plan.Column {
			if ids[c.ID] == 0 {
				ids[c.ID] = plan.ColumnID(-len(ids) - 1)
			}
			c.ID = ids[c.ID]
			return c
		})
	})
	return plan.Transform(n, func(n plan.Node) plan.Node {
		return plan.TransformNodeExprs(n, func(e plan.Expr) plan.Expr {
			if c, ok := e.(*plan.ColumnRef); ok && ids[c.ID] != 0 {
				column := c.Column
				column.ID = ids[c.ID]
				return &plan.ColumnRef{Column: column}
			}
			return e
		})
	})
}
