package sqlwriter

import (
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

// parseArray reads PostgreSQL's text form of a one-dimensional array.
func parseArray(text string) (elements []string, nulls []bool, err error) {
	if len(text) < 2 || text[0] != '{' || text[len(text)-1] != '}' {
		return nil, nil, sqlstate.Unsupported("array with bounds")
	}
	rest := text[1 : len(text)-1]
	for rest != "" {
		element, null, after, ok := arrayElement(rest)
		if !ok {
			return nil, nil, sqlstate.Unsupported("array of more than one dimension")
		}
		elements, nulls = append(elements, element), append(nulls, null)
		rest = after
	}
	return elements, nulls, nil
}

func arrayElement(s string) (element string, null bool, after string, ok bool) {
	var b strings.Builder
	quoted := false
	i := 0
	for in := false; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		case c == '"':
			in, quoted = !in, true
		case !in && (c == '{' || c == '}'):
			return "", false, "", false
		case !in && c == ',':
			return b.String(), !quoted && strings.EqualFold(b.String(), "null"), s[i+1:], true
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), !quoted && strings.EqualFold(b.String(), "null"), "", true
}
