package sqlwriter

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// expr writes an expression over the columns in sight.
func (w *writer) expr(e plan.Expr) value {
	if w.err != nil {
		return atomOf("NULL")
	}
	switch e := functions.Expand(e).(type) {
	case *plan.Literal:
		return w.d.literal(w, e)
	case *plan.Parameter:
		if w.o.Numbered {
			return atomOf("$" + strconv.Itoa(e.Index) + "::" + w.d.typeName(w, e.Of))
		}
		return w.refuse("parameter $%d without a value", e.Index)
	case *plan.ColumnRef:
		return w.column(e.ID)
	case *plan.Call:
		return w.call(call{signature: functions.Signature(e), args: e.Args, of: e.Of})
	case *plan.Cast:
		return w.d.cast(w, e, w.expr(e.Arg))
	case *plan.And:
		return w.logical(e.Args, w.exprs(e.Args), conjunction)
	case *plan.Or:
		return w.logical(e.Args, w.exprs(e.Args), disjunction)
	case *plan.Not:
		return value{sql: "NOT " + w.expr(e.Arg).inside(atom), rank: operation}
	case *plan.IsNull:
		return value{sql: w.expr(e.Arg).inside(atom) + isNot(e.Negated) + "NULL", rank: operation}
	case *plan.BooleanTest:
		return w.booleanTest(e)
	case *plan.Distinct:
		return w.distinctFrom(e)
	case *plan.Case:
		return w.caseExpr(e)
	case *plan.Coalesce:
		return w.list("coalesce", e.Args, e.Of)
	case *plan.NullIf:
		return w.nullIf(e)
	case *plan.Extreme:
		return w.extreme(e)
	case *plan.In:
		return w.in(e)
	case *plan.ArrayCompare:
		return w.arrayCompare(e)
	case *plan.Array:
		return w.array(e)
	case *plan.Subscript:
		return w.subscript(e)
	case *plan.RowCompare:
		return w.rowCompare(e)
	case *plan.Subquery:
		return w.subquery(e)
	case *plan.Row:
		return w.record(e)
	case *plan.Grouping, *plan.AggregateCall, *plan.WindowCall, *plan.SetCall:
		return w.refuse("%T inside an expression", e)
	}
	panic(fmt.Sprintf("sqlwriter: unhandled expression %T", e))
}

func (w *writer) exprs(list []plan.Expr) []value {
	out := make([]value, len(list))
	for i, e := range list {
		out[i] = w.expr(e)
	}
	return out
}

func isNot(negated bool) string {
	if negated {
		return " IS NOT "
	}
	return " IS "
}

func (w *writer) booleanTest(e *plan.BooleanTest) value {
	word := e.Is
	if word == "UNKNOWN" {
		word = "NULL"
	}
	return value{sql: w.expr(e.Arg).inside(atom) + isNot(e.Negated) + word, rank: operation}
}

// served checks that the table has a comparison, and refuses it otherwise.
func (w *writer) served(p *pgtype.Procedure, operator string) {
	row, ok := functions.Find(functions.OfProcedure(p, operator))
	if !ok || row.For(w.d.engine()).Exactness == functions.None {
		w.refuse("operator %s", functions.OfProcedure(p, operator))
	}
}

func (w *writer) distinctFrom(e *plan.Distinct) value {
	w.served(e.Equal, "=")
	word := "IS DISTINCT FROM"
	if e.Negated {
		word = "IS NOT DISTINCT FROM"
	}
	return w.d.compare(w, word, w.expr(e.Left), w.expr(e.Right), e.Left.Type())
}

func (w *writer) caseExpr(e *plan.Case) value {
	results := make([]plan.Expr, 0, len(e.Whens)+1)
	for _, arm := range e.Whens {
		results = append(results, arm.Result)
	}
	if e.Else != nil {
		results = append(results, e.Else)
	}
	values := w.unified(w.exprs(results), e.Of)
	var s strings.Builder
	s.WriteString("CASE")
	for i, arm := range e.Whens {
		s.WriteString(" WHEN " + w.truth(arm.Condition).sql + " THEN " + values[i].sql)
	}
	if e.Else != nil {
		s.WriteString(" ELSE " + values[len(values)-1].sql)
	}
	return value{sql: s.String() + " END", rank: atom, form: formOf(values)}
}

func formOf(values []value) form {
	if len(values) == 0 {
		return form{}
	}
	return values[0].form
}

// list writes a function over values of one type.
func (w *writer) list(name string, args []plan.Expr, t pgtype.Type) value {
	values := w.unified(w.exprs(args), t)
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = v.sql
	}
	return value{sql: name + "(" + strings.Join(texts, ", ") + ")", rank: atom, form: formOf(values)}
}

func (w *writer) nullIf(e *plan.NullIf) value {
	w.served(e.Equal, "=")
	l, r := w.expr(e.Left), w.expr(e.Right)
	equal := w.d.compare(w, "=", l, r, e.Left.Type())
	return value{sql: "CASE WHEN " + equal.sql + " THEN NULL ELSE " + l.sql + " END", rank: atom, form: l.form}
}

func (w *writer) extreme(e *plan.Extreme) value {
	name := "least"
	if e.Greatest {
		name = "greatest"
	}
	values := w.unified(w.exprs(e.Args), e.Of)
	if (slices.Contains(chained, e.Of.OID) || pgtype.IsRange(e.Of.OID) || e.Of.Shaped) && w.d.engine() == functions.DuckDB {
		return w.extremeByOperator(e, values)
	}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = v.sql
		if e.Of.OID == pgtype.Numeric && v.form.kind == ofText {
			return value{sql: "pg_numeric_" + name + "(" + joined(values) + ")", rank: atom, form: v.form}
		}
		if w.keyed(v, e.Of) {
			return w.refuse("%s of %s", name, functions.TypeName(e.Of.OID))
		}
	}
	texts[0] = w.d.order(w, values[0], e.Of)
	return value{sql: name + "(" + strings.Join(texts, ", ") + ")", rank: atom, form: formOf(values)}
}

// chained are types of which DuckDB's greatest is not PostgreSQL's: it takes an interval's
// months first, and knows no keys.
var chained = []pgtype.OID{pgtype.Interval, pgtype.Bpchar, pgtype.JSONB, pgtype.Record, pgtype.Timetz, pgtype.Inet, pgtype.Cidr}

// extremeByOperator compares by operators. Of equal values the first stays.
func (w *writer) extremeByOperator(e *plan.Extreme, values []value) value {
	operator := " < "
	if e.Greatest {
		operator = " > "
	}
	around := w.once(e.Args, values, never, always)
	out := values[0]
	for _, v := range values[1:] {
		a, b := out, v
		if e.Of.OID != pgtype.Interval {
			a, b = atomOf(w.d.order(w, out, e.Of)), atomOf(w.d.order(w, v, e.Of))
		}
		out = value{sql: "CASE WHEN " + out.inside(atom) + " IS NULL OR " + b.inside(atom) + operator + a.inside(atom) + " THEN " + v.sql + " ELSE " + out.sql + " END", rank: atom, form: values[0].form}
	}
	return around(out)
}

func (w *writer) array(e *plan.Array) value {
	elem, ok := pgtype.ElementOf(e.Of.OID)
	if !ok {
		return w.refuse("array of this type")
	}
	to := pgtype.Type{OID: elem, Mod: e.Of.Mod}
	texts := make([]string, len(e.Elements))
	for i, x := range e.Elements {
		if _, nested := pgtype.ElementOf(x.Type().OID); nested {
			return w.refuse("array of more than one dimension")
		}
		texts[i] = w.d.convert(w.expr(x), w.d.form(to), to).sql
	}
	inner := "[" + strings.Join(texts, ", ") + "]"
	if w.d.engine() == functions.Postgres {
		inner = "ARRAY" + inner
	}
	return value{sql: "CAST(" + inner + " AS " + w.d.typeName(w, e.Of) + ")", rank: atom, form: w.d.form(e.Of)}
}

// subscript reads one element, or a slice: outside of the array, NULL or nothing. DuckDB
// counts negative subscripts from the end.
func (w *writer) subscript(e *plan.Subscript) value {
	arg := w.expr(e.Arg)
	if vector, ok := vectorOf(e.Arg); ok && w.d.engine() == functions.DuckDB {
		return w.elementOfVector(e, vector)
	}
	if e.Slice {
		return w.slice(e, arg)
	}
	if w.d.engine() != functions.DuckDB {
		return value{sql: "(" + arg.sql + ")[" + w.expr(e.Index).sql + "]", rank: atom}
	}
	return w.ofArray(e.Arg, arg, func(arg value) value {
		operands := []value{w.expr(e.Index)}
		around := w.once([]plan.Expr{e.Index}, operands, never, always)
		text := "(" + arg.sql + ")[" + operands[0].sql + "]"
		return around(value{sql: "CASE WHEN " + operands[0].inside(atom) + " >= 1 THEN " + text + " END", rank: atom, form: arg.form})
	}, e.Index)
}

// ofArray reads of an array by subscripts, which PostgreSQL computes behind the array and only if
// that is not NULL.
func (w *writer) ofArray(array plan.Expr, v value, read func(value) value, subscripts ...plan.Expr) value {
	guarded := w.fails(array, v)
	for _, s := range subscripts {
		guarded = guarded || s != nil && functions.Fails(s)
	}
	operands := []value{v}
	around := w.once([]plan.Expr{array}, operands, always, always)
	v = operands[0]
	out := read(v)
	if guarded {
		out.sql = "CASE WHEN " + v.inside(atom) + " IS NOT NULL THEN " + out.sql + " END"
	}
	return around(out)
}

func (w *writer) slice(e *plan.Subscript, arg value) value {
	bound := func(e plan.Expr, otherwise string) value {
		if e == nil {
			return atomOf(otherwise)
		}
		return w.expr(e)
	}
	if w.d.engine() == functions.Postgres {
		return value{sql: "(" + arg.sql + ")[" + bound(e.Lower, "").sql + ":" + bound(e.Upper, "").sql + "]", rank: atom}
	}
	return w.ofArray(e.Arg, arg, func(arg value) value {
		one := plan.Expr(&plan.Literal{Of: pgtype.Of(pgtype.Int4), Text: "1"})
		args, bounds := []plan.Expr{one, one}, []value{bound(e.Lower, "1"), bound(e.Upper, "len("+arg.sql+")")}
		for i, e := range []plan.Expr{e.Lower, e.Upper} {
			if e != nil {
				args[i] = e
			}
		}
		around := w.once(args, bounds, always, never)
		l, u := bounds[0].inside(atom), bounds[1].inside(atom)
		return around(value{rank: atom, form: arg.form, sql: "CASE WHEN " + l + " IS NULL OR " + u + " IS NULL OR " + arg.inside(atom) + " IS NULL THEN NULL WHEN " + u +
			" < 1 THEN [] ELSE (" + arg.sql + ")[greatest(" + l + ", 1):" + u + "] END"})
	}, e.Lower, e.Upper)
}
