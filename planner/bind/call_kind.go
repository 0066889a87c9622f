package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/sqlstate"
)

// callKind is what a function call turns out to be.
type callKind uint8

// The kinds of call.
const (
	scalarCall callKind = iota
	aggregateCall
	windowCall // a window function, or an aggregate with OVER
	setReturningCall
)

// classify tells what a call is, by pg_proc and OVER, before its arguments are bound.
// An unknown name is scalar: binding it gives the error. Decorations that a plain
// function does not take are refused (parse_func.c, ParseFuncOrColumn).
func (b *binder) classify(n *pg_query.FuncCall) (callKind, error) {
	position := b.position(n.Location)
	kind := kindByName(n)
	_, name := splitName(n.Funcname)
	fail := func(code sqlstate.Code, format string) (callKind, error) {
		return kind, sqlstate.New(code, format, name).At(position)
	}
	if kind == aggregateCall || !known(n) {
		return kind, nil
	}
	if kind == windowCall {
		switch {
		case n.Over == nil:
			return fail(sqlstate.WindowingError, "window function %s requires an OVER clause")
		case n.AggWithinGroup:
			return fail(sqlstate.WrongObjectType, "window function %s cannot have WITHIN GROUP")
		}
		return kind, nil
	}
	switch {
	case n.AggStar:
		return fail(sqlstate.WrongObjectType, "%[1]s(*) specified, but %[1]s is not an aggregate function")
	case n.AggDistinct:
		return fail(sqlstate.WrongObjectType, "DISTINCT specified, but %s is not an aggregate function")
	case n.AggWithinGroup:
		return fail(sqlstate.WrongObjectType, "WITHIN GROUP specified, but %s is not an aggregate function")
	case len(n.AggOrder) > 0:
		return fail(sqlstate.WrongObjectType, "ORDER BY specified, but %s is not an aggregate function")
	case n.AggFilter != nil:
		return fail(sqlstate.WrongObjectType, "FILTER specified, but %s is not an aggregate function")
	case n.Over != nil:
		return fail(sqlstate.WrongObjectType, "OVER specified, but %s is not a window function nor an aggregate function")
	}
	return kind, nil
}

func known(n *pg_query.FuncCall) bool {
	return len(pgtype.ProceduresByName(splitName(n.Funcname))) > 0
}

// kindByName goes by the procedures of a name, which are all of one kind but for rank
// and its like: aggregates with WITHIN GROUP, window functions without.
func kindByName(n *pg_query.FuncCall) callKind {
	aggregate, window, set := false, false, false
	for _, p := range pgtype.ProceduresByName(splitName(n.Funcname)) {
		aggregate = aggregate || p.Kind == pgtype.AggregateKind
		window = window || p.Kind == pgtype.WindowKind
		set = set || p.ReturnsSet
	}
	switch {
	case aggregate && (n.AggWithinGroup || !window) && n.Over == nil:
		return aggregateCall
	case aggregate || window:
		return windowCall
	case set:
		return setReturningCall
	}
	return scalarCall
}
