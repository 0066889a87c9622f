// Package pgjson reads, prints, compares and changes JSON as PostgreSQL's json and jsonb do.
//
// In: texts of the two types. Out: values that keep the text they came from, or new
// texts. A jsonb stands as the text PostgreSQL prints for it. It knows no SQL.
package pgjson

import (
	"strings"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Kind of a value, in the order in which jsonb sorts them.
type Kind uint8

// The kinds.
const (
	Null Kind = iota
	String
	Number
	Bool
	Array
	Object
	OfMoment // only within a jsonpath
)

// Value is a JSON value and the text it was read from.
type Value struct {
	Kind  Kind
	Raw   string
	Text  string // of a string, unescaped
	Items []Value
	Keys  []string // of an object, parallel to Items
	// Moment is that of a jsonpath's date or time.
	Moment *Moment
}

func invalid() error {
	return sqlstate.New(sqlstate.InvalidTextRepresentation, "invalid input syntax for type json")
}

// deepest nesting that is read.
const deepest = 6400

// reader of one text.
type reader struct {
	s     string
	at    int
	depth int
	jsonb bool
}

// Parse reads the text of a json; with jsonb, what jsonb cannot hold is an error.
func Parse(text string, jsonb bool) (Value, error) {
	r := &reader{s: text, jsonb: jsonb}
	v, err := r.value()
	if err != nil {
		return v, err
	}
	if r.blanks(); r.at < len(r.s) {
		return v, invalid()
	}
	return v, nil
}

func (r *reader) blanks() {
	for r.at < len(r.s) && strings.IndexByte(" \t\n\r", r.s[r.at]) >= 0 {
		r.at++
	}
}

func (r *reader) peek() byte {
	r.blanks()
	if r.at < len(r.s) {
		return r.s[r.at]
	}
	return 0
}

func (r *reader) value() (v Value, err error) {
	c := r.peek()
	start := r.at
	switch {
	case c == '{' || c == '[':
		if r.depth++; r.depth > deepest {
			return v, sqlstate.New(sqlstate.StatementTooComplex, "stack depth limit exceeded")
		}
		if c == '{' {
			v, err = r.object()
		} else {
			v, err = r.array()
		}
		r.depth--
	case c == '"':
		v.Kind = String
		v.Text, err = r.text()
	case c == '-' || c >= '0' && c <= '9':
		v.Kind = Number
		err = r.number()
	default:
		v, err = r.word()
	}
	v.Raw = r.s[start:r.at]
	return v, err
}

func (r *reader) word() (Value, error) {
	for word, kind := range map[string]Kind{"null": Null, "true": Bool, "false": Bool} {
		if strings.HasPrefix(r.s[r.at:], word) {
			r.at += len(word)
			if r.at < len(r.s) && (r.s[r.at] >= 0x80 || r.s[r.at]|0x20 >= 'a' && r.s[r.at]|0x20 <= 'z' || r.s[r.at] >= '0' && r.s[r.at] <= '9' || r.s[r.at] == '_') {
				return Value{}, invalid()
			}
			return Value{Kind: kind}, nil
		}
	}
	return Value{}, invalid()
}

func (r *reader) digits() bool {
	start := r.at
	for r.at < len(r.s) && r.s[r.at] >= '0' && r.s[r.at] <= '9' {
		r.at++
	}
	return r.at > start
}

func (r *reader) number() error {
	if r.s[r.at] == '-' {
		r.at++
	}
	if strings.HasPrefix(r.s[r.at:], "0") {
		r.at++
	} else if !r.digits() {
		return invalid()
	}
	if strings.HasPrefix(r.s[r.at:], ".") {
		r.at++
		if !r.digits() {
			return invalid()
		}
	}
	if r.at < len(r.s) && r.s[r.at]|0x20 == 'e' {
		r.at++
		if r.at < len(r.s) && (r.s[r.at] == '+' || r.s[r.at] == '-') {
			r.at++
		}
		if !r.digits() {
			return invalid()
		}
	}
	if r.at < len(r.s) && (r.s[r.at] == '_' || r.s[r.at] == '.' || r.s[r.at]|0x20 >= 'a' && r.s[r.at]|0x20 <= 'z' || r.s[r.at] >= '0' && r.s[r.at] <= '9') {
		return invalid()
	}
	return nil
}

func (r *reader) array() (v Value, err error) {
	v.Kind = Array
	r.at++
	if r.peek() == ']' {
		r.at++
		return v, nil
	}
	for {
		item, err := r.value()
		if err != nil {
			return v, err
		}
		v.Items = append(v.Items, item)
		switch r.peek() {
		case ',':
			r.at++
		case ']':
			r.at++
			return v, nil
		default:
			return v, invalid()
		}
	}
}

func (r *reader) object() (v Value, err error) {
	v.Kind = Object
	r.at++
	if r.peek() == '}' {
		r.at++
		return v, nil
	}
	for {
		if r.peek() != '"' {
			return v, invalid()
		}
		key, err := r.text()
		if err != nil {
			return v, err
		}
		if r.peek() != ':' {
			return v, invalid()
		}
		r.at++
		item, err := r.value()
		if err != nil {
			return v, err
		}
		v.Keys, v.Items = append(v.Keys, key), append(v.Items, item)
		switch r.peek() {
		case ',':
			r.at++
		case '}':
			r.at++
			return v, nil
		default:
			return v, invalid()
		}
	}
}

// text reads a string.
func (r *reader) text() (string, error) {
	r.at++
	if end := strings.IndexAny(r.s[r.at:], "\"\\"); end >= 0 && r.s[r.at+end] == '"' && !hasControl(r.s[r.at:r.at+end]) {
		text := r.s[r.at : r.at+end]
		r.at += end + 1
		return text, nil
	}
	var b strings.Builder
	for r.at < len(r.s) {
		c := r.s[r.at]
		switch {
		case c == '"':
			r.at++
			return b.String(), nil
		case c < ' ':
			return "", invalid()
		case c == '\\':
			if err := r.escape(&b); err != nil {
				return "", err
			}
		default:
			b.WriteByte(c)
			r.at++
		}
	}
	return "", invalid()
}

func hasControl(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' {
			return true
		}
	}
	return false
}

func (r *reader) escape(b *strings.Builder) error {
	if r.at+1 >= len(r.s) {
		return invalid()
	}
	c := r.s[r.at+1]
	if i := strings.IndexByte(`"\/bfnrt`, c); i >= 0 {
		b.WriteByte("\"\\/\b\f\n\r\t"[i])
		r.at += 2
		return nil
	}
	high, ok := r.hex()
	if !ok {
		return invalid()
	}
	r.at += 6
	if high >= 0xd800 && high <= 0xdbff {
		low, ok := r.hex()
		if !ok || low < 0xdc00 || low > 0xdfff {
			return invalid()
		}
		r.at += 6
		high = (high-0xd800)<<10 + low - 0xdc00 + 0x10000
	} else if high >= 0xdc00 && high <= 0xdfff {
		return invalid()
	}
	if high == 0 {
		if r.jsonb {
			return sqlstate.New(sqlstate.UntranslatableCharacter, "unsupported Unicode escape sequence")
		}
		b.WriteRune(utf8.RuneError)
		return nil
	}
	b.WriteRune(high)
	return nil
}

// hex reads \uXXXX without moving on.
func (r *reader) hex() (rune, bool) {
	if len(r.s)-r.at < 6 || r.s[r.at] != '\\' || r.s[r.at+1] != 'u' {
		return 0, false
	}
	value := rune(0)
	for _, c := range []byte(r.s[r.at+2 : r.at+6]) {
		switch {
		case c >= '0' && c <= '9':
			value = value<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			value = value<<4 | rune((c|0x20)-'a'+10)
		default:
			return 0, false
		}
	}
	return value, true
}
