package mysql

import (
	"fmt"

	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// expr writes an expression over the columns in sight.
func (w *writer) expr(e plan.Expr) value {
	if w.err != nil {
		return value{expr: &sqlparser.NullVal{}}
	}
	switch e := e.(type) {
	case *plan.Literal:
		return w.literal(e)
	case *plan.ColumnRef:
		return w.column(e.Column)
	case *plan.Call:
		return w.call(functions.Signature(e), e, e.Args)
	case *plan.Cast:
		return w.cast(e)
	case *plan.And:
		return w.logical(e.Args, func(l, r sqlparser.Expr) sqlparser.Expr { return &sqlparser.AndExpr{Left: l, Right: r} })
	case *plan.Or:
		return w.logical(e.Args, func(l, r sqlparser.Expr) sqlparser.Expr { return &sqlparser.OrExpr{Left: l, Right: r} })
	case *plan.Not:
		return value{expr: sqlparser.NewNotExpr(paren(w.expr(e.Arg).expr))}
	case *plan.IsNull:
		return w.is(e.Arg, e.Negated, sqlparser.IsNullOp, sqlparser.IsNotNullOp)
	case *plan.BooleanTest:
		return w.booleanTest(e)
	case *plan.Distinct:
		return w.distinctFrom(e)
	case *plan.Case:
		return w.caseExpr(e)
	case *plan.Coalesce:
		return w.coalesce(e)
	case *plan.NullIf:
		return w.nullIf(e)
	case *plan.In:
		return w.in(e)
	case *plan.Subquery:
		return w.subquery(e)
	case *plan.Parameter, *plan.Extreme, *plan.ArrayCompare, *plan.Array, *plan.Subscript, *plan.Row, *plan.RowCompare,
		*plan.Grouping, *plan.AggregateCall, *plan.WindowCall, *plan.SetCall:
		return w.refuse("%T", e)
	}
	panic(fmt.Sprintf("mysql: unhandled expression %T", e))
}

func (w *writer) logical(args []plan.Expr, join func(l, r sqlparser.Expr) sqlparser.Expr) value {
	out := paren(w.expr(args[0]).expr)
	for _, a := range args[1:] {
		out = join(out, paren(w.expr(a).expr))
	}
	return value{expr: out}
}

func (w *writer) is(arg plan.Expr, negated bool, yes, no sqlparser.IsExprOperator) value {
	if negated {
		yes = no
	}
	return value{expr: &sqlparser.IsExpr{Left: paren(w.expr(arg).expr), Right: yes}}
}

func (w *writer) booleanTest(e *plan.BooleanTest) value {
	switch e.Is {
	case "TRUE":
		return w.is(e.Arg, e.Negated, sqlparser.IsTrueOp, sqlparser.IsNotTrueOp)
	case "FALSE":
		return w.is(e.Arg, e.Negated, sqlparser.IsFalseOp, sqlparser.IsNotFalseOp)
	}
	return w.is(e.Arg, e.Negated, sqlparser.IsNullOp, sqlparser.IsNotNullOp)
}

func (w *writer) caseExpr(e *plan.Case) value {
	out := &sqlparser.CaseExpr{}
	form := notText
	result := func(e plan.Expr) sqlparser.Expr {
		v := w.computed(w.expr(e))
		form = max(form, v.text)
		return v.expr
	}
	for _, arm := range e.Whens {
		out.Whens = append(out.Whens, &sqlparser.When{Cond: w.expr(arm.Condition).expr, Val: result(arm.Result)})
	}
	if e.Else != nil {
		out.Else = result(e.Else)
	}
	return value{expr: out, text: form}
}

func (w *writer) coalesce(e *plan.Coalesce) value {
	out := &sqlparser.FuncExpr{Name: sqlparser.NewIdentifierCI("coalesce")}
	form := notText
	for _, a := range e.Args {
		v := w.computed(w.expr(a))
		form = max(form, v.text)
		out.Exprs = append(out.Exprs, v.expr)
	}
	return value{expr: out, text: form}
}

func (w *writer) nullIf(e *plan.NullIf) value {
	left := w.computed(w.expr(e.Left))
	equal := w.compare("=", e.Left, e.Right)
	whens := []*sqlparser.When{{Cond: equal.expr, Val: &sqlparser.NullVal{}}}
	return value{expr: sqlparser.NewCaseExpr(nil, whens, left.expr), text: left.text}
}

// subquery writes a plan inside an expression.
func (w *writer) subquery(e *plan.Subquery) value {
	b := w.node(e.Plan)
	if b.stage == atOrder {
		b.order = nil // a number of rows, a set or a single value has none
	}
	if e.Kind == plan.ExistsSubquery {
		if b.distinct {
			b = w.wrap(b)
		}
		return value{expr: sqlparser.NewExistsExpr(sqlparser.NewSubquery(b.statement(nil)))}
	}
	if b.limit != nil {
		b = w.wrap(b) // LIMIT is not taken directly inside IN
	}
	text := b.cols[e.Plan.Columns()[0].ID].text
	inner := sqlparser.NewSubquery(w.selectColumns(b, e.Plan.Columns()))
	operator := sqlparser.InOp
	switch {
	case e.Kind == plan.ScalarSubquery:
		return value{expr: inner, text: text}
	case e.Kind == plan.AllSubquery && e.Operator == "<>" && len(e.Left) == 1:
		operator = sqlparser.NotInOp
	case e.Kind != plan.AnySubquery || e.Operator != "=" || len(e.Left) != 1:
		return w.refuse("this kind of subquery")
	}
	if isText(e.Left[0].Type().OID) {
		return w.refuse("subquery over text")
	}
	return value{expr: compared(operator, w.operand(e.Left[0]), inner)}
}

// paren puts parentheses around an operator where it is an operand: the formatter
// knows MySQL's precedences, and MariaDB's differ in places.
func paren(e sqlparser.Expr) sqlparser.Expr {
	switch e.(type) {
	case *sqlparser.ComparisonExpr, *sqlparser.IsExpr, *sqlparser.NotExpr, *sqlparser.AndExpr, *sqlparser.OrExpr,
		*sqlparser.BinaryExpr, *sqlparser.UnaryExpr, *sqlparser.CollateExpr:
		return sqlparser.ValTuple{e}
	}
	return e
}

func isText(t pgtype.OID) bool {
	switch t {
	case pgtype.Text, pgtype.Varchar, pgtype.Bpchar, pgtype.Name, pgtype.Unknown:
		return true
	}
	return false
}
