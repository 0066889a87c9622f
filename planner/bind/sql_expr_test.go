package bind

import (
	"fmt"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

func sqlExpr(e plan.Expr) string {
	switch e := e.(type) {
	case *plan.Literal:
		if e.Null {
			return "NULL::" + sqlType(e.Of)
		}
		return "'" + strings.ReplaceAll(e.Text, "'", "''") + "'::" + sqlType(e.Of)
	case *plan.ColumnRef:
		return fmt.Sprintf("c%d", e.ID)
	case *plan.Call:
		return sqlCall(e)
	case *plan.Cast:
		return "CAST(" + sqlExpr(e.Arg) + " AS " + sqlType(e.To) + ")"
	case *plan.And:
		return "(" + sqlJoined(e.Args, " AND ") + ")"
	case *plan.Or:
		return "(" + sqlJoined(e.Args, " OR ") + ")"
	case *plan.Not:
		return "(NOT " + sqlExpr(e.Arg) + ")"
	case *plan.IsNull:
		return "(" + sqlExpr(e.Arg) + " IS " + sqlNot(e.Negated) + "NULL)"
	case *plan.BooleanTest:
		return "(" + sqlExpr(e.Arg) + " IS " + sqlNot(e.Negated) + e.Is + ")"
	case *plan.Distinct:
		return "(" + sqlExpr(e.Left) + " IS " + sqlNot(e.Negated) + "DISTINCT FROM " + sqlExpr(e.Right) + ")"
	case *plan.Case:
		return sqlCase(e)
	case *plan.Coalesce:
		return "COALESCE(" + sqlList(e.Args) + ")"
	case *plan.NullIf:
		return "NULLIF(" + sqlExpr(e.Left) + ", " + sqlExpr(e.Right) + ")"
	case *plan.Extreme:
		return map[bool]string{true: "GREATEST", false: "LEAST"}[e.Greatest] + "(" + sqlList(e.Args) + ")"
	case *plan.In:
		return "(" + sqlExpr(e.Arg) + " " + sqlNot(e.Negated) + "IN (" + sqlList(e.List) + "))"
	case *plan.ArrayCompare:
		return "(" + sqlExpr(e.Left) + " " + e.Operator + " " + sqlQuantifier(e.All) + " (" + sqlExpr(e.Array) + "))"
	case *plan.Array:
		return "ARRAY[" + sqlList(e.Elements) + "]::" + sqlType(e.Of)
	case *plan.Subscript:
		return "(" + sqlExpr(e.Arg) + ")[" + sqlExpr(e.Index) + "]"
	case *plan.Row:
		return "ROW(" + sqlList(e.Fields) + ")"
	case *groupingText:
		return "GROUPING(" + sqlList(e.Fields) + ")"
	case *plan.RowCompare:
		return "(ROW(" + sqlList(e.Left) + ") " + e.Operator + " ROW(" + sqlList(e.Right) + "))"
	case *plan.Subquery:
		return sqlSubquery(e)
	case *plan.AggregateCall:
		return sqlAggregateCall(e)
	case *plan.WindowCall:
		return sqlWindowCall(e)
	case *plan.SetCall:
		return sqlFunction(e.Procedure, e.Args)
	}
	panic(fmt.Sprintf("unhandled expression %T", e))
}

func sqlNot(negated bool) string {
	if negated {
		return "NOT "
	}
	return ""
}

func sqlQuantifier(all bool) string {
	if all {
		return "ALL"
	}
	return "ANY"
}

func sqlCall(e *plan.Call) string {
	switch {
	case e.Operator != "" && len(e.Args) == 2:
		return "(" + sqlExpr(e.Args[0]) + " OPERATOR(pg_catalog." + e.Operator + ") " + sqlExpr(e.Args[1]) + ")"
	case e.Operator != "":
		return "(OPERATOR(pg_catalog." + e.Operator + ") " + sqlExpr(e.Args[0]) + ")"
	}
	return sqlFunction(e.Procedure, e.Args)
}

func sqlFunction(p *pgtype.Procedure, args []plan.Expr) string {
	list := sqlList(args)
	if last := len(args) - 1; p.Variadic != 0 && len(args) == len(p.ArgTypes) {
		if _, array := pgtype.ElementOf(args[last].Type().OID); array {
			list = strings.TrimPrefix(sqlList(args[:last])+", VARIADIC "+sqlExpr(args[last]), ", ")
		}
	}
	return fmt.Sprintf("pg_catalog.%q(%s)", p.Name, list)
}

func sqlCase(e *plan.Case) string {
	text := "CASE"
	for _, w := range e.Whens {
		text += " WHEN " + sqlExpr(w.Condition) + " THEN " + sqlExpr(w.Result)
	}
	if e.Else != nil {
		text += " ELSE " + sqlExpr(e.Else)
	}
	return text + " END"
}

func sqlSubquery(e *plan.Subquery) string {
	text := "(" + sqlOf(e.Plan) + ")"
	left := sqlList(e.Left)
	if len(e.Left) > 1 {
		left = "ROW(" + left + ")"
	}
	switch e.Kind {
	case plan.ExistsSubquery:
		return "EXISTS " + text
	case plan.ArraySubquery:
		return "ARRAY" + text
	case plan.AnySubquery, plan.AllSubquery:
		return "(" + left + " " + e.Operator + " " + sqlQuantifier(e.Kind == plan.AllSubquery) + " " + text + ")"
	}
	return text
}

func sqlAggregateCall(e *plan.AggregateCall) string {
	list := sqlList(e.Args)
	if len(e.Args) == 0 && e.WithinGroup == nil {
		list = "*"
	}
	if e.Distinct {
		list = "DISTINCT " + list
	}
	if len(e.OrderBy) > 0 {
		list += " ORDER BY " + sqlKeys(e.OrderBy)
	}
	text := fmt.Sprintf("pg_catalog.%q(%s)", e.Procedure.Name, list)
	if e.WithinGroup != nil {
		text += " WITHIN GROUP (ORDER BY " + sqlKeys(e.WithinGroup) + ")"
	}
	return text + sqlFilter(e.Filter)
}

func sqlFilter(e plan.Expr) string {
	if e == nil {
		return ""
	}
	return " FILTER (WHERE " + sqlExpr(e) + ")"
}

func sqlWindowCall(e *plan.WindowCall) string {
	list := sqlList(e.Args)
	if len(e.Args) == 0 && e.Procedure.Kind == pgtype.AggregateKind {
		list = "*"
	}
	over := ""
	if len(e.Partition) > 0 {
		over += "PARTITION BY " + sqlList(e.Partition)
	}
	if len(e.OrderBy) > 0 {
		over += " ORDER BY " + sqlKeys(e.OrderBy)
	}
	over += " " + [...]string{"RANGE", "ROWS", "GROUPS"}[e.Frame.Mode] + " BETWEEN " + sqlBound(e.Frame.Start) + " AND " + sqlBound(e.Frame.End)
	if e.Frame.Exclude != "" {
		over += " EXCLUDE " + e.Frame.Exclude
	}
	return fmt.Sprintf("pg_catalog.%q(%s)", e.Procedure.Name, list) + sqlFilter(e.Filter) + " OVER (" + over + ")"
}

func sqlBound(b plan.Bound) string {
	kind := [...]string{"UNBOUNDED PRECEDING", "PRECEDING", "CURRENT ROW", "FOLLOWING", "UNBOUNDED FOLLOWING"}[b.Kind]
	if b.Offset != nil {
		return sqlExpr(b.Offset) + " " + kind
	}
	return kind
}
