package plan

// ColumnSet is a set of column IDs.
type ColumnSet map[ColumnID]bool

// Has tells whether every column of other is in s.
func (s ColumnSet) Has(other ColumnSet) bool {
	for id := range other {
		if !s[id] {
			return false
		}
	}
	return true
}

// Meets tells whether s and other share a column.
func (s ColumnSet) Meets(other ColumnSet) bool {
	for id := range other {
		if s[id] {
			return true
		}
	}
	return false
}

// Produced gives the columns a node gives to the one above.
func Produced(n Node) ColumnSet {
	s := ColumnSet{}
	for _, c := range n.Columns() {
		s[c.ID] = true
	}
	return s
}

// References gives the columns an expression reads from around it: its own references
// and those of its subqueries that these do not produce themselves.
func References(e Expr) ColumnSet {
	s := ColumnSet{}
	addReferences(s, e)
	return s
}

func addReferences(s ColumnSet, e Expr) {
	WalkExpr(e, func(e Expr) bool {
		switch e := e.(type) {
		case *ColumnRef:
			s[e.ID] = true
		case *Subquery:
			for id := range Free(e.Plan) {
				s[id] = true
			}
		}
		return true
	})
}

// Free gives the columns a plan reads that nothing within it produces: what makes a
// subquery correlated, or the right side of a lateral join depend on the left. IDs are
// unique in a plan, so what is produced anywhere inside cannot be free.
func Free(n Node) ColumnSet {
	read, made := ColumnSet{}, ColumnSet{}
	Walk(n, func(n Node) bool {
		for _, c := range own(n) {
			made[c.ID] = true
		}
		for _, e := range n.Exprs() {
			WalkExpr(e, func(e Expr) bool {
				if r, ok := e.(*ColumnRef); ok {
					read[r.ID] = true
				}
				return true
			})
		}
		return true
	})
	for id := range made {
		delete(read, id)
	}
	return read
}

// own gives the columns a node makes itself. One it passes on is made below it, or
// outside: a subquery may select a column of the query around it.
func own(n Node) []Column {
	switch n := n.(type) {
	case *Project:
		return made(n.Items)
	case *Aggregate:
		return append(made(n.Groups), made(n.Aggs)...)
	default:
		return n.Columns()
	}
}

func made(items []Item) []Column {
	var all []Column
	for _, i := range items {
		if !i.PassesOn() {
			all = append(all, i.Column)
		}
	}
	return all
}

// Substitute replaces column references by expressions, within subqueries too.
func Substitute(e Expr, by map[ColumnID]Expr) Expr {
	return TransformExpr(e, func(e Expr) Expr {
		switch e := e.(type) {
		case *ColumnRef:
			if to, ok := by[e.ID]; ok {
				return to
			}
		case *Subquery:
			p := Transform(e.Plan, func(n Node) Node {
				return TransformNodeExprs(n, func(e Expr) Expr {
					if r, ok := e.(*ColumnRef); ok {
						if to, ok := by[r.ID]; ok {
							return to
						}
					}
					return e
				})
			})
			if p != e.Plan {
				c := *e
				c.Plan = p
				return &c
			}
		}
		return e
	})
}

// PassesOn tells whether an item hands on a column of its input unchanged under its own ID.
func (i Item) PassesOn() bool {
	r, ok := i.Expr.(*ColumnRef)
	return ok && r.ID == i.Column.ID
}

// PassOn gives the item that hands on a column.
func PassOn(c Column) Item { return Item{Column: c, Expr: &ColumnRef{Column: c}} }
