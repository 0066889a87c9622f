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
