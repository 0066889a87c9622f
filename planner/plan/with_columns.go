package plan

// WithColumns gives a node whose own columns, those it lists itself rather than takes
// from its inputs, are what f makes of them. Expressions are left alone: who renumbers
// columns rewrites the references too.
func WithColumns(n Node, f func(Column) Column) Node {
	columns := func(all []Column) []Column {
		out := make([]Column, len(all))
		for i, c := range all {
			out[i] = f(c)
		}
		return out
	}
	items := func(all []Item) []Item {
		out := make([]Item, len(all))
		for i, item := range all {
			out[i] = Item{Column: f(item.Column), Expr: item.Expr}
		}
		return out
	}
	switch n := n.(type) {
	case *Scan:
		c := *n
		c.Cols = columns(n.Cols)
		return &c
	case *Values:
		return &Values{Cols: columns(n.Cols), Rows: n.Rows}
	case *FunctionScan:
		c := *n
		c.Cols = columns(n.Cols)
		return &c
	case *CTERef:
		c := *n
		c.Cols = columns(n.Cols)
		return &c
	case *SetOperation:
		c := *n
		c.Cols = columns(n.Cols)
		return &c
	case *RecursiveUnion:
		c := *n
		c.Cols = columns(n.Cols)
		return &c
	case *Project:
		return &Project{Input: n.Input, Items: items(n.Items)}
	case *Window:
		return &Window{Input: n.Input, Items: items(n.Items)}
	case *ProjectSet:
		return &ProjectSet{Input: n.Input, Items: items(n.Items)}
	case *Aggregate:
		c := *n
		c.Groups, c.Aggs = items(n.Groups), items(n.Aggs)
		return &c
	}
	return n
}
