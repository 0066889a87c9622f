package sqlwriter

import (
	"regexp"
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// PostgreSQL computes the operands of a function before it calls it: an operand's error
// counts whatever the others hold. DuckDB computes what stands in a branch of CASE, in
// COALESCE or in a lambda only where it is asked for. An operand that can fail, or that may
// be another value each time, is computed once before such a text, as a field of a record that
// the text reads:
//
//	list_transform([struct_pack(a := …, b := …)], lambda r: … r.a … r.b …)[1]

// onceFor names those of a call's arguments that its template may leave uncomputed, or
// computes more than once where that costs much. around puts the text that uses the names into
// its place.
func (w *writer) onceFor(c *call, template string) (around func(value) value) {
	if w.d.engine() != functions.DuckDB || c.aggregate || strings.Contains(template, "$F") {
		return func(v value) value { return v }
	}
	uses := functions.Uses(template, len(c.args))
	args := len(c.args)
	if c.signature == "shaped sluice.array_element(any)" || c.signature == "shaped sluice.array_slice(any)" {
		args = 1 // subscripts come behind
	}
	return w.once(c.args[:args], c.values[:args], func(i int) bool { return uses[i].Times > 0 && !uses[i].Sure || besideKnown(c.args, c.values, i) },
		func(i int) bool { return uses[i].Times > 1 })
}

// besideKnown tells whether DuckDB may find out while it plans that an operand beside one is NULL,
// as array_upper('{}', a) is, or infinite, so that nothing is less; it leaves the other out then.
// PostgreSQL looks at rows for that.
func besideKnown(args []plan.Expr, values []value, at int) bool {
	for i, v := range values {
		if i != at && (isNull(args[i]) || strings.Contains(v.sql, "CASE ") && within(args[i], constantArray) || strings.Contains(v.sql, "infinity") && within(args[i], isLiteral)) {
			return true
		}
	}
	return false
}

// within tells whether a part of an expression is of a kind.
func within(e plan.Expr, kind func(plan.Expr) bool) bool {
	found := false
	plan.WalkExpr(e, func(e plan.Expr) bool {
		found = found || kind(e)
		return !found
	})
	return found
}

func isLiteral(e plan.Expr) bool {
	_, ok := e.(*plan.Literal)
	return ok
}

func isNull(e plan.Expr) bool {
	l, ok := e.(*plan.Literal)
	return ok && l.Null
}

func constantArray(e plan.Expr) bool { return isLiteral(e) && isArray(e.Type().OID) }

// once gives names to values in place. lazy tells which may be left uncomputed, repeated which
// stand in the text more than once. Where the text may not stand in a lambda, the operands stand in
// it as they are.
func (w *writer) once(args []plan.Expr, values []value, lazy, repeated func(i int) bool) (around func(value) value) {
	named := make([]bool, len(values))
	for i, v := range values {
		named[i] = lazy(i) && (w.fails(args[i], v) || plan.HasSubquery(args[i])) || repeated(i) && (len(v.sql) > longest && !v.plain || functions.Volatile(args[i]))
	}
	if !slices.Contains(named, true) {
		return func(v value) value { return v }
	}
	w.lambdas++
	record := "r" + number(w.lambdas)
	var fields []string
	behind := map[string]string{}
	for i, v := range values {
		if named[i] || plan.HasSubquery(args[i]) {
			name := "a" + number(i+1)
			fields = append(fields, name+" := "+v.sql)
			values[i] = value{sql: record + "." + name, rank: atom, form: v.form}
			behind[values[i].sql] = v.inside(atom)
		}
	}
	return func(v value) value {
		if !w.lambdaTakes(v.sql, fields) {
			v.sql = regexp.MustCompile(`\b`+record+`\.a\d+\b`).ReplaceAllStringFunc(v.sql, func(name string) string { return behind[name] })
			return v
		}
		v.sql, v.rank = "list_transform([struct_pack("+strings.Join(fields, ", ")+")], lambda "+record+": "+v.sql+")[1]", atom
		return v
	}
}

// lambdaTakes tells whether a text may stand in a lambda that is given a record of fields: it has no
// subquery, which DuckDB takes in the fields alone, and neither reads columns of a query around.
func (w *writer) lambdaTakes(text string, fields []string) bool {
	return !strings.Contains(text, "SELECT ") && !w.readsOuter(text) && !slices.ContainsFunc(fields, w.readsOuter)
}

var aliasInText = regexp.MustCompile(`\bt\d+\.`)

// readsOuter tells whether a text reads columns of a query around its own. Where a lambda or what
// it is given does, DuckDB looks for all of their columns in the query around.
func (w *writer) readsOuter(text string) bool {
	if len(w.scopes) < 2 {
		return false
	}
	own := map[string]bool{}
	for _, v := range w.scopes[len(w.scopes)-1] {
		for _, alias := range aliasInText.FindAllString(v.sql, -1) {
			own[alias] = true
		}
	}
	return slices.ContainsFunc(aliasInText.FindAllString(text, -1), func(alias string) bool { return !own[alias] })
}

// always is for operands all of which are used in a way.
func always(int) bool { return true }

// never is for operands none of which is.
func never(int) bool { return false }

// fails tells whether a value can raise an error: it reads no more than columns as they stand,
// and nothing that it does with them fails.
func (w *writer) fails(e plan.Expr, v value) bool {
	return !v.plain && (functions.Fails(e) || w.readsComputed(e))
}

// failsOnRows tells whether it can on some rows and not on others. What reads no column
// PostgreSQL computes before it runs, whatever stands before it.
func (w *writer) failsOnRows(e plan.Expr, v value) bool {
	return !v.plain && (functions.Fails(plan.TransformExpr(e, known)) || w.readsComputed(e))
}

// readsComputed tells whether an expression reads columns that are computed where they are read.
func (w *writer) readsComputed(e plan.Expr) bool {
	found := false
	visitColumns(e, func(id plan.ColumnID) {
		c, seen := w.inSight(id)
		found = found || seen && !c.plain && c.stored == ""
	})
	return found
}

// known puts a constant in the place of what reads no column.
func known(e plan.Expr) plan.Expr {
	switch e.(type) {
	case *plan.Call, *plan.Cast:
	default:
		return e
	}
	for _, c := range e.Children() {
		if _, constant := c.(*plan.Literal); !constant {
			return e
		}
	}
	if functions.Volatile(e) {
		return e
	}
	return &plan.Literal{Of: e.Type()}
}
