package functions

// timetz stands as its text; it is compared by pg_timetz_key.
var timesWithZone = join(
	each(comparisonOperators, func(op string) []Row { return []Row{local(op+"(timetz,timetz)", "$1 "+op+" $2", total, compared)} }),
	each([]string{"text", "varchar"}, func(t string) []Row {
		return []Row{local("cast("+t+",timetz)", "pg_timetz_in($1, $S, $Z)"), local("cast(timetz,"+t+")", "$1", total)}
	}),
	[]Row{
		local("cast(timetz,time)", "pg_timetz_time($1)", total), local("cast(time,timetz)", "pg_timetz_of($1, $Z)", total),
		local("cast(timestamptz,timetz)", "pg_timetz_of($1, $Z)", total), local("modifier(timetz)", "pg_timetz_round($1, $2)", total),
		local("+(timetz,interval)", "pg_timetz_add($1, $2)", total), local("-(timetz,interval)", "pg_timetz_sub($1, $2)", total), local("+(interval,timetz)", "pg_timetz_add($2, $1)", total),
		local("+(date,timetz)", "pg_timetz_on($2, $1)"), local("+(timetz,date)", "pg_timetz_on($1, $2)"),
		local("timestamptz(date,timetz)", "pg_timetz_on($2, $1)"),
		local("extract(text,timetz)", "pg_extract_timetz($1, $2)"), local("date_part(text,timetz)", "CAST(pg_extract_timetz($1, $2) AS DOUBLE)"),
		local("timezone(text,timetz)", "pg_timetz_at($1, $2)"), local("timezone(interval,timetz)", "pg_timetz_at($1, $2)"),
		local("overlaps(timetz,timetz,timetz,timetz)", "pg_overlaps(make_timestamp($K1), make_timestamp($K2), make_timestamp($K3), make_timestamp($K4))"),
		localAggregate("min(timetz)", "arg_min($1, $K1)$F"), localAggregate("max(timetz)", "arg_max($1, $K1)$F"),
	},
)
