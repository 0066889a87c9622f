package plan

// EqualColumns takes apart the condition column = column, whichever equality that is.
func EqualColumns(e Expr) (a, b *ColumnRef, ok bool) {
	call, is := e.(*Call)
	if !is || call.Operator != "=" || len(call.Args) != 2 {
		return nil, nil, false
	}
	a, okA := call.Args[0].(*ColumnRef)
	b, okB := call.Args[1].(*ColumnRef)
	return a, b, okA && okB
}

// EqualConstant takes apart "column = constant", or parameter, either way round; value is nil
// where it is neither.
func EqualConstant(e Expr) (column *ColumnRef, value Expr) {
	call, ok := e.(*Call)
	if !ok || call.Operator != "=" || len(call.Args) != 2 {
		return nil, nil
	}
	for i, other := range []int{1, 0} {
		c, isColumn := call.Args[i].(*ColumnRef)
		switch call.Args[other].(type) {
		case *Literal, *Parameter:
			if isColumn {
				return c, call.Args[other]
			}
		}
	}
	return nil, nil
}
