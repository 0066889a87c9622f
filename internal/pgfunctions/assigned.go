package pgfunctions

import (
	"strings"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgjson"
	"github.com/sluicemesh/sluice/sqlstate"
)

// assignments: pg_text_assigned('varchar' or 'bpchar', VARCHAR, INTEGER), a text as a column
// of that length takes it; pg_json_texts(VARCHAR, key) VARCHAR[], the elements of a JSON
// array, NULL for null.
func assignments() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func3("pg_text_assigned", textAssigned),
		toList("pg_json_texts", 2, func(args []string) ([]*string, error) { return jsonTexts(args[0], args[1]) }),
	}
}

// textAssigned cuts off blanks only (varchar.c: varchar_input, bpchar_input).
func textAssigned(kind, text string, most int32) (string, error) {
	length := utf8.RuneCountInString(text)
	if length > int(most) {
		kept := text[:atCharacter(text, most)]
		if strings.Trim(text[len(kept):], " ") != "" {
			name := map[string]string{"varchar": "character varying", "bpchar": "character"}[kind]
			return "", sqlstate.New(sqlstate.StringDataRightTruncation, "value too long for type %s(%d)", name, most)
		}
		return kept, nil
	}
	if kind == "bpchar" {
		text += strings.Repeat(" ", int(most)-length)
	}
	return text, nil
}

// jsonTexts gives what an array's elements are read from: a text that is no array is read as
// an array of PostgreSQL's (jsonfuncs.c, populate_array).
func jsonTexts(json, key string) ([]*string, error) {
	v, err := pgjson.Parse(json, false)
	if err != nil {
		return nil, err
	}
	switch v.Kind {
	case pgjson.Null:
		return nil, nil
	case pgjson.String:
		return arrayIn(v.Text)
	case pgjson.Array:
	default:
		return nil, sqlstate.New(sqlstate.InvalidTextRepresentation, "expected JSON array").WithHint("See the value of key \"%s\".", key)
	}
	texts := make([]*string, len(v.Items))
	for i, item := range v.Items {
		if item.Kind == pgjson.Array {
			return nil, sqlstate.Unsupported("an array of several dimensions in a record made of JSON")
		}
		if text, ok := item.AsText(); ok {
			texts[i] = &text
		}
	}
	return texts, nil
}
