package functions

import "strings"

// Manual, "Pattern Matching". LIKE without a backslash in a literal pattern goes bare:
// DuckDB has fast paths for that form.
var patterns = join(
	like("~~", "LIKE"), like("!~~", "NOT LIKE"),
	insensitive("~~*", "LIKE"), insensitive("!~~*", "NOT LIKE"),
	[]Row{
		fn("like_escape(text,text)", "pg_like_escape($1, $2)"),
		collated("~(text,text)", "regexp_matches($1, $2, 's')", rewrite(1, regexPattern)),
		collated("!~(text,text)", "NOT regexp_matches($1, $2, 's')", rewrite(1, regexPattern)),
		collated("~*(text,text)", "regexp_matches($1, $2, 's')", rewrite(1, regexPatternInsensitive)),
		collated("!~*(text,text)", "NOT regexp_matches($1, $2, 's')", rewrite(1, regexPatternInsensitive)),
		collated("~(bpchar,text)", "regexp_matches($1, $2, 's')", rewrite(1, regexPattern)),
		collated("!~(bpchar,text)", "NOT regexp_matches($1, $2, 's')", rewrite(1, regexPattern)),
	},
)

// like is not total: a pattern may end in its escape character (22025). A literal one
// that does not is judged by Total.
func like(operator, word string) []Row {
	return each([]string{"text", "bpchar", "name"}, func(t string) []Row {
		return []Row{fn(operator+"("+t+",text)", "$1 "+word+` $2 ESCAPE '\'`, when(1, noEscape, "$1 "+word+" $2"))}
	})
}

func insensitive(operator, word string) []Row {
	const lower = "translate($#, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"
	template := strings.ReplaceAll(lower, "$#", "$1") + " " + word + " " + strings.ReplaceAll(lower, "$#", "$2")
	return each([]string{"text", "bpchar"}, func(t string) []Row {
		return []Row{collated(operator+"("+t+",text)", template+` ESCAPE '\'`, when(1, noEscape, template))}
	})
}

func noEscape(pattern string) bool { return !strings.Contains(pattern, `\`) }
