package functions

import (
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/planner/plan"
)

// Fails tells whether an expression can raise an error, whatever stands in it: Total
// for what holds subqueries, aggregates, window functions or sets too.
func Fails(e plan.Expr) bool {
	fails := false
	plan.WalkExpr(e, func(e plan.Expr) bool {
		switch e := e.(type) {
		case *plan.Subquery:
			fails = fails || e.Kind == plan.ScalarSubquery && !oneRow(e.Plan) || FailsInside(e.Plan)
		case *plan.AggregateCall:
			fails = fails || len(e.WithinGroup) > 0 || !steadyAggregate(e)
		case *plan.WindowCall:
			fails = fails || !steadyWindow(e)
		case *plan.Grouping:
		case *plan.SetCall:
			fails = true // a step of zero, a range too long
		default:
			fails = fails || !totalOne(e) && !Total(e)
		}
		return !fails
	})
	return fails
}

// FailsInside tells whether any expression of a plan can fail, but for those of policies.
func FailsInside(root plan.Node) bool {
	fails := false
	plan.WalkAsked(root, func(n plan.Node) bool {
		fails = fails || slices.ContainsFunc(n.Exprs(), Fails)
		return !fails
	})
	return fails
}

// oneRow tells whether a plan gives at most one row, so that a scalar subquery of it
// never finds too many.
func oneRow(n plan.Node) bool {
	switch n := n.(type) {
	case *plan.Aggregate:
		return len(n.Groups) == 0 && n.Sets == nil
	case *plan.Project, *plan.Filter, *plan.Sort:
		return oneRow(n.Inputs()[0])
	case *plan.Limit:
		count, ok := n.Count.(*plan.Literal)
		return oneRow(n.Input) || ok && !n.WithTies && (count.Text == "1" || count.Text == "0") && !count.Null
	}
	return false
}

// steadyAggregates cannot fail on values: they count, choose, or add exactly in a type
// that has room for more rows than there can be.
var steadyAggregates = map[string]bool{
	"count": true, "min": true, "max": true, "bool_and": true, "bool_or": true, "every": true, "bit_and": true, "bit_or": true, "bit_xor": true,
	"string_agg": true, "array_agg": true, "sum": true, "avg": true,
}

func steadyAggregate(a *plan.AggregateCall) bool {
	return steadyAggregates[a.Procedure.Name] && !overflows(a.Procedure.Name, OfProcedure(a.Procedure, ""))
}

// overflows tells of sums in a type that can run over.
func overflows(name, signature string) bool {
	return (name == "sum" || name == "avg") && (strings.Contains(signature, "float") || strings.Contains(signature, "interval") || strings.Contains(signature, "money"))
}

var steadyWindows = map[string]bool{
	"row_number": true, "rank": true, "dense_rank": true, "percent_rank": true, "cume_dist": true, "first_value": true, "last_value": true, "lag": true, "lead": true,
}

func steadyWindow(w *plan.WindowCall) bool {
	if w.Frame.Start.Offset != nil || w.Frame.End.Offset != nil {
		return false
	}
	name := w.Procedure.Name
	return steadyWindows[name] || steadyAggregates[name] && !overflows(name, OfProcedure(w.Procedure, ""))
}
