package functions

import "strings"

// wholePattern takes a LIKE pattern that does not end in a lone escape, which is an
// error (22025) in PostgreSQL and a backslash in MySQL.
func wholePattern(pattern string) bool {
	return !strings.HasSuffix(strings.ReplaceAll(pattern, `\\`, ""), `\`)
}
