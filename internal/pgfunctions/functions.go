// Package pgfunctions is what the local engine computes by PostgreSQL's rules where
// DuckDB has none of its own: functions and aggregates to register with an instance.
//
// In: nothing. Out: tables of functions for duckdb.Options. It knows no plans; the
// function table names these functions when it writes SQL for the local engine.
//
// A numeric stands as VARCHAR in PostgreSQL's text form ("n" below). DECIMAL turns
// into n by pg_numeric_in(CAST(d AS VARCHAR)) (DuckDB writes DECIMAL(2,2) as .50), n into DECIMAL(p,s) by CAST(pg_numeric_decimal(n,p,s) AS DECIMAL(p,s)),
// an integer of any width into n by CAST(i AS VARCHAR). All functions are strict.
//
//	pg_numeric_in(VARCHAR) n                 text to numeric
//	pg_numeric_add|sub|mul|div|mod(n, n) n   + - * / %
//	pg_numeric_quo(n, n) n                   div(a, b)
//	pg_numeric_gcd|lcm|power|log(n, n) n     log(base, x)
//	pg_numeric_neg|abs|ceil|floor|sign|sqrt|exp|ln|log10|trim_scale(n) n
//	pg_numeric_round|trunc(n, INTEGER) n
//	pg_numeric_scale|min_scale(n) INTEGER    NULL for NaN and infinities
//	pg_numeric_cmp(n, n) INTEGER             -1, 0, 1
//	pg_numeric_key(n) BLOB                   orders, compares, groups and joins as numbers do
//	pg_numeric_apply_typmod(n, INTEGER, INTEGER) n    ::numeric(p,s)
//	pg_numeric_decimal(n, INTEGER, INTEGER) n         the same, and NaN is 22003
//	pg_numeric_from_float8(DOUBLE), pg_numeric_from_float4(FLOAT) n
//	pg_numeric_to_float8(n) DOUBLE, pg_numeric_to_float4(n) FLOAT
//	pg_numeric_to_int8|int4|int2(n) BIGINT|INTEGER|SMALLINT
//	pg_numeric_sum|avg|min|max(n) n          aggregates; NULL without rows
//	pg_numeric_var_samp|var_pop|stddev_samp|stddev_pop(n) n
//
//	pg_div_int2|int4|int8, pg_mod_int2|int4|int8 (i, i) i       22012, and 22003 for min / -1
//	pg_neg_int2|int4|int8, pg_abs_int2|int4|int8 (i) i          22003 with the type's name
//	pg_add|sub|mul|div_float8 (DOUBLE, DOUBLE) DOUBLE, …_float4 (FLOAT, FLOAT) FLOAT    22003 overflow and underflow, 22012
//	pg_exp_float8(DOUBLE), pg_power_float8(DOUBLE, DOUBLE) DOUBLE
//	pg_round_float8(DOUBLE) DOUBLE                              half to even
//	pg_float8_to_float4(DOUBLE) FLOAT
//	pg_int2_in, pg_int4_in, pg_int8_in (VARCHAR) SMALLINT|INTEGER|BIGINT, pg_oid_in(VARCHAR) BIGINT
//	pg_float8_in(VARCHAR) DOUBLE, pg_float4_in(VARCHAR) FLOAT, pg_bool_in(VARCHAR) BOOLEAN
//
// + - * on integers need no function: DuckDB raises on overflow, and package duckdb
// gives that PostgreSQL's message.
package pgfunctions

import (
	"slices"

	"github.com/sluicemesh/sluice/internal/duckdb"
)

// Scalars are the scalar functions.
func Scalars() []duckdb.ScalarFunction {
	return slices.Concat(numericArithmetic(), numericCasts(), integers(), floats(), textForms(), outputs(),
		domains(), stringFunctions(), datetimeForms(), years(), calendar(), parts(), identifiers(), extremes(), toChar(),
		arrayTexts(), concatenations(), binaryStrings(), regexFunctions(), names(), percentiles(), jsonFunctions(), series(), moreCalendar(), moreMath(), moreTexts(), jsonPaths(), degreeFunctions(), bitStrings(), timesWithZone(), ranges(), shapes(), networks(), assignments(), macs(), sqlJSON(), sqlJSONQueries())
}

// Aggregates are the aggregates.
func Aggregates() []duckdb.AggregateFunction {
	return slices.Concat(numericAggregates(), floatAggregates(), pairAggregates(), bitAggregates())
}

// Setup are statements for functions that DuckDB computes with its own library and
// ours check, so that results agree with PostgreSQL's use of the same C library.
func Setup() []string {
	return []string{
		"CREATE MACRO pg_exp_float8(x) AS pg_check_exp(exp(x), x)",
		"CREATE MACRO pg_power_float8(x, y) AS pg_check_power(pow(x, y), x, y)",
	}
}
