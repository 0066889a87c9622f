package mysql

import (
	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// aggregate writes GROUP BY over its input.
func (w *writer) aggregate(n *plan.Aggregate) *block {
	if n.Sets != nil {
		w.refuse("grouping sets")
	}
	b := w.upTo(w.node(n.Input), atWhere)
	cols := map[plan.ColumnID]value{}
	w.within(b, func() {
		for _, g := range n.Groups {
			v := w.expr(g.Expr)
			v.strict = false
			cols[g.Column.ID] = v
			b.group = append(b.group, notPosition(v.expr))
		}
		for _, a := range n.Aggs {
			call, ok := a.Expr.(*plan.AggregateCall)
			if !ok {
				w.refuse("%T", a.Expr)
				return
			}
			cols[a.Column.ID] = w.aggregateCall(call)
		}
	})
	b.cols, b.columns, b.stage, b.single = cols, n.Columns(), atGroup, len(n.Groups) == 0
	b.sorts = sortsGroups(n)
	return b
}

// notPosition keeps a constant in GROUP BY from being read as a column's position: any
// constant makes the same one group.
func notPosition(e sqlparser.Expr) sqlparser.Expr {
	if constant(e) {
		return &sqlparser.NullVal{}
	}
	return e
}

// constant tells whether a text is a constant, which the server may take for a column's
// position: so it takes -1 and TRUE.
func constant(e sqlparser.Expr) bool {
	switch e := e.(type) {
	case *sqlparser.Literal, sqlparser.BoolVal:
		return true
	case *sqlparser.UnaryExpr:
		return constant(e.Expr)
	}
	return false
}

// aggregateCall writes one of the five aggregates. FILTER becomes a CASE: a row it
// leaves out counts as NULL, which they all ignore.
func (w *writer) aggregateCall(e *plan.AggregateCall) value {
	signature := functions.Signature(e)
	row, ok := functions.Find(signature)
	choice, said := row.For(functions.MySQL).Choose(e.Args)
	if !ok || !said || len(e.WithinGroup) > 0 || len(e.OrderBy) > 0 {
		return w.refuse("aggregate %s", signature)
	}
	if len(e.Args) == 0 && e.Filter == nil {
		return value{expr: &sqlparser.CountStar{}}
	}
	arg := sqlparser.Expr(sqlparser.NewIntLiteral("1"))
	if len(e.Args) > 0 {
		arg = w.expr(e.Args[0]).expr
	}
	if e.Filter != nil {
		arg = sqlparser.NewCaseExpr(nil, []*sqlparser.When{{Cond: w.expr(e.Filter).expr, Val: arg}}, nil)
	}
	switch choice.Template {
	case "count":
		return value{expr: &sqlparser.Count{Args: []sqlparser.Expr{arg}, Distinct: e.Distinct}}
	case "sum":
		return value{expr: &sqlparser.Sum{Arg: arg, Distinct: e.Distinct}}
	case "min":
		return value{expr: &sqlparser.Min{Arg: arg}}
	case "max":
		return value{expr: &sqlparser.Max{Arg: arg}}
	}
	return w.refuse("aggregate %s", signature)
}
