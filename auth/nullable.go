package auth

import "github.com/sluicemesh/sluice/planner/plan"

// nullable takes NotNull from every column of a plan. Binding believed the contract; a
// mask has made NULL of what cannot be NULL, and everything computed from it may be
// NULL too. Rewrites must not reason from the belief.
func nullable(root plan.Node) plan.Node {
	mayBeNull := func(c plan.Column) plan.Column {
		c.NotNull = false
		return c
	}
	return plan.Transform(root, func(n plan.Node) plan.Node {
		n = plan.TransformNodeExprs(n, func(e plan.Expr) plan.Expr {
			if r, ok := e.(*plan.ColumnRef); ok && r.NotNull {
				return &plan.ColumnRef{Column: mayBeNull(r.Column)}
			}
			return e
		})
		return plan.WithColumns(n, mayBeNull)
	})
}
