package functions

import "fmt"

// moments are the rarer functions of dates and times.
var moments = join(
	[]Row{
		local("age(timestamptz,timestamptz)", "pg_age_tz($1, $2, $Z)"),
		fn("date_bin(interval,timestamptz,timestamptz)", "pg_date_bin_tz($1, $2, $3)"),
		fn("date_trunc(text,timestamptz,text)", "pg_trunc_at_zone($1, $2, $3)"),
		local("make_timestamptz(int4,int4,int4,int4,int4,float8)", "pg_timestamp_to_tz(pg_make_timestamp($1, $2, $3, $4, $5, $6), $Z)"),
		fn("make_timestamptz(int4,int4,int4,int4,int4,float8,text)", "pg_make_timestamptz($*)"),
		fn("isfinite(interval)", "CASE WHEN $1 IS NOT NULL THEN true END", total),
		fn("+(time,date)", "$2 + $1"), fn("+(interval,time)", "$2 + $1"),
	},
	periods("timestamp", "$%d + $%d"), periods("timestamptz", "pg_timestamptz_add($%d, $%d, $Z)"), periods("time", "$%d + $%d"),
)

// periods are the forms of OVERLAPS, whose second and fourth argument may be lengths. With
// times of a zone they depend on the session.
func periods(t, end string) []Row {
	var rows []Row
	for _, first := range []string{t, "interval"} {
		for _, second := range []string{t, "interval"} {
			ends := [2]string{"$2", "$4"}
			for i, kind := range []string{first, second} {
				if kind == "interval" {
					ends[i] = fmt.Sprintf(end, 2*i+1, 2*i+2)
				}
			}
			row := fn
			if t == "timestamptz" {
				row = local
			}
			rows = append(rows, row("overlaps("+t+","+first+","+t+","+second+")", "pg_overlaps($1, "+ends[0]+", $3, "+ends[1]+")",
				func(r *Row) { r.postgres = Rendering{} }))
		}
	}
	return rows
}

// bits are shifts and the rarer mathematics.
var bits = join(
	each([]string{"int2", "int4", "int8"}, func(t string) []Row {
		return []Row{fn("<<("+t+",int4)", "pg_shift_left_"+t+"($1, $2)", total), fn(">>("+t+",int4)", "pg_shift_right_"+t+"($1, $2)", total)}
	}),
	[]Row{
		fn("factorial(int8)", "pg_factorial($1)"),
		fn("width_bucket(float8,float8,float8,int4)", "pg_width_bucket($1, $2, $3, $4)"),
		fn("width_bucket(numeric,numeric,numeric,int4)", "pg_width_bucket_numeric($1, $2, $3, $4)"),
		local("width_bucket(anycompatible,anycompatiblearray)", "CASE WHEN $1 IS NOT NULL THEN CAST(pg_bucket(CAST(list_transform($2, lambda b: $1 < b) AS VARCHAR[])) AS INTEGER) END",
			only("int2", "int4", "int8", "text", "date", "timestamp", "timestamptz", "int2[]", "int4[]", "int8[]", "text[]", "date[]", "timestamp[]", "timestamptz[]")),
		local("num_nulls(any)", "pg_num_nulls($T*)", total), local("num_nonnulls(any)", "pg_num_nonnulls($T*)", total),
		local("sinh(float8)", "sinh($1)"), local("cosh(float8)", "cosh($1)"), local("tanh(float8)", "tanh($1)"),
		local("asinh(float8)", "asinh($1)"), local("acosh(float8)", "acosh(pg_acosh_argument($1))"),
		local("cot(float8)", "CASE WHEN $1 = 0 THEN 'Infinity'::DOUBLE ELSE cot(pg_finite($1)) END"), local("||/(float8)", "cbrt($1)"),
	},
)
