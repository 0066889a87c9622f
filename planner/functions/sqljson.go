package functions

// Manual, "SQL/JSON": what its grammar means, as functions of the schema sluice, and the
// aggregates that came with it. $N1 is an argument as to_json gives it, but NULL for NULL. No
// source is asked: PostgreSQL has most of it since 16 or 17.
var sqlJSON = join(
	each([]string{"", "_absent", "_unique", "_absent_unique"}, func(how string) []Row {
		return []Row{
			local("sluice.json_object"+how+"(any)", "pg_sqljson_object('"+how+"', $N*)"),
			local("sluice.jsonb_object"+how+"(any)", "pg_jsonb_in(pg_sqljson_object('jsonb"+how+"', $N*))"),
		}
	}),
	[]Row{
		local("sluice.json_array(any)", "pg_sqljson_array('', $N*)"), local("sluice.json_array_absent(any)", "pg_sqljson_array('absent', $N*)"),
		localAggregate("sluice.json_agg_strict_rows(anyelement)", "pg_sqljson_rows_agg(list($D$N1$O)$F)"),
		localAggregate("shaped sluice.json_agg_strict_rows(anyelement)", "pg_sqljson_rows_agg(list($D$N1$O)$F)"),
		local("sluice.json_unique(text)", "pg_json_unique($1)"),
	},
	each([]string{"text", "json", "jsonb"}, func(t string) []Row {
		return []Row{local("sluice.is_json("+t+",text,bool)", "pg_is_json($*)", total)}
	}),
	[]Row{
		local("sluice.json_evaluate(jsonb,jsonpath,jsonb,text)", "pg_json_evaluate($*, $Z, $Y)"),
		local("sluice.json_input(text,text,text)", "pg_catalog_json_input($*, $S, $Z)"),
		local("sluice.json_result(text,anyelement,anyelement)", "CASE left($1, 1) WHEN 'v' THEN $1 WHEN 'e' THEN $2 WHEN 'x' THEN $3 END"),
		local("sluice.json_table(jsonb,text,jsonb,text)", "pg_catalog_json_rows(pg_json_table($1, $2, $3, $Z, $Y), $4, $S, $Z)"),
	},
	strictAggregates("json", "%"), strictAggregates("jsonb", "pg_jsonb_in(%)"),
)

func strictAggregates(t, made string) []Row {
	object := func(name, how string) Row {
		return localAggregate(name+"(any,any)", replaced(made, "pg_sqljson_object_agg('"+t+" "+how+"', list($N1$O)$F, list($N2$O)$F)"))
	}
	return []Row{
		localAggregate(t+"_agg_strict(anyelement)", replaced(made, "pg_sqljson_array_agg(list($D$N1$O)$F)")),
		localAggregate("shaped "+t+"_agg_strict(anyelement)", replaced(made, "pg_sqljson_array_agg(list($D$N1$O)$F)")),
		object("sluice."+t+"_objectagg", ""), object(t+"_object_agg_strict", "absent"),
		object(t+"_object_agg_unique", "unique"), object(t+"_object_agg_unique_strict", "absent unique"),
	}
}
