package functions

// Arrays of any dimensions and bounds are STRUCT(s, v): bounds as array_dims prints them, and
// the elements one after another. pg_shape_… compute on bounds; of the elements they say which.
var shapedArrays = join(
	[]Row{
		local("shaped sluice.array_elements(any)", "struct_extract($1, 'v')", total),
		local("shaped sluice.array_of_arrays(any)", "$*"), local("shaped sluice.array_element(any)", "$*", total), local("shaped sluice.array_slice(any)", "$*", total),
		local("shaped array_dims(anyarray)", "nullif(struct_extract($1, 's'), '')", total), local("shaped array_ndims(anyarray)", "pg_shape_part(struct_extract($1, 's'), 0::INTEGER, 'dimensions')", total),
		local("shaped array_length(anyarray,int4)", "pg_shape_part(struct_extract($1, 's'), $2, 'length')", total),
		local("shaped array_lower(anyarray,int4)", "pg_shape_part(struct_extract($1, 's'), $2, 'lower')", total),
		local("shaped array_upper(anyarray,int4)", "pg_shape_part(struct_extract($1, 's'), $2, 'upper')", total),
		local("shaped array_append(anycompatiblearray,anycompatible)", appended), local("shaped ||(anycompatiblearray,anycompatible)", appended),
		local("shaped array_prepend(anycompatible,anycompatiblearray)", prepended), local("shaped ||(anycompatible,anycompatiblearray)", prepended),
		local("shaped array_cat(anycompatiblearray,anycompatiblearray)", shapedConcatenated), local("shaped ||(anycompatiblearray,anycompatiblearray)", shapedConcatenated),
		local("shaped array_position(anycompatiblearray,anycompatible)", "CASE WHEN $1 IS NOT NULL THEN pg_shape_found("+boundsOf("$1")+", CAST(list_filter(range(1, CAST(len("+elementsOf("$K1")+") AS BIGINT) + 1), "+
			"lambda i: "+elementsOf("$K1")+"[i] IS NOT DISTINCT FROM $K2)[1] AS INTEGER)) END"),
		shapedRow("array_replace(anycompatiblearray,anycompatible,anycompatible)", boundsOf("$1"),
			"list_transform("+elementsOf("$1")+", lambda e: CASE WHEN e IS NOT DISTINCT FROM $2 THEN $3 ELSE e END)", only(append(plainElements, plainArrays...)...)),
		shapedRow("array_remove(anycompatiblearray,anycompatible)", "pg_shape_without("+boundsOf("$1")+", CAST(len(list_filter("+elementsOf("$1")+", lambda e: e IS DISTINCT FROM $2)) AS INTEGER))",
			"list_filter("+elementsOf("$1")+", lambda e: e IS DISTINCT FROM $2)", only(append(plainElements, plainArrays...)...)),
		local("shaped trim_array(anyarray,int4)", "CASE WHEN $1 IS NOT NULL AND $2 IS NOT NULL THEN struct_pack(s := pg_shape_trim("+boundsOf("$1")+", $2), "+
			"v := list_transform(CAST(pg_shape_trimmed("+boundsOf("$1")+", $2) AS BIGINT[]), lambda i: "+elementsOf("$1")+"[i])) END"),
		local("shaped generate_subscripts(anyarray,int4)", "CAST(pg_shape_subscripts("+boundsOf("$1")+", $2, false) AS INTEGER[])"),
		local("shaped generate_subscripts(anyarray,int4,bool)", "CAST(pg_shape_subscripts("+boundsOf("$1")+", $2, $3) AS INTEGER[])"),
		local("sluice.array_fill(any)", filled("['*']")), local("sluice.array_fill_from(any)", filled("CAST($3 AS VARCHAR[])")),
		localAggregate("shaped array_agg(anyarray)", "CASE WHEN count(*)$F > 0 THEN struct_pack(s := pg_shape_nest('agg', list(struct_extract($1, 's')$O)$F), v := flatten(list(struct_extract($1, 'v')$O)$F)) END"),
		localAggregate("shaped min(anyarray)", "arg_min($1, $K1)$F"), localAggregate("shaped max(anyarray)", "arg_max($1, $K1)$F"), localAggregate("shaped count(any)", "count($D$1)$F", compared),
		local("shaped array_positions(anycompatiblearray,anycompatible)", "CASE WHEN $1 IS NOT NULL AND pg_shape_found("+boundsOf("$1")+", CAST(NULL AS INTEGER)) IS NULL THEN "+
			"list_transform(list_filter(range(1, CAST(len("+elementsOf("$K1")+") AS BIGINT) + 1), lambda i: "+elementsOf("$K1")+"[i] IS NOT DISTINCT FROM $K2), "+
			"lambda i: pg_shape_found("+boundsOf("$1")+", CAST(i AS INTEGER))) END"),
		localAggregate("shaped sluice.json_agg_rows(anyelement)", "pg_json_agg_rows(list($D$J1$O)$F)"), local("shaped sluice.row_to_json(any)", "pg_json_row($J*)", total), local("shaped sluice.row_to_lines(any)", "pg_json_lines($J*)", total),
		local("shaped jsonb_build_array(any)", "pg_jsonb_in(pg_json_build_array($J*))"), local("shaped jsonb_build_object(any)", "pg_jsonb_in(pg_json_build_object($J*))"),
		localAggregate("shaped lag(anyelement)", "lag($1)$F"), localAggregate("shaped lead(anyelement)", "lead($1)$F"),
		localAggregate("shaped first_value(anyelement)", "first_value($1)$F"), localAggregate("shaped last_value(anyelement)", "last_value($1)$F"),
		local("shaped to_json(anyelement)", "pg_json_of($J1, $1 IS NULL)"), local("shaped to_jsonb(anyelement)", "pg_jsonb_in(pg_json_of($J1, $1 IS NULL))"),
		local("shaped array_to_json(anyarray)", "pg_json_of($J1, $1 IS NULL)"),
		local("shaped format(text,any)", "pg_format($T*)"), local("shaped concat(any)", "pg_concat($T*)", total), local("shaped concat_ws(text,any)", "pg_concat_ws($T*)", total),
		local("shaped json_build_array(any)", "pg_json_build_array($J*)"), local("shaped json_build_object(any)", "pg_json_build_object($J*)"),
		local("shaped num_nulls(any)", "pg_num_nulls($T*)", total), local("shaped num_nonnulls(any)", "pg_num_nonnulls($T*)", total),
	},
	each(comparisonOperators, func(op string) []Row {
		return []Row{local("shaped "+op+"(anyarray,anyarray)", "$1 "+op+" $2", total, compared)}
	}),
)

func boundsOf(array string) string   { return "struct_extract(" + array + ", 's')" }
func elementsOf(array string) string { return "struct_extract(" + array + ", 'v')" }

// shapedRow is of a function that gives an array of one that is not NULL.
func shapedRow(signature, bounds, elements string, options ...option) Row {
	return local("shaped "+signature, "CASE WHEN $1 IS NOT NULL THEN struct_pack(s := "+bounds+", v := "+elements+") END", options...)
}

// appended and prepended take a NULL array for an empty one.
const (
	appended  = "struct_pack(s := pg_shape_add(coalesce(struct_extract($1, 's'), '')), v := list_append(coalesce(struct_extract($1, 'v'), []), $2))"
	prepended = "struct_pack(s := pg_shape_add(coalesce(struct_extract($2, 's'), '')), v := list_prepend($1, coalesce(struct_extract($2, 'v'), [])))"
)

// filled is an array of one value, with dimensions and lower bounds.
func filled(lower string) string {
	shape := "pg_shape_fill(CAST($2 AS VARCHAR[]), " + lower + ")"
	return "struct_pack(s := " + shape + ", v := list_transform(range(pg_shape_count(" + shape + ")), lambda i: $1))"
}

// shapedConcatenated: of two arrays one may be NULL.
const shapedConcatenated = "CASE WHEN $1 IS NULL THEN $2 WHEN $2 IS NULL THEN $1 ELSE struct_pack(s := pg_shape_cat(struct_extract($1, 's'), struct_extract($2, 's')), " +
	"v := list_concat(struct_extract($1, 'v'), struct_extract($2, 'v'))) END"
