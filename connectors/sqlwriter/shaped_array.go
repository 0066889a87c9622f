package sqlwriter

import (
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// An array of any dimensions and bounds stands as STRUCT(s, v): its bounds as array_dims prints
// them, and its elements in the form that crosses boundaries.

func (d duckdb) bounds(v value) string { return "struct_extract(" + v.sql + ", 's')" }

// elements gives those of an array as a plain one. The engine forgets the type of those of NULL.
func (d duckdb) elements(w *writer, v value, t pgtype.Type) value {
	plain := pgtype.Of(t.OID)
	out := value{sql: "struct_extract(" + v.sql + ", 'v')", rank: atom, form: d.form(plain)}
	if strings.HasPrefix(v.sql, "CAST(NULL AS ") {
		out.sql = "CAST(" + out.sql + " AS " + d.typeName(w, plain) + ")"
	}
	return out
}

func shapedOf(bounds, elements string) string {
	return "struct_pack(s := " + bounds + ", v := " + elements + ")"
}

// shapedLiteral writes '{{1,2},{3,4}}' or '[0:1]={a,b}'.
func (d duckdb) shapedLiteral(w *writer, l *plan.Literal) value {
	elem, _ := pgtype.ElementOf(l.Of.OID)
	a, err := pgtype.ParseArray(elem, l.Text)
	if err != nil {
		w.fail(err)
		return atomOf("NULL")
	}
	bounds, _, _ := strings.Cut(pgtype.FormatBounds(a), "=")
	flat := &plan.Array{Of: pgtype.Of(l.Of.OID)}
	for _, e := range a.Elements {
		flat.Elements = append(flat.Elements, &plan.Literal{Of: pgtype.Of(elem), Null: e.Null, Text: e.Text})
	}
	return atomOf(shapedOf(quoteDuckDB(bounds), w.array(flat).sql))
}

// castShaped gives an array bounds, or changes the type of its elements.
func (d duckdb) castShaped(w *writer, e *plan.Cast, v value) value {
	from, to := e.Arg.Type(), e.To
	if !isArray(to.OID) {
		return d.convertType(w, e, v)
	}
	if !to.Shaped {
		return w.refuse("an array with bounds in the place of one without")
	}
	list, bounds := v, "CASE WHEN len("+v.sql+") > 0 THEN '[1:' || len("+v.sql+") || ']' ELSE '' END"
	if from.Shaped {
		list, bounds = d.elements(w, v, from), d.bounds(v)
	}
	from.Shaped, to.Shaped = false, false
	inner := &plan.Cast{Arg: &plan.ColumnRef{Column: plan.Column{ID: element, Type: from}}, To: to, Context: e.Context}
	list = d.convert(d.cast(w, inner, list), d.form(pgtype.Of(to.OID)), pgtype.Of(to.OID))
	if list.sql == "struct_extract("+v.sql+", 'v')" {
		return v
	}
	return unlessNull(v, shapedOf(bounds, list.sql))
}

// shapedKey orders by elements, then by bounds (array_cmp).
func (d duckdb) shapedKey(w *writer, v value, t pgtype.Type) value {
	plain := pgtype.Of(t.OID)
	plain.Row = t.Row
	return unlessNull(v, "struct_pack(v := "+d.key(w, d.elements(w, v, t), plain).sql+", s := pg_shape_key("+d.bounds(v)+"))")
}

// shapedCall writes subscripts, slices and nested ARRAY[…].
func (d duckdb) shapedCall(w *writer, name string, c call) (v value, done bool) {
	array := c.values[0]
	if name != "shaped sluice.array_of_arrays" {
		around := w.once(c.args[1:], c.values[1:], never, always)
		guarded := slices.ContainsFunc(c.args[1:], functions.Fails)
		defer func() {
			if v = around(v); guarded { // subscripts of NULL are not asked
				v.sql = "CASE WHEN " + array.inside(atom) + " IS NOT NULL THEN " + v.sql + " END"
			}
		}()
	}
	var rest []string
	for _, v := range c.values[1:] {
		rest = append(rest, "CAST("+v.sql+" AS VARCHAR)")
	}
	switch name {
	case "shaped sluice.array_of_arrays":
		var bounds, lists []string
		for i, v := range c.values {
			bounds, lists = append(bounds, d.bounds(v)), append(lists, d.elements(w, v, c.args[i].Type()).sql)
		}
		return atomOf(shapedOf("pg_shape_nest('array', ["+strings.Join(bounds, ", ")+"])", "flatten(["+strings.Join(lists, ", ")+"])")), true
	case "shaped sluice.array_element":
		list := d.elements(w, array, c.args[0].Type())
		list.sql += "[pg_shape_at(" + d.bounds(array) + ", [" + strings.Join(rest, ", ") + "])]"
		list.form = d.form(withoutModifier(c.of))
		return list, true
	case "shaped sluice.array_slice":
		last := len(rest) - 1
		args := d.bounds(array) + ", CAST([" + strings.Join(rest[:last], ", ") + "] AS VARCHAR[]), " + c.values[last+1].sql
		list := d.elements(w, array, c.args[0].Type())
		return atomOf("CASE WHEN pg_shape_slice(" + args + ") IS NOT NULL THEN " +
			shapedOf("pg_shape_slice("+args+")", "list_transform(CAST(pg_shape_places("+args+") AS BIGINT[]), lambda i: "+list.sql+"[i])") + " END"), true
	}
	return d.elements(w, array, c.args[0].Type()), true
}
