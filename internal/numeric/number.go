// Package numeric computes with PostgreSQL's numeric, digit for digit.
//
// In and out: numbers and their text as PostgreSQL prints it; scales follow
// numeric.c of PostgreSQL 15, because the scale of a result is part of what a user
// sees. Errors carry PostgreSQL's SQLSTATE. It knows no SQL and no engine.
package numeric

import (
	"math"
	"math/big"
	"strconv"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Limits of numeric.c: NUMERIC_MIN_SIG_DIGITS, NUMERIC_MAX_DISPLAY_SCALE,
// NUMERIC_MAX_RESULT_SCALE, NUMERIC_DSCALE_MAX, and the decimal digits that a
// weight of NUMERIC_WEIGHT_MAX allows.
const (
	minSignificantDigits = 16
	maxDisplayScale      = 1000
	maxResultScale       = 2000
	maxScale             = 16383
	maxIntegerDigits     = 131072
)

type kind uint8

const (
	finite kind = iota
	infinity
	notANumber
)

// Number is one numeric value: coefficient × 10^-scale, an infinity or NaN. The
// coefficient is small unless big is set. Numbers are immutable.
type Number struct {
	kind  kind
	scale int32
	small int64 // the coefficient; for an infinity its sign
	big   *big.Int
}

// NaN and the infinities.
var (
	NaN              = Number{kind: notANumber}
	Infinity         = Number{kind: infinity, small: 1}
	NegativeInfinity = Number{kind: infinity, small: -1}
)

// FromInt gives an integer.
func FromInt(i int64) Number { return Number{small: i} }

// Scale is the number of decimals shown.
func (n Number) Scale() int32 { return n.scale }

// IsFinite tells a number from NaN and the infinities.
func (n Number) IsFinite() bool { return n.kind == finite }

// Sign is -1, 0 or 1; of NaN it is 0.
func (n Number) Sign() int {
	switch {
	case n.big != nil:
		return n.big.Sign()
	case n.small > 0:
		return 1
	case n.small < 0:
		return -1
	}
	return 0
}

// coefficient gives the coefficient; callers must not change it.
func (n Number) coefficient() *big.Int {
	if n.big != nil {
		return n.big
	}
	return big.NewInt(n.small)
}

// fromBig takes over c.
func fromBig(c *big.Int, scale int32) Number {
	if c.IsInt64() && c.Int64() != math.MinInt64 {
		return Number{small: c.Int64(), scale: scale}
	}
	return Number{big: c, scale: scale}
}

// checked refuses what does not fit PostgreSQL's storage (numeric.c: make_result).
func checked(n Number) (Number, error) {
	if n.scale > maxScale {
		return Number{}, overflow()
	}
	if n.big != nil && n.integerDigits() > maxIntegerDigits {
		return Number{}, overflow()
	}
	return n, nil
}

func overflow() error {
	return sqlstate.New(sqlstate.NumericValueOutOfRange, "value overflows numeric format")
}

// digitCount is the number of decimal digits of the coefficient; 0 for zero.
func (n Number) digitCount() int {
	if n.big != nil {
		return decimalDigits(n.big)
	}
	count := 0
	for u := n.magnitude(); u > 0; u /= 10 {
		count++
	}
	return count
}

func decimalDigits(c *big.Int) int {
	if c.Sign() == 0 {
		return 0
	}
	guess := int(float64(c.BitLen()-1) * math.Log10(2))
	if new(big.Int).Abs(c).Cmp(pow10(guess)) < 0 {
		return guess
	}
	if new(big.Int).Abs(c).Cmp(pow10(guess+1)) >= 0 {
		return guess + 2
	}
	return guess + 1
}

// magnitude is the absolute value of a small coefficient.
func (n Number) magnitude() uint64 {
	if n.small < 0 {
		return uint64(-n.small)
	}
	return uint64(n.small)
}

// integerDigits is the number of digits before the point; below 1 it counts the
// zeros behind it, negative.
func (n Number) integerDigits() int { return n.digitCount() - int(n.scale) }

// leading gives weight and value of the first digit to the base 10,000, as
// numeric.c stores numbers; zero has neither.
func (n Number) leading() (weight int, digit int64) {
	digits := n.integerDigits()
	if n.Sign() == 0 {
		return 0, 0
	}
	weight = floorDiv(digits-1, 4)
	return weight, n.top(4*(weight+1), 4)
}

// top gives the digits of |n| at the places below 10^place, count of them.
func (n Number) top(place, count int) int64 {
	shift := place - count + int(n.scale) // how many digits of the coefficient lie below
	if n.big == nil && shift >= 0 && shift < len(smallPowers) {
		return int64(n.magnitude() / uint64(smallPowers[shift]))
	}
	c := new(big.Int).Abs(n.coefficient())
	if shift >= 0 {
		c.Quo(c, pow10(shift))
	} else {
		c.Mul(c, pow10(-shift))
	}
	return c.Int64()
}

func floorDiv(a, b int) int {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

var smallPowers = func() (p [19]int64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

var bigPowers = func() (p [64]*big.Int) {
	for i := range p {
		p[i] = new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(i)), nil)
	}
	return p
}()

// pow10 gives 10^n; callers must not change it.
func pow10(n int) *big.Int {
	if n < len(bigPowers) {
		return bigPowers[n]
	}
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// String is the number as PostgreSQL prints it.
func (n Number) String() string { return string(n.Append(nil)) }

// Append appends the number's text.
func (n Number) Append(dst []byte) []byte {
	switch {
	case n.kind == notANumber:
		return append(dst, "NaN"...)
	case n.kind == infinity && n.small < 0:
		return append(dst, "-Infinity"...)
	case n.kind == infinity:
		return append(dst, "Infinity"...)
	}
	if n.Sign() < 0 {
		dst = append(dst, '-')
	}
	var buffer [24]byte
	var digits []byte
	if n.big != nil {
		digits = new(big.Int).Abs(n.big).Append(nil, 10)
	} else {
		digits = strconv.AppendUint(buffer[:0], n.magnitude(), 10)
	}
	return appendPoint(dst, digits, int(n.scale))
}

func appendPoint(dst, digits []byte, scale int) []byte {
	if scale == 0 {
		return append(dst, digits...)
	}
	whole := len(digits) - scale
	if whole > 0 {
		dst = append(dst, digits[:whole]...)
		dst = append(dst, '.')
		return append(dst, digits[whole:]...)
	}
	dst = append(dst, '0', '.')
	for range -whole {
		dst = append(dst, '0')
	}
	return append(dst, digits...)
}
