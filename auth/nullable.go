package auth

import "github.com/sluicemesh/sluice/planner/plan"

// nullable takes NotNull from every column of a plan. Binding believed the contract; a
// mask has made NULL of what cannot be NULL, and everything computed from it may be
// NULL too. Rewrites must not reason from the belief.
func nullable(root plan.Node) plan.Node {
	return plan.Transform(root, func(n plan.Node) plan.Node {
		n = plan.TransformNodeExprs(n, func(e plan.Expr) plan.Expr {
			if r, ok := e.(*plan.ColumnRef); ok && r.NotNull {
				c := *r
				c.NotNull = false
				return &c
			}
			return e
		})
		switch n := n.(type) {
		case *plan.Project:
			return &plan.Project{Input: n.Input, Items: nullableItems(n.Items)}
		case *plan.Aggregate:
			c := *n
			c.Groups, c.Aggs = nullableItems(n.Groups), nullableItems(n.Aggs)
			return &c
		case *plan.Window:
			return &plan.Window{Input: n.Input, Items: nullableItems(n.Items)}
		case *plan.ProjectSet:
			return &plan.ProjectSet{Input: n.Input, Items: nullableItems(n.Items)}
		case *plan.Scan:
			c := *n
			c.Cols = nullableColumns(n.Cols)
			return &c
		case *plan.SetOperation:
			c := *n
			c.Cols = nullableColumns(n.Cols)
			return &c
		case *plan.CTERef:
			c := *n
			c.Cols = nullableColumns(n.Cols)
			return &c
		case *plan.RecursiveUnion:
			c := *n
			c.Cols = nullableColumns(n.Cols)
			return &c
		case *plan.Values:
			return &plan.Values{Cols: nullableColumns(n.Cols), Rows: n.Rows}
		case *plan.FunctionScan:
			c := *n
			c.Cols = nullableColumns(n.Cols)
			return &c
		}
		return n
	})
}

func nullableItems(items []plan.Item) []plan.Item {
	out := make([]plan.Item, len(items))
	for i, item := range items {
		item.Column.NotNull = false
		out[i] = item
	}
	return out
}

func nullableColumns(columns []plan.Column) []plan.Column {
	out := make([]plan.Column, len(columns))
	for i, c := range columns {
		c.NotNull = false
		out[i] = c
	}
	return out
}
