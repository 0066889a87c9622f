package sqlwriter

import (
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// in writes [NOT] IN over a list.
func (w *writer) in(e *plan.In) value {
	w.served(e.Equal, "=")
	t := e.Arg.Type()
	values := w.comparable(append([]value{w.expr(e.Arg)}, w.exprs(e.List)...), t)
	word := " IN ("
	if e.Negated {
		word = " NOT IN ("
	}
	return value{sql: values[0].inside(atom) + word + joined(values[1:]) + ")", rank: operation}
}

// comparable brings values of one type into a form in which the engine's own equality
// is PostgreSQL's.
func (w *writer) comparable(values []value, t pgtype.Type) []value {
	if padded, ok := w.paddedList(values, t); ok {
		return padded
	}
	values = w.unified(values, t)
	out := make([]value, len(values))
	for i, v := range values {
		out[i] = w.d.key(w, v, t)
	}
	return out
}

// paddedList pads the constants of a list to the char(n) they are compared with.
func (w *writer) paddedList(values []value, t pgtype.Type) ([]value, bool) {
	first := values[0].form
	if t.OID != pgtype.Bpchar || first.kind != ofPadded {
		return nil, false
	}
	out := []value{values[0]}
	for _, v := range values[1:] {
		switch {
		case v.form == first:
		case fits(v, first.precision):
			v = padTo(v, first)
		default:
			return nil, false
		}
		out = append(out, v)
	}
	return out, true
}

// arrayCompare writes op ANY and op ALL over an array. PostgreSQL has them; in DuckDB a
// written-out array is compared element by element and any other only for equality.
func (w *writer) arrayCompare(e *plan.ArrayCompare) value {
	w.served(e.Procedure, e.Operator)
	word := " ANY ("
	if e.All {
		word = " ALL ("
	}
	if w.d.engine() == functions.Postgres {
		left := w.operandOf(e.Operator, w.expr(e.Left), e.Left.Type())
		return value{sql: left + " " + e.Operator + word + w.expr(e.Array).sql + ")", rank: operation}
	}
	if elements, ok := w.elements(e.Array); ok {
		return w.comparedWithEach(e, elements)
	}
	if e.Operator == "=" && !e.All && !w.keyed(w.expr(e.Array), e.Array.Type()) && !w.keyed(w.expr(e.Left), e.Left.Type()) {
		return w.containedIn(e)
	}
	return w.anyElement(e)
}

// anyElement compares with the elements of an array one by one, three-valued.
func (w *writer) anyElement(e *plan.ArrayCompare) value {
	if plan.HasSubquery(e.Left) {
		return w.refuse("subquery compared with an array")
	}
	elem, _ := pgtype.ElementOf(e.Array.Type().OID)
	operands := []value{w.expr(e.Left), w.expr(e.Array)}
	around := w.once([]plan.Expr{e.Left, e.Array}, operands, func(i int) bool { return i == 0 }, func(i int) bool { return i == 1 })
	list := operands[1]
	w.lambdas++
	name := "e" + number(w.lambdas)
	left, c := w.stands(operands[0], e.Left.Type()), w.stands(value{sql: name, rank: atom, plain: true, form: list.form}, pgtype.Of(elem))
	var one value
	w.within(merged(left.cols, c.cols), func() {
		one = w.expr(comparison(e, left.ref, c.ref))
	})
	answers := "list_transform(" + list.sql + ", lambda " + name + ": " + one.sql + ")"
	decided, other := "true", "false"
	if e.All {
		decided, other = "false", "true"
	}
	return around(value{rank: atom, sql: "CASE WHEN " + list.inside(atom) + " IS NULL THEN NULL WHEN list_contains(" + answers + ", " + decided +
		") THEN " + decided + " WHEN list_count(" + answers + ") < len(" + list.sql + ") THEN NULL ELSE " + other + " END"})
}

// standing is a column of ours that reads as a value that is written already.
type standing struct {
	ref  *plan.ColumnRef
	cols map[plan.ColumnID]value
}

func (w *writer) stands(v value, t pgtype.Type) standing {
	w.synthetic--
	c := plan.Column{ID: w.synthetic, Type: t}
	return standing{&plan.ColumnRef{Column: c}, map[plan.ColumnID]value{c.ID: v}}
}

// comparison is that of an array comparison with one element.
func comparison(e *plan.ArrayCompare, left, element plan.Expr) plan.Expr {
	if to := e.Procedure.ArgTypes[len(e.Procedure.ArgTypes)-1]; to != element.Type().OID && to == pgtype.Text {
		element = &plan.Cast{Arg: element, To: pgtype.Of(to), Context: plan.CastImplicit}
	}
	return &plan.Call{Procedure: e.Procedure, Operator: e.Operator, Args: []plan.Expr{left, element}, Of: pgtype.Of(pgtype.Bool)}
}

// operandOf is the left operand of a comparison in PostgreSQL: orderings go by order.
func (w *writer) operandOf(operator string, v value, t pgtype.Type) string {
	if operator == "=" || operator == "<>" {
		return v.inside(atom)
	}
	return value{sql: w.d.order(w, v, t)}.inside(operation)
}

// elements gives the elements of an array that is written out.
func (w *writer) elements(e plan.Expr) ([]plan.Expr, bool) {
	switch e := e.(type) {
	case *plan.Array:
		return e.Elements, true
	case *plan.Cast:
		inner, ok := e.Arg.(*plan.Array)
		to, array := pgtype.ElementOf(e.To.OID)
		if !ok || !array {
			return nil, false
		}
		list := make([]plan.Expr, len(inner.Elements))
		for i, x := range inner.Elements {
			list[i] = &plan.Cast{Arg: x, To: pgtype.Type{OID: to, Mod: e.To.Mod}, Context: e.Context}
		}
		return list, true
	case *plan.Literal:
		elem, ok := pgtype.ElementOf(e.Of.OID)
		if e.Null || !ok {
			return nil, false
		}
		texts, nulls, err := parseArray(e.Text)
		if err != nil {
			w.fail(err)
		}
		var list []plan.Expr
		for i, text := range texts {
			list = append(list, &plan.Literal{Of: pgtype.Type{OID: elem, Mod: e.Of.Mod}, Null: nulls[i], Text: text})
		}
		return list, true
	}
	return nil, false
}

func (w *writer) comparedWithEach(e *plan.ArrayCompare, elements []plan.Expr) value {
	t := e.Left.Type()
	left := w.expr(e.Left)
	if len(elements) == 0 {
		around := w.once([]plan.Expr{e.Left}, []value{left}, always, never)
		return around(atomOf(map[bool]string{true: "true", false: "false"}[e.All]))
	}
	right := w.exprs(elements)
	if e.Operator == "=" && !e.All || e.Operator == "<>" && e.All {
		values := w.comparable(append([]value{left}, right...), t)
		word := " IN ("
		if e.All {
			word = " NOT IN ("
		}
		return value{sql: values[0].inside(atom) + word + joined(values[1:]) + ")", rank: operation}
	}
	r, word := disjunction, " OR "
	if e.All {
		r, word = conjunction, " AND "
	}
	texts := make([]string, len(right))
	for i := range right {
		texts[i] = w.expr(comparison(e, e.Left, elements[i])).inside(r + 1)
	}
	if len(texts) == 1 {
		r = operation
	}
	return value{sql: strings.Join(texts, word), rank: r}
}

// containedIn is = ANY (list), three-valued.
func (w *writer) containedIn(e *plan.ArrayCompare) value {
	left, list := w.expr(e.Left), w.expr(e.Array)
	if isVector(e.Array.Type().OID) {
		list = split(list, e.Array.Type().OID)
	}
	operands := []value{left, list}
	around := w.once([]plan.Expr{e.Left, e.Array}, operands, func(i int) bool { return i == 0 }, always)
	left, list = operands[0], operands[1]
	l, x := list.inside(atom), left.inside(atom)
	return around(value{rank: atom, sql: "CASE WHEN " + l + " IS NULL THEN NULL WHEN len(" + l + ") = 0 THEN false WHEN " + x +
		" IS NULL THEN NULL WHEN list_contains(" + l + ", " + x + ") THEN true WHEN list_count(" + l + ") < len(" + l + ") THEN NULL ELSE false END"})
}

// rowsOf compares rows where the engine does as PostgreSQL: written out, constants would decide more.
func (w *writer) rowsOf(e *plan.RowCompare, l, r []value) value {
	left, right := make([]string, len(l)), make([]string, len(r))
	for i := range l {
		left[i], right[i] = w.d.order(w, l[i], e.Left[i].Type()), r[i].sql
	}
	return value{sql: "ROW(" + strings.Join(left, ", ") + ") " + e.Operator + " ROW(" + strings.Join(right, ", ") + ")", rank: operation}
}

// rowCompare writes row comparison out: fields left to right, an unknown field making
// the rest unknown.
func (w *writer) rowCompare(e *plan.RowCompare) value {
	for _, p := range e.Procedures {
		w.served(p, e.Operator)
	}
	l, r := w.exprs(e.Left), w.exprs(e.Right)
	if w.d.engine() == functions.Postgres {
		return w.rowsOf(e, l, r)
	}
	n := len(l) - 1
	compare := func(op string, i int) value {
		args, pair := []plan.Expr{e.Left[i], e.Right[i]}, []value{l[i], r[i]}
		around := w.once(args, pair, func(i int) bool { return w.d.engine() == functions.DuckDB && besideKnown(args, pair, i) }, never)
		return around(w.d.compare(w, op, pair[0], pair[1], e.Left[i].Type()))
	}
	strict := strings.TrimSuffix(e.Operator, "=")
	if e.Operator == "=" {
		strict = "="
	}
	out := compare(e.Operator, n)
	fails := false
	for i := n - 1; i >= 0; i-- {
		fails = fails || w.d.engine() == functions.DuckDB && (w.failsOnRows(e.Left[i+1], l[i+1]) || w.failsOnRows(e.Right[i+1], r[i+1]))
		switch {
		case e.Operator == "=":
			out = whether(compare("=", i), out, conjunction, fails)
		case e.Operator == "<>":
			out = whether(compare("<>", i), out, disjunction, fails)
		case fails: // a pair is asked only where those before it are equal
			out = value{sql: "CASE WHEN " + compare("=", i).sql + " THEN " + out.sql + " ELSE " + compare(strict, i).sql + " END", rank: atom}
		default:
			out = value{sql: compare(strict, i).sql + " OR (" + compare("=", i).sql + " AND " + out.inside(operation) + ")", rank: disjunction}
		}
	}
	return out
}
