package numeric

import (
	"math"
	"math/big"
	"strconv"

	"github.com/sluicemesh/sluice/sqlstate"
)

// ToInt gives n as an integer of bits bits, rounded half away from zero; name is
// the type's in errors.
func ToInt(n Number, bits int, name string) (int64, error) {
	switch n.kind {
	case notANumber:
		return 0, sqlstate.New(sqlstate.FeatureNotSupported, "cannot convert NaN to %s", name)
	case infinity:
		return 0, sqlstate.New(sqlstate.FeatureNotSupported, "cannot convert infinity to %s", name)
	}
	c := n.rounded(0).coefficient()
	low := int64(math.MinInt64) >> (64 - bits)
	if !c.IsInt64() || c.Int64() < low || c.Int64() > ^low {
		return 0, sqlstate.New(sqlstate.NumericValueOutOfRange, "%s out of range", name)
	}
	return c.Int64(), nil
}

// ToFloat gives the nearest float of bits bits; name is the type's in errors.
func ToFloat(n Number, bits int, name string) (float64, error) {
	text := n.String()
	f, err := strconv.ParseFloat(text, bits)
	if err != nil || f == 0 && n.kind == finite && n.Sign() != 0 {
		return 0, sqlstate.New(sqlstate.NumericValueOutOfRange, "\"%s\" is out of range for type %s", text, name)
	}
	return f, nil
}

// FromFloat gives a float's digits: 15 of a double, 6 of a real (DBL_DIG, FLT_DIG).
func FromFloat(f float64, digits int) (Number, error) {
	switch {
	case math.IsNaN(f):
		return NaN, nil
	case math.IsInf(f, 0):
		return signedInfinity(int(math.Copysign(1, f))), nil
	}
	return Parse(formatG(f, digits))
}

// formatG is C's "%.*g": exponent form outside 10^-5 … 10^digits, no trailing zeros.
func formatG(f float64, digits int) string {
	e := strconv.FormatFloat(f, 'e', digits-1, 64)
	rounded, _ := strconv.ParseFloat(e, 64)
	exponent := 0
	if rounded != 0 {
		exponent, _ = strconv.Atoi(e[len(trimExponent(e))+1:])
	}
	if exponent < -4 || exponent >= digits {
		mantissa := trimExponent(e)
		return trimZeros(mantissa) + "e" + strconv.Itoa(exponent)
	}
	return trimZeros(strconv.FormatFloat(f, 'f', digits-1-exponent, 64))
}

func trimExponent(s string) string {
	for i := range s {
		if s[i] == 'e' {
			return s[:i]
		}
	}
	return s
}

func trimZeros(s string) string {
	for i := range s {
		if s[i] != '.' {
			continue
		}
		end := len(s)
		for s[end-1] == '0' {
			end--
		}
		if end-1 == i {
			end = i
		}
		return s[:end]
	}
	return s
}

// FromBig gives c × 10^-scale; c is taken over.
func FromBig(c *big.Int, scale int32) Number { return fromBig(c, scale) }
