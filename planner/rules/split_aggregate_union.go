package rules

import "github.com/sluicemesh/sluice/planner/plan"

// branches lists the Remotes of a union that keeps duplicates; nil where it is of others too.
func branches(n plan.Node) []*plan.Remote {
	switch n := n.(type) {
	case *plan.Remote:
		return []*plan.Remote{n}
	case *plan.SetOperation:
		left, right := branches(n.Left), branches(n.Right)
		if n.Kind == plan.Union && n.All && left != nil && right != nil {
			return append(left, right...)
		}
	}
	return nil
}

// absorbParts has the source of a Remote compute a partial aggregate, or each source of a union
// that of its branch.
//
//	Aggregate[g; s := sum(x)](Union all(Remote(A), Remote(B)))
//	=>  Union all(Remote(Aggregate[g; s := sum(x)](A)), Remote(Aggregate[g; s := sum(x)](B)))
func (c *Context) absorbParts(parts *plan.Aggregate) (plan.Node, bool) {
	u, ok := parts.Input.(*plan.SetOperation)
	if !ok {
		return c.absorb(parts)
	}
	out := &plan.SetOperation{Kind: u.Kind, All: true, Cols: parts.Columns()}
	if out.Left, ok = c.absorbBranch(parts, u.Cols, u.Left); !ok {
		return nil, false
	}
	out.Right, ok = c.absorbBranch(parts, u.Cols, u.Right)
	return out, ok
}

// absorbBranch computes parts over one input of the union whose columns they read. What is one
// constant in all its rows is no group: not every source could group by it.
func (c *Context) absorbBranch(parts *plan.Aggregate, columns []plan.Column, in plan.Node) (plan.Node, bool) {
	by := map[plan.ColumnID]plan.Expr{}
	for i, col := range in.Columns() {
		by[columns[i].ID] = &plan.ColumnRef{Column: col}
	}
	constants := constantColumns(in)
	own, shown := &plan.Aggregate{Input: in, Single: []plan.Expr{}}, &plan.Project{}
	for _, g := range parts.Groups {
		e := plan.Substitute(g.Expr, by)
		if r, ok := e.(*plan.ColumnRef); ok && constants[r.ID] != nil {
			shown.Items = append(shown.Items, plan.Item{Column: c.newColumn(g.Column.Name, g.Column.Type), Expr: constants[r.ID]})
			continue
		}
		own.Groups = append(own.Groups, plan.Item{Column: c.newColumn(g.Column.Name, g.Column.Type), Expr: e})
		shown.Items = append(shown.Items, plan.PassOn(own.Groups[len(own.Groups)-1].Column))
	}
	if len(own.Groups) == 0 && len(parts.Groups) > 0 {
		return nil, false // without groups there is a row even of no rows
	}
	for i, a := range parts.Aggs {
		own.Aggs = append(own.Aggs, plan.Item{Column: c.newColumn(a.Column.Name, a.Column.Type), Expr: plan.Substitute(a.Expr, by)})
		own.Single = append(own.Single, plan.Substitute(parts.Single[i], by))
		shown.Items = append(shown.Items, plan.PassOn(own.Aggs[i].Column))
	}
	remote, ok := c.absorbParts(own)
	shown.Input = remote
	return shown, ok
}

// constantColumns gives the columns of a Remote that are one literal in all its rows.
func constantColumns(n plan.Node) map[plan.ColumnID]plan.Expr {
	found := map[plan.ColumnID]plan.Expr{}
	r, ok := n.(*plan.Remote)
	if !ok {
		return found
	}
	if p, ok := r.Root.(*plan.Project); ok {
		for _, i := range p.Items {
			if _, literal := i.Expr.(*plan.Literal); literal {
				found[i.Column.ID] = i.Expr
			}
		}
	}
	return found
}
