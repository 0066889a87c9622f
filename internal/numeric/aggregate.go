package numeric

import "math/big"

// Sum accumulates for sum, avg, variance and standard deviation, like numeric.c's
// NumericAggState: NaN and infinities are counted apart, so that their order does
// not matter. The zero value is the state of no rows.
type Sum struct {
	Count int64 // rows, whatever their value
	NaNs  int64
	Up    int64 // infinities
	Down  int64 // negative ones

	total   Number
	squares Number
}

// Add adds one value. Squares are kept where withSquares is set.
func (s *Sum) Add(n Number, withSquares bool) error {
	s.Count++
	switch {
	case n.kind == notANumber:
		s.NaNs++
		return nil
	case n.kind == infinity && n.small > 0:
		s.Up++
		return nil
	case n.kind == infinity:
		s.Down++
		return nil
	}
	total, err := Add(s.total, n)
	if err != nil {
		return err
	}
	s.total = total
	if withSquares {
		s.squares = plus(s.squares, exactSquare(n))
	}
	return nil
}

// exactSquare and plus are not bound by the limits of stored numbers.
func exactSquare(n Number) Number {
	return fromBig(new(big.Int).Mul(n.coefficient(), n.coefficient()), 2*n.scale)
}

func plus(a, b Number) Number {
	x, y, scale := alignedBig(a, b)
	return fromBig(new(big.Int).Add(x, y), scale)
}

// Merge adds what another state holds, which stays as it is.
func (s *Sum) Merge(other *Sum) error {
	total, err := Add(s.total, other.total)
	if err != nil {
		return err
	}
	s.total = total
	s.squares = plus(s.squares, other.squares)
	s.Count += other.Count
	s.NaNs += other.NaNs
	s.Up += other.Up
	s.Down += other.Down
	return nil
}

// special gives the sum where NaN or an infinity is in it.
func (s *Sum) special() (Number, bool) {
	switch {
	case s.NaNs > 0 || s.Up > 0 && s.Down > 0:
		return NaN, true
	case s.Up > 0:
		return Infinity, true
	case s.Down > 0:
		return NegativeInfinity, true
	}
	return Number{}, false
}

// Total is sum(); there must have been a row.
func (s *Sum) Total() (Number, error) {
	if n, ok := s.special(); ok {
		return n, nil
	}
	return s.total, nil
}

// Average is avg(): the sum divided as numbers divide.
func (s *Sum) Average() (Number, error) {
	if n, ok := s.special(); ok {
		return n, nil
	}
	return Div(s.total, FromInt(s.Count))
}

// Spread is variance, or standard deviation, of a sample or of a population
// (numeric.c: numeric_stddev_internal). defined is false where it is NULL.
func (s *Sum) Spread(sample, deviation bool) (n Number, defined bool, err error) {
	if s.Count == 0 || sample && s.Count == 1 {
		return Number{}, false, nil
	}
	if _, ok := s.special(); ok {
		return NaN, true, nil
	}
	count := FromInt(s.Count)
	numerator := plus(exactProduct(count, s.squares), Neg(exactSquare(s.total)))
	if numerator.Sign() <= 0 {
		return Number{}, true, nil
	}
	others := count
	if sample {
		others = FromInt(s.Count - 1)
	}
	denominator := exactProduct(count, others)
	scale := divisionScale(numerator, denominator)
	variance := quotient(numerator, denominator, scale)
	if deviation {
		variance = root(variance, scale)
	}
	variance, err = checked(variance)
	return variance, true, err
}

func exactProduct(a, b Number) Number {
	return fromBig(new(big.Int).Mul(a.coefficient(), b.coefficient()), a.scale+b.scale)
}
