package functions

// Manual, "Mathematical Functions and Operators", double precision and real. Each result
// that leaves the type's range is an error in PostgreSQL, so all go through functions
// of ours that check. What the C library computes (sin, exp, power) may differ in the
// last bit from one machine to another, so PostgreSQL's own answer counts as the same.
var floats = join(
	floatArithmetic("float8", "float8", "pg_float8_"),
	floatArithmetic("float4", "float4", "pg_float4_"),
	floatArithmetic("float4", "float8", "pg_float8_"),
	floatArithmetic("float8", "float4", "pg_float8_"),
	each([]string{"float4", "float8"}, func(t string) []Row {
		return []Row{fn("-("+t+")", "", total), fn("+("+t+")", "$1", total), fn("@("+t+")", "abs($1)", total), fn("abs("+t+")", "", total)}
	}),
)

func floatArithmetic(left, right, prefix string) []Row {
	sig := "(" + left + "," + right + ")"
	return []Row{
		fn("+"+sig, prefix+"add($1, $2)"),
		fn("-"+sig, prefix+"sub($1, $2)"),
		fn("*"+sig, prefix+"mul($1, $2)"),
		fn("/"+sig, prefix+"div($1, $2)"),
	}
}

var mathematics = []Row{
	fn("round(float8)", "round_even($1, 0)", total),
	fn("ceil(float8)", "", total), fn("ceiling(float8)", "ceil($1)", total), fn("floor(float8)", "", total),
	fn("trunc(float8)", "", total), fn("sign(float8)", "CAST(sign($1) AS DOUBLE)", total),
	fn("sqrt(float8)", "pg_float8_sqrt($1)"), fn("|/(float8)", "pg_float8_sqrt($1)"),
	local("power(float8,float8)", "pg_float8_power($1, $2)"), local("pow(float8,float8)", "pg_float8_power($1, $2)"),
	local("^(float8,float8)", "pg_float8_power($1, $2)"),
	local("exp(float8)", "pg_float8_exp($1)"), local("ln(float8)", "pg_float8_ln($1)"),
	local("log(float8)", "pg_float8_log10($1)"), local("log10(float8)", "pg_float8_log10($1)"),
	fn("pi()", "pi()", total),
	fn("degrees(float8)", "pg_float8_degrees($1)"), fn("radians(float8)", "pg_float8_radians($1)"),
	local("sin(float8)", "pg_float8_sin($1)"), local("cos(float8)", "pg_float8_cos($1)"), local("tan(float8)", "pg_float8_tan($1)"),
	local("asin(float8)", "pg_float8_asin($1)"), local("acos(float8)", "pg_float8_acos($1)"), local("atan(float8)", "pg_float8_atan($1)"),
	local("atan2(float8,float8)", "pg_float8_atan2($1, $2)"),
	local("cbrt(float8)", "pg_float8_cbrt($1)"),
}
