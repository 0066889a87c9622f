package sqlwriter

import (
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// subquery writes a plan inside an expression.
func (w *writer) subquery(e *plan.Subquery) value {
	for _, p := range e.Procedures {
		w.served(p, e.Operator)
	}
	if w.d.engine() == functions.DuckDB && readsOuterInterval(e.Plan) {
		return w.refuse("a subquery that reads an interval of the query around it")
	}
	switch e.Kind {
	case plan.ScalarSubquery:
		// Both engines raise 21000 for a second row.
		text, b := w.nested(e.Plan, ids(e.Plan.Columns()))
		return value{sql: "(" + text + ")", rank: atom, form: b.cols[e.Plan.Columns()[0].ID].form}
	case plan.ExistsSubquery:
		return value{sql: "EXISTS (" + w.existence(e.Plan) + ")", rank: atom}
	case plan.ArraySubquery:
		return w.arraySubquery(e)
	}
	if len(e.Left) == 1 {
		return w.quantified(e)
	}
	return w.quantifiedRow(e)
}

// existence writes a plan of which only the number of rows counts.
func (w *writer) existence(n plan.Node) string {
	b := w.node(n)
	if b.distinct != "" {
		b = w.wrap(b)
	}
	if b.stage < atLimit {
		b.order = nil
	}
	return b.text([]string{"1"})
}

func (w *writer) arraySubquery(e *plan.Subquery) value {
	if e.Of.Shaped {
		return w.arrayOfArrays(e)
	}
	elem, _ := pgtype.ElementOf(e.Of.OID)
	b := w.node(e.Plan)
	id := e.Plan.Columns()[0].ID
	w.bring(b, id, w.d.form(pgtype.Of(elem)), pgtype.Of(elem))
	text := b.selectText(w, e.Plan.Columns()[:1], []plan.ColumnID{id})
	return value{sql: "ARRAY(" + text + ")", rank: atom, form: w.d.form(pgtype.Of(e.Of.OID))}
}

// arrayOfArrays joins the arrays that a subquery gives, which must be of one shape.
func (w *writer) arrayOfArrays(e *plan.Subquery) value {
	b := w.node(e.Plan)
	text := b.selectText(w, e.Plan.Columns()[:1], []plan.ColumnID{e.Plan.Columns()[0].ID})
	part := func(field string) string { return "list_transform(r.a, lambda x: struct_extract(x, '" + field + "'))" }
	made := shapedOf("pg_shape_nest('agg', "+part("s")+")", "flatten("+part("v")+")")
	return atomOf("list_transform([struct_pack(a := ARRAY(" + text + "))], lambda r: " + made + ")[1]")
}

// quantified is Left op ANY/ALL (one column).
func (w *writer) quantified(e *plan.Subquery) value {
	t := e.Left[0].Type()
	left := w.expr(e.Left[0])
	b := w.node(e.Plan)
	id := e.Plan.Columns()[0].ID
	to := w.d.unify([]form{left.form, b.cols[id].form})
	left = w.d.convert(left, to, t)
	w.bring(b, id, to, t)
	if w.keyed(left, t) {
		left = w.d.key(w, left, t)
		if b.distinct != "" {
			b = w.wrap(b)
		}
		b.cols = merged(b.cols, map[plan.ColumnID]value{id: w.d.key(w, b.cols[id], t)})
	}
	text := b.selectText(w, e.Plan.Columns()[:1], []plan.ColumnID{id})
	word := map[plan.SubqueryKind]string{plan.AnySubquery: " ANY (", plan.AllSubquery: " ALL ("}[e.Kind]
	operand := left.inside(atom)
	if w.d.engine() == functions.Postgres {
		operand = w.operandOf(e.Operator, left, t)
	}
	return value{sql: operand + " " + e.Operator + word + text + ")", rank: operation}
}

// quantifiedRow is (a, b) op ANY/ALL (several columns). PostgreSQL has it for equality;
// DuckDB's row comparison is not three-valued, so there the rows are tested twice: for
// one that decides, then for one that is unknown.
func (w *writer) quantifiedRow(e *plan.Subquery) value {
	all := e.Kind == plan.AllSubquery
	if w.d.engine() == functions.Postgres && (e.Operator == "=" || e.Operator == "<>") {
		text, _ := w.nested(e.Plan, ids(e.Plan.Columns()))
		word := map[bool]string{false: " ANY (", true: " ALL ("}[all]
		return value{sql: "(" + joined(w.exprs(e.Left)) + ") " + e.Operator + word + text + ")", rank: operation}
	}
	decided, answer, otherwise := w.rowTest(e, func(c string) string { return c }), "true", "false"
	if all {
		decided, answer, otherwise = w.rowTest(e, func(c string) string { return "NOT (" + c + ")" }), "false", "true"
	}
	unknown := w.rowTest(e, func(c string) string { return "(" + c + ") IS NULL" })
	return value{rank: atom, sql: "CASE WHEN " + decided + " THEN " + answer + " WHEN " + unknown + " THEN NULL ELSE " + otherwise + " END"}
}

// anyRow is (a, b) op ANY (…) where only TRUE counts.
func (w *writer) anyRow(e *plan.Subquery) value {
	for _, p := range e.Procedures {
		w.served(p, e.Operator)
	}
	return atomOf(w.rowTest(e, func(c string) string { return c }))
}

// rowTest is EXISTS (a row of the plan for which test of the comparison is true).
func (w *writer) rowTest(e *plan.Subquery, test func(string) string) string {
	left := w.exprs(e.Left)
	b := w.wrap(w.node(e.Plan))
	var parts []string
	for i, c := range e.Plan.Columns() {
		parts = append(parts, w.d.compare(w, e.Operator, left[i], b.cols[c.ID], e.Left[i].Type()).inside(operation))
	}
	word := " AND "
	switch e.Operator {
	case "=":
	case "<>":
		word = " OR "
	default:
		w.refuse("row %s subquery", e.Operator)
	}
	b.where = append(b.where, test(strings.Join(parts, word)))
	return "EXISTS (" + b.text([]string{"1"}) + ")"
}
