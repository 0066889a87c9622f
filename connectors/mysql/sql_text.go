package mysql

import (
	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// computed gives a text in utf8mb4, fit to be computed with.
func (w *writer) computed(v value) value {
	if v.text != asStored {
		return v
	}
	return value{expr: &sqlparser.ConvertUsingExpr{Expr: v.expr, Type: "utf8mb4"}, text: utf8mb4}
}

// bytesOf gives what PostgreSQL compares of a text: the bytes of its UTF-8 form, of
// char(n) without trailing blanks.
func (w *writer) bytesOf(v value, t pgtype.OID) sqlparser.Expr {
	v = w.computed(v)
	if t == pgtype.Bpchar {
		v.expr = sqlparser.NewFuncExpr("rtrim", v.expr)
	}
	return castTo(v.expr, "BINARY")
}

func castTo(e sqlparser.Expr, name string) sqlparser.Expr {
	return &sqlparser.CastExpr{Expr: e, Type: &sqlparser.ConvertType{Type: name}}
}

func compared(operator sqlparser.ComparisonExprOperator, l, r sqlparser.Expr) sqlparser.Expr {
	return sqlparser.NewComparisonExpr(operator, paren(l), paren(r), nil)
}
