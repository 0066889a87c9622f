package pgrange

import (
	"cmp"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Range is one range. Its bounds count only where it is not empty.
type Range struct {
	Empty        bool
	Lower, Upper Bound
}

// Bound is an end of a range.
type Bound struct {
	Value     Value
	Infinite  bool
	Inclusive bool
	lower     bool
}

// Make checks the bounds and gives the canonical form (make_range).
func (k Kind) Make(lower, upper Bound) (Range, error) {
	lower.lower, upper.lower = true, false
	lower.Inclusive, upper.Inclusive = lower.Inclusive && !lower.Infinite, upper.Inclusive && !upper.Infinite
	switch c := k.compareValues(lower, upper); {
	case c > 0:
		return Range{}, sqlstate.New("22000", "range lower bound must be less than or equal to range upper bound")
	case c == 0 && !(lower.Inclusive && upper.Inclusive):
		return Range{Empty: true}, nil
	}
	if !k.discrete() {
		return Range{Lower: lower, Upper: upper}, nil
	}
	var err error
	if !lower.Infinite && !lower.Inclusive && !k.fixed(lower.Value) {
		if lower.Value, err = k.next(lower.Value); err != nil {
			return Range{}, err
		}
		lower.Inclusive = true
	}
	if !upper.Infinite && upper.Inclusive && !k.fixed(upper.Value) {
		if upper.Value, err = k.next(upper.Value); err != nil {
			return Range{}, err
		}
		upper.Inclusive = false
	}
	if c := k.compareValues(lower, upper); c > 0 || c == 0 && !(lower.Inclusive && upper.Inclusive) {
		return Range{Empty: true}, nil
	}
	return Range{Lower: lower, Upper: upper}, nil
}

// compareValues is range_cmp_bound_values: it does not look at inclusion.
func (k Kind) compareValues(a, b Bound) int {
	switch {
	case a.Infinite && b.Infinite && a.lower == b.lower:
		return 0
	case a.Infinite:
		return side(a.lower)
	case b.Infinite:
		return -side(b.lower)
	}
	return k.compare(a.Value, b.Value)
}

// compareBounds is range_cmp_bounds.
func (k Kind) compareBounds(a, b Bound) int {
	if c := k.compareValues(a, b); c != 0 || a.Infinite {
		return c
	}
	switch {
	case !a.Inclusive && !b.Inclusive && a.lower == b.lower:
		return 0
	case !a.Inclusive:
		return -side(a.lower)
	case !b.Inclusive:
		return side(b.lower)
	}
	return 0
}

// side is where an infinite bound lies: the lower one before all.
func side(lower bool) int {
	if lower {
		return -1
	}
	return 1
}

// Compare orders ranges: empty ones first, then by the lower bound, then by the upper.
func (k Kind) Compare(a, b Range) int {
	if a.Empty || b.Empty {
		return cmp.Compare(boolean(b.Empty), boolean(a.Empty))
	}
	if c := k.compareBounds(a.Lower, b.Lower); c != 0 {
		return c
	}
	return k.compareBounds(a.Upper, b.Upper)
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (k Kind) overlap(a, b Range) bool {
	return !a.Empty && !b.Empty && k.compareBounds(a.Lower, b.Upper) <= 0 && k.compareBounds(b.Lower, a.Upper) <= 0
}

func (k Kind) contain(a, b Range) bool {
	return b.Empty || !a.Empty && k.compareBounds(a.Lower, b.Lower) <= 0 && k.compareBounds(a.Upper, b.Upper) >= 0
}

// adjacent is bounds_adjacent: nothing lies between the upper bound of one and the lower of
// the other, and they share nothing.
func (k Kind) adjacent(upper, lower Bound) bool {
	switch c := k.compareValues(upper, lower); {
	case c == 0:
		return upper.Inclusive != lower.Inclusive
	case c > 0 || !k.discrete():
		return false
	}
	upper.Inclusive, lower.Inclusive = !upper.Inclusive, !lower.Inclusive
	between, err := k.Make(upper, lower)
	return err == nil && between.Empty
}

// Merge is the smallest range that contains both.
func (k Kind) Merge(a, b Range) Range {
	switch {
	case a.Empty:
		return b
	case b.Empty:
		return a
	}
	// Of bounds that are equal but print differently (1.5, 1.50) the second stands.
	if k.compareBounds(a.Lower, b.Lower) >= 0 {
		a.Lower = b.Lower
	}
	if k.compareBounds(a.Upper, b.Upper) <= 0 {
		a.Upper = b.Upper
	}
	return a
}

// Union is +: 22000 where there would be a gap.
func (k Kind) Union(a, b Range) (Range, error) {
	if !a.Empty && !b.Empty && !k.touch(a, b) {
		return Range{}, sqlstate.New("22000", "result of range union would not be contiguous")
	}
	return k.Merge(a, b), nil
}

func (k Kind) touch(a, b Range) bool {
	return k.overlap(a, b) || k.adjacent(a.Upper, b.Lower) || k.adjacent(b.Upper, a.Lower)
}

// Intersect is *.
func (k Kind) Intersect(a, b Range) (Range, error) {
	if !k.overlap(a, b) {
		return Range{Empty: true}, nil
	}
	if k.compareBounds(b.Lower, a.Lower) > 0 {
		a.Lower = b.Lower
	}
	if k.compareBounds(b.Upper, a.Upper) < 0 {
		a.Upper = b.Upper
	}
	return k.Make(a.Lower, a.Upper)
}

// Minus is -: 22000 where two pieces would remain.
func (k Kind) Minus(a, b Range) (Range, error) {
	parts, err := k.without(a, b)
	switch {
	case err != nil:
		return Range{}, err
	case len(parts) > 1:
		return Range{}, sqlstate.New("22000", "result of range difference would not be contiguous")
	case len(parts) == 0:
		return Range{Empty: true}, nil
	}
	return parts[0], nil
}

// without gives what of a is not in b: none, one or two ranges.
func (k Kind) without(a, b Range) (parts []Range, err error) {
	if a.Empty {
		return nil, nil
	}
	if !k.overlap(a, b) {
		return []Range{a}, nil
	}
	if k.compareBounds(a.Lower, b.Lower) < 0 {
		end := b.Lower
		end.Inclusive = !end.Inclusive
		r, err := k.Make(a.Lower, end)
		if err != nil {
			return nil, err
		}
		parts = append(parts, r)
	}
	if k.compareBounds(a.Upper, b.Upper) > 0 {
		start := b.Upper
		start.Inclusive = !start.Inclusive
		r, err := k.Make(start, a.Upper)
		if err != nil {
			return nil, err
		}
		parts = append(parts, r)
	}
	return parts, nil
}
