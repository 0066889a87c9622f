package numeric

import (
	"math/big"
	"math/bits"

	"github.com/sluicemesh/sluice/sqlstate"
)

// errDivision is PostgreSQL's division by zero.
func errDivision() error { return sqlstate.New(sqlstate.DivisionByZero, "division by zero") }

// aligned gives both coefficients at the larger scale, when they stay small.
func aligned(a, b Number) (x, y int64, scale int32, ok bool) {
	if a.big != nil || b.big != nil {
		return 0, 0, 0, false
	}
	scale = max(a.scale, b.scale)
	x, okX := shifted(a.small, scale-a.scale)
	y, okY := shifted(b.small, scale-b.scale)
	return x, y, scale, okX && okY
}

// shifted gives c × 10^places while that stays far from overflow.
func shifted(c int64, places int32) (int64, bool) {
	if places == 0 {
		return c, true
	}
	if int(places) >= len(smallPowers) {
		return 0, c == 0
	}
	hi, lo := bits.Mul64(uint64(max(c, -c)), uint64(smallPowers[places]))
	return c * smallPowers[places], hi == 0 && lo < 1<<62
}

// alignedBig is aligned for coefficients of any size.
func alignedBig(a, b Number) (x, y *big.Int, scale int32) {
	scale = max(a.scale, b.scale)
	return a.at(scale), b.at(scale), scale
}

// at gives the coefficient at a scale not below the number's own.
func (n Number) at(scale int32) *big.Int {
	if scale == n.scale {
		return n.coefficient()
	}
	return new(big.Int).Mul(n.coefficient(), pow10(int(scale-n.scale)))
}

// Neg gives -n.
func Neg(n Number) Number {
	if n.big != nil {
		n.big = new(big.Int).Neg(n.big)
		return n
	}
	n.small = -n.small
	return n
}

// Abs gives |n|.
func Abs(n Number) Number {
	if n.Sign() < 0 {
		return Neg(n)
	}
	return n
}

// Add gives a + b, with the larger scale.
func Add(a, b Number) (Number, error) {
	if a.kind != finite || b.kind != finite {
		return addSpecial(a, b), nil
	}
	if x, y, scale, ok := aligned(a, b); ok {
		if sum := x + y; (sum > x) == (y > 0) {
			return Number{small: sum, scale: scale}, nil
		}
	}
	x, y, scale := alignedBig(a, b)
	return checked(fromBig(new(big.Int).Add(x, y), scale))
}

func addSpecial(a, b Number) Number {
	switch {
	case a.kind == notANumber || b.kind == notANumber:
		return NaN
	case a.kind == infinity && b.kind == infinity && a.small != b.small:
		return NaN
	case a.kind == infinity:
		return a
	}
	return b
}

// Sub gives a - b.
func Sub(a, b Number) (Number, error) { return Add(a, Neg(b)) }

// Mul gives a × b, with the sum of the scales.
func Mul(a, b Number) (Number, error) {
	if a.kind != finite || b.kind != finite {
		return mulSpecial(a, b), nil
	}
	if a.big == nil && b.big == nil && a.scale+b.scale <= maxScale {
		if hi, lo := bits.Mul64(a.magnitude(), b.magnitude()); hi == 0 && lo < 1<<63 {
			return Number{small: a.small * b.small, scale: a.scale + b.scale}, nil
		}
	}
	n := fromBig(new(big.Int).Mul(a.coefficient(), b.coefficient()), a.scale+b.scale)
	if n.scale > maxScale {
		n = n.rounded(maxScale)
	}
	return checked(n)
}

func mulSpecial(a, b Number) Number {
	if a.kind == notANumber || b.kind == notANumber {
		return NaN
	}
	return signedInfinity(a.Sign() * b.Sign())
}

// signedInfinity gives the infinity of a sign; of none, NaN.
func signedInfinity(sign int) Number {
	switch sign {
	case 1:
		return Infinity
	case -1:
		return NegativeInfinity
	}
	return NaN
}

// Div gives a / b with at least 16 significant digits (select_div_scale).
func Div(a, b Number) (Number, error) {
	if a.kind != finite || b.kind != finite {
		return divSpecial(a, b)
	}
	if b.Sign() == 0 {
		return Number{}, errDivision()
	}
	return checked(quotient(a, b, divisionScale(a, b)))
}

func divSpecial(a, b Number) (Number, error) {
	switch {
	case a.kind == notANumber || b.kind == notANumber:
		return NaN, nil
	case a.kind == infinity && b.kind == infinity:
		return NaN, nil
	case a.kind == infinity && b.Sign() == 0:
		return Number{}, errDivision()
	case a.kind == infinity:
		return signedInfinity(a.Sign() * b.Sign()), nil
	}
	return Number{}, nil
}

// divisionScale is numeric.c's select_div_scale.
func divisionScale(a, b Number) int32 {
	weightA, digitA := a.leading()
	weightB, digitB := b.leading()
	weight := weightA - weightB
	if digitA <= digitB {
		weight--
	}
	return displayScale(minSignificantDigits-4*weight, a.scale, b.scale)
}

// displayScale keeps a wanted scale between those of the arguments and the limit.
func displayScale(want int, scales ...int32) int32 {
	for _, s := range scales {
		want = max(want, int(s))
	}
	return int32(min(max(want, 0), maxDisplayScale))
}

// quotient gives a / b rounded to scale, half away from zero.
func quotient(a, b Number, scale int32) Number {
	if n, ok := smallQuotient(a, b, scale); ok {
		return n
	}
	x, y := ratio(a, b, scale)
	return fromBig(quoRound(x, y), scale)
}

// smallQuotient is quotient where the dividend fits 128 bits and the result 63.
func smallQuotient(a, b Number, scale int32) (Number, bool) {
	shift := int(scale) + int(b.scale) - int(a.scale)
	if a.big != nil || b.big != nil || shift < 0 || shift >= 2*len(smallPowers)-1 {
		return Number{}, false
	}
	first := min(shift, len(smallPowers)-1)
	top, carry := shifted(a.small, int32(first))
	if !carry {
		return Number{}, false
	}
	hi, lo := bits.Mul64(uint64(max(top, -top)), uint64(smallPowers[shift-first]))
	divisor := b.magnitude()
	if hi >= divisor {
		return Number{}, false
	}
	q, rest := bits.Div64(hi, lo, divisor)
	if rest >= divisor-rest {
		q++
	}
	if q >= 1<<63 {
		return Number{}, false
	}
	if (a.small < 0) != (b.small < 0) {
		return Number{small: -int64(q), scale: scale}, true
	}
	return Number{small: int64(q), scale: scale}, true
}

// ratio gives integers whose quotient is a / b × 10^scale.
func ratio(a, b Number, scale int32) (x, y *big.Int) {
	shift := int(scale) + int(b.scale) - int(a.scale)
	if shift >= 0 {
		return new(big.Int).Mul(a.coefficient(), pow10(shift)), b.coefficient()
	}
	return a.coefficient(), new(big.Int).Mul(b.coefficient(), pow10(-shift))
}

// quoRound divides, rounding half away from zero.
func quoRound(x, y *big.Int) *big.Int {
	q, r := new(big.Int).QuoRem(x, y, new(big.Int))
	if r.Lsh(r, 1).CmpAbs(y) >= 0 {
		q.Add(q, big.NewInt(int64(x.Sign()*y.Sign())))
	}
	return q
}

// QuoInt gives the integer part of a / b (SQL: div(a, b)).
func QuoInt(a, b Number) (Number, error) {
	if a.kind != finite || b.kind != finite {
		return divSpecial(a, b)
	}
	if b.Sign() == 0 {
		return Number{}, errDivision()
	}
	x, y := ratio(a, b, 0)
	return checked(fromBig(new(big.Int).Quo(x, y), 0))
}

// Mod gives what the integer quotient leaves of a, with the sign of a.
func Mod(a, b Number) (Number, error) {
	switch {
	case a.kind == notANumber || b.kind == notANumber:
		return NaN, nil
	case b.kind == finite && b.Sign() == 0:
		return Number{}, errDivision()
	case a.kind == infinity:
		return NaN, nil
	case b.kind == infinity:
		return a, nil
	}
	if x, y, scale, ok := aligned(a, b); ok {
		return Number{small: x % y, scale: scale}, nil
	}
	x, y, scale := alignedBig(a, b)
	return fromBig(new(big.Int).Rem(x, y), scale), nil
}
