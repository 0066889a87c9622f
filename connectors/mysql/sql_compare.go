package mysql

import (
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

var comparisons = map[string]sqlparser.ComparisonExprOperator{
	"=": sqlparser.EqualOp, "<>": sqlparser.NotEqualOp, "<": sqlparser.LessThanOp, "<=": sqlparser.LessEqualOp,
	">": sqlparser.GreaterThanOp, ">=": sqlparser.GreaterEqualOp, "<=>": sqlparser.NullSafeEqualOp,
}

// compare writes one of the six operators, or <=>, over two arguments of one kind.
func (w *writer) compare(operator string, l, r plan.Expr) value {
	op := comparisons[operator]
	t := l.Type().OID
	if !isText(t) {
		return value{expr: compared(op, w.beside(l, r), w.beside(r, l))}
	}
	left, right := w.expr(l), w.expr(r)
	exact := compared(op, w.bytesOf(left, t), w.bytesOf(right, t))
	if operator == "=" && indexed(left, right, l, r) {
		return value{expr: &sqlparser.AndExpr{Left: compared(op, bare(left, l, t), bare(right, r, t)), Right: exact}}
	}
	return value{expr: exact}
}

// bare writes a side of a text comparison as an index has it. A char(n) is stored without
// its blanks, which a collation that does not pad would miss the constant by.
func bare(v value, e plan.Expr, t pgtype.OID) sqlparser.Expr {
	if l, ok := relabelled(e).(*plan.Literal); ok && t == pgtype.Bpchar {
		return sqlparser.NewStrLiteral(strings.TrimRight(l.Text, " "))
	}
	return v.expr
}

// indexed tells whether a text comparison has a column on one side that an index may
// serve, and a constant on the other. The column's own equality holds wherever the
// exact one does, so both together are exact, and the first finds the rows:
//
//	v = 'a' AND CAST(CONVERT(v USING utf8mb4) AS BINARY) = CAST('a' AS BINARY)
func indexed(left, right value, l, r plan.Expr) bool {
	return left.meets(r) || right.meets(l)
}

// meets tells whether a column may be compared with a constant as they stand. A text
// that the column's character set may lack is an illegal mix of collations (1267).
func (v value) meets(constant plan.Expr) bool {
	l, ok := relabelled(constant).(*plan.Literal)
	return ok && !l.Null && v.text == asStored && strings.IndexFunc(l.Text, func(r rune) bool { return r > v.storage.widest }) < 0
}

// relabelled looks through casts that change no value.
func relabelled(e plan.Expr) plan.Expr {
	for {
		c, ok := e.(*plan.Cast)
		if !ok || c.To.Mod >= 0 || !isText(c.Arg.Type().OID) || !isText(c.To.OID) || c.Arg.Type().OID == pgtype.Bpchar {
			return e
		}
		e = c.Arg
	}
}

func (w *writer) distinctFrom(e *plan.Distinct) value {
	same := w.compare("<=>", e.Left, e.Right)
	if e.Negated {
		return same
	}
	return value{expr: sqlparser.NewNotExpr(paren(same.expr))}
}

// in writes [NOT] IN over a list.
func (w *writer) in(e *plan.In) value {
	if bits, ok := bitsOf(e); ok && w.bits {
		return w.inBits(e, bits)
	}
	op := sqlparser.InOp
	if e.Negated {
		op = sqlparser.NotInOp
	}
	t := e.Arg.Type().OID
	var list, bytes sqlparser.ValTuple
	arg := w.expr(e.Arg)
	meets := !e.Negated
	for _, item := range e.List {
		if !isText(t) {
			list = append(list, w.beside(item, e.Arg))
			continue
		}
		v := w.expr(item)
		null := isNull(item)
		if null {
			list = append(list, v.expr)
		} else {
			list = append(list, bare(v, item, t))
		}
		bytes = append(bytes, w.bytesOf(v, t))
		meets = meets && (null || arg.meets(item))
	}
	if !isText(t) {
		return value{expr: &sqlparser.ComparisonExpr{Operator: op, Left: paren(w.beside(e.Arg, e.List...)), Right: list}}
	}
	exact := &sqlparser.ComparisonExpr{Operator: op, Left: w.bytesOf(arg, t), Right: bytes}
	if !meets {
		return value{expr: exact}
	}
	return value{expr: &sqlparser.AndExpr{Left: &sqlparser.ComparisonExpr{Operator: op, Left: arg.expr, Right: list}, Right: exact}}
}

func isNull(e plan.Expr) bool {
	l, ok := e.(*plan.Literal)
	return ok && l.Null
}

// like matches character by character, as utf8mb4_bin has it. A pattern that begins
// with something fixed is asked of the bare column too, whose index knows the prefix.
// Not where the collation is one by bytes that pads: MySQL begins at the prefix, padded
// with blanks, and misses what goes on with a character below them ("a\n" LIKE 'a%').
func (w *writer) like(arg plan.Expr, pattern string, negated bool) value {
	op := sqlparser.LikeOp
	if negated {
		op = sqlparser.NotLikeOp
	}
	v := w.expr(arg)
	text := w.computed(v).expr
	if v.text == notText {
		return w.refuse("LIKE over %T", arg)
	}
	binary := &sqlparser.CollateExpr{Expr: text, Collation: "utf8mb4_bin"}
	exact := sqlparser.NewComparisonExpr(op, binary, sqlparser.NewStrLiteral(pattern), nil)
	fixed := &plan.Literal{Of: pgtype.Of(pgtype.Text), Text: pattern}
	if negated || !v.meets(fixed) || v.storage.missesPrefixes || pattern == "" || strings.ContainsAny(pattern[:1], `%_`) {
		return value{expr: exact}
	}
	return value{expr: &sqlparser.AndExpr{Left: sqlparser.NewComparisonExpr(op, v.expr, sqlparser.NewStrLiteral(pattern), nil), Right: exact}}
}
