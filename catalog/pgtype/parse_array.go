package pgtype

import (
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

// maxDimensions is PostgreSQL's MAXDIM.
const maxDimensions = 6

type arrayReader struct {
	text  string
	at    int
	shown int // where the text begins that errors show: at the braces once they are read
	delim byte
	out   Array
}

func (r *arrayReader) malformed(detail string, args ...any) error {
	e := sqlstate.New(sqlstate.InvalidTextRepresentation, `malformed array literal: "%s"`, r.text[r.shown:])
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
	r.shown = r.at
	if err := r.dimension(0); err != nil {
		return nil, err
	}
	r.space()
	if r.at < len(r.text) {
		return nil, r.malformed("Junk after closing right brace.")
	}
	r.shown = 0
	if len(r.out.Elements) == 0 && declared == nil {
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
