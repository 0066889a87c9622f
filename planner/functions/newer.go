package functions

// What PostgreSQL 16 and 17 added to the chapters beside. No source is asked: it may be
// an older server.
var newer = []Row{
	local("erf(float8)", "pg_erf($1)"), local("erfc(float8)", "pg_erfc($1)"),
	local("random(int4,int4)", "CAST(pg_catalog_random_between($H, CAST($1 AS BIGINT), CAST($2 AS BIGINT)) AS INTEGER)", session),
	local("random(int8,int8)", "pg_catalog_random_between($H, $1, $2)", session),
	local("random_normal(float8,float8)", "pg_catalog_random_normal($H, $1, $2)", session),
	local("to_bin(int4)", "pg_to_base(CAST($1 AS BIGINT), 32::INTEGER, 2::INTEGER)", total), local("to_bin(int8)", "pg_to_base($1, 64::INTEGER, 2::INTEGER)", total),
	local("to_oct(int4)", "pg_to_base(CAST($1 AS BIGINT), 32::INTEGER, 8::INTEGER)", total), local("to_oct(int8)", "pg_to_base($1, 64::INTEGER, 8::INTEGER)", total),
	local("date_add(timestamptz,interval)", "pg_timestamptz_add($1, $2, $Z)"), local("date_add(timestamptz,interval,text)", "pg_timestamptz_add($1, $2, $3)"),
	local("date_subtract(timestamptz,interval)", "pg_timestamptz_add($1, -$2, $Z)"), local("date_subtract(timestamptz,interval,text)", "pg_timestamptz_add($1, -$2, $3)"),
	local("timezone(timestamptz)", "pg_timezone($Z, $1)"), local("timezone(timestamp)", "pg_timezone($Z, $1)"),
	local("generate_series(timestamptz,timestamptz,interval,text)",
		"list_transform(pg_series_timestamptz($1, $2, $3, $4), lambda m: CAST(make_timestamp(CAST(m AS BIGINT)) AS TIMESTAMPTZ))"),
	local("uuid_extract_version(uuid)", "pg_uuid_version($1)", total), local("uuid_extract_timestamp(uuid)", "pg_uuid_timestamp($1)", total),
	local("pg_input_is_valid(text,text)", "pg_catalog_input_is_valid($H, $1, $2)", session),
	local("pg_input_error_info(text,text)", "pg_catalog_input_error_info($H, $1, $2)", session),
	local("to_regtypemod(text)", "pg_catalog_to_type_modifier($H, $1)", session), local("pg_basetype(regtype)", "$1"),
	local("any_value(anyelement)", "any_value($D$1$O)$F"),
}
