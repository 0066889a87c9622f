package plan

import "slices"

func (n *Scan) Columns() []Column           { return n.Cols }
func (n *Governed) Columns() []Column       { return n.Input.Columns() }
func (n *Values) Columns() []Column         { return n.Cols }
func (n *Filter) Columns() []Column         { return n.Input.Columns() }
func (n *Project) Columns() []Column        { return itemColumns(nil, n.Items) }
func (n *Aggregate) Columns() []Column      { return itemColumns(itemColumns(nil, n.Groups), n.Aggs) }
func (n *Window) Columns() []Column         { return itemColumns(n.Input.Columns(), n.Items) }
func (n *ProjectSet) Columns() []Column     { return itemColumns(n.Input.Columns(), n.Items) }
func (n *FunctionScan) Columns() []Column   { return n.Cols }
func (n *Sort) Columns() []Column           { return n.Input.Columns() }
func (n *Limit) Columns() []Column          { return n.Input.Columns() }
func (n *Deduplicate) Columns() []Column    { return n.Input.Columns() }
func (n *SetOperation) Columns() []Column   { return n.Cols }
func (n *With) Columns() []Column           { return n.Body.Columns() }
func (n *CTERef) Columns() []Column         { return n.Cols }
func (n *RecursiveUnion) Columns() []Column { return n.Cols }
func (n *Remote) Columns() []Column         { return n.Root.Columns() }
func (n *Stage) Columns() []Column          { return n.Root.Columns() }

// Columns of the left and right side; those of a side an outer join may pad are nullable.
func (n *Join) Columns() []Column {
	if n.Kind == SemiJoin || n.Kind == AntiJoin {
		return n.Left.Columns()
	}
	left := padded(n.Left.Columns(), n.Kind == RightJoin || n.Kind == FullJoin)
	return append(left, padded(n.Right.Columns(), n.Kind == LeftJoin || n.Kind == FullJoin)...)
}

func (n *Scan) Inputs() []Node           { return nil }
func (n *Governed) Inputs() []Node       { return []Node{n.Input} }
func (n *Values) Inputs() []Node         { return nil }
func (n *Filter) Inputs() []Node         { return []Node{n.Input} }
func (n *Project) Inputs() []Node        { return []Node{n.Input} }
func (n *Join) Inputs() []Node           { return []Node{n.Left, n.Right} }
func (n *Aggregate) Inputs() []Node      { return []Node{n.Input} }
func (n *Window) Inputs() []Node         { return []Node{n.Input} }
func (n *ProjectSet) Inputs() []Node     { return []Node{n.Input} }
func (n *FunctionScan) Inputs() []Node   { return nil }
func (n *Sort) Inputs() []Node           { return []Node{n.Input} }
func (n *Limit) Inputs() []Node          { return []Node{n.Input} }
func (n *Deduplicate) Inputs() []Node    { return []Node{n.Input} }
func (n *SetOperation) Inputs() []Node   { return []Node{n.Left, n.Right} }
func (n *CTERef) Inputs() []Node         { return nil }
func (n *RecursiveUnion) Inputs() []Node { return []Node{n.Base, n.Step} }
func (n *Remote) Inputs() []Node         { return []Node{n.Root} }
func (n *Stage) Inputs() []Node          { return []Node{n.Root} }
func (n *With) Inputs() []Node {
	var all []Node
	for _, c := range n.CTEs {
		all = append(all, c.Plan)
	}
	return append(all, n.Body)
}

func (n *Scan) WithInputs([]Node) Node           { return n }
func (n *Values) WithInputs([]Node) Node         { return n }
func (n *FunctionScan) WithInputs([]Node) Node   { return n }
func (n *CTERef) WithInputs([]Node) Node         { return n }
func (n *Governed) WithInputs(in []Node) Node    { c := *n; c.Input = in[0]; return &c }
func (n *Filter) WithInputs(in []Node) Node      { c := *n; c.Input = in[0]; return &c }
func (n *Project) WithInputs(in []Node) Node     { c := *n; c.Input = in[0]; return &c }
func (n *Join) WithInputs(in []Node) Node        { c := *n; c.Left, c.Right = in[0], in[1]; return &c }
func (n *Aggregate) WithInputs(in []Node) Node   { c := *n; c.Input = in[0]; return &c }
func (n *Window) WithInputs(in []Node) Node      { c := *n; c.Input = in[0]; return &c }
func (n *ProjectSet) WithInputs(in []Node) Node  { c := *n; c.Input = in[0]; return &c }
func (n *Sort) WithInputs(in []Node) Node        { c := *n; c.Input = in[0]; return &c }
func (n *Limit) WithInputs(in []Node) Node       { c := *n; c.Input = in[0]; return &c }
func (n *Deduplicate) WithInputs(in []Node) Node { c := *n; c.Input = in[0]; return &c }
func (n *Remote) WithInputs(in []Node) Node      { c := *n; c.Root = in[0]; return &c }
func (n *Stage) WithInputs(in []Node) Node       { return &Stage{Root: in[0]} }
func (n *SetOperation) WithInputs(in []Node) Node {
	c := *n
	c.Left, c.Right = in[0], in[1]
	return &c
}
func (n *RecursiveUnion) WithInputs(in []Node) Node {
	c := *n
	c.Base, c.Step = in[0], in[1]
	return &c
}
func (n *With) WithInputs(in []Node) Node {
	c := With{CTEs: make([]CTE, len(n.CTEs)), Body: in[len(in)-1]}
	for i, cte := range n.CTEs {
		cte.Plan = in[i]
		c.CTEs[i] = cte
	}
	return &c
}

func (n *Scan) Exprs() []Expr     { return nil }
func (n *Governed) Exprs() []Expr { return nil }
func (n *Filter) Exprs() []Expr   { return n.Conjuncts }
func (n *Project) Exprs() []Expr  { return itemExprs(nil, n.Items) }
func (n *Join) Exprs() []Expr     { return n.On }
func (n *Aggregate) Exprs() []Expr {
	return append(itemExprs(itemExprs(nil, n.Groups), n.Aggs), n.Single...)
}
func (n *Window) Exprs() []Expr         { return itemExprs(nil, n.Items) }
func (n *ProjectSet) Exprs() []Expr     { return itemExprs(nil, n.Items) }
func (n *FunctionScan) Exprs() []Expr   { return n.Calls }
func (n *Sort) Exprs() []Expr           { return appendKeys(nil, n.Keys) }
func (n *Limit) Exprs() []Expr          { return appendSet(nil, n.Count, n.Offset) }
func (n *Deduplicate) Exprs() []Expr    { return n.On }
func (n *SetOperation) Exprs() []Expr   { return nil }
func (n *With) Exprs() []Expr           { return nil }
func (n *CTERef) Exprs() []Expr         { return nil }
func (n *RecursiveUnion) Exprs() []Expr { return nil }
func (n *Remote) Exprs() []Expr         { return nil }
func (n *Stage) Exprs() []Expr          { return nil }
func (n *Values) Exprs() []Expr {
	var all []Expr
	for _, r := range n.Rows {
		all = append(all, r...)
	}
	return all
}

func (n *Scan) WithExprs([]Expr) Node           { return n }
func (n *Governed) WithExprs([]Expr) Node       { return n }
func (n *SetOperation) WithExprs([]Expr) Node   { return n }
func (n *With) WithExprs([]Expr) Node           { return n }
func (n *CTERef) WithExprs([]Expr) Node         { return n }
func (n *RecursiveUnion) WithExprs([]Expr) Node { return n }
func (n *Remote) WithExprs([]Expr) Node         { return n }
func (n *Stage) WithExprs([]Expr) Node          { return n }
func (n *Filter) WithExprs(e []Expr) Node       { c := *n; c.Conjuncts = e; return &c }
func (n *Project) WithExprs(e []Expr) Node      { c := *n; c.Items = withExprs(n.Items, e); return &c }
func (n *Join) WithExprs(e []Expr) Node         { c := *n; c.On = e; return &c }
func (n *Window) WithExprs(e []Expr) Node       { c := *n; c.Items = withExprs(n.Items, e); return &c }
func (n *ProjectSet) WithExprs(e []Expr) Node   { c := *n; c.Items = withExprs(n.Items, e); return &c }
func (n *FunctionScan) WithExprs(e []Expr) Node { c := *n; c.Calls = e; return &c }
func (n *Sort) WithExprs(e []Expr) Node         { c := *n; c.Keys, _ = takeKeys(n.Keys, e); return &c }
func (n *Limit) WithExprs(e []Expr) Node        { c := *n; takeSet(e, &c.Count, &c.Offset); return &c }
func (n *Deduplicate) WithExprs(e []Expr) Node  { c := *n; c.On = e; return &c }
func (n *Aggregate) WithExprs(e []Expr) Node {
	c := *n
	c.Groups = withExprs(n.Groups, e[:len(n.Groups)])
	e = e[len(n.Groups):]
	c.Aggs = withExprs(n.Aggs, e[:len(n.Aggs)])
	if n.Single != nil {
		c.Single = e[len(n.Aggs):]
	}
	return &c
}
func (n *Values) WithExprs(e []Expr) Node {
	c := Values{Cols: n.Cols, Rows: make([][]Expr, len(n.Rows))}
	for i, r := range n.Rows {
		c.Rows[i], e = e[:len(r):len(r)], e[len(r):]
	}
	return &c
}

func itemColumns(before []Column, items []Item) []Column {
	all := append(make([]Column, 0, len(before)+len(items)), before...)
	for _, i := range items {
		all = append(all, i.Column)
	}
	return all
}

func itemExprs(before []Expr, items []Item) []Expr {
	for _, i := range items {
		before = append(before, i.Expr)
	}
	return before
}

func withExprs(items []Item, e []Expr) []Item {
	out := make([]Item, len(items))
	for i, item := range items {
		out[i] = Item{Column: item.Column, Expr: e[i]}
	}
	return out
}

func padded(cols []Column, nullable bool) []Column {
	out := append([]Column{}, cols...)
	for i := range out {
		out[i].NotNull = out[i].NotNull && !nullable
	}
	return out
}

// Innermost tells whether a barrier stands around a stored table: all below it is policy.
// Others stand around what views, and aggregates over large groups, ask of inner ones.
func (n *Governed) Innermost() bool { return !governs(n.Input) }

func governs(n Node) bool {
	if _, is := n.(*Governed); is {
		return true
	}
	for _, in := range n.Inputs() {
		if governs(in) {
			return true
		}
	}
	return false
}

// WalkAsked is Walk without what policies ask of stored tables.
func WalkAsked(root Node, f func(Node) bool) {
	Walk(root, func(n Node) bool {
		if !f(n) {
			return false
		}
		g, is := n.(*Governed)
		return !is || !g.Innermost()
	})
}

// Renamed gives a Top whose partners have other names; nil of nil.
func (t *Top) Renamed(names map[ColumnID]ColumnID) *Top {
	if t == nil {
		return nil
	}
	out := *t
	out.Partners = slices.Clone(t.Partners)
	for i, p := range out.Partners {
		if name, ok := names[p.Of]; ok {
			out.Partners[i].Of = name
		}
	}
	return &out
}
