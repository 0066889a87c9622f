package pgtype

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/sluicemesh/sluice/sqlstate"
)

func badJSON() *sqlstate.Error {
	return sqlstate.New(sqlstate.InvalidTextRepresentation, "invalid input syntax for type json")
}

// canonicalJSON checks the syntax and keeps the text.
func canonicalJSON(text string) (string, error) {
	if !json.Valid([]byte(text)) {
		return "", badJSON()
	}
	return text, nil
}

// canonicalJSONB prints as jsonb_out does: keys by length, then bytes, the last of equal
// ones; numbers as numeric prints them.
func canonicalJSONB(text string) (string, error) {
	if !json.Valid([]byte(text)) {
		return "", badJSON()
	}
	r := jsonReader{text: text}
	b, err := r.value(nil)
	return string(b), err
}

// jsonReader rewrites JSON whose syntax is known to be right.
type jsonReader struct {
	text string
	at   int
}

// peek skips white space and gives the next character.
func (r *jsonReader) peek() byte {
	for strings.IndexByte(" \t\n\r", r.text[r.at]) >= 0 {
		r.at++
	}
	return r.text[r.at]
}

func (r *jsonReader) value(b []byte) ([]byte, error) {
	switch c := r.peek(); c {
	case '{':
		return r.object(b)
	case '[':
		return r.array(b)
	case '"':
		s, err := r.string()
		return appendJSONString(b, s), err
	case 't', 'n':
		r.at += 4
		return append(b, r.text[r.at-4:r.at]...), nil
	case 'f':
		r.at += 5
		return append(b, "false"...), nil
	}
	start := r.at
	for r.at < len(r.text) && strings.IndexByte("+-.eE0123456789", r.text[r.at]) >= 0 {
		r.at++
	}
	n, err := canonicalNumeric(-1, r.text[start:r.at])
	return append(b, n...), err
}

func (r *jsonReader) array(b []byte) ([]byte, error) {
	r.at++
	b = append(b, '[')
	for first := true; r.peek() != ']'; first = false {
		if !first {
			r.at++ // the comma
			b = append(b, ", "...)
		}
		var err error
		if b, err = r.value(b); err != nil {
			return nil, err
		}
	}
	r.at++
	return append(b, ']'), nil
}

func (r *jsonReader) object(b []byte) ([]byte, error) {
	r.at++
	values := map[string][]byte{}
	for first := true; r.peek() != '}'; first = false {
		if !first {
			r.at++ // the comma
			r.peek()
		}
		key, err := r.string()
		if err != nil {
			return nil, err
		}
		r.peek()
		r.at++ // the colon
		if values[key], err = r.value(nil); err != nil {
			return nil, err
		}
	}
	r.at++
	keys := make([]string, 0, len(values))
	for k := range values {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	b = append(b, '{')
	for i, k := range keys {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = append(append(appendJSONString(b, k), ": "...), values[k]...)
	}
	return append(b, '}'), nil
}

// string reads a string with its escapes.
func (r *jsonReader) string() (string, error) {
	r.at++
	var b strings.Builder
	for ; r.text[r.at] != '"'; r.at++ {
		c := r.text[r.at]
		if c != '\\' {
			b.WriteByte(c)
			continue
		}
		r.at++
		switch c = r.text[r.at]; c {
		case 'u':
			if err := r.unicode(&b); err != nil {
				return "", err
			}
		case 'b', 'f', 'n', 'r', 't':
			b.WriteByte("\b\f\n\r\t"[strings.IndexByte("bfnrt", c)])
		default:
			b.WriteByte(c)
		}
	}
	r.at++
	return b.String(), nil
}

// unicode reads the digits of \u, and of the second half of a surrogate pair.
func (r *jsonReader) unicode(b *strings.Builder) error {
	code := r.hex4()
	switch {
	case code == 0:
		return sqlstate.New(sqlstate.UntranslatableCharacter, "unsupported Unicode escape sequence").
			WithDetail(`%su0000 cannot be converted to text.`, `\`)
	case !utf16.IsSurrogate(code):
		b.WriteRune(code)
		return nil
	case code >= 0xdc00 || !strings.HasPrefix(r.text[r.at+1:], `\u`):
		return badJSON().WithDetail("Unicode low surrogate must follow a high surrogate.")
	}
	r.at += 2
	second := r.hex4()
	pair := utf16.DecodeRune(code, second)
	if second < 0xdc00 || second > 0xdfff {
		return badJSON().WithDetail("Unicode low surrogate must follow a high surrogate.")
	}
	b.WriteRune(pair)
	return nil
}

// hex4 reads the four digits behind the u at the current place and stands on the last.
func (r *jsonReader) hex4() rune {
	n, _ := strconv.ParseUint(r.text[r.at+1:r.at+5], 16, 32)
	r.at += 4
	return rune(n)
}

// appendJSONString quotes as escape_json does.
func appendJSONString(b []byte, s string) []byte {
	const digits = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(s) {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case strings.IndexByte("\b\f\n\r\t", c) >= 0:
			b = append(b, '\\', "bfnrt"[strings.IndexByte("\b\f\n\r\t", c)])
		case c < ' ':
			b = append(b, `\u00`...)
			b = append(b, digits[c>>4], digits[c&15])
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
