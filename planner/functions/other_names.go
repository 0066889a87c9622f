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
		return []Row{local(prefix+"range_subdiff("+element+","+element+")", "(epoch_us($1) - epoch_us($2)) / 1000000::DOUBLE")}
	}),
	[]Row{
		local("daterange_subdiff(date,date)", "CAST(pg_date_diff($1, $2) AS DOUBLE)"),
		local("numrange_subdiff(numeric,numeric)", "pg_numeric_to_float8(pg_numeric_sub($1, $2))"),
		local("int8dec(int8)", "$1 - 1::BIGINT"),
		local("int8inc_any(int8,any)", "CASE WHEN $2 IS NOT NULL THEN $1 + 1::BIGINT END"), local("int8dec_any(int8,any)", "CASE WHEN $2 IS NOT NULL THEN $1 - 1::BIGINT END"),
		local("like_escape(bytea,bytea)", "pg_bytea_like_escape($1, $2)"), local("similar_escape(text,text)", `pg_similar_to_escape($1, coalesce($2, '\'))`),
	},
)
