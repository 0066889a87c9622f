package functions

// Manual, "Mathematical Functions and Operators", double precision and real. Each result
// that leaves the type's range is an error in PostgreSQL, so all go through functions
// of ours that check. What the C library computes (sin, exp, power) may differ in the
// last bit from one machine to another, so PostgreSQL's own answer counts as the same.
var floats = join(
	floatArithmetic("float8", "float8", "_float8"),
	floatArithmetic("float4", "float4", "_float4"),
	floatArithmetic("float4", "float8", "_float8"),
	floatArithmetic("float8", "float4", "_float8"),
	each([]string{"float4", "float8"}, func(t string) []Row {
		return []Row{fn("-("+t+")", "", total), fn("+("+t+")", "$1", total), fn("@("+t+")", "abs($1)", total), fn("abs("+t+")", "", total)}
	}),
)

func floatArithmetic(left, right, suffix string) []Row {
	sig := "(" + left + "," + right + ")"
	return []Row{
		fn("+"+sig, "pg_add"+suffix+"($1, $2)"),
		fn("-"+sig, "pg_sub"+suffix+"($1, $2)"),
		fn("*"+sig, "pg_mul"+suffix+"($1, $2)"),
		fn("/"+sig, "pg_div"+suffix+"($1, $2)"),
	}
}

var mathematics = []Row{
	fn("round(float8)", "pg_round_float8($1)", total),
	fn("ceil(float8)", "", total), fn("ceiling(float8)", "ceil($1)", total), fn("floor(float8)", "", total),
	fn("trunc(float8)", "", total), fn("sign(float8)", "CAST(sign($1) AS DOUBLE)", total),
	fn("sqrt(float8)", "sqrt(pg_root_argument($1))"), fn("|/(float8)", "sqrt(pg_root_argument($1))"),
	local("power(float8,float8)", "pg_power_float8($1, $2)"), local("pow(float8,float8)", "pg_power_float8($1, $2)"),
	local("^(float8,float8)", "pg_power_float8($1, $2)"),
	local("exp(float8)", "pg_exp_float8($1)"), local("ln(float8)", "ln(pg_log_argument($1))"),
	local("log(float8)", "log10(pg_log_argument($1))"), local("log10(float8)", "log10(pg_log_argument($1))"),
	fn("pi()", "pi()", total),
	fn("degrees(float8)", "pg_degrees($1)"), fn("radians(float8)", "pg_radians($1)"),
	local("sin(float8)", "sin(pg_finite($1))"), local("cos(float8)", "cos(pg_finite($1))"), local("tan(float8)", "tan(pg_finite($1))"),
	local("asin(float8)", "asin(pg_unit_argument($1))"), local("acos(float8)", "acos(pg_unit_argument($1))"), local("atan(float8)", "atan($1)"),
	local("atan2(float8,float8)", "atan2($1, $2)"),
	local("cbrt(float8)", "cbrt($1)"),
	local("random()", "pg_catalog_random($H, '')", session), local("setseed(float8)", "pg_catalog_setseed($H, $1)", session), local("pg_sleep(float8)", "pg_catalog_sleep($H, $1)", session),
	local("sind(float8)", "pg_sind($1)"), local("cosd(float8)", "pg_cosd($1)"), local("tand(float8)", "pg_tand($1)"), local("cotd(float8)", "pg_cotd($1)"),
	local("asind(float8)", "pg_asind($1)"), local("acosd(float8)", "pg_acosd($1)"), local("atand(float8)", "pg_atand($1)", total),
	local("atan2d(float8,float8)", "pg_atan2d($1, $2)", total), local("atanh(float8)", "pg_atanh($1)"),
}
