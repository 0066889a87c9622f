package functions

// Manual, "Date/Time Functions and Operators". What depends on the session's time zone
// is local: a source's session may have another. DuckDB's timestamps begin long before
// PostgreSQL's, in 4714 BC: what may go below is checked.
var datetime = join(
	[]Row{
		fn("+(date,int4)", "pg_date_add($1, $2)"), fn("+(int4,date)", "pg_date_add($2, $1)"),
		fn("-(date,int4)", "pg_date_sub($1, $2)"),
		fn("-(date,date)", "pg_date_diff($1, $2)"),
		fn("+(date,interval)", "pg_timestamp_checked(CAST($1 AS TIMESTAMP) + $2)"),
		fn("+(interval,date)", "pg_timestamp_checked(CAST($2 AS TIMESTAMP) + $1)"),
		fn("-(date,interval)", "pg_timestamp_checked(CAST($1 AS TIMESTAMP) - $2)"),
		fn("+(timestamp,interval)", "pg_timestamp_checked($1 + $2)"),
		fn("+(interval,timestamp)", "pg_timestamp_checked($2 + $1)"),
		fn("-(timestamp,interval)", "pg_timestamp_checked($1 - $2)"),
		fn("-(timestamp,timestamp)", "$1 - $2"),
		fn("-(timestamptz,timestamptz)", "CAST($1 AS TIMESTAMP) - CAST($2 AS TIMESTAMP)"),
		local("+(timestamptz,interval)", "pg_timestamptz_add($1, $2, $Z)", utc("CAST(pg_timestamp_checked(CAST($1 AS TIMESTAMP) + $2) AS TIMESTAMPTZ)")),
		local("+(interval,timestamptz)", "pg_timestamptz_add($2, $1, $Z)", utc("CAST(pg_timestamp_checked(CAST($2 AS TIMESTAMP) + $1) AS TIMESTAMPTZ)")),
		local("-(timestamptz,interval)", "pg_timestamptz_add($1, -$2, $Z)", utc("CAST(pg_timestamp_checked(CAST($1 AS TIMESTAMP) - $2) AS TIMESTAMPTZ)")),
		fn("+(interval,interval)", "$1 + $2"),
		fn("-(interval,interval)", "$1 - $2"),
		fn("-(interval)", "-$1"),
		fn("*(interval,float8)", "pg_interval_mul($1, $2)"), fn("*(float8,interval)", "pg_interval_mul($2, $1)"),
		fn("/(interval,float8)", "pg_interval_div($1, $2)"),
		fn("+(date,time)", "$1 + $2"),
		fn("+(time,interval)", "$1 + $2"), fn("-(time,interval)", "$1 - $2"), fn("-(time,time)", "pg_time_diff($1, $2)"),
		fn("age(timestamp,timestamp)", "pg_age($1, $2)"),
		fn("make_date(int4,int4,int4)", "pg_make_date($1, $2, $3)"),
		fn("make_time(int4,int4,float8)", "pg_make_time($1, $2, $3)"),
		fn("make_timestamp(int4,int4,int4,int4,int4,float8)", "pg_make_timestamp($*)"),
		fn("make_interval(int4,int4,int4,int4,int4,int4,float8)", "pg_make_interval($*)"),
		fn("justify_days(interval)", "pg_justify_days($1)"), fn("justify_hours(interval)", "pg_justify_hours($1)"),
		fn("justify_interval(interval)", "pg_justify_interval($1)"),
		fn("date_trunc(text,timestamp)", "", truncations("timestamp")),
		local("date_trunc(text,timestamptz)", "pg_timestamptz_trunc($1, $2, $Z)"),
		fn("date_trunc(text,interval)", "pg_interval_trunc($1, $2)"),
		fn("date_bin(interval,timestamp,timestamp)", "pg_date_bin($1, $2, $3)"),
		fn("isfinite(date)", "isfinite($1)", total), fn("isfinite(timestamp)", "isfinite($1)", total), fn("isfinite(timestamptz)", "isfinite($1)", total),
		local("to_char(timestamp,text)", "pg_to_char($1, $2)"), local("to_char(interval,text)", "pg_to_char($1, $2)"),
		local("to_char(timestamptz,text)", "pg_to_char_tz($1, $2, $Z)"),
		local("to_char(numeric,text)", "pg_to_char_numeric($1, $2)"), local("to_char(int8,text)", "pg_to_char_numeric(CAST($1 AS VARCHAR), $2)"),
		local("to_char(int4,text)", "pg_to_char_int4($1, $2)"), local("to_char(float8,text)", "pg_to_char_float($1, 15::INTEGER, $2)"),
		local("to_char(float4,text)", "pg_to_char_float(CAST($1 AS DOUBLE), 6::INTEGER, $2)"),
		local("to_date(text,text)", "pg_to_date($1, $2)"), local("to_timestamp(text,text)", "pg_to_timestamp_by($1, $2, $Z)"),
		local("to_number(text,text)", "pg_to_number($1, $2)"),
		fn("timezone(text,timestamptz)", "pg_timezone($1, $2)"),
		fn("timezone(text,timestamp)", "pg_timezone($1, $2)"),
		fn("timezone(interval,timestamptz)", "pg_timezone_interval($1, $2)"), fn("timezone(interval,timestamp)", "pg_timezone_interval($1, $2)"),
		fn("to_timestamp(float8)", "pg_to_timestamp($1)"),
	},
	extraction("date", "$2"), extraction("timestamp", "$2"),
	[]Row{
		local("extract(text,timestamptz)", "pg_extract_timestamptz($1, $2, $Z)"),
		fn("extract(text,interval)", "pg_extract_interval($1, $2)"),
		fn("extract(text,time)", "pg_extract_time($1, $2)"),
		fn("date_part(text,timestamp)", "CAST(pg_extract_timestamp($1, $2) AS DOUBLE)"),
		fn("date_part(text,interval)", "CAST(pg_extract_interval($1, $2) AS DOUBLE)"),
		fn("date_part(text,time)", "CAST(pg_extract_time($1, $2) AS DOUBLE)"),
		local("date_part(text,timestamptz)", "CAST(pg_extract_timestamptz($1, $2, $Z) AS DOUBLE)"),
	},
)

// truncations are the fields of date_trunc that DuckDB cuts alike (its infinities too).
func truncations(string) option {
	return func(r *Row) {
		r.duckdb = Rendering{Exactness: Exact, Template: "pg_timestamp_trunc($1, $2)", Alternatives: []Alternative{{
			Arguments: []int{0},
			Accepts:   is("microseconds", "milliseconds", "second", "minute", "hour", "day", "week", "month", "quarter", "year"),
			Template:  "date_trunc($1, $2)",
		}}}
	}
}

// extraction has the fields whose numeric result has a fixed scale. Of an infinite value
// most are NULL, as DuckDB has it; the year is Infinity, which DECIMAL cannot hold: an error.
func extraction(t, value string) []Row {
	sig := "extract(text," + t + ")"
	row := fn(sig, "pg_extract_timestamp($1, "+value+")")
	row.duckdb.Alternatives = append(row.duckdb.Alternatives, Alternative{
		Arguments: []int{0}, Accepts: is("year"), Decimal: true, Precision: 10,
		Template: "CAST(pg_year($2) AS DECIMAL(10,0))",
	})
	for field, part := range map[string]string{
		"month": "month", "day": "day", "quarter": "quarter", "dow": "dayofweek", "isodow": "isodow", "doy": "dayofyear", "week": "week",
		"hour": "hour", "minute": "minute",
	} {
		if t == "date" && (field == "hour" || field == "minute") {
			continue // PostgreSQL: unit not supported for type date
		}
		row.duckdb.Alternatives = append(row.duckdb.Alternatives, Alternative{
			Arguments: []int{0}, Accepts: is(field), Template: "CAST(" + part + "($2) AS DECIMAL(10,0))", Decimal: true, Precision: 10,
		})
	}
	rows := []Row{row}
	if t == "date" {
		row.duckdb.Template = "pg_extract_date($1, $2)"
		rows = []Row{row, fn("date_part(text,date)", "CAST(pg_extract_timestamp($1, CAST($2 AS TIMESTAMP)) AS DOUBLE)")}
	}
	return rows
}
