package functions

import "strings"

// otherNames are procedures that compute what a row of the table does under a better known
// name (pg_proc.dat).
var otherNames = map[string]string{
	"dexp(float8)": "exp(float8)", "dlog1(float8)": "ln(float8)", "dlog10(float8)": "log10(float8)",
	"dround(float8)": "round(float8)", "dtrunc(float8)": "trunc(float8)", "textlen(text)": "length(text)",
}

// withOtherNames adds them.
func withOtherNames(all map[string]Row) map[string]Row {
	for name, known := range otherNames {
		r := all[known]
		r.Signature = name
		all[name] = r
	}
	return all
}

// behind are procedures of operators, types and aggregates that a query may name as well.
var behind = join(
	each([]string{"int4", "int8", "date"}, func(t string) []Row {
		return []Row{local(t+"range_canonical("+t+"range)", "$1", total)}
	}),
	each([]string{"int4", "int8"}, func(t string) []Row {
		return []Row{
			local(t+"range_subdiff("+t+","+t+")", "CAST($1 AS DOUBLE) - CAST($2 AS DOUBLE)", total),
			local(t+"inc("+t+")", "$1 + 1::"+map[string]string{"int4": "INTEGER", "int8": "BIGINT"}[t]),
		}
	}),
	each([]string{"ts:timestamp", "tstz:timestamptz"}, func(names string) []Row {
		prefix, element, _ := strings.Cut(names, ":")
		return []Row{local(prefix+"range_subdiff("+element+","+element+")", "("+unlessInfinite("$1", "epoch_us($1) - 946684800000000", "9223372036854775807")+" - "+unlessInfinite("$2", "epoch_us($2) - 946684800000000", "9223372036854775807")+") / 1000000::DOUBLE", total)}
	}),
	[]Row{
		local("daterange_subdiff(date,date)", unlessInfinite("$1", "$1 - DATE '2000-01-01'", "2147483647")+" - "+unlessInfinite("$2", "$2 - DATE '2000-01-01'", "2147483647"), total),
		local("numrange_subdiff(numeric,numeric)", "pg_numeric_to_float8(pg_numeric_sub($1, $2))"),
		local("int8dec(int8)", "$1 - 1::BIGINT"),
		local("int8inc_any(int8,any)", "CASE WHEN $2 IS NOT NULL THEN $1 + 1::BIGINT END"), local("int8dec_any(int8,any)", "CASE WHEN $2 IS NOT NULL THEN $1 - 1::BIGINT END"),
		local("like_escape(bytea,bytea)", "pg_bytea_like_escape($1, $2)"), local("similar_escape(text,text)", `pg_similar_to_escape($1, coalesce($2, '\'))`),
	},
)

// unlessInfinite is a moment as the number that PostgreSQL keeps: since 2000, infinities at the ends.
func unlessInfinite(arg, since, last string) string {
	return "CASE WHEN NOT isinf(" + arg + ") THEN CAST(" + since + " AS DOUBLE) WHEN " + arg + " > DATE '2000-01-01' THEN " + last + "::DOUBLE WHEN " + arg + " IS NOT NULL THEN -" + last + "::DOUBLE - 1 END"
}
