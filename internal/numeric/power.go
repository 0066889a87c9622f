package numeric

import (
	"math"
	"math/big"

	"github.com/sluicemesh/sluice/sqlstate"
)

// log10e turns a natural exponent into decimal places, as numeric.c writes it.
const log10e = 0.434294481903252

// Exp gives e^n with at least 16 significant digits.
func Exp(n Number) (Number, error) {
	switch {
	case n.kind == infinity && n.small < 0:
		return Number{}, nil
	case n.kind != finite:
		return n, nil
	}
	value := n.float()
	places := min(max(value*log10e, -maxResultScale), maxResultScale)
	scale := displayScale(minSignificantDigits-int(places), n.scale)
	return expScaled(n, value, scale)
}

// expScaled gives e^n rounded to scale; value is n, roughly.
func expScaled(n Number, value float64, scale int32) (Number, error) {
	if math.Abs(value) >= maxResultScale*3 {
		if value > 0 {
			return Number{}, overflow()
		}
		return Number{scale: scale}, nil
	}
	f := bitsFor(int(scale) + int(math.Abs(value)*log10e) + 20)
	m, k := f.exp(f.of(n))
	return f.round(m, k, scale), nil
}

// float is the number, roughly; too large is an infinity.
func (n Number) float() float64 {
	f, _ := new(big.Float).SetInt(n.coefficient()).Float64()
	d, _ := new(big.Float).SetInt(pow10(int(n.scale))).Float64()
	if math.IsInf(f, 0) || math.IsInf(d, 0) {
		r, _ := new(big.Rat).SetFrac(n.coefficient(), pow10(int(n.scale))).Float64()
		return r
	}
	return f / d
}

// Power gives a^b.
func Power(a, b Number) (Number, error) {
	if a.kind != finite || b.kind != finite {
		return powerSpecial(a, b)
	}
	whole := MinScale(b) == 0
	switch {
	case a.Sign() == 0 && b.Sign() < 0:
		return Number{}, sqlstate.New(sqlstate.InvalidArgumentForPower, "zero raised to a negative power is undefined")
	case a.Sign() < 0 && !whole:
		return Number{}, sqlstate.New(sqlstate.InvalidArgumentForPower, "a negative number raised to a non-integer power yields a complex result")
	}
	if exponent := b.truncated(0); whole && exponent.big == nil && exponent.small >= math.MinInt32 && exponent.small <= math.MaxInt32 {
		return powerInt(a, exponent.small)
	}
	if a.Sign() == 0 {
		return Number{scale: minSignificantDigits}, nil
	}
	result, err := powerReal(Abs(a), b)
	if err == nil && a.Sign() < 0 && b.truncated(0).coefficient().Bit(0) == 1 {
		result = Neg(result)
	}
	return result, err
}

// powerSpecial follows numeric.c's numeric_power, which follows POSIX's pow().
func powerSpecial(a, b Number) (Number, error) {
	one := FromInt(1)
	switch {
	case a.kind == notANumber || b.kind == notANumber:
		if a.kind == finite && Compare(a, one) == 0 || b.kind == finite && b.Sign() == 0 {
			return one, nil
		}
		return NaN, nil
	case a.kind == finite && a.Sign() == 0 && b.Sign() < 0:
		return Number{}, sqlstate.New(sqlstate.InvalidArgumentForPower, "zero raised to a negative power is undefined")
	case a.Sign() < 0 && b.kind == finite && MinScale(b) > 0:
		return Number{}, sqlstate.New(sqlstate.InvalidArgumentForPower, "a negative number raised to a non-integer power yields a complex result")
	case a.kind == finite && Compare(a, one) == 0, b.kind == finite && b.Sign() == 0:
		return one, nil
	case b.kind == infinity:
		return powerToInfinity(a, b), nil
	case b.Sign() < 0: // an infinity to a negative power
		return Number{}, nil
	case a.Sign() < 0 && b.truncated(0).coefficient().Bit(0) == 1:
		return NegativeInfinity, nil
	}
	return Infinity, nil
}

func powerToInfinity(a, b Number) Number {
	size := 1
	if a.kind == finite {
		size = Compare(Abs(a), FromInt(1))
	}
	switch {
	case a.kind == finite && a.Sign() == 0:
		return Number{}
	case size == 0:
		return FromInt(1)
	case (size > 0) == (b.Sign() > 0):
		return Infinity
	}
	return Number{}
}

// powerInt is numeric.c's power_var_int.
func powerInt(a Number, exponent int64) (Number, error) {
	scale := displayScale(minSignificantDigits, a.scale)
	switch {
	case exponent == 0:
		return FromInt(1).rounded(scale), nil
	case a.Sign() == 0:
		return Number{scale: scale}, nil
	}
	places := float64(exponent) * a.log10()
	if places > maxIntegerDigits+1 {
		return Number{}, overflow()
	}
	if size := max(exponent, -exponent); size > 2 && places+1 < -float64(scale) {
		return Number{scale: scale}, nil
	}
	return checked(raised(a, exponent, int(places), scale))
}

// log10 estimates the decimal logarithm of |n|; of zero it is 0.
func (n Number) log10() float64 {
	if n.Sign() == 0 {
		return 0
	}
	weight, _ := n.leading()
	digits := min(n.baseDigits(), 4) * 4
	return math.Log10(float64(n.top(4*(weight+1), digits))) + float64(4*(weight+1)-digits)
}

// raised gives a^exponent rounded to scale: exactly where that is cheap, else with
// more bits than any rounding can see.
func raised(a Number, exponent int64, places int, scale int32) Number {
	size := exponent
	if size < 0 {
		size = -size
	}
	if digits := size * int64(a.digitCount()); digits <= 4000 {
		c := new(big.Int).Exp(a.coefficient(), big.NewInt(size), nil)
		d := pow10(int(size) * int(a.scale))
		if exponent < 0 {
			c, d = d, c
		}
		return fromBig(quoRound(new(big.Int).Mul(c, pow10(int(scale))), d), scale)
	}
	precision := uint(max(places, 0)+int(scale)+20)*10/3 + 128
	result := new(big.Float).SetPrec(precision).SetInt64(1)
	base := new(big.Float).SetPrec(precision).SetInt(a.coefficient())
	base.Quo(base, new(big.Float).SetPrec(precision).SetInt(pow10(int(a.scale))))
	for e := size; e > 0; e >>= 1 {
		if e&1 == 1 {
			result.Mul(result, base)
		}
		base.Mul(base, base)
	}
	if exponent < 0 {
		result.Quo(new(big.Float).SetPrec(precision).SetInt64(1), result)
	}
	return roundFloat(result, scale)
}

func roundFloat(f *big.Float, scale int32) Number {
	f.Mul(f, new(big.Float).SetPrec(f.Prec()).SetInt(pow10(int(scale))))
	half := 0.5
	if f.Sign() < 0 {
		half = -0.5
	}
	c, _ := f.Add(f, big.NewFloat(half)).Int(nil)
	return fromBig(c, scale)
}

// powerReal is numeric.c's power_var for a > 0: e^(b ln a).
func powerReal(a, b Number) (Number, error) {
	roughScale := int32(max(8-lnWeight(a), 0))
	value := exactProduct(lnScaled(a, roughScale), b).rounded(roughScale).float()
	if math.Abs(value) > maxResultScale*3.01 {
		if value > 0 {
			return Number{}, overflow()
		}
		return Number{scale: maxDisplayScale}, nil
	}
	places := value * log10e
	scale := displayScale(minSignificantDigits-int(places), a.scale, b.scale)
	if math.Abs(value) >= maxResultScale*3 { // exp_var's own limit
		if value > 0 {
			return Number{}, overflow()
		}
		return Number{scale: scale}, nil
	}
	f := bitsFor(int(scale) + int(math.Abs(places)) + 2*max(b.integerDigits(), 0) + 30)
	x := f.ln(a.coefficient(), pow10(int(a.scale)))
	x.Mul(x, b.coefficient()).Quo(x, pow10(int(b.scale)))
	m, k := f.exp(x)
	return checked(f.round(m, k, scale))
}
