package mysql

import (
	"strconv"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// literal writes a constant. The session's character set is utf8mb4, and backslashes
// escape there, as the formatter assumes.
func (w *writer) literal(l *plan.Literal) value {
	switch {
	case l.Null && isText(l.Of.OID):
		return value{expr: &sqlparser.NullVal{}, text: utf8mb4}
	case l.Null:
		return value{expr: &sqlparser.NullVal{}}
	}
	switch l.Of.OID {
	case pgtype.Bool:
		return value{expr: sqlparser.BoolVal(strings.HasPrefix(l.Text, "t"))}
	case pgtype.Int2, pgtype.Int4, pgtype.Int8:
		return value{expr: signed(l.Text, sqlparser.NewIntLiteral)}
	case pgtype.Numeric:
		return value{expr: signed(l.Text, sqlparser.NewDecimalLiteral)}
	case pgtype.Float4, pgtype.Float8:
		return w.float(l)
	case pgtype.Text, pgtype.Varchar, pgtype.Unknown:
		return value{expr: sqlparser.NewStrLiteral(l.Text), text: utf8mb4}
	case pgtype.Bpchar:
		return value{expr: sqlparser.NewStrLiteral(l.Text), text: utf8mb4}
	case pgtype.Bytea:
		return value{expr: sqlparser.NewHexLiteral(strings.TrimPrefix(l.Text, `\x`))}
	}
	text, ok := functions.MySQLTime(l)
	switch {
	case ok && l.Of.OID == pgtype.Date:
		return value{expr: sqlparser.NewDateLiteral(text)}
	case ok && l.Of.OID == pgtype.Time:
		return value{expr: sqlparser.NewTimeLiteral(text)}
	case ok:
		return value{expr: sqlparser.NewTimestampLiteral(text)}
	}
	return w.refuse("a constant of type %s", functions.TypeName(l.Of.OID))
}

func signed(text string, literal func(string) *sqlparser.Literal) sqlparser.Expr {
	if digits, negative := strings.CutPrefix(text, "-"); negative {
		return &sqlparser.UnaryExpr{Operator: sqlparser.UMinusOp, Expr: literal(digits)}
	}
	return literal(text)
}

// float writes a real as the double it is exactly: what a FLOAT column is compared as.
func (w *writer) float(l *plan.Literal) value {
	bits := 64
	if l.Of.OID == pgtype.Float4 {
		bits = 32
	}
	f, err := strconv.ParseFloat(l.Text, bits)
	if err != nil {
		return w.refuse("the constant %s", l.Text)
	}
	return value{expr: signed(strconv.FormatFloat(f, 'e', -1, 64), sqlparser.NewFloatLiteral)}
}
