package pgtype

import "github.com/sluicemesh/sluice/internal/pgjsonpath"

// PrintJSONPath is the text that PostgreSQL prints for a jsonpath, of the text it stands as.
func PrintJSONPath(text string) string {
	p, err := pgjsonpath.Parse(text)
	if err != nil {
		return text
	}
	return p.Print()
}
