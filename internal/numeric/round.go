package numeric

import (
	"math/big"

	"github.com/sluicemesh/sluice/sqlstate"
)

// rounded gives n at another scale, which may be negative, half away from zero.
func (n Number) rounded(scale int32) Number {
	if scale >= n.scale {
		return n.padded(scale)
	}
	c := quoRound(n.coefficient(), pow10(int(n.scale-scale)))
	return atLeastZero(c, scale)
}

// truncated gives n at another scale, towards zero.
func (n Number) truncated(scale int32) Number {
	if scale >= n.scale {
		return n.padded(scale)
	}
	return atLeastZero(new(big.Int).Quo(n.coefficient(), pow10(int(n.scale-scale))), scale)
}

func (n Number) padded(scale int32) Number {
	if n.big == nil {
		if c, ok := shifted(n.small, scale-n.scale); ok {
			return Number{small: c, scale: scale}
		}
	}
	return fromBig(n.at(scale), scale)
}

// atLeastZero writes zeros for the digits that a negative scale cut off.
func atLeastZero(c *big.Int, scale int32) Number {
	if scale < 0 {
		c.Mul(c, pow10(int(-scale)))
		scale = 0
	}
	return fromBig(c, scale)
}

// clampScale keeps within what a numeric may show and hold (NUMERIC_DSCALE_MAX, NUMERIC_WEIGHT_MAX).
func clampScale(scale int32) int32 { return min(max(scale, -(1<<15)*4-1), 1<<14-1) }

// Round gives n with scale decimals, half away from zero.
func Round(n Number, scale int32) (Number, error) {
	if n.kind != finite {
		return n, nil
	}
	return checked(n.rounded(clampScale(scale)))
}

// Trunc gives n with scale decimals, towards zero.
func Trunc(n Number, scale int32) (Number, error) {
	if n.kind != finite {
		return n, nil
	}
	return checked(n.truncated(clampScale(scale)))
}

// Ceil gives the smallest integer not below n.
func Ceil(n Number) (Number, error) { return towards(n, 1) }

// Floor gives the largest integer not above n.
func Floor(n Number) (Number, error) { return towards(n, -1) }

// towards truncates, and moves one further where that went against sign.
func towards(n Number, sign int) (Number, error) {
	if n.kind != finite {
		return n, nil
	}
	whole := n.truncated(0)
	if n.Sign() == sign && Compare(whole, n) != 0 {
		return Add(whole, FromInt(int64(sign)))
	}
	return whole, nil
}

// Sign gives -1, 0 or 1 as a number; NaN stays.
func Sign(n Number) Number {
	if n.kind == notANumber {
		return n
	}
	return FromInt(int64(n.Sign()))
}

// MinScale is the smallest scale that loses nothing.
func MinScale(n Number) int32 {
	scale := n.scale
	c := new(big.Int).Set(n.coefficient())
	for rest := new(big.Int); scale > 0; scale-- {
		if c.QuoRem(c, bigPowers[1], rest); rest.Sign() != 0 {
			break
		}
	}
	return scale
}

// TrimScale gives n without trailing zeros behind the point.
func TrimScale(n Number) Number {
	if n.kind != finite {
		return n
	}
	return n.truncated(MinScale(n))
}

// ApplyTypmod gives n as numeric(precision, scale) stores it.
func ApplyTypmod(n Number, precision, scale int32) (Number, error) {
	switch n.kind {
	case notANumber:
		return n, nil
	case infinity:
		return Number{}, sqlstate.New(sqlstate.NumericValueOutOfRange, "numeric field overflow").
			WithDetail("A field with precision %d, scale %d cannot hold an infinite value.", precision, scale)
	}
	n = n.rounded(scale)
	limit := precision - scale
	if n.Sign() == 0 || n.integerDigits() <= int(limit) {
		return n, nil
	}
	bound := "1"
	if limit != 0 {
		bound = "10^" + FromInt(int64(limit)).String()
	}
	return Number{}, sqlstate.New(sqlstate.NumericValueOutOfRange, "numeric field overflow").
		WithDetail("A field with precision %d, scale %d must round to an absolute value less than %s.", precision, scale, bound)
}
