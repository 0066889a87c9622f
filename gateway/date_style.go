package gateway

import (
	"cmp"
	"strings"
)

// dateStyle reads "ISO", "DMY", "SQL, DMY", … keeping the part that is not named
// (manual, "Date/Time Output"; PostgreSQL's check_datestyle).
func dateStyle(p parameter, value, was string) (string, error) {
	var style, order string
	wasStyle, wasOrder, _ := strings.Cut(was, ", ")
	for _, word := range strings.Split(value, ",") {
		word = strings.TrimSpace(word)
		if word == "" || strings.ContainsAny(word, " \t\n") {
			return "", invalid(p, value).WithDetail("List syntax is invalid.")
		}
		if strings.EqualFold(word, "default") {
			wasStyle, wasOrder, _ = strings.Cut(p.initial, ", ")
			continue
		}
		s, o := dateStyleWord(strings.ToLower(word))
		if s == "" && o == "" {
			return "", invalid(p, value).WithDetail("Unrecognized key word: %q.", word)
		}
		if s != "" && style != "" && s != style || o != "" && order != "" && o != order {
			return "", invalid(p, value).WithDetail("Conflicting \"datestyle\" specifications.")
		}
		style, order = cmp.Or(s, style), cmp.Or(o, order)
	}
	if style == "German" {
		order = cmp.Or(order, "DMY")
	}
	return cmp.Or(style, wasStyle) + ", " + cmp.Or(order, wasOrder), nil
}

// dateStyleWord gives what one word says of the style or of the order.
func dateStyleWord(word string) (style, order string) {
	switch {
	case word == "iso":
		return "ISO", ""
	case word == "sql":
		return "SQL", ""
	case strings.HasPrefix(word, "postgres"):
		return "Postgres", ""
	case word == "german":
		return "German", ""
	case word == "ymd":
		return "", "YMD"
	case word == "dmy" || strings.HasPrefix(word, "euro"):
		return "", "DMY"
	case word == "mdy" || word == "us" || strings.HasPrefix(word, "noneuro"):
		return "", "MDY"
	}
	return "", ""
}
