package pgjson

import (
	"fmt"
	"sort"
	"strings"

	"github.com/sluicemesh/sluice/internal/numeric"
)

// Quote writes a string.
func Quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch at := strings.IndexByte("\"\\\b\f\n\r\t", c); {
		case at >= 0:
			b.WriteByte('\\')
			b.WriteByte(`"\bfnrt`[at])
		case c < ' ':
			fmt.Fprintf(&b, `\u%04x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// Canonical makes a jsonb of a value: numbers as numeric prints them, keys sorted by
// length, then bytes, the last of equal ones kept.
func Canonical(v Value) (Value, error) {
	switch v.Kind {
	case Number:
		n, err := numeric.Parse(v.Raw)
		v.Raw = n.String()
		return v, err
	case Array, Object:
		items := make([]Value, len(v.Items))
		for i, item := range v.Items {
			var err error
			if items[i], err = Canonical(item); err != nil {
				return v, err
			}
		}
		v.Items = items
		if v.Kind == Object {
			v.sortKeys()
		}
		v.Raw = ""
	}
	return v, nil
}

func (v *Value) sortKeys() {
	last := map[string]int{}
	for i, k := range v.Keys {
		last[k] = i
	}
	keys := make([]string, 0, len(last))
	for k := range last {
		keys = append(keys, k)
	}
	sort.Slice(keys, func(i, j int) bool { return keyLess(keys[i], keys[j]) })
	items := make([]Value, len(keys))
	for i, k := range keys {
		items[i] = v.Items[last[k]]
	}
	v.Keys, v.Items = keys, items
}

func keyLess(a, b string) bool {
	if len(a) != len(b) {
		return len(a) < len(b)
	}
	return a < b
}

// Print writes a jsonb as PostgreSQL prints it.
func Print(v Value) string { return layout{between: ", ", after: ": "}.print(v) }

// Pretty writes a jsonb on many lines.
func Pretty(v Value) string { return layout{between: ",", after: ": ", lines: true}.print(v) }

// Compact writes a json without blanks.
func Compact(v Value) string { return layout{between: ",", after: ":"}.print(v) }

// layout is what stands between the parts of a value.
type layout struct {
	between, after string // items; a key and its item
	lines          bool   // each item on a line of its own
}

func (l layout) print(v Value) string {
	var b strings.Builder
	l.write(&b, v, 0)
	return b.String()
}

func (l layout) write(b *strings.Builder, v Value, depth int) {
	switch v.Kind {
	case String:
		b.WriteString(Quote(v.Text))
		return
	case Null:
		b.WriteString("null")
		return
	case Array, Object:
	default:
		b.WriteString(v.Raw)
		return
	}
	marks := "[]"
	if v.Kind == Object {
		marks = "{}"
	}
	b.WriteByte(marks[0])
	for i, item := range v.Items {
		if i > 0 {
			b.WriteString(l.between)
		}
		l.newLine(b, depth+1)
		if v.Kind == Object {
			b.WriteString(Quote(v.Keys[i]) + l.after)
		}
		l.write(b, item, depth+1)
	}
	l.newLine(b, depth)
	b.WriteByte(marks[1])
}

func (l layout) newLine(b *strings.Builder, depth int) {
	if l.lines {
		b.WriteString("\n" + strings.Repeat("    ", depth))
	}
}

// StripNulls drops fields that are null. compact writes json, which keeps no blanks.
func StripNulls(v Value) Value {
	if v.Kind != Array && v.Kind != Object {
		return v
	}
	out := Value{Kind: v.Kind}
	for i, item := range v.Items {
		if v.Kind == Object {
			if item.Kind == Null {
				continue
			}
			out.Keys = append(out.Keys, v.Keys[i])
		}
		out.Items = append(out.Items, StripNulls(item))
	}
	return out
}

// AppendSortKey appends bytes that order, compare and group as jsonb values do. A
// scalar at the root counts as an array of one that sorts before such arrays.
func AppendSortKey(dst []byte, v Value) ([]byte, error) {
	if v.Kind < Array {
		dst = append(dst, 0x20, 0, 0, 0, 1, 0)
	}
	return appendKey(dst, v)
}

func appendKey(dst []byte, v Value) ([]byte, error) {
	switch v.Kind {
	case Null:
		return append(dst, 0x01), nil
	case String:
		return appendBytes(append(dst, 0x02), v.Text), nil
	case Number:
		n, err := numeric.Parse(v.Raw)
		return appendBytes(append(dst, 0x03), string(numeric.AppendSortKey(nil, n))), err
	case Bool:
		if v.Raw == "true" {
			return append(dst, 0x04, 1), nil
		}
		return append(dst, 0x04, 0), nil
	}
	n := len(v.Items)
	mark := byte(0x20)
	if v.Kind == Object {
		mark = 0x30
	}
	dst = append(dst, mark, byte(n>>24), byte(n>>16), byte(n>>8), byte(n), 1)
	for i, item := range v.Items {
		if v.Kind == Object {
			dst = appendBytes(append(dst, 0x02), v.Keys[i])
		}
		var err error
		if dst, err = appendKey(dst, item); err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// appendBytes ends a string so that none is the beginning of another.
func appendBytes(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		dst = append(dst, s[i])
		if s[i] == 0 {
			dst = append(dst, 0xff)
		}
	}
	return append(dst, 0, 0)
}
