package bind

import (
	"math/big"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// foldCast makes a literal of a cast of a literal where the value's text says all: the
// numeric types among each other, and what goes through text. A cast that would fail
// stays, for PostgreSQL fails only when it is evaluated.
func (b *binder) foldCast(c *plan.Cast) plan.Expr {
	l, ok := c.Arg.(*plan.Literal)
	if !ok || l.Of.OID == pgtype.Unknown {
		return c
	}
	if l.Null {
		return &plan.Literal{Of: c.To, Null: true}
	}
	text, ok := castText(l, c)
	if !ok {
		return c
	}
	canonical, err := pgtype.Canonical(c.To, text, b.settings())
	if err != nil {
		return c
	}
	return shapedLiteral(&plan.Literal{Of: c.To, Text: canonical})
}

// castText gives the text that the target's input function reads as the cast's result.
func castText(l *plan.Literal, c *plan.Cast) (string, bool) {
	from, to := l.Of.OID, c.To.OID
	switch {
	case c.Context != plan.CastExplicit && c.To.Mod >= 0:
		return "", false // a length is enforced, not cut
	case isWhole(to) && (isWhole(from) || from == pgtype.Numeric):
		return rounded(l.Text)
	case to == pgtype.Numeric && (isWhole(from) || from == pgtype.Numeric):
		return l.Text, true
	case isFloat(to) && (isWhole(from) || from == pgtype.Numeric):
		return l.Text, true
	case from == pgtype.Text || from == pgtype.Varchar:
		way, ok := pgtype.FindCast(from, to, pgtype.Explicit)
		return l.Text, ok && (way.Method == pgtype.ByInputText || way.Method == pgtype.Relabel || from == to) && !isRegistered(to) && !dependsOnNow(to, l.Text)
	}
	return "", false
}

func isWhole(oid pgtype.OID) bool {
	return oid == pgtype.Int2 || oid == pgtype.Int4 || oid == pgtype.Int8
}

func isFloat(oid pgtype.OID) bool { return oid == pgtype.Float4 || oid == pgtype.Float8 }

// rounded gives the nearest whole number, halves away from zero, as numeric does.
func rounded(text string) (string, bool) {
	if !strings.ContainsAny(text, ".eE") {
		return text, true
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok || strings.ContainsAny(text, "eE") {
		return "", false
	}
	return r.FloatString(0), true
}

// foldNegation makes "-5" of minus and a numeric literal.
func foldNegation(c *plan.Call) plan.Expr {
	if c.Operator != "-" || len(c.Args) != 1 {
		return c
	}
	l, ok := c.Args[0].(*plan.Literal)
	if !ok || l.Null || l.Of.OID != c.Of.OID || !(isWhole(l.Of.OID) || l.Of.OID == pgtype.Numeric) {
		return c
	}
	return negated(l, c)
}

// negated negates digits. The most negative integer has no positive, and numeric has
// neither -0 nor -NaN: these stay calls.
func negated(l *plan.Literal, c *plan.Call) plan.Expr {
	digits, minus := strings.CutPrefix(l.Text, "-")
	switch {
	case strings.Trim(digits, "0123456789.") != "" || strings.Trim(digits, "0.") == "":
		return c
	case minus && isLowest(l.Text):
		return c
	case !minus:
		digits = "-" + digits
	}
	return &plan.Literal{Of: pgtype.Of(c.Of.OID), Text: digits}
}

func isLowest(text string) bool {
	return text == "-32768" || text == "-2147483648" || text == "-9223372036854775808"
}
