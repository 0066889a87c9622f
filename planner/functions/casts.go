package functions

// Casts, without modifiers: the writer applies those by the rows "modifier(…)". A cast
// that reads or prints dates depends on the session's DateStyle or time zone, and one
// of floats to text on the server's version: those are local.
var casts = join(
	integerCasts("int2", "SMALLINT", 5), integerCasts("int4", "INTEGER", 10), integerCasts("int8", "BIGINT", 19),
	each([]string{"float4", "float8"}, floatCasts),
	relabelCasts("text", "varchar", "bpchar", "name"),
	[]Row{
		fn("cast(float4,float8)", "CAST($1 AS DOUBLE)", total),
		fn("cast(float8,float4)", "pg_float8_to_float4($1)"),
		fn("cast(numeric,float8)", "pg_numeric_to_float8($1)"), fn("cast(numeric,float4)", "pg_numeric_to_float4($1)"),
		fn("cast(numeric,int2)", "pg_numeric_to_int2($1)"),
		fn("cast(numeric,int4)", "pg_numeric_to_int4($1)"),
		fn("cast(numeric,int8)", "pg_numeric_to_int8($1)"),
		fn("cast(numeric,text)", "CAST($1 AS VARCHAR)", total), fn("cast(numeric,varchar)", "CAST($1 AS VARCHAR)", total),
		fn("cast(numeric,numeric)", "$1", total),
		fn("cast(bool,int4)", "CAST($1 AS INTEGER)", total), fn("cast(int4,bool)", "CAST($1 AS BOOLEAN)", total),
		fn("cast(bool,text)", "CAST($1 AS VARCHAR)", total), fn("cast(bool,varchar)", "CAST($1 AS VARCHAR)", total),
		fn("cast(text,bool)", "pg_bool_in($1)"),
		fn("cast(text,int2)", "pg_int2_in($1)"), fn("cast(text,int4)", "pg_int4_in($1)"), fn("cast(text,int8)", "pg_int8_in($1)"),
		fn("cast(text,float4)", "pg_float4_in($1)"), fn("cast(text,float8)", "pg_float8_in($1)"),
		fn("cast(text,numeric)", "pg_numeric_in($1)"),
		fn("cast(varchar,bool)", "pg_bool_in($1)"),
		fn("cast(varchar,int2)", "pg_int2_in($1)"), fn("cast(varchar,int4)", "pg_int4_in($1)"), fn("cast(varchar,int8)", "pg_int8_in($1)"),
		fn("cast(varchar,float4)", "pg_float4_in($1)"), fn("cast(varchar,float8)", "pg_float8_in($1)"),
		fn("cast(varchar,numeric)", "pg_numeric_in($1)"),
		fn("cast(text,uuid)", "pg_uuid_in($1)"), fn("cast(varchar,uuid)", "pg_uuid_in($1)"),
		fn("cast(uuid,text)", "$1", total), fn("cast(uuid,varchar)", "$1", total),
		fn("cast(json,text)", "$1", total), fn("cast(jsonb,text)", "$1", total),
		local("cast(text,date)", "pg_date_in($1, $S)"), local("cast(varchar,date)", "pg_date_in($1, $S)"),
		local("cast(text,time)", "pg_time_in($1)"), local("cast(varchar,time)", "pg_time_in($1)"),
		local("cast(text,timestamp)", "pg_timestamp_in($1, $S)"), local("cast(varchar,timestamp)", "pg_timestamp_in($1, $S)"),
		local("cast(text,timestamptz)", "pg_timestamptz_in($1, $S, $Z)"), local("cast(varchar,timestamptz)", "pg_timestamptz_in($1, $S, $Z)"),
		local("cast(text,interval)", "pg_interval_in($1, $Y)"), local("cast(varchar,interval)", "pg_interval_in($1, $Y)"),
		fn("cast(text,bytea)", "pg_bytea_in($1)"), fn("cast(varchar,bytea)", "pg_bytea_in($1)"),
		local("cast(bytea,text)", "pg_bytea_out($1, $Y)", total),
		fn("cast(date,timestamp)", "CAST($1 AS TIMESTAMP)"), fn("cast(timestamp,date)", "CAST($1 AS DATE)", total), fn("date(timestamp)", "CAST($1 AS DATE)", total),
		fn("cast(timestamp,time)", "CASE WHEN isfinite($1) THEN CAST($1 AS TIME) END", total),
		local("cast(date,timestamptz)", "pg_timestamp_to_tz(CAST($1 AS TIMESTAMP), $Z)", utc("CAST(CAST($1 AS TIMESTAMP) AS TIMESTAMPTZ)")),
		local("cast(timestamp,timestamptz)", "pg_timestamp_to_tz($1, $Z)", utc("CAST($1 AS TIMESTAMPTZ)")),
		local("cast(timestamptz,timestamp)", "pg_timestamp_from_tz($1, $Z)", utc("CAST($1 AS TIMESTAMP)")),
		local("date(timestamptz)", "CAST(pg_timestamp_from_tz($1, $Z) AS DATE)", utc("CAST(CAST($1 AS TIMESTAMP) AS DATE)")),
		local("cast(timestamptz,date)", "CAST(pg_timestamp_from_tz($1, $Z) AS DATE)", utc("CAST(CAST($1 AS TIMESTAMP) AS DATE)")),
		local("cast(timestamptz,time)", "CASE WHEN isfinite($1) THEN CAST(pg_timestamp_from_tz($1, $Z) AS TIME) END"),
		fn("cast(interval,time)", "pg_interval_to_time($1)"), fn("cast(time,interval)", "pg_time_diff($1, TIME '00:00:00')", total),
	},
	each([]string{"text", "varchar"}, printCasts),
	each([]string{"int2", "int4", "int8"}, func(t string) []Row { return []Row{fn("cast("+t+",bpchar)", "CAST($1 AS VARCHAR)", total)} }),
	[]Row{
		fn("modifier(varchar)", "left($1, $2)", total), local("modifier(varchar,assigned)", "pg_text_assigned('varchar', $1, $2)"), local("modifier(bpchar,assigned)", "pg_text_assigned('bpchar', $1, $2)"),
		fn("modifier(bpchar)", "rpad($1, $2, ' ')", total),
		fn("modifier(timestamp)", "pg_timestamp_round($1, $2)"),
		fn("modifier(timestamptz)", "pg_timestamptz_round($1, $2)"),
		fn("modifier(time)", "pg_time_round($1, $2)"),
	},
)

func integerCasts(t, engine string, digits int32) []Row {
	var rows []Row
	for _, to := range []struct {
		name, engine string
		digits       int32
	}{{"int2", "SMALLINT", 5}, {"int4", "INTEGER", 10}, {"int8", "BIGINT", 19}} {
		if to.name == t {
			continue
		}
		row := fn("cast("+t+","+to.name+")", "CAST($1 AS "+to.engine+")")
		if row.Total = digits < to.digits; !row.Total {
			// Compared with a constant, a bare cast is left out, and its error with it.
			row.duckdb.Template = "add(CAST($1 AS " + to.engine + "), 0::" + to.engine + ")"
		}
		rows = append(rows, row)
	}
	decimal := map[int32]string{5: "DECIMAL(5,0)", 10: "DECIMAL(10,0)", 19: "DECIMAL(19,0)"}[digits]
	return append(rows,
		fn("cast("+t+",numeric)", "CAST($1 AS "+decimal+")", total, fixed(digits, 0)),
		fn("cast("+t+",float4)", "CAST($1 AS FLOAT)", total), fn("cast("+t+",float8)", "CAST($1 AS DOUBLE)", total),
		fn("cast("+t+",text)", "CAST($1 AS VARCHAR)", total), fn("cast("+t+",varchar)", "CAST($1 AS VARCHAR)", total),
	)
}

func floatCasts(t string) []Row {
	return []Row{
		fn("cast("+t+",int2)", "pg_float8_to_int2($1)"), fn("cast("+t+",int4)", "pg_float8_to_int4($1)"), fn("cast("+t+",int8)", "pg_float8_to_int8($1)"),
		fn("cast("+t+",numeric)", "pg_numeric_from_"+t+"($1)"),
		local("cast("+t+",text)", "pg_"+t+"_out($1, $Y)", total), local("cast("+t+",varchar)", "pg_"+t+"_out($1, $Y)", total),
	}
}

// relabelCasts convert among the text types; only char(n) changes the text: its padding goes.
func relabelCasts(types ...string) []Row {
	var rows []Row
	for _, from := range types {
		for _, to := range types {
			text := "$1"
			if from == "bpchar" && to != "bpchar" {
				text = "rtrim($1, ' ')"
			}
			if to == "name" && from != "name" {
				continue // cut at 63 bytes
			}
			rows = append(rows, fn("cast("+from+","+to+")", text, total))
		}
	}
	return rows
}

func printCasts(t string) []Row {
	return []Row{
		local("cast(date,"+t+")", "pg_date_out($1, $Y)", total),
		local("cast(time,"+t+")", "pg_time_out($1)", total),
		local("cast(timestamp,"+t+")", "pg_timestamp_out($1, $Y)", total),
		local("cast(timestamptz,"+t+")", "pg_timestamptz_out($1, $Z, $Y)", total),
		local("cast(interval,"+t+")", "pg_interval_out($1, $Y)", total),
	}
}
