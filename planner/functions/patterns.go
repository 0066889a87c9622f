package functions

import "strings"

// Manual, "Pattern Matching". LIKE without a backslash in a literal pattern goes bare:
// DuckDB has fast paths for that form.
var patterns = join(
	like("~~", "LIKE"), like("!~~", "NOT LIKE"),
	insensitive("~~*", "LIKE"), insensitive("!~~*", "NOT LIKE"),
	[]Row{
		fn("like_escape(text,text)", "pg_like_escape($1, $2)"),
		fn("~~(bytea,bytea)", "pg_bytea_like($1, $2)"), fn("!~~(bytea,bytea)", "NOT pg_bytea_like($1, $2)"),
		fn("like(bytea,bytea)", "pg_bytea_like($1, $2)"), fn("notlike(bytea,bytea)", "NOT pg_bytea_like($1, $2)"),
	},
	regexOperators("~", "", "", regexPattern), regexOperators("!~", "NOT ", "", regexPattern),
	regexOperators("~*", "", "i", regexPatternInsensitive), regexOperators("!~*", "NOT ", "i", regexPatternInsensitive),
	regexFunctions,
)

// regexOperators match by RE2 where it reads a literal pattern as PostgreSQL does, else
// by our own engine.
func regexOperators(operator, not, flags string, translate func(string) (string, bool)) []Row {
	return each([]string{"text", "bpchar", "name"}, func(t string) []Row {
		return []Row{collated(operator+"("+t+",text)", not+"pg_regex_like($1, $2, '"+flags+"')", func(r *Row) {
			r.duckdb.Alternatives = append(r.duckdb.Alternatives, Alternative{Arguments: []int{1}, Rewrite: translate,
				Template: not + "regexp_matches($1, $2, 's')"})
		})}
	})
}

// regexFunctions of version 15 are not pushed: a source may be older.
var regexFunctions = []Row{
	local("regexp_like(text,text)", "pg_regex_like($1, $2, '')"), local("regexp_like(text,text,text)", "pg_regex_like($1, $2, $3)"),
	collated("substring(text,text)", "pg_regex_substring($1, $2)"),
	local("substring(text,text,text)", "pg_regex_substring($1, pg_similar_to_escape($2, $3))"),
	fn("similar_to_escape(text)", `pg_similar_to_escape($1, '\')`), fn("similar_to_escape(text,text)", "pg_similar_to_escape($1, $2)"),
	collated("regexp_replace(text,text,text)", "pg_regex_replace($1, $2, $3, '')"),
	collated("regexp_replace(text,text,text,text)", "pg_regex_replace($1, $2, $3, $4)"),
	local("regexp_replace(text,text,text,int4)", "pg_regex_replace($1, $2, $3, $4, 1::INTEGER, '')"),
	local("regexp_replace(text,text,text,int4,int4)", "pg_regex_replace($1, $2, $3, $4, $5, '')"),
	local("regexp_replace(text,text,text,int4,int4,text)", "pg_regex_replace($1, $2, $3, $4, $5, $6)"),
	collated("regexp_match(text,text)", "pg_regex_match($1, $2, '')"), collated("regexp_match(text,text,text)", "pg_regex_match($1, $2, $3)"),
	collated("regexp_split_to_array(text,text)", "pg_regex_split($1, $2, '', 'regexp_split_to_array()')"),
	collated("regexp_split_to_array(text,text,text)", "pg_regex_split($1, $2, $3, 'regexp_split_to_array()')"),
	local("regexp_count(text,text)", "pg_regex_count($1, $2, 1::INTEGER, '')"), local("regexp_count(text,text,int4)", "pg_regex_count($1, $2, $3, '')"),
	local("regexp_count(text,text,int4,text)", "pg_regex_count($1, $2, $3, $4)"),
	local("regexp_instr(text,text)", "pg_regex_instr($1, $2, 1::INTEGER, 1::INTEGER, 0::INTEGER, '', 0::INTEGER)"),
	local("regexp_instr(text,text,int4)", "pg_regex_instr($1, $2, $3, 1::INTEGER, 0::INTEGER, '', 0::INTEGER)"),
	local("regexp_instr(text,text,int4,int4)", "pg_regex_instr($1, $2, $3, $4, 0::INTEGER, '', 0::INTEGER)"),
	local("regexp_instr(text,text,int4,int4,int4)", "pg_regex_instr($1, $2, $3, $4, $5, '', 0::INTEGER)"),
	local("regexp_instr(text,text,int4,int4,int4,text)", "pg_regex_instr($1, $2, $3, $4, $5, $6, 0::INTEGER)"),
	local("regexp_instr(text,text,int4,int4,int4,text,int4)", "pg_regex_instr($1, $2, $3, $4, $5, $6, $7)"),
	local("regexp_substr(text,text)", "pg_regex_substr($1, $2, 1::INTEGER, 1::INTEGER, '', 0::INTEGER)"),
	local("regexp_substr(text,text,int4)", "pg_regex_substr($1, $2, $3, 1::INTEGER, '', 0::INTEGER)"),
	local("regexp_substr(text,text,int4,int4)", "pg_regex_substr($1, $2, $3, $4, '', 0::INTEGER)"),
	local("regexp_substr(text,text,int4,int4,text)", "pg_regex_substr($1, $2, $3, $4, $5, 0::INTEGER)"),
	local("regexp_substr(text,text,int4,int4,text,int4)", "pg_regex_substr($1, $2, $3, $4, $5, $6)"),
}

// like is not total: a pattern may end in its escape character (22025). A literal one
// that does not is judged by Total.
func like(operator, word string) []Row {
	named := map[string]string{"~~": "like", "!~~": "notlike"}[operator]
	rows := each([]string{"text", "name"}, func(t string) []Row {
		return []Row{fn(named+"("+t+",text)", "$1 "+word+` $2 ESCAPE '\'`, when(1, noEscape, "$1 "+word+" $2"))}
	})
	return join(rows, each([]string{"text", "bpchar", "name"}, func(t string) []Row {
		return []Row{fn(operator+"("+t+",text)", "$1 "+word+` $2 ESCAPE '\'`, when(1, noEscape, "$1 "+word+" $2"))}
	}))
}

func insensitive(operator, word string) []Row {
	const lower = "translate($#, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"
	template := strings.ReplaceAll(lower, "$#", "$1") + " " + word + " " + strings.ReplaceAll(lower, "$#", "$2")
	return each([]string{"text", "bpchar", "name"}, func(t string) []Row {
		return []Row{collated(operator+"("+t+",text)", template+` ESCAPE '\'`, when(1, noEscape, template))}
	})
}

func noEscape(pattern string) bool { return !strings.Contains(pattern, `\`) }
