package pgtype

import (
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
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

// maxDimensions is PostgreSQL's MAXDIM.
const maxDimensions = 6

type arrayReader struct {
	text  string
	at    int
	delim byte
	out   Array
}

func (r *arrayReader) malformed(detail string, args ...any) error {
	e := sqlstate.New(sqlstate.InvalidTextRepresentation, `malformed array literal: "%s"`, r.text)
	if detail == "" {
		return e
	}
	return e.WithDetail(detail, args...)
}

func (r *arrayReader) space() {
	for r.at < len(r.text) && strings.IndexByte(space, r.text[r.at]) >= 0 {
		r.at++
	}
}

func (r *arrayReader) peek() byte {
	if r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

func (r *arrayReader) array() (*Array, error) {
	r.space()
	var declared []int
	if r.peek() == '[' {
		if err := r.bounds(&declared); err != nil {
			return nil, err
		}
	}
	if r.peek() != '{' {
		if declared != nil {
			return nil, r.malformed("Array contents must start with %q.", "{")
		}
		return nil, r.malformed(`Array value must start with "{" or dimension information.`)
	}
	if err := r.dimension(0); err != nil {
		return nil, err
	}
	r.space()
	if r.at < len(r.text) {
		return nil, r.malformed("Junk after closing right brace.")
	}
	if len(r.out.Elements) == 0 {
		return &Array{}, nil
	}
	if declared == nil {
		for range r.out.Lengths {
			r.out.Lower = append(r.out.Lower, 1)
		}
		return &r.out, nil
	}
	if len(declared) != len(r.out.Lengths) {
		return nil, r.malformed("Specified array dimensions do not match array contents.")
	}
	for i, n := range declared {
		if n != r.out.Lengths[i] {
			return nil, r.malformed("Specified array dimensions do not match array contents.")
		}
	}
	return &r.out, nil
}

// bounds reads [2:3][1:4]= before the braces.
func (r *arrayReader) bounds(lengths *[]int) error {
	for r.peek() == '[' {
		end := strings.IndexByte(r.text[r.at:], ']')
		if end < 0 {
			return r.malformed("Missing %q after array dimensions.", "]")
		}
		lower, upper, found := strings.Cut(r.text[r.at+1:r.at+end], ":")
		if !found {
			lower, upper = "1", lower
		}
		first, err1 := strconv.ParseInt(lower, 10, 32)
		last, err2 := strconv.ParseInt(upper, 10, 32)
		if err1 != nil || err2 != nil {
			return r.malformed(`"[" must introduce explicitly-specified array dimensions.`)
		}
		if last < first {
			return sqlstate.New(sqlstate.ArraySubscriptError, "upper bound cannot be less than lower bound")
		}
		if len(*lengths) == maxDimensions {
			return tooManyDimensions(maxDimensions + 1)
		}
		*lengths, r.out.Lower = append(*lengths, int(last-first+1)), append(r.out.Lower, int(first))
		r.at += end + 1
		r.space()
	}
	if r.peek() != '=' {
		return r.malformed("Missing %q after array dimensions.", "=")
	}
	r.at++
	r.space()
	return nil
}

func tooManyDimensions(n int) error {
	return sqlstate.New(sqlstate.ProgramLimitExceeded, "number of array dimensions (%d) exceeds the maximum allowed (%d)", n, maxDimensions)
}

// dimension reads one pair of braces.
func (r *arrayReader) dimension(depth int) error {
	if depth == maxDimensions {
		return tooManyDimensions(maxDimensions + 1)
	}
	r.at++ // the brace
	r.space()
	if r.peek() == '}' {
		if depth > 0 {
			return r.malformed("Unexpected %q character.", "}")
		}
		r.at++
		return nil
	}
	count := 0
	for {
		if err := r.item(depth); err != nil {
			return err
		}
		count++
		r.space()
		switch r.peek() {
		case r.delim:
			r.at++
			r.space()
		case '}':
			r.at++
			return r.length(depth, count)
		case 0:
			return r.malformed("Unexpected end of input.")
		default:
			return r.malformed("Unexpected array element.")
		}
	}
}

func (r *arrayReader) item(depth int) error {
	if r.peek() == '{' {
		if len(r.out.Elements) > 0 && len(r.out.Lengths) <= depth+1 {
			return r.malformed("Unexpected %q character.", "{")
		}
		return r.dimension(depth + 1)
	}
	if len(r.out.Lengths) > depth+1 {
		return r.malformed("Multidimensional arrays must have sub-arrays with matching dimensions.")
	}
	e, err := r.element()
	r.out.Elements = append(r.out.Elements, e)
	return err
}

// length notes how long a dimension is, or checks that its sub-arrays are equally long.
func (r *arrayReader) length(depth, count int) error {
	for len(r.out.Lengths) <= depth {
		r.out.Lengths = append(r.out.Lengths, -1)
	}
	switch r.out.Lengths[depth] {
	case -1, count:
		r.out.Lengths[depth] = count
		return nil
	}
	return r.malformed("Multidimensional arrays must have sub-arrays with matching dimensions.")
}

func (r *arrayReader) element() (ArrayElement, error) {
	if r.peek() == '"' {
		return r.quoted()
	}
	var b strings.Builder
	keep := 0 // blanks at the end do not count, unless escaped
	escaped := false
	for ; r.at < len(r.text); r.at++ {
		c := r.text[r.at]
		if c == r.delim || c == '}' {
			break
		}
		switch c {
		case '{', '"':
			return ArrayElement{}, r.malformed("Unexpected array element.")
		case '\\':
			if r.at++; r.at == len(r.text) {
				return ArrayElement{}, r.malformed("Unexpected end of input.")
			}
			b.WriteByte(r.text[r.at])
			keep, escaped = b.Len(), true
			continue
		}
		b.WriteByte(c)
		if strings.IndexByte(space, c) < 0 {
			keep = b.Len()
		}
	}
	text := b.String()[:keep]
	if text == "" {
		return ArrayElement{}, r.malformed("Unexpected %q character.", string(r.peekOr('}')))
	}
	if !escaped && strings.EqualFold(text, "null") {
		return ArrayElement{Null: true}, nil
	}
	return ArrayElement{Text: text}, nil
}

func (r *arrayReader) peekOr(otherwise byte) rune {
	if r.at < len(r.text) {
		return rune(r.text[r.at])
	}
	return rune(otherwise)
}

func (r *arrayReader) quoted() (ArrayElement, error) {
	var b strings.Builder
	for r.at++; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; c {
		case '"':
			r.at++
			return ArrayElement{Text: b.String()}, nil
		case '\\':
			if r.at++; r.at < len(r.text) {
				b.WriteByte(r.text[r.at])
			}
		default:
			b.WriteByte(c)
		}
	}
	return ArrayElement{}, r.malformed("Unexpected end of input.")
}
