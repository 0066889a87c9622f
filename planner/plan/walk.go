package plan

// TransformExpr rewrites an expression bottom-up: children first, then f on the
// result. Plans inside subqueries are not entered; f may do so on a *Subquery.
func TransformExpr(e Expr, f func(Expr) Expr) Expr {
	children := e.Children()
	changed := false
	out := make([]Expr, len(children))
	for i, c := range children {
		out[i] = TransformExpr(c, f)
		changed = changed || out[i] != c
	}
	if changed {
		e = e.WithChildren(out)
	}
	return f(e)
}

// Transform rewrites a plan bottom-up, entering the plans of subqueries too: each
// node is handed to f after its inputs and after the subqueries in its expressions.
func Transform(n Node, f func(Node) Node) Node {
	inputs := n.Inputs()
	changed := false
	out := make([]Node, len(inputs))
	for i, in := range inputs {
		out[i] = Transform(in, f)
		changed = changed || out[i] != in
	}
	if changed {
		n = n.WithInputs(out)
	}
	n = TransformNodeExprs(n, func(e Expr) Expr {
		if s, ok := e.(*Subquery); ok {
			if p := Transform(s.Plan, f); p != s.Plan {
				c := *s
				c.Plan = p
				return &c
			}
		}
		return e
	})
	return f(n)
}

// TransformNodeExprs rewrites each expression a node holds itself by TransformExpr.
func TransformNodeExprs(n Node, f func(Expr) Expr) Node {
	exprs := n.Exprs()
	changed := false
	out := make([]Expr, len(exprs))
	for i, e := range exprs {
		out[i] = TransformExpr(e, f)
		changed = changed || out[i] != e
	}
	if !changed {
		return n
	}
	return n.WithExprs(out)
}

// WalkExpr calls f for e and everything below it, parents first, until f says no.
func WalkExpr(e Expr, f func(Expr) bool) {
	if !f(e) {
		return
	}
	for _, c := range e.Children() {
		WalkExpr(c, f)
	}
}

// Conjuncts splits conditions at every AND.
func Conjuncts(all []Expr) []Expr {
	var out []Expr
	for _, e := range all {
		if and, ok := e.(*And); ok {
			out = append(out, Conjuncts(and.Args)...)
		} else {
			out = append(out, e)
		}
	}
	return out
}

// Walk calls f for n and everything below it, including the plans of subqueries,
// parents first, until f says no.
func Walk(n Node, f func(Node) bool) {
	if !f(n) {
		return
	}
	for _, in := range n.Inputs() {
		Walk(in, f)
	}
	for _, e := range n.Exprs() {
		WalkExpr(e, func(e Expr) bool {
			if s, ok := e.(*Subquery); ok {
				Walk(s.Plan, f)
			}
			return true
		})
	}
}

// BindParameters replaces every Parameter by its literal (values[0] is $1).
func BindParameters(n Node, values []*Literal) Node {
	replace := func(e Expr) Expr {
		if p, ok := e.(*Parameter); ok {
			return values[p.Index-1]
		}
		return e
	}
	return Transform(n, func(n Node) Node {
		if r, ok := n.(*Remote); ok && r.Reduced != nil {
			out := *r
			out.Reduced = BindParameters(r.Reduced, values)
			return &out
		}
		return TransformNodeExprs(n, replace)
	})
}
