package pgfunctions

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/sqlstate"
)

// arrayTexts turn arrays of one dimension into text and back.
//
//	pg_array_out(VARCHAR[]) VARCHAR             {a,"b c",NULL}
//	pg_array_in(VARCHAR) VARCHAR[]              the reverse
//	pg_record_out(VARCHAR[]) VARCHAR            (a,"b c",)
//	pg_array_to_string(VARCHAR[], separator, VARCHAR) VARCHAR
//	pg_string_to_array(VARCHAR, separator, VARCHAR) VARCHAR[]
//	pg_bucket(VARCHAR[]) VARCHAR                of whether a value lies below each threshold, its bucket
func arrayTexts() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		ofList("pg_array_out", 0, func(list, _ []*string) (string, error) { return arrayOut(list), nil }),
		ofList("pg_record_out", 0, func(list, _ []*string) (string, error) { return recordOut(list), nil }),
		toList("pg_array_in", 1, func(args []string) ([]*string, error) { return arrayIn(args[0]) }),
		ofList("pg_array_to_string", 2, func(list, args []*string) (string, error) {
			if args[0] == nil {
				return "", duckdb.ErrNull
			}
			return arrayToString(list, *args[0], args[1]), nil
		}),
		ofList("pg_bucket", 0, func(list, _ []*string) (string, error) { return bucket(list) }),
		duckdb.Func2("pg_trim_count", func(length, n int32) (int32, error) {
			if n < 0 || n > length {
				return 0, sqlstate.New(sqlstate.ArraySubscriptError, "number of elements to trim must be between 0 and %d", length)
			}
			return n, nil
		}),
		{Name: "pg_string_to_array", Params: []duckdb.Type{duckdb.Varchar, duckdb.Varchar, duckdb.Varchar},
			Result: duckdb.ListOf(duckdb.Varchar), Nulls: true, Call: func(in *duckdb.Arguments, out *duckdb.Results) error {
				for i := range in.Rows {
					s := text(in.Columns[0], i)
					if s == nil {
						out.PutNull()
						continue
					}
					out.PutTexts(stringToArray(*s, text(in.Columns[1], i), text(in.Columns[2], i)))
				}
				return nil
			}},
	}
}

// bucket halves the thresholds as width_bucket_array does, whether they are sorted or not.
func bucket(below []*string) (string, error) {
	if slices.Contains(below, nil) {
		return "", sqlstate.New(sqlstate.NullValueNotAllowed, "thresholds array must not contain NULLs")
	}
	low, high := 0, len(below)
	for low < high {
		if middle := (low + high) / 2; *below[middle] == "true" {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return strconv.Itoa(low), nil
}

func arrayOut(list []*string) string {
	var b strings.Builder
	b.WriteByte('{')
	for i, e := range list {
		if i > 0 {
			b.WriteByte(',')
		}
		switch {
		case e == nil:
			b.WriteString("NULL")
		case *e == "" || strings.ContainsAny(*e, "{}\",\\ \t\n\r\v\f") || strings.EqualFold(*e, "null"):
			b.WriteByte('"')
			for j := 0; j < len(*e); j++ {
				if c := (*e)[j]; c == '"' || c == '\\' {
					b.WriteByte('\\')
				}
				b.WriteByte((*e)[j])
			}
			b.WriteByte('"')
		default:
			b.WriteString(*e)
		}
	}
	b.WriteByte('}')
	return b.String()
}

// arrayIn reads what arrayOut writes, with blanks between elements.
func arrayIn(s string) ([]*string, error) {
	bad := sqlstate.New(sqlstate.InvalidTextRepresentation, "malformed array literal: \"%s\"", s)
	rest := strings.Trim(s, blanks)
	switch {
	case !strings.HasPrefix(rest, "{") && !strings.HasPrefix(rest, "["), !strings.HasSuffix(rest, "}"):
		return nil, bad
	case rest[0] == '[':
		return nil, sqlstate.Unsupported("array with bounds")
	}
	rest = rest[1 : len(rest)-1]
	out := []*string{}
	if strings.Trim(rest, blanks) == "" {
		return out, nil
	}
	for {
		e, after, err := arrayElement(strings.TrimLeft(rest, blanks))
		switch {
		case err != nil:
			return nil, err
		case after == "" && e != nil && *e == "\x00":
			return nil, bad
		}
		out = append(out, e)
		after = strings.TrimLeft(after, blanks)
		if after == "" {
			return out, nil
		}
		if after[0] != ',' {
			return nil, bad
		}
		rest = after[1:]
	}
}

// arrayElement reads one element. One that is not there at all comes as a zero byte.
func arrayElement(s string) (element *string, rest string, err error) {
	var b strings.Builder
	missing := "\x00"
	if strings.HasPrefix(s, "{") {
		return nil, "", sqlstate.Unsupported("array of more than one dimension")
	}
	if strings.HasPrefix(s, `"`) {
		for i := 1; i < len(s); i++ {
			switch {
			case s[i] == '\\' && i+1 < len(s):
				i++
				b.WriteByte(s[i])
			case s[i] == '"':
				text := b.String()
				return &text, s[i+1:], nil
			default:
				b.WriteByte(s[i])
			}
		}
		return &missing, "", nil
	}
	i, keep := 0, 0
	for ; i < len(s) && s[i] != ','; i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
			keep = b.Len()
			continue
		case s[i] == '"' || s[i] == '{' || s[i] == '}':
			return &missing, "", nil
		}
		b.WriteByte(s[i])
		if !strings.ContainsRune(blanks, rune(s[i])) {
			keep = b.Len()
		}
	}
	text := b.String()[:keep]
	switch {
	case text == "":
		return &missing, "", nil
	case strings.EqualFold(s[:keep], "null"):
		return nil, s[i:], nil
	}
	return &text, s[i:], nil
}

// arrayToString leaves NULL out, or puts null in its place.
func arrayToString(list []*string, separator string, null *string) string {
	var parts []string
	for _, e := range list {
		if e == nil {
			e = null
		}
		if e != nil {
			parts = append(parts, *e)
		}
	}
	return strings.Join(parts, separator)
}

// stringToArray cuts a text: a NULL separator between all characters, an empty one
// nowhere. Parts equal to null become NULL.
func stringToArray(s string, separator, null *string) []*string {
	var parts []string
	switch {
	case s == "":
		return []*string{}
	case separator == nil:
		for _, r := range s {
			parts = append(parts, string(r))
		}
	case *separator == "":
		parts = []string{s}
	default:
		parts = strings.Split(s, *separator)
	}
	out := pointers(parts)
	for i := range out {
		if null != nil && *out[i] == *null {
			out[i] = nil
		}
	}
	return out
}
