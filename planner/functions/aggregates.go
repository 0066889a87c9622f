package functions

import "strings"

// Manual, "Aggregate Functions".
var aggregates = join(
	[]Row{
		aggregate("count()", "count(*)$F"), aggregate("count(any)", "count($D$1)$F", compared),
		aggregate("sum(int2)", "CAST(sum($D$1)$F AS BIGINT)"), aggregate("sum(int4)", "CAST(sum($D$1)$F AS BIGINT)"),
		aggregate("sum(int8)", "CAST(sum($D$1)$F AS DECIMAL(38,0))", fixed(38, 0)),
		aggregate("sum(numeric)", "pg_numeric_sum($D$1)$F"),
		aggregate("sum(float8)", "pg_float8_checked(sum($D$1)$F, bool_or(isinf($1))$F)"),
		aggregate("avg(int2)", integerAverage), aggregate("avg(int4)", integerAverage), aggregate("avg(int8)", integerAverage),
		aggregate("avg(numeric)", "pg_numeric_avg($D$1)$F"),
		aggregate("avg(float8)", "pg_float8_checked(avg($D$1)$F, bool_or(isinf($1))$F)"),
		aggregate("avg(float4)", "pg_float8_checked(avg($D CAST($1 AS DOUBLE))$F, bool_or(isinf($1))$F)"),
		aggregate("sum(float4)", "pg_float4_sum($D$1)$F"), aggregate("sum(interval)", "pg_interval_sum($D$1)$F"), aggregate("avg(interval)", "pg_interval_avg($D$1)$F"),
		aggregate("regr_count(float8,float8)", "count(CASE WHEN $1 IS NOT NULL THEN $2 END)$F"),
		aggregate("string_agg(bytea,bytea)", "from_hex("+anySeparator("hex($1)", "hex($2)")+")"),
		aggregate("min(anyarray)", "arg_min($1, $K1)$F", pg("")), aggregate("max(anyarray)", "arg_max($1, $K1)$F", pg("")),
		aggregate("bool_and(bool)", "bool_and($1)$F"), aggregate("bool_or(bool)", "bool_or($1)$F"), aggregate("every(bool)", "bool_and($1)$F"),
		aggregate("string_agg(text,text)", anySeparator("$1", "$2"), when(1, func(string) bool { return true }, "string_agg($D$1, $2$O)$F")),
		aggregate("array_agg(anynonarray)", "array_agg($D$1$O)$F"),
	},
	each([]string{"int2", "int4", "int8"}, func(t string) []Row {
		return []Row{aggregate("bit_and("+t+")", "bit_and($1)$F"), aggregate("bit_or("+t+")", "bit_or($1)$F"), aggregate("bit_xor("+t+")", "bit_xor($D$1)$F")}
	}),
	each([]string{"int2", "int4", "int8", "oid", "float4", "float8", "date", "time", "timestamp", "timestamptz", "interval"}, func(t string) []Row {
		return []Row{aggregate("min("+t+")", "min($1)$F"), aggregate("max("+t+")", "max($1)$F")}
	}),
	[]Row{
		aggregate("min(numeric)", "pg_numeric_min($1)$F"), aggregate("max(numeric)", "pg_numeric_max($1)$F"),
		aggregate("min(bpchar)", "arg_min($1, $K1)$F", pg(`min($1 COLLATE "C")$F`)), aggregate("max(bpchar)", "arg_max($1, $K1)$F", pg(`max($1 COLLATE "C")$F`)),
		aggregate("min(text)", "min($1)$F", pg(`min($1 COLLATE "C")$F`)), aggregate("max(text)", "max($1)$F", pg(`max($1 COLLATE "C")$F`)),
	},
	each([]string{"regr_sxx", "regr_syy", "regr_sxy", "regr_avgx", "regr_avgy", "regr_r2", "regr_slope", "regr_intercept", "covar_pop", "covar_samp", "corr"},
		func(name string) []Row { return []Row{aggregate(name+"(float8,float8)", "pg_"+name+"($1, $2)$F")} }),
	each([]string{"stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop"}, func(name string) []Row {
		full := map[string]string{"stddev": "stddev_samp", "variance": "var_samp"}[name]
		if full == "" {
			full = name
		}
		rows := []Row{
			aggregate(name+"(float8)", "pg_float8_"+full+"($D$1)$F"), aggregate(name+"(float4)", "pg_float8_"+full+"($D CAST($1 AS DOUBLE))$F"),
			aggregate(name+"(numeric)", "pg_numeric_"+full+"($D$1)$F"),
		}
		return append(rows, each([]string{"int2", "int4", "int8"}, func(t string) []Row {
			return []Row{aggregate(name+"("+t+")", "pg_numeric_"+full+"($D CAST($1 AS VARCHAR))$F")}
		})...)
	}),
)

// integerAverage is exact: PostgreSQL divides the sum by the count as numerics.
const integerAverage = "pg_numeric_div(CAST(sum($D$1)$F AS VARCHAR), CAST(count($D$1)$F AS VARCHAR))"

// anySeparator joins texts by separators of their own: the first one falls away.
func anySeparator(text, separator string) string {
	return "substring(string_agg(coalesce(" + separator + ", '') || " + text + ", ''$O)$F, " +
		"1 + list_filter(list(CASE WHEN " + text + " IS NOT NULL THEN length(coalesce(" + separator + ", '')) END$O)$F, lambda n: n IS NOT NULL)[1])"
}

// Idempotent tells whether an aggregate gives the same with DISTINCT as without.
func Idempotent(signature string) bool {
	name, _, _ := strings.Cut(signature, "(")
	switch name {
	case "min", "max", "bool_and", "bool_or", "every", "bit_and", "bit_or":
		return true
	}
	return false
}

// Manual, "Window Functions".
var windows = []Row{
	aggregate("row_number()", "row_number()$F", pg("row_number()$F")),
	aggregate("rank()", "rank()$F", pg("rank()$F")),
	aggregate("dense_rank()", "dense_rank()$F", pg("dense_rank()$F")),
	aggregate("percent_rank()", "percent_rank()$F", pg("percent_rank()$F")),
	aggregate("cume_dist()", "cume_dist()$F", pg("cume_dist()$F")),
	aggregate("ntile(int4)", "CAST(ntile(pg_ntile_argument($1))$F AS INTEGER)"),
	aggregate("lag(anyelement)", "lag($1)$F"), aggregate("lead(anyelement)", "lead($1)$F"),
	aggregate("lag(anyelement,int4)", "lag($1, $2)$F"), aggregate("lead(anyelement,int4)", "lead($1, $2)$F"),
	aggregate("lag(anycompatible,int4,anycompatible)", "lag($1, $2, $3)$F"),
	aggregate("lead(anycompatible,int4,anycompatible)", "lead($1, $2, $3)$F"),
	aggregate("first_value(anyelement)", "first_value($1)$F"), aggregate("last_value(anyelement)", "last_value($1)$F"),
	aggregate("nth_value(anyelement,int4)", "nth_value($1, pg_nth_argument($2))$F"),
}
