package rules

import "github.com/sluicemesh/sluice/planner/plan"

const pruneColumnsName = "PruneColumns"

// prune drops columns that nothing reads. Since an ID stands for one column of the whole
// plan, "read" is one set: every reference anywhere, every column of the result, and the
// columns that count by position or as a whole row.
//
//	Project[a](Project[a := x, b := y](Scan[x, y, z]))  =>  Project[a](Project[a := x](Scan[x]))
func (c *Context) prune(root plan.Node, output []plan.OutputColumn) plan.Node {
	if c.options.Disabled[pruneColumnsName] {
		return root
	}
	for range rounds {
		read := plan.ColumnSet{}
		for _, o := range output {
			read[o.ID] = true
		}
		markRead(read, root)
		again := false
		root = plan.Transform(root, func(n plan.Node) plan.Node {
			out := dropUnread(n, read)
			again = again || out != n
			return out
		})
		if !again {
			return root
		}
		c.trace = append(c.trace, Fired{Phase: c.phase, Rule: pruneColumnsName})
	}
	return root
}

// markRead adds every column a plan reads.
func markRead(read plan.ColumnSet, root plan.Node) {
	plan.Walk(root, func(n plan.Node) bool {
		switch n := n.(type) {
		case *plan.Project: // handing a column on is not reading it: whoever takes it reads it
			for _, i := range n.Items {
				if !i.PassesOn() {
					markExpr(read, i.Expr)
				}
			}
			return true
		case *plan.SetOperation:
			markAll(read, n.Left, n.Right)
		case *plan.RecursiveUnion:
			markAll(read, n.Base, n.Step)
		case *plan.Deduplicate:
			markAll(read, n.Input)
		case *plan.With:
			for _, cte := range n.CTEs {
				markAll(read, cte.Plan)
			}
		}
		for _, e := range n.Exprs() {
			markExpr(read, e)
		}
		return true
	})
}

// markExpr adds what an expression reads; the columns a subquery gives count, except under EXISTS.
func markExpr(read plan.ColumnSet, e plan.Expr) {
	plan.WalkExpr(e, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.ColumnRef:
			read[e.ID] = true
		case *plan.Subquery:
			if e.Kind != plan.ExistsSubquery {
				markAll(read, e.Plan)
			}
		}
		return true
	})
}

func markAll(read plan.ColumnSet, nodes ...plan.Node) {
	for _, n := range nodes {
		add(read, plan.Produced(n))
	}
}

// dropUnread gives a node without the columns nobody reads; the node itself where all are read.
func dropUnread(n plan.Node, read plan.ColumnSet) plan.Node {
	switch n := n.(type) {
	case *plan.Scan:
		return dropFromScan(n, read)
	case *plan.Project:
		return dropFromProject(n, read)
	case *plan.Aggregate:
		kept := keepSome(n.Aggs, read)
		if len(kept) < len(n.Aggs) && len(kept)+len(n.Groups) > 0 {
			out := *n
			out.Aggs = kept
			return &out
		}
	case *plan.Window:
		if kept := keepSome(n.Items, read); len(kept) == 0 {
			return n.Input
		} else if len(kept) < len(n.Items) {
			return &plan.Window{Input: n.Input, Items: kept}
		}
	}
	return n
}

func keepSome(items []plan.Item, read plan.ColumnSet) []plan.Item {
	var kept []plan.Item
	for _, i := range items {
		if read[i.Column.ID] {
			kept = append(kept, i)
		}
	}
	return kept
}

// dropFromProject leaves at least one column: a row without columns is a row all the
// same, and not every source can send one. Nobody reads it, so it is a constant: what it
// would hand on may be gone below.
func dropFromProject(n *plan.Project, read plan.ColumnSet) plan.Node {
	kept := keepSome(n.Items, read)
	switch {
	case len(kept) == len(n.Items):
		return n
	case len(kept) > 0:
		return &plan.Project{Input: n.Input, Items: kept}
	}
	first := n.Items[0]
	if _, constant := first.Expr.(*plan.Literal); constant && len(n.Items) == 1 {
		return n
	}
	nothing := plan.Item{Column: first.Column, Expr: &plan.Literal{Of: first.Column.Type, Null: true}}
	return &plan.Project{Input: n.Input, Items: []plan.Item{nothing}}
}

func dropFromScan(n *plan.Scan, read plan.ColumnSet) plan.Node {
	out := *n
	out.Cols, out.Ordinals = nil, nil
	for i, c := range n.Cols {
		if read[c.ID] {
			out.Cols, out.Ordinals = append(out.Cols, c), append(out.Ordinals, n.Ordinals[i])
		}
	}
	if len(out.Cols) == 0 && len(n.Cols) > 0 {
		out.Cols, out.Ordinals = n.Cols[:1], n.Ordinals[:1]
	}
	if len(out.Cols) == len(n.Cols) {
		return n
	}
	return &out
}
