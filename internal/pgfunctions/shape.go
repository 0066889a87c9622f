package pgfunctions

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/sqlstate"
)

// shape are the dimensions of an array.
type shape []struct{ lower, length int64 }

func parseShape(bounds string) shape {
	var all shape
	for bounds != "" {
		part, rest, _ := strings.Cut(bounds[1:], "]")
		low, high, _ := strings.Cut(part, ":")
		lower, _ := strconv.ParseInt(low, 10, 64)
		upper, _ := strconv.ParseInt(high, 10, 64)
		all, bounds = append(all, struct{ lower, length int64 }{lower, upper - lower + 1}), rest
	}
	return all
}

// String prints bounds as array_dims does.
func (s shape) String() string {
	var b strings.Builder
	for _, d := range s {
		fmt.Fprintf(&b, "[%d:%d]", d.lower, d.lower+d.length-1)
	}
	return b.String()
}

func (s shape) count() int64 {
	if len(s) == 0 {
		return 0
	}
	n := int64(1)
	for _, d := range s {
		n *= d.length
	}
	return n
}

// key: fewer dimensions first, then shorter ones, then lower bounds.
func (s shape) key() string {
	var b strings.Builder
	fmt.Fprint(&b, len(s))
	for _, d := range s {
		fmt.Fprintf(&b, " %010d", d.length)
	}
	for _, d := range s {
		fmt.Fprintf(&b, " %010d", d.lower-math.MinInt32)
	}
	return b.String()
}

func shapePart(bounds string, n int32, what string) (int32, error) {
	s := parseShape(bounds)
	if what == "dimensions" {
		if len(s) == 0 {
			return 0, duckdb.ErrNull
		}
		return int32(len(s)), nil
	}
	if n < 1 || int(n) > len(s) {
		return 0, duckdb.ErrNull
	}
	d := s[n-1]
	return int32(map[string]int64{"length": d.length, "lower": d.lower, "upper": d.lower + d.length - 1}[what]), nil
}

// at gives the position of an element; ok is false outside of the array, and where the number
// of subscripts is not that of dimensions.
func (s shape) at(indexes []*string) (int64, bool) {
	if len(indexes) != len(s) {
		return 0, false
	}
	at := int64(0)
	for i, d := range s {
		if indexes[i] == nil {
			return 0, false
		}
		n, _ := strconv.ParseInt(*indexes[i], 10, 64)
		if n < d.lower || n >= d.lower+d.length {
			return 0, false
		}
		at = at*d.length + n - d.lower
	}
	return at + 1, true
}

// limits fits the bounds of a slice into those of the array; open marks those left out. ok is
// false where nothing is in it (array_get_slice).
func (s shape) limits(written []int64, open string) (from, to []int64, ok bool) {
	if len(open)/2 > len(s) {
		return nil, nil, false
	}
	from, to = make([]int64, len(s)), make([]int64, len(s))
	for i, d := range s {
		from[i], to[i] = d.lower, d.lower+d.length-1
		if 2*i >= len(open) {
			continue
		}
		if open[2*i] == 'x' {
			from[i], written = max(from[i], written[0]), written[1:]
		}
		if open[2*i+1] == 'x' {
			to[i], written = min(to[i], written[0]), written[1:]
		}
		if from[i] > to[i] {
			return nil, nil, false
		}
	}
	return from, to, len(s) > 0
}

// cut is the shape of a slice, whose lower bounds are all 1.
func (s shape) cut(from, to []int64) shape {
	out := make(shape, len(from))
	for i := range from {
		out[i].lower, out[i].length = 1, to[i]-from[i]+1
	}
	return out
}

// places are the positions of the elements in a slice.
func (s shape) places(from, to []int64) []*string {
	out := []*string{}
	if len(from) == 0 {
		return out
	}
	var walk func(dimension int, base int64)
	walk = func(dimension int, base int64) {
		if dimension == len(s) {
			text := strconv.FormatInt(base+1, 10)
			out = append(out, &text)
			return
		}
		d := s[dimension]
		for n := from[dimension]; n <= to[dimension]; n++ {
			walk(dimension+1, base*d.length+n-d.lower)
		}
	}
	walk(0, 0)
	return out
}

// sliced makes a function of bounds, the bounds of a slice and which of them are left out. A
// NULL bound gives NULL.
func sliced(name string, result duckdb.Type, put func(out *duckdb.Results, s shape, from, to []int64)) duckdb.ScalarFunction {
	return duckdb.ScalarFunction{Name: name, Params: []duckdb.Type{duckdb.Varchar, duckdb.ListOf(duckdb.Varchar), duckdb.Varchar}, Result: result,
		Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
			var written []int64
			for _, t := range texts(in.Columns[1], i) {
				if t == nil {
					out.PutNull()
					return nil
				}
				n, _ := strconv.ParseInt(*t, 10, 64)
				written = append(written, n)
			}
			s := parseShape(duckdb.At[string](in.Columns[0], i))
			from, to, ok := s.limits(written, duckdb.At[string](in.Columns[2], i))
			if !ok {
				from, to = nil, nil
			}
			put(out, s, from, to)
			return nil
		})}
}

// trimmed leaves out the last n of the first dimension (trim_array).
func (s shape) trimmed(n int32) (shape, error) {
	length := int64(0)
	if len(s) > 0 {
		length = s[0].length
	}
	if n < 0 || int64(n) > length {
		return nil, sqlstate.New(sqlstate.ArraySubscriptError, "number of elements to trim must be between 0 and %d", length)
	}
	if int64(n) == length {
		return nil, nil
	}
	out := make(shape, len(s))
	for i, d := range s {
		out[i].lower, out[i].length = 1, d.length
	}
	out[0].length -= int64(n)
	return out, nil
}

// nestShapes gives the bounds of an array of arrays, which must be alike. In ARRAY[…] empty and
// NULL ones may be all there is; array_agg takes neither.
func nestShapes(kind string, list []*string) (string, error) {
	aggregate := kind == "agg"
	var common *string
	empty := false
	for _, s := range list {
		switch {
		case s == nil && aggregate:
			return "", sqlstate.New(sqlstate.NullValueNotAllowed, "cannot accumulate null arrays")
		case s == nil || *s == "":
			if aggregate {
				return "", sqlstate.New(sqlstate.ArraySubscriptError, "cannot accumulate empty arrays")
			}
			empty = true
		case common == nil:
			common = s
		case *common != *s && aggregate:
			return "", sqlstate.New(sqlstate.ArraySubscriptError, "cannot accumulate arrays of different dimensionality")
		case *common != *s:
			return "", notMatching()
		}
	}
	switch {
	case common == nil:
		return "", nil
	case empty:
		return "", notMatching()
	}
	s := parseShape(*common)
	if len(s) == 6 {
		return "", sqlstate.New(sqlstate.ProgramLimitExceeded, "number of array dimensions (%d) exceeds the maximum allowed (%d)", 7, 6)
	}
	return fmt.Sprintf("[1:%d]", len(list)) + s.String(), nil
}

func notMatching() error {
	return sqlstate.New(sqlstate.ArraySubscriptError, "multidimensional arrays must have array expressions with matching dimensions")
}

// catShapes is array_cat: arrays of as many dimensions, or of one more.
func catShapes(a, b string) (string, error) {
	x, y := parseShape(a), parseShape(b)
	switch {
	case len(x) == 0:
		return b, nil
	case len(y) == 0:
		return a, nil
	}
	bad := sqlstate.New(sqlstate.ArraySubscriptError, "cannot concatenate incompatible arrays")
	out, rest, other := append(shape{}, x...), x[1:], y
	switch len(x) - len(y) {
	case 0:
		other = y[1:]
		out[0].length += y[0].length
	case 1:
		out[0].length++
	case -1:
		out, rest, other = append(shape{}, y...), y[1:], x
		out[0].length++
	default:
		return "", bad
	}
	for i := range rest {
		if rest[i] != other[i] {
			return "", bad
		}
	}
	return out.String(), nil
}

// fillShape reads the dimensions and lower bounds of array_fill.
func fillShape(in *duckdb.Arguments, row int) (shape, error) {
	lengths, err := integersOf(in.Columns[0], row, true)
	if err != nil {
		return nil, err
	}
	lower := make([]int64, len(lengths))
	for i := range lower {
		lower[i] = 1
	}
	if !defaultBounds(in.Columns[1], row) {
		if lower, err = integersOf(in.Columns[1], row, true); err != nil {
			return nil, err
		}
		if len(lower) != len(lengths) {
			return nil, sqlstate.New(sqlstate.ArraySubscriptError, "wrong number of array subscripts").WithDetail("Low bound array has different size than dimensions array.")
		}
	}
	if len(lengths) > 6 {
		return nil, sqlstate.New(sqlstate.ProgramLimitExceeded, "number of array dimensions (%d) exceeds the maximum allowed (%d)", len(lengths), 6)
	}
	out, n := make(shape, len(lengths)), int64(1)
	for i := range out {
		out[i].lower, out[i].length = lower[i], lengths[i]
		n *= lengths[i]
		if lengths[i] < 0 || n > 134217727 {
			return nil, sqlstate.New(sqlstate.ProgramLimitExceeded, "array size exceeds the maximum allowed (134217727)")
		}
	}
	if n == 0 {
		return nil, nil
	}
	return out, nil
}

// defaultBounds tells the list that stands for lower bounds that were not written.
func defaultBounds(v duckdb.Vector, row int) bool {
	if v.Null(row) {
		return false
	}
	list := texts(v, row)
	return len(list) == 1 && list[0] != nil && *list[0] == "*"
}

func integersOf(v duckdb.Vector, row int, required bool) ([]int64, error) {
	if v.Null(row) && required {
		return nil, sqlstate.New(sqlstate.NullValueNotAllowed, "dimension array or low bound array cannot be null")
	}
	var out []int64
	for _, t := range texts(v, row) {
		if t == nil {
			return nil, sqlstate.New(sqlstate.NullValueNotAllowed, "dimension values cannot be null")
		}
		n, _ := strconv.ParseInt(*t, 10, 64)
		out = append(out, n)
	}
	return out, nil
}

// nested prints elements by dimension; write prints those of the innermost.
func (s shape) nested(list []*string, open, shut byte, write func([]*string) string) (text string, rest []*string) {
	if len(s) == 1 {
		return write(list[:s[0].length]), list[s[0].length:]
	}
	parts := make([]string, s[0].length)
	for i := range parts {
		parts[i], list = s[1:].nested(list, open, shut, write)
	}
	return string(open) + strings.Join(parts, ",") + string(shut), list
}

func upTo(n int64) []*string {
	out := make([]*string, n)
	for i := range out {
		text := strconv.Itoa(i + 1)
		out[i] = &text
	}
	return out
}
