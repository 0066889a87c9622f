package pgrange

import (
	"slices"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Multi is a multirange: ranges in order that neither are empty nor touch. A range is one of
// at most one.
type Multi []Range

// MultiOf sorts ranges and merges those that touch.
func (k Kind) MultiOf(list []Range) Multi {
	list = slices.DeleteFunc(slices.Clone(list), func(r Range) bool { return r.Empty })
	slices.SortFunc(list, k.Compare)
	var m Multi
	for _, r := range list {
		if n := len(m); n > 0 && k.touch(m[n-1], r) {
			m[n-1] = k.Merge(m[n-1], r)
			continue
		}
		m = append(m, r)
	}
	return m
}

// Test answers an operator over two ranges or multiranges: && @> <@ << >> &< &> -|-.
func (k Kind) Test(operator string, a, b Multi) bool {
	switch operator {
	case "@>":
		return k.holds(a, b)
	case "<@":
		return k.holds(b, a)
	}
	if len(a) == 0 || len(b) == 0 {
		return false
	}
	first, last, other, end := a[0], a[len(a)-1], b[0], b[len(b)-1]
	switch operator {
	case "&&":
		return slices.ContainsFunc(a, func(x Range) bool {
			return slices.ContainsFunc(b, func(y Range) bool { return k.overlap(x, y) })
		})
	case "<<":
		return k.compareBounds(last.Upper, other.Lower) < 0
	case ">>":
		return k.compareBounds(first.Lower, end.Upper) > 0
	case "&<":
		return k.compareBounds(last.Upper, end.Upper) <= 0
	case "&>":
		return k.compareBounds(first.Lower, other.Lower) >= 0
	}
	return k.adjacent(last.Upper, other.Lower) || k.adjacent(end.Upper, first.Lower)
}

func (k Kind) holds(a, b Multi) bool {
	return !slices.ContainsFunc(b, func(y Range) bool {
		return !slices.ContainsFunc(a, func(x Range) bool { return k.contain(x, y) })
	})
}

// Holds tells whether a value is in one of the ranges.
func (k Kind) Holds(m Multi, v Value) bool {
	one := Bound{Value: v, Inclusive: true}
	r := Range{Lower: one, Upper: one}
	r.Lower.lower = true
	return slices.ContainsFunc(m, func(x Range) bool { return k.contain(x, r) })
}

// MultiUnion is + of multiranges.
func (k Kind) MultiUnion(a, b Multi) Multi { return k.MultiOf(slices.Concat(a, b)) }

// MultiIntersect is * of multiranges.
func (k Kind) MultiIntersect(a, b Multi) (Multi, error) {
	var list []Range
	for _, x := range a {
		for _, y := range b {
			r, err := k.Intersect(x, y)
			if err != nil {
				return nil, err
			}
			list = append(list, r)
		}
	}
	return k.MultiOf(list), nil
}

// MultiMinus is - of multiranges.
func (k Kind) MultiMinus(a, b Multi) (Multi, error) {
	rest := slices.Clone(a)
	for _, y := range b {
		var next Multi
		for _, x := range rest {
			parts, err := k.without(x, y)
			if err != nil {
				return nil, err
			}
			next = append(next, parts...)
		}
		rest = next
	}
	return k.MultiOf(rest), nil
}

// Span is the smallest range around a multirange (range_merge).
func (k Kind) Span(m Multi) Range {
	if len(m) == 0 {
		return Range{Empty: true}
	}
	return k.Merge(m[0], m[len(m)-1])
}

// Key orders and compares: the ranges one by one, fewer first. Of a range that is no
// multirange the empty one is first.
func (k Kind) Key(m Multi) []byte {
	var key []byte
	for _, r := range m {
		key = append(key, 1)
		key = k.appendBound(key, r.Lower)
		key = k.appendBound(key, r.Upper)
	}
	return append(key, 0)
}

func (k Kind) appendBound(key []byte, b Bound) []byte {
	if b.Infinite {
		return append(key, byte(side(b.lower)+2))
	}
	key = k.appendKey(append(key, 2), b.Value)
	return append(key, byte(boolean(b.Inclusive != b.lower)))
}

// Flags reads the text of a range constructor: 42601 for what are no brackets.
func Flags(text string) (lower, upper bool, err error) {
	switch text {
	case "[]", "[)", "(]", "()":
		return text[0] == '[', text[1] == ']', nil
	}
	return false, false, sqlstate.New(sqlstate.SyntaxError, "invalid range bound flags").WithHint("Valid values are \"[]\", \"[)\", \"(]\", and \"()\".")
}
