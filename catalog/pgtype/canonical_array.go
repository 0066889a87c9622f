package pgtype

import (
	"strconv"
	"strings"
)

// Array is an array value taken apart. Elements are in row-major order.
type Array struct {
	Lengths  []int // one for each dimension; none: empty
	Lower    []int // lower bounds
	Elements []ArrayElement
}

// ArrayElement is an element's text, or NULL.
type ArrayElement struct {
	Text string
	Null bool
}

// ParseArray takes the text of an array of t apart ({1,2,NULL}, {{a,b},{c,d}},
// [0:1]={…}). Elements keep their text as written. Errors: 22P02, 2202E.
func ParseArray(elem OID, text string) (*Array, error) {
	delim := byte(',')
	if info, ok := TypeByOID(elem); ok {
		delim = info.Delim
	}
	r := &arrayReader{text: text, delim: delim}
	return r.array()
}

func canonicalArray(elem Type, text string, settings Settings) (string, error) {
	a, err := ParseArray(elem.OID, text)
	if err != nil {
		return "", err
	}
	for i, e := range a.Elements {
		if e.Null {
			continue
		}
		if a.Elements[i].Text, err = Canonical(elem, e.Text, settings); err != nil {
			return "", err
		}
	}
	return FormatArray(elem.OID, a), nil
}

// FormatArray prints an array as array_out does; the elements' texts are canonical.
func FormatArray(elem OID, a *Array) string {
	if len(a.Elements) == 0 {
		return "{}"
	}
	delim := byte(',')
	if info, ok := TypeByOID(elem); ok {
		delim = info.Delim
	}
	var b []byte
	for _, l := range a.Lower {
		if l != 1 {
			b = appendBounds(b, a)
			break
		}
	}
	elements := a.Elements
	b, _ = appendDimension(b, a.Lengths, elements, delim)
	return string(b)
}

// FormatBounds prints the bounds of an array, "[1:2][1:3]="; of an empty one "=".
func FormatBounds(a *Array) string { return string(appendBounds(nil, a)) }

func appendBounds(b []byte, a *Array) []byte {
	for i, l := range a.Lower {
		b = append(b, '[')
		b = strconv.AppendInt(b, int64(l), 10)
		b = append(b, ':')
		b = strconv.AppendInt(b, int64(l+a.Lengths[i]-1), 10)
		b = append(b, ']')
	}
	return append(b, '=')
}

func appendDimension(b []byte, lengths []int, elements []ArrayElement, delim byte) ([]byte, []ArrayElement) {
	b = append(b, '{')
	for i := range lengths[0] {
		if i > 0 {
			b = append(b, delim)
		}
		if len(lengths) > 1 {
			b, elements = appendDimension(b, lengths[1:], elements, delim)
			continue
		}
		b, elements = appendElement(b, elements[0], delim), elements[1:]
	}
	return append(b, '}'), elements
}

func appendElement(b []byte, e ArrayElement, delim byte) []byte {
	switch {
	case e.Null:
		return append(b, "NULL"...)
	case e.Text != "" && !strings.EqualFold(e.Text, "null") && !strings.ContainsAny(e.Text, "\"\\{}"+space+string(delim)):
		return append(b, e.Text...)
	}
	b = append(b, '"')
	for i := range len(e.Text) {
		if c := e.Text[i]; c == '"' || c == '\\' {
			b = append(b, '\\')
		}
		b = append(b, e.Text[i])
	}
	return append(b, '"')
}
