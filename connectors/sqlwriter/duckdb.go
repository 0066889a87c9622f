package sqlwriter

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// duckdb writes PostgreSQL's meaning in DuckDB's SQL, for an engine with the functions
// of internal/pgfunctions.
type duckdb struct{}

var _ dialect = duckdb{}

func (duckdb) engine() functions.Engine { return functions.DuckDB }

func (duckdb) fence() string { return " LIMIT 9223372036854775807" }

// duckdbTypes are DuckDB's types for those of PostgreSQL that are not VARCHAR there.
var duckdbTypes = map[pgtype.OID]string{
	pgtype.Bool: "BOOLEAN", pgtype.Int2: "SMALLINT", pgtype.Int4: "INTEGER", pgtype.Int8: "BIGINT", pgtype.Oid: "UINTEGER",
	pgtype.Float4: "FLOAT", pgtype.Float8: "DOUBLE", pgtype.Bytea: "BLOB", pgtype.Date: "DATE", pgtype.Time: "TIME",
	pgtype.Timestamp: "TIMESTAMP", pgtype.Timestamptz: "TIMESTAMPTZ", pgtype.Interval: "INTERVAL",
}

func (d duckdb) typeName(w *writer, t pgtype.Type) string {
	if elem, ok := pgtype.ElementType(t); ok && t.Shaped {
		return "STRUCT(s VARCHAR, v " + d.typeName(w, withoutModifier(elem)) + "[])"
	} else if ok {
		return d.typeName(w, elem) + "[]"
	}
	if fields := t.Fields(); fields != nil {
		return d.structName(w, fields)
	}
	if p, s, ok := pgtype.IsDecimal128(t); ok {
		return decimalName(p, s)
	}
	if pgtype.IsRegistered(t.OID) {
		return duckdbTypes[pgtype.Oid]
	}
	if name, ok := duckdbTypes[t.OID]; ok {
		return name
	}
	return "VARCHAR"
}

func decimalName(precision, scale int32) string {
	return fmt.Sprintf("DECIMAL(%d,%d)", precision, scale)
}

// varHeader is what modifiers of varchar and char count beside the length (VARHDRSZ).
const varHeader = 4

// form: numeric(p,s) is a decimal, other numerics are text; so are elements of arrays.
func (d duckdb) form(t pgtype.Type) form {
	if t.Shaped {
		return form{}
	}
	if elem, ok := pgtype.ElementOf(t.OID); ok {
		return d.form(pgtype.Type{OID: elem, Mod: t.Mod})
	}
	if t.OID == pgtype.Bpchar && t.Mod > varHeader {
		return form{kind: ofPadded, precision: t.Mod - varHeader}
	}
	if t.OID != pgtype.Numeric {
		return form{}
	}
	if p, s, ok := pgtype.IsDecimal128(t); ok {
		return form{ofDecimal, p, s}
	}
	return form{kind: ofText}
}

// convert changes how a numeric, or the numerics of an array, stand.
func (d duckdb) convert(v value, to form, t pgtype.Type) value {
	switch {
	case v.form == to || to.kind == ofNull:
		return v
	case to.kind == native || to.kind == ofPadded || v.form.kind == native || v.form.kind == ofPadded:
		v.form = to
		return v
	}
	name := "VARCHAR"
	_, array := pgtype.ElementOf(t.OID)
	if to.kind == ofDecimal {
		name = decimalName(to.precision, to.scale)
	}
	if to.kind == ofDecimal && v.form.kind == ofText && !array {
		v.sql = fmt.Sprintf("pg_numeric_decimal(%s, %d, %d)", v.sql, to.precision, to.scale)
	}
	if to.kind == ofText && v.form.precision == v.form.scale { // DuckDB prints no zero before the point
		sql := "pg_numeric_in(CAST(" + v.sql + " AS VARCHAR))"
		if array {
			sql = "list_transform(" + v.sql + ", lambda e: pg_numeric_in(CAST(e AS VARCHAR)))"
		}
		return value{sql: sql, rank: atom, form: to}
	}
	if array {
		name += "[]"
	}
	return value{sql: "CAST(" + v.sql + " AS " + name + ")", rank: atom, form: to}
}

// unify keeps decimals of one scale, which is PostgreSQL's display scale; different
// scales need the text form to keep each value's own.
func (duckdb) unify(forms []form) form {
	var to form
	for i, f := range forms {
		switch {
		case f.kind == native && (i > 0 || len(forms) > 1):
			return form{}
		case f.kind == native || f.kind == ofNull:
			if to.kind == native {
				to = f
			}
		case to.kind == native || to.kind == ofNull:
			to = f
		case f.kind == ofPadded || to.kind == ofPadded:
			if f != to {
				return form{}
			}
		case f.kind == ofText || to.kind == ofText || f.scale != to.scale:
			return form{kind: ofText}
		default:
			to.precision = max(to.precision, f.precision)
		}
	}
	if to.kind == ofNull {
		return form{kind: ofText}
	}
	return to
}

// keyedElements are types whose arrays compare by keys of their elements.
var keyedElements = []pgtype.OID{pgtype.Numeric, pgtype.Bpchar, pgtype.JSONB, pgtype.Record, pgtype.Timetz, pgtype.Inet, pgtype.Cidr}

// key: numerics in text form by their sortable key, char(n) without its padding.
func (d duckdb) key(w *writer, v value, t pgtype.Type) value {
	elem, array := pgtype.ElementOf(t.OID)
	switch {
	case t.Shaped:
		return d.shapedKey(w, v, t)
	case array && (slices.Contains(keyedElements, elem) || pgtype.IsRange(elem)):
		return atomOf(d.eachElement(w, d.convert(v, d.form(pgtype.Of(t.OID)), pgtype.Of(t.OID)), elementOf(t), d.key))
	case t.OID == pgtype.Record:
		return d.recordKey(w, v, t)
	case t.OID == pgtype.JSON || array && elem == pgtype.JSON:
		return w.refuse("comparison of %s", functions.TypeName(t.OID))
	case t.OID == pgtype.JSONB:
		return atomOf("pg_jsonb_key(" + v.sql + ")")
	case pgtype.IsRange(t.OID):
		return atomOf("pg_range_key(" + typeLiteral(t.OID) + ", " + v.sql + ")")
	case t.OID == pgtype.Inet || t.OID == pgtype.Cidr:
		return atomOf("pg_network_key(" + v.sql + ")")
	case t.OID == pgtype.Timetz:
		return atomOf("pg_timetz_key(" + v.sql + ")")
	case t.OID == pgtype.Numeric && v.form.kind == ofText:
		return atomOf("pg_numeric_key(" + v.sql + ")")
	case t.OID == pgtype.Bpchar && v.form.kind != ofPadded:
		return atomOf("rtrim(" + v.sql + ", ' ')")
	}
	return v
}

// order of char(n) is that of the texts without padding: a padded one may sort behind
// a longer one that goes on with a control character.
func (d duckdb) order(w *writer, v value, t pgtype.Type) string {
	if t.OID == pgtype.Bpchar {
		v.form = form{}
	}
	return d.key(w, v, t).sql
}

// compare compares values of one type. Two decimals compare as they are if a common
// type can hold both.
func (d duckdb) compare(w *writer, operator string, l, r value, t pgtype.Type) value {
	if t.OID == pgtype.Numeric && !together(l.form, r.form) {
		l, r = d.convert(l, form{kind: ofText}, t), d.convert(r, form{kind: ofText}, t)
	}
	if t.OID == pgtype.Bpchar {
		l, r = d.padded(l, r, operator)
	}
	return value{sql: d.key(w, l, t).inside(atom) + " " + operator + " " + d.key(w, r, t).inside(atom), rank: operation}
}

// padded lets equality compare padded texts as they are, so that an index or a zone map
// serves: a constant is padded to the other's length.
func (d duckdb) padded(l, r value, operator string) (value, value) {
	ordering := operator == "<" || operator == "<=" || operator == ">" || operator == ">="
	switch {
	case !ordering && l.form == r.form:
	case !ordering && l.form.kind == ofPadded && fits(r, l.form.precision):
		r = padTo(r, l.form)
	case !ordering && r.form.kind == ofPadded && fits(l, r.form.precision):
		l = padTo(l, r.form)
	default:
		l.form, r.form = form{}, form{}
	}
	return l, r
}

func fits(v value, width int32) bool {
	return v.constant && utf8.RuneCountInString(strings.TrimRight(v.text, " ")) <= int(width)
}

func padTo(v value, f form) value {
	text := strings.TrimRight(v.text, " ")
	v.sql = quoteDuckDB(text + strings.Repeat(" ", int(f.precision)-utf8.RuneCountInString(text)))
	v.form = f
	return v
}

func together(l, r form) bool {
	if l.kind != ofDecimal || r.kind != ofDecimal {
		return false
	}
	return max(l.precision-l.scale, r.precision-r.scale)+max(l.scale, r.scale) <= maxPrecision
}

// cast converts by the function table, then applies the modifier of the target.
func (d duckdb) cast(w *writer, e *plan.Cast, v value) value {
	from, to := e.Arg.Type(), e.To
	if to.OID == pgtype.Numeric {
		return d.castToNumeric(w, e, v)
	}
	if from.Shaped || to.Shaped {
		return d.castShaped(w, e, v)
	}
	if from.OID == pgtype.Record && to.OID == pgtype.Record {
		return d.castRecord(v, from.Fields(), to.Fields())
	}
	if from.OID != to.OID || (from.Mod != to.Mod || from.Row != to.Row) && isArray(from.OID) {
		v = d.convertType(w, e, v)
	}
	if to.Mod < 0 || from == to || isArray(to.OID) || from.OID != to.OID && takesModifier(from.OID, to.OID) {
		return v
	}
	return d.modified(w, e, v)
}

// convertType applies the row of a cast. Arrays convert as a whole where the elements
// stand alike.
func (d duckdb) convertType(w *writer, e *plan.Cast, v value) value {
	from, to := e.Arg.Type(), e.To
	c := call{signature: functions.OfCast(from.OID, to.OID), args: []plan.Expr{e.Arg}, of: pgtype.Of(to.OID), modifier: to.Mod, values: []value{v}}
	if fromElem, ok := pgtype.ElementType(from); ok {
		return d.convertElements(w, e, v, fromElem)
	}
	if isVector(from.OID) && isArray(to.OID) {
		return split(v, from.OID)
	}
	if isArray(to.OID) && (from.OID == pgtype.Text || from.OID == pgtype.Varchar) {
		texts, _ := pgtype.ArrayOf(pgtype.Text)
		list := &plan.Cast{Arg: &plan.ColumnRef{Column: plan.Column{Type: pgtype.Of(texts)}}, To: to, Context: e.Context}
		return d.convertElements(w, list, atomOf("pg_array_in("+v.sql+")"), pgtype.Of(pgtype.Text))
	}
	row, found := functions.Find(c.signature)
	choice, ok := row.For(functions.DuckDB).Choose(c.args)
	if !found || !ok {
		return w.refuse("cast from %s to %s", functions.TypeName(from.OID), functions.TypeName(to.OID))
	}
	if special, done := d.special(w, c); done {
		return special
	}
	out := w.fill(w.template(choice), w.operands(c, choice), c)
	out.form = w.resultForm(c, choice)
	return out
}

// takesModifier tells whether a cast applies the modifier itself, as that of a number to bit(n).
func takesModifier(from, to pgtype.OID) bool {
	row, ok := functions.Find(functions.OfCast(from, to))
	return ok && strings.Contains(row.For(functions.DuckDB).Template, "$M")
}

// element is the column that stands for an array's element while that is converted.
const element plan.ColumnID = -1

// convertElements converts an array element by element.
func (d duckdb) convertElements(w *writer, e *plan.Cast, v value, from pgtype.Type) value {
	to, ok := pgtype.ElementType(e.To)
	if !ok && (e.To.OID == pgtype.Text || e.To.OID == pgtype.Varchar) {
		return d.outText(w, d.convert(v, d.form(pgtype.Of(e.Arg.Type().OID)), pgtype.Of(e.Arg.Type().OID)), withoutModifier(e.Arg.Type()))
	}
	if !ok {
		return w.refuse("cast from %s to %s", functions.TypeName(e.Arg.Type().OID), functions.TypeName(e.To.OID))
	}
	arg := &plan.ColumnRef{Column: plan.Column{ID: element, Type: from}}
	inner := value{sql: "e", rank: atom, plain: true, form: v.form}
	var out value
	w.within(map[plan.ColumnID]value{element: inner}, func() {
		out = d.cast(w, &plan.Cast{Arg: arg, To: to, Context: e.Context}, inner)
		out = d.convert(out, d.form(to), to)
	})
	if out.sql == inner.sql {
		v.form = out.form
		return v
	}
	return value{sql: "list_transform(" + v.sql + ", lambda e: " + out.sql + ")", rank: atom, form: out.form}
}

func (d duckdb) castToNumeric(w *writer, e *plan.Cast, v value) value {
	from := e.Arg.Type()
	if from.OID != pgtype.Numeric {
		v = d.convertType(w, e, v)
	}
	if e.To.Mod < 0 || from == e.To {
		return v
	}
	p, s, ok := pgtype.IsDecimal128(e.To)
	if ok {
		return d.convert(v, form{ofDecimal, p, s}, e.To)
	}
	p, s, _ = pgtype.NumericParts(e.To.Mod)
	text := d.convert(v, form{kind: ofText}, e.To)
	return value{sql: fmt.Sprintf("pg_numeric_apply_typmod(%s, %d, %d)", text.sql, p, s), rank: atom, form: form{kind: ofText}}
}

// modified applies length or precision. Only an explicit cast cuts text silently.
func (d duckdb) modified(w *writer, e *plan.Cast, v value) value {
	name := functions.TypeName(e.To.OID)
	text, how := e.To.OID == pgtype.Varchar || e.To.OID == pgtype.Bpchar, ""
	if text && e.Context != plan.CastExplicit {
		how = ",assigned"
	}
	row, ok := functions.Find("modifier(" + name + how + ")")
	if !ok || (e.To.OID == pgtype.Bit || e.To.OID == pgtype.Varbit) && e.Context != plan.CastExplicit {
		return w.refuse("type modifier of %s", name)
	}
	n := e.To.Mod
	if text {
		n -= varHeader
	}
	out := w.fill(row.For(functions.DuckDB).Template, []value{v, atomOf(number(int(n)) + "::INTEGER")}, call{})
	out.form = d.form(e.To)
	return out
}

// elementOf is the type of an array's elements, without modifier.
func elementOf(array pgtype.Type) pgtype.Type {
	elem, _ := pgtype.ElementType(array)
	return withoutModifier(elem)
}

func withoutModifier(t pgtype.Type) pgtype.Type {
	t.Mod = -1
	return t
}

func isArray(t pgtype.OID) bool {
	_, ok := pgtype.ElementOf(t)
	return ok
}
