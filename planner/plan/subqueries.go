package plan

// HasSubquery tells whether a subquery stands in expressions, at any depth.
func HasSubquery(exprs ...Expr) bool {
	found := false
	for _, e := range exprs {
		WalkExpr(e, func(e Expr) bool {
			_, is := e.(*Subquery)
			found = found || is
			return !found
		})
	}
	return found
}
