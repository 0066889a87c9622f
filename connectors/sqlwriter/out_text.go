package sqlwriter

import (
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// outText writes a value as the text its type's output function gives in the session,
// for templates with $T: NULL stays NULL.
func (d duckdb) outText(w *writer, v value, t pgtype.Type) value {
	if t.Shaped {
		return unlessNull(v, "pg_shaped_out("+d.bounds(v)+", "+d.eachElement(w, d.elements(w, v, t), elementOf(t), d.outText)+")")
	}
	if isArray(t.OID) {
		return atomOf("pg_array_out(" + d.eachElement(w, v, elementOf(t), d.outText) + ")")
	}
	if fields := t.Fields(); fields != nil {
		return d.recordText(w, v, fields)
	}
	switch t.OID {
	case pgtype.Bool:
		return atomOf("CASE " + v.sql + " WHEN true THEN 't' WHEN false THEN 'f' END")
	case pgtype.Text, pgtype.Varchar, pgtype.Bpchar, pgtype.Name, pgtype.Char, pgtype.UUID, pgtype.JSON, pgtype.JSONB, pgtype.Record, pgtype.Unknown, pgtype.Inet, pgtype.Cidr, pgtype.Macaddr, pgtype.Macaddr8:
		return v
	case pgtype.JSONPath:
		return atomOf("pg_jsonpath_out(" + v.sql + ")")
	case pgtype.Oid:
		return atomOf("CAST(" + v.sql + " AS VARCHAR)")
	}
	arg := &plan.ColumnRef{Column: plan.Column{Type: t}}
	return d.convertType(w, &plan.Cast{Arg: arg, To: pgtype.Of(pgtype.Text)}, v)
}

// eachElement makes a list of texts of an array, by the way its elements are written.
func (d duckdb) eachElement(w *writer, v value, elem pgtype.Type, write func(*writer, value, pgtype.Type) value) string {
	w.lambdas++
	name := "e" + number(w.lambdas)
	text := write(w, value{sql: name, rank: atom, form: v.form}, elem).sql
	if text == name {
		return v.sql
	}
	return "list_transform(" + v.sql + ", lambda " + name + ": " + text + ")"
}

// jsonText writes a value as to_json gives it, for templates with $J: NULL is null.
func (d duckdb) jsonText(w *writer, v value, t pgtype.Type) value {
	return atomOf("coalesce(" + d.jsonValue(w, v, t).sql + ", 'null')")
}

func (d duckdb) jsonValue(w *writer, v value, t pgtype.Type) value {
	if t.Shaped {
		return unlessNull(v, "pg_shaped_json("+d.bounds(v)+", "+d.eachElement(w, d.elements(w, v, t), elementOf(t), d.jsonText)+")")
	}
	if isArray(t.OID) {
		return atomOf("pg_json_array(" + d.eachElement(w, v, elementOf(t), d.jsonText) + ")")
	}
	if fields := t.Fields(); fields != nil {
		return d.recordJSON(w, v, fields)
	}
	switch t.OID {
	case pgtype.Bool, pgtype.Int2, pgtype.Int4, pgtype.Int8:
		return atomOf("CAST(" + v.sql + " AS VARCHAR)")
	case pgtype.Numeric, pgtype.Float4, pgtype.Float8:
		return atomOf("pg_json_number(" + d.outText(w, v, t).sql + ")")
	case pgtype.JSON, pgtype.JSONB:
		return v
	case pgtype.Date: // dates in JSON are ISO 8601 whatever the session's DateStyle
		return atomOf("pg_json_string(pg_date_out(" + v.sql + "))")
	case pgtype.Timestamp:
		return atomOf("pg_json_moment(pg_timestamp_out(" + v.sql + "))")
	case pgtype.Timestamptz:
		return atomOf("pg_json_moment(pg_timestamptz_out(" + v.sql + ", " + w.zone() + "))")
	}
	return atomOf("pg_json_string(" + d.outText(w, v, t).sql + ")")
}

// listOfTexts writes an array as a list of the texts of its elements, for $L.
func (d duckdb) listOfTexts(w *writer, v value, t pgtype.Type) value {
	return atomOf(d.eachElement(w, v, elementOf(t), d.outText))
}

// asText writes what $T, $J, $N or $L in a template stands for: one argument, or "*" for all.
func (w *writer) asText(kind, which byte, c call) string {
	d, ok := w.d.(duckdb)
	if !ok {
		return w.refuse("function %s here", c.signature).sql
	}
	write := d.outText
	switch kind {
	case 'L':
		write = d.listOfTexts
	case 'J':
		write = d.jsonText
	case 'N':
		write = d.jsonValue
	}
	one := func(i int) string {
		v := c.values[i]
		if t := c.args[i].Type(); !t.Shaped && (t.OID == pgtype.Numeric || isArray(t.OID)) {
			v = d.convert(v, d.form(pgtype.Of(t.OID)), pgtype.Of(t.OID))
		}
		return write(w, v, withoutModifier(c.args[i].Type())).sql
	}
	if which != '*' {
		return one(int(which - '1'))
	}
	texts := make([]string, len(c.values))
	for i := range c.values {
		texts[i] = one(i)
	}
	return strings.Join(texts, ", ")
}
