package functions

import "strings"

// Manual, "JSON Functions and Operators". $J1 is an argument as to_json gives it. What
// prints dates or floats depends on the session and is local.
var json = join(
	each([]string{"json", "jsonb"}, func(t string) []Row {
		return []Row{
			fn("->("+t+",text)", "pg_json_get($1, $2)", total), fn("->>("+t+",text)", "pg_json_get_text($1, $2)", total),
			fn("->("+t+",int4)", "pg_"+t+"_element($1, $2)", total), fn("->>("+t+",int4)", "pg_"+t+"_element_text($1, $2)", total),
			fn("#>("+t+",text[])", "pg_json_path($1, $2)", total), fn("#>>("+t+",text[])", "pg_json_path_text($1, $2)", total),
			local(t+"_extract_path("+t+",text[])", "pg_json_path($1, $2)", total), local(t+"_extract_path_text("+t+",text[])", "pg_json_path_text($1, $2)", total),
			fn(t+"_typeof("+t+")", "pg_json_typeof($1)", total), fn(t+"_array_length("+t+")", "pg_json_length($1)"),
			fn(t+"_array_elements("+t+")", "pg_json_elements($1)"), fn(t+"_array_elements_text("+t+")", "pg_json_elements_text($1)"),
			fn(t+"_object_keys("+t+")", "pg_json_keys($1)"),
			local(t+"_each("+t+")", "pg_json_each($1)"), local(t+"_each_text("+t+")", "pg_json_each_text($1)"),
			fn(t+"_strip_nulls("+t+")", "pg_"+t+"_strip_nulls($1)", total),
			local("cast(text,"+t+")", "pg_"+t+"_in($1)"), local("cast(varchar,"+t+")", "pg_"+t+"_in($1)"), local("cast(bpchar,"+t+")", "pg_"+t+"_in($1)"),
			local("cast("+t+",varchar)", "$1", total),
		}
	}),
	jsonMaking("json", "%"), jsonMaking("jsonb", "pg_jsonb_in(%)"),
	[]Row{
		local("to_json(anyelement)", "pg_json_of($J1, $1 IS NULL)"), local("to_jsonb(anyelement)", "pg_jsonb_in(pg_json_of($J1, $1 IS NULL))"),
		local("array_to_json(anyarray)", "pg_json_of($J1, $1 IS NULL)"), local("array_to_json(anyarray,bool)", "", when(1, is("f"), "pg_json_of($J1, $1 IS NULL)"), noOther),
		local("sluice.json_texts(text,text)", "pg_json_texts($1, $2)"),
		local("sluice.json_records(json,text)", "pg_json_records($1, $2)"), local("sluice.json_records(jsonb,text)", "pg_json_records($1, $2)"),
		local("sluice.row_to_json(any)", "pg_json_row($J*)", total), local("sluice.row_to_lines(any)", "pg_json_lines($J*)", total),
		localAggregate("sluice.json_agg_rows(anyelement)", "pg_json_agg_rows(list($D$J1$O)$F)"),
		local("jsonb_set_lax(jsonb,text[],jsonb,bool,text)", "CASE WHEN $1 IS NULL OR $2 IS NULL OR $4 IS NULL THEN NULL WHEN $5 IS NULL THEN pg_null_treatment('') WHEN $3 IS NOT NULL THEN pg_jsonb_set($1, $2, $3, $4) "+
			"WHEN $5 = 'delete_key' THEN pg_jsonb_delete_path($1, $2) WHEN $5 = 'return_target' THEN $1 "+
			"WHEN $5 = 'use_json_null' THEN pg_jsonb_set($1, $2, 'null', $4) ELSE pg_null_treatment($5) END"),
		local("cast(json,jsonb)", "pg_jsonb_in($1)"), local("cast(jsonb,json)", "$1", total),
		fn("@>(jsonb,jsonb)", "pg_jsonb_contains($1, $2)", total), fn("<@(jsonb,jsonb)", "pg_jsonb_contains($2, $1)", total),
		fn("?(jsonb,text)", "pg_jsonb_exists($1, $2)", total),
		fn("?|(jsonb,text[])", "pg_jsonb_exists_any($1, $2)", total), fn("?&(jsonb,text[])", "pg_jsonb_exists_all($1, $2)", total),
		fn("||(jsonb,jsonb)", "pg_jsonb_concat($1, $2)", total),
		fn("-(jsonb,text)", "pg_jsonb_delete($1, $2)"), fn("-(jsonb,int4)", "pg_jsonb_delete($1, $2)"), fn("-(jsonb,text[])", "pg_jsonb_delete_keys($1, $2)"),
		fn("#-(jsonb,text[])", "pg_jsonb_delete_path($1, $2)"),
		fn("jsonb_set(jsonb,text[],jsonb,bool)", "pg_jsonb_set($1, $2, $3, $4)"), fn("jsonb_insert(jsonb,text[],jsonb,bool)", "pg_jsonb_insert($1, $2, $3, $4)"),
		fn("jsonb_pretty(jsonb)", "pg_jsonb_pretty($1)", total),
		local("cast(jsonb,bool)", "pg_jsonb_bool($1)"), local("cast(jsonb,numeric)", "pg_jsonb_numeric($1, 'numeric')"),
		local("cast(jsonb,int2)", "pg_numeric_to_int2(pg_jsonb_numeric($1, 'smallint'))"), local("cast(jsonb,int4)", "pg_numeric_to_int4(pg_jsonb_numeric($1, 'integer'))"),
		local("cast(jsonb,int8)", "pg_numeric_to_int8(pg_jsonb_numeric($1, 'bigint'))"),
		local("cast(jsonb,float4)", "pg_numeric_to_float4(pg_jsonb_numeric($1, 'real'))"), local("cast(jsonb,float8)", "pg_numeric_to_float8(pg_jsonb_numeric($1, 'double precision'))"),
	},
	each([]string{"", "_tz"}, func(zoned string) []Row {
		args := map[string]string{"": "($*, $Z, false)", "_tz": "($*, $Z, true)"}[zoned]
		return []Row{
			local("jsonb_path_exists"+zoned+"(jsonb,jsonpath,jsonb,bool)", "pg_jsonpath_exists"+args), local("jsonb_path_match"+zoned+"(jsonb,jsonpath,jsonb,bool)", "pg_jsonpath_match"+args),
			local("jsonb_path_query"+zoned+"(jsonb,jsonpath,jsonb,bool)", "pg_jsonpath_query"+args),
			local("jsonb_path_query_array"+zoned+"(jsonb,jsonpath,jsonb,bool)", "pg_jsonpath_query_array"+args),
			local("jsonb_path_query_first"+zoned+"(jsonb,jsonpath,jsonb,bool)", "pg_jsonpath_query_first"+args),
		}
	}),
	[]Row{
		local("cast(text,jsonpath)", "pg_jsonpath_in($1)"), local("cast(varchar,jsonpath)", "pg_jsonpath_in($1)"), local("cast(bpchar,jsonpath)", "pg_jsonpath_in($1)"),
		local("cast(jsonpath,text)", "pg_jsonpath_out($1)", total), local("cast(jsonpath,varchar)", "pg_jsonpath_out($1)", total),
		local("@?(jsonb,jsonpath)", "pg_jsonpath_exists($1, $2, '{}', true, $Z, false)"), local("@@(jsonb,jsonpath)", "pg_jsonpath_match($1, $2, '{}', true, $Z, false)"),
	},
	each(comparisonOperators, func(op string) []Row {
		r := local(op+"(jsonb,jsonb)", "$1 "+op+" $2", total, compared) // strings inside order by the source's collation
		if op == "=" || op == "<>" {
			r = fn(op+"(jsonb,jsonb)", "$1 "+op+" $2", total, compared)
		}
		return []Row{r}
	}),
)

// replaced puts a template in the place of %.
func replaced(made, template string) string { return strings.Replace(made, "%", template, 1) }

func jsonMaking(t, made string) []Row {
	text := func(template string) string { return replaced(made, template) }
	return []Row{
		local(t+"_build_array(any)", text("pg_json_build_array($J*)")), local(t+"_build_array()", "'[]'", total),
		local(t+"_build_object(any)", text("pg_json_build_object($J*)")), local(t+"_build_object()", "'{}'", total),
		local(t+"_object(text[])", text("pg_json_object($1)")), local(t+"_object(text[],text[])", text("pg_json_object($1, $2)")),
		localAggregate(t+"_agg(anyelement)", text("pg_json_agg(list($D$J1$O)$F)")),
		localAggregate(t+"_object_agg(any,any)", text("pg_json_object_agg(list($J1$O)$F, list($J2$O)$F)")),
	}
}

// localAggregate is an aggregate that no source is asked for.
func localAggregate(signature, template string, options ...option) Row {
	r := aggregate(signature, template, options...)
	r.postgres = Rendering{}
	return r
}
