package bind

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// boolExpr binds AND, OR and NOT.
func (b *binder) boolExpr(s *scope, n *pg_query.BoolExpr) (plan.Expr, error) {
	word := map[pg_query.BoolExprType]string{
		pg_query.BoolExprType_AND_EXPR: "AND", pg_query.BoolExprType_OR_EXPR: "OR", pg_query.BoolExprType_NOT_EXPR: "NOT",
	}[n.Boolop]
	args := make([]plan.Expr, len(n.Args))
	for i, a := range n.Args {
		e, err := b.exprAs(s, a, boolean, "argument of "+word)
		if err != nil {
			return nil, err
		}
		args[i] = e
	}
	switch word {
	case "AND":
		return allOf(args...), nil
	case "OR":
		return anyOf(args...), nil
	}
	return &plan.Not{Arg: args[0]}, nil
}

// nullTest binds IS [NOT] NULL.
func (b *binder) nullTest(s *scope, n *pg_query.NullTest) (plan.Expr, error) {
	return b.nullTestOf(s, n.Arg, n.Nulltesttype == pg_query.NullTestType_IS_NOT_NULL)
}

// nullTestOf tests a scalar, or every field of a row. An unknown parameter stays so:
// the test gives it no type.
func (b *binder) nullTestOf(s *scope, n *pg_query.Node, negated bool) (plan.Expr, error) {
	e, err := b.expr(s, n)
	if err != nil {
		return nil, err
	}
	if fields := e.Type().Fields(); fields != nil {
		return b.nullTestOfRecord(e, fields, negated, b.position(location(n)))
	}
	return &plan.IsNull{Arg: b.literalAsText(e), Negated: negated}, nil
}

// nullTestOfRecord: a record is NULL where it is none, or where all its fields are NULL, and
// is not where none is (ExecEvalRowNullInt). A record in a field is asked itself only.
func (b *binder) nullTestOfRecord(e plan.Expr, fields []pgtype.Field, negated bool, position int) (plan.Expr, error) {
	var tests []plan.Expr
	row, written := e.(*plan.Row)
	for i := range fields {
		f := plan.Expr(&plan.Call{Procedure: recordField, Args: []plan.Expr{e, integer(int64(i + 1))}, Of: fields[i].Type})
		if written {
			var err error
			if f, err = b.recordOf(row.Fields[i], position); err != nil {
				return nil, err
			}
		}
		tests = append(tests, &plan.IsNull{Arg: b.literalAsText(f), Negated: negated})
	}
	switch missing := (&plan.IsNull{Arg: e, Negated: negated}); {
	case written && len(tests) == 0:
		return truth(true), nil
	case written:
		return allOf(tests...), nil
	case len(tests) == 0:
		return truth(true), nil
	case negated:
		return allOf(append(tests, missing)...), nil
	}
	return allOf(tests...), nil // fields of what is NULL are NULL
}

// literalAsText gives an unknown literal type text and leaves all else alone.
func (b *binder) literalAsText(e plan.Expr) plan.Expr {
	if l, ok := e.(*plan.Literal); ok {
		if text, err := b.resolveUnknown(l, 0); err == nil {
			return text
		}
	}
	return e
}

// booleanTest binds IS [NOT] TRUE, FALSE, UNKNOWN.
func (b *binder) booleanTest(s *scope, n *pg_query.BooleanTest) (plan.Expr, error) {
	words := map[pg_query.BoolTestType]string{
		pg_query.BoolTestType_IS_TRUE: "TRUE", pg_query.BoolTestType_IS_NOT_TRUE: "TRUE",
		pg_query.BoolTestType_IS_FALSE: "FALSE", pg_query.BoolTestType_IS_NOT_FALSE: "FALSE",
		pg_query.BoolTestType_IS_UNKNOWN: "UNKNOWN", pg_query.BoolTestType_IS_NOT_UNKNOWN: "UNKNOWN",
	}
	test := &plan.BooleanTest{Is: words[n.Booltesttype]}
	clause := "IS " + test.Is
	switch n.Booltesttype {
	case pg_query.BoolTestType_IS_NOT_TRUE, pg_query.BoolTestType_IS_NOT_FALSE, pg_query.BoolTestType_IS_NOT_UNKNOWN:
		test.Negated, clause = true, "IS NOT "+test.Is
	}
	arg, err := b.exprAs(s, n.Arg, boolean, "argument of "+clause)
	if err != nil {
		return nil, err
	}
	test.Arg = arg
	return test, nil
}
