package sqlwriter

import (
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// DuckDB reads a column that a file keeps as a dictionary and row numbers in that form,
// and computes a function of it once for each entry of the dictionary: for values too
// that stand in no row, or only in rows that a filter took away. Where the function
// fails on one, the statement would, and its error would quote what a policy hides.
// Functions of ours count as unable to fail, so DuckDB does not refrain.
//
// greatest(c, c) is c, in a vector without a dictionary (COALESCE and CASE keep it, and
// DuckDB sees through them). Conditions that cannot fail go
// by the stored column all the same, so that they skip parts of files.

// copies tells whether columns of files must leave their dictionaries.
func (w *writer) copies() bool {
	return w.fallible && w.o.Scan != nil && w.d.engine() == functions.DuckDB
}

func copied(v value) value {
	v.stored, v.plain = v.sql, false
	v.sql = "greatest(" + v.stored + ", " + v.stored + ")"
	return v
}

// stored gives the columns as they stand in a file, for expressions that cannot fail.
func stored(cols map[plan.ColumnID]value, e plan.Expr) map[plan.ColumnID]value {
	if plan.HasSubquery(e) || !functions.Total(e) {
		return cols
	}
	out := make(map[plan.ColumnID]value, len(cols))
	for id, v := range cols {
		if v.stored != "" {
			v.sql, v.stored, v.plain = v.stored, "", true
		}
		out[id] = v
	}
	return out
}

// fallible tells whether any expression of a plan can fail. Aggregates and the like count:
// some of them are put together from functions of ours.
func fallible(n plan.Node) bool {
	found := false
	plan.Walk(n, func(n plan.Node) bool {
		for _, e := range n.Exprs() {
			plan.WalkExpr(e, func(e plan.Expr) bool {
				switch e := e.(type) {
				case *plan.AggregateCall, *plan.WindowCall:
					found = true
				case *plan.SetCall:
					found = found || !constantUnnest(e)
				case *plan.Subquery:
					found = found || e.Kind == plan.ScalarSubquery
				}
				return !found
			})
			found = found || functions.Fails(e)
		}
		return !found
	})
	return found
}

// constantUnnest tells of the elements of a constant: the executor says keys so.
func constantUnnest(e *plan.SetCall) bool {
	if e.Procedure.Name != "unnest" || len(e.Args) != 1 {
		return false
	}
	_, constant := e.Args[0].(*plan.Literal)
	return constant
}
