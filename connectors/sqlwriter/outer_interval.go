package sqlwriter

import (
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// readsOuterInterval tells whether a subquery reads an interval of a query around it but to compare
// it. DuckDB computes a subquery once for all outer rows that it takes for equal: it would
// answer for '30 days' what it did for '1 month'.
func readsOuterInterval(n plan.Node) bool {
	outer, found := plan.Free(n), false
	var read func(e plan.Expr)
	read = func(e plan.Expr) {
		if c, ok := e.(*plan.ColumnRef); ok {
			found = found || outer[c.ID] && holdsInterval(c.Type())
			return
		}
		call, ok := e.(*plan.Call)
		compares := ok && functions.Comparison(call.Operator)
		for _, child := range e.Children() {
			if _, column := child.(*plan.ColumnRef); !column || !compares {
				read(child)
			}
		}
	}
	plan.Walk(n, func(n plan.Node) bool {
		for _, e := range n.Exprs() {
			read(e)
		}
		return !found
	})
	return found
}

func holdsInterval(t pgtype.Type) bool {
	if elem, ok := pgtype.ElementOf(t.OID); ok {
		return elem == pgtype.Interval
	}
	for _, f := range t.Fields() {
		if holdsInterval(f.Type) {
			return true
		}
	}
	return t.OID == pgtype.Interval
}
