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
// An unknown name is scalar: binding it gives the error. So is a window function without
// OVER, for the same reason.
func (b *binder) classify(n *pg_query.FuncCall) (callKind, error) {
	kind := kindByName(n)
	if kind == windowCall && n.Over == nil {
		kind = scalarCall
	}
	return kind, nil
}

// checkForm refuses decorations that a procedure does not take (parse_func.c, ParseFuncOrColumn).
func checkForm(n *pg_query.FuncCall, p *pgtype.Procedure) error {
	switch p.Kind {
	case pgtype.AggregateKind:
		return checkAggregate(n, p)
	case pgtype.WindowKind:
		switch {
		case n.Over == nil:
			return wrongForm("window function %s requires an OVER clause", p)
		case n.AggWithinGroup:
			return wrongForm("window function %s cannot have WITHIN GROUP", p)
		}
		return nil
	}
	switch {
	case n.AggStar:
		return wrongForm("%[1]s(*) specified, but %[1]s is not an aggregate function", p)
	case n.AggDistinct:
		return wrongForm("DISTINCT specified, but %s is not an aggregate function", p)
	case n.AggWithinGroup:
		return wrongForm("WITHIN GROUP specified, but %s is not an aggregate function", p)
	case len(n.AggOrder) > 0:
		return wrongForm("ORDER BY specified, but %s is not an aggregate function", p)
	case n.AggFilter != nil:
		return wrongForm("FILTER specified, but %s is not an aggregate function", p)
	case n.Over != nil:
		return wrongForm("OVER specified, but %s is not a window function nor an aggregate function", p)
	}
	return nil
}

// checkAggregate: count() is written count(*), and rank(1) is a window function's name.
func checkAggregate(n *pg_query.FuncCall, p *pgtype.Procedure) error {
	switch {
	case n.AggWithinGroup:
		return nil
	case n.Over == nil && (p.AggregateClass == 'o' || p.AggregateClass == 'h'):
		return wrongForm("WITHIN GROUP is required for ordered-set aggregate %s", p)
	case !n.AggStar && len(n.Args) == 0:
		return wrongForm("%s(*) must be used to call a parameterless aggregate function", p)
	}
	return nil
}

func wrongForm(format string, p *pgtype.Procedure) error {
	return sqlstate.New(sqlstate.WrongObjectType, format, p.Name)
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
