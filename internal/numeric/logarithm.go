package numeric

import (
	"math"
	"math/big"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Ln gives the natural logarithm.
func Ln(n Number) (Number, error) {
	if n.kind == notANumber {
		return n, nil
	}
	if err := positive(n); err != nil {
		return Number{}, err
	}
	if n.kind == infinity {
		return n, nil
	}
	return lnScaled(n, displayScale(minSignificantDigits-lnWeight(n), n.scale)), nil
}

func positive(n Number) error {
	switch n.Sign() {
	case 0:
		return sqlstate.New(sqlstate.InvalidArgumentForLog, "cannot take logarithm of zero")
	case -1:
		return sqlstate.New(sqlstate.InvalidArgumentForLog, "cannot take logarithm of a negative number")
	}
	return nil
}

// lnScaled gives ln n rounded to scale.
func lnScaled(n Number, scale int32) Number {
	f := bitsFor(int(scale) + 20)
	return f.round(f.ln(n.coefficient(), pow10(int(n.scale))), 0, scale)
}

// LogBase gives the logarithm of n to a base (SQL: log(base, n)).
func LogBase(base, n Number) (Number, error) {
	if base.kind == notANumber || n.kind == notANumber {
		return NaN, nil
	}
	for _, v := range []Number{base, n} {
		if err := positive(v); err != nil {
			return Number{}, err
		}
	}
	switch {
	case base.kind == infinity && n.kind == infinity:
		return NaN, nil
	case base.kind == infinity:
		return Number{}, nil
	case n.kind == infinity:
		return Infinity, nil
	case Compare(base, FromInt(1)) == 0:
		return Number{}, errDivision()
	}
	scale := displayScale(minSignificantDigits-(lnWeight(n)-lnWeight(base)), base.scale, n.scale)
	f := bitsFor(int(scale) + 2*max(0, -lnWeight(base)) + 30)
	top := f.ln(n.coefficient(), pow10(int(n.scale)))
	bottom := f.ln(base.coefficient(), pow10(int(base.scale)))
	return f.round(f.div(top, bottom), 0, scale), nil
}

// lnWeight estimates the decimal place of the first digit of ln n, n > 0
// (numeric.c: estimate_ln_dweight; its truncations are part of the result).
func lnWeight(n Number) int {
	if Compare(n, Number{small: 9, scale: 1}) >= 0 && Compare(n, Number{small: 11, scale: 1}) <= 0 {
		x, _ := Sub(n, FromInt(1))
		if x.Sign() == 0 {
			return 0
		}
		weight, digit := x.leading()
		return weight*4 + int(math.Log10(float64(digit)))
	}
	weight, digit := n.leading()
	digits, place := digit, weight*4
	if n.baseDigits() > 1 {
		digits = n.top(4*(weight+1), 8)
		place -= 4
	}
	ln := math.Log(float64(digits)) + float64(place)*2.302585092994046
	return int(math.Log10(math.Abs(ln)))
}

// baseDigits is the number of digits to the base 10,000 without trailing zeros.
func (n Number) baseDigits() int {
	weight, _ := n.leading()
	lowest := -int(MinScale(n)) // place of the lowest digit that is not zero
	if lowest == 0 {
		c := new(big.Int).Set(n.truncated(0).coefficient())
		rest := new(big.Int)
		for ; c.Sign() != 0; lowest++ {
			if c.QuoRem(c, bigPowers[1], rest); rest.Sign() != 0 {
				break
			}
		}
	}
	return weight - floorDiv(lowest, 4) + 1
}
