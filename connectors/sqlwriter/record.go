package sqlwriter

import (
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// A record stands as a STRUCT(f1, f2, …) whose fields have the forms that cross boundaries.
// DuckDB compares structs as PostgreSQL compares records: field by field, a NULL equal to
// another and behind all else.

// record writes ROW(…).
func (w *writer) record(e *plan.Row) value {
	d, ok := w.d.(duckdb)
	if !ok {
		return w.refuse("row value here")
	}
	list := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		list[i] = d.convert(w.expr(f), d.form(f.Type()), f.Type()).sql
	}
	return structOf(list)
}

// structOf packs values; DuckDB has no struct without fields.
func structOf(values []string) value {
	if len(values) == 0 {
		return atomOf("struct_pack(f0 := CAST(NULL AS BOOLEAN))")
	}
	for i := range values {
		values[i] = pgtype.FieldName(i) + " := " + values[i]
	}
	return atomOf("struct_pack(" + strings.Join(values, ", ") + ")")
}

func (d duckdb) structName(w *writer, fields []pgtype.Field) string {
	if len(fields) == 0 {
		return "STRUCT(f0 BOOLEAN)"
	}
	list := make([]string, len(fields))
	for i, f := range fields {
		list[i] = pgtype.FieldName(i) + " " + d.typeName(w, f.Type)
	}
	return "STRUCT(" + strings.Join(list, ", ") + ")"
}

// fieldOf reads field i of a record, counted from 0.
func (d duckdb) fieldOf(record value, i int, t pgtype.Type) value {
	return value{sql: "struct_extract(" + record.sql + ", '" + pgtype.FieldName(i) + "')", rank: atom, form: d.form(t)}
}

// eachField makes something of the fields of a record that is not NULL.
func (d duckdb) eachField(v value, fields []pgtype.Field, write func(i int, v value, t pgtype.Type) string) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = write(i, d.fieldOf(v, i, f.Type), f.Type)
	}
	return out
}

func unlessNull(v value, then string) value {
	return atomOf("CASE WHEN " + v.inside(atom) + " IS NOT NULL THEN " + then + " END")
}

// recordKey compares the fields by their keys. Numerics always go by their text's, since
// the other record may hold them as other decimals.
func (d duckdb) recordKey(w *writer, v value, t pgtype.Type) value {
	fields := t.Fields()
	if fields == nil {
		return w.refuse("comparison of %s", functions.TypeName(t.OID))
	}
	changed := false
	keys := d.eachField(v, fields, func(_ int, f value, t pgtype.Type) string {
		key := d.key(w, d.convert(f, d.form(withoutModifier(t)), t), withoutModifier(t))
		changed = changed || key.sql != f.sql
		return key.sql
	})
	if !changed {
		return v
	}
	return unlessNull(v, structOf(keys).sql)
}

// castRecord changes how the fields stand.
func (d duckdb) castRecord(v value, from, to []pgtype.Field) value {
	changed := false
	values := d.eachField(v, from, func(i int, f value, t pgtype.Type) string {
		out := d.convert(f, d.form(to[i].Type), t)
		if t.OID == pgtype.Record && t.Row != to[i].Type.Row {
			out = d.castRecord(f, t.Fields(), to[i].Type.Fields())
		}
		changed = changed || out.sql != f.sql
		return out.sql
	})
	if !changed {
		return v
	}
	return unlessNull(v, structOf(values).sql)
}

// recordText prints a record as record_out does.
func (d duckdb) recordText(w *writer, v value, fields []pgtype.Field) value {
	texts := d.eachField(v, fields, func(_ int, f value, t pgtype.Type) string {
		return d.outText(w, d.convert(f, d.form(withoutModifier(t)), t), withoutModifier(t)).sql
	})
	return unlessNull(v, "pg_record_out(CAST(["+strings.Join(texts, ", ")+"] AS VARCHAR[]))")
}

// recordJSON is row_to_json.
func (d duckdb) recordJSON(w *writer, v value, fields []pgtype.Field) value {
	var list []string
	d.eachField(v, fields, func(i int, f value, t pgtype.Type) string {
		name := d.jsonText(w, w.expr(&plan.Literal{Of: pgtype.Of(pgtype.Text), Text: fields[i].Name}), pgtype.Of(pgtype.Text))
		list = append(list, name.sql, d.jsonText(w, d.convert(f, d.form(withoutModifier(t)), t), withoutModifier(t)).sql)
		return ""
	})
	return unlessNull(v, "pg_json_row("+strings.Join(list, ", ")+")")
}
