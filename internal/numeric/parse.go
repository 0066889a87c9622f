package numeric

import (
	"math"
	"math/big"
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Parse reads a number as numeric_in does: blanks around, sign, digits with a
// point, exponent; or NaN, inf, infinity in any case.
func Parse(text string) (Number, error) {
	if n, ok := parsePlain(text); ok {
		return n, nil
	}
	s := strings.Trim(text, " \t\n\r\v\f")
	if n, ok := parseSpecial(s); ok {
		return n, nil
	}
	mantissa, exponent, ok := splitExponent(s)
	if !ok {
		return Number{}, badSyntax(text)
	}
	digits, decimals, negative, ok := splitPoint(mantissa)
	if !ok {
		return Number{}, badSyntax(text)
	}
	return scaled(digits, decimals, exponent, negative)
}

func badSyntax(text string) error {
	return sqlstate.New(sqlstate.InvalidTextRepresentation, "invalid input syntax for type numeric: \"%s\"", text)
}

// parsePlain reads the common form, what Append writes, up to 18 digits.
func parsePlain(s string) (Number, bool) {
	i, point, digits := 0, -1, 0
	negative := len(s) > 0 && s[0] == '-'
	if negative {
		i = 1
	}
	var c int64
	for start := i; i < len(s); i++ {
		switch d := s[i]; {
		case d >= '0' && d <= '9':
			c = c*10 + int64(d-'0')
			digits++
		case d == '.' && point < 0 && i > start:
			point = i
		default:
			return Number{}, false
		}
	}
	if digits == 0 || digits > 18 || point == len(s)-1 {
		return Number{}, false
	}
	if negative {
		c = -c
	}
	n := Number{small: c}
	if point >= 0 {
		n.scale = int32(len(s) - 1 - point)
	}
	return n, true
}

func parseSpecial(s string) (Number, bool) {
	switch strings.ToLower(s) {
	case "nan":
		return NaN, true
	case "inf", "+inf", "infinity", "+infinity":
		return Infinity, true
	case "-inf", "-infinity":
		return NegativeInfinity, true
	}
	return Number{}, false
}

// splitExponent cuts "e±digits" off. An exponent too long to matter becomes one
// that overflows.
func splitExponent(s string) (mantissa string, exponent int64, ok bool) {
	i := strings.IndexAny(s, "eE")
	if i < 0 {
		return s, 0, true
	}
	digits := s[i+1:]
	negative := strings.HasPrefix(digits, "-")
	if negative || strings.HasPrefix(digits, "+") {
		digits = digits[1:]
	}
	if digits == "" {
		return "", 0, false
	}
	for _, d := range []byte(digits) {
		if d < '0' || d > '9' {
			return "", 0, false
		}
		exponent = min(exponent*10+int64(d-'0'), math.MaxInt32)
	}
	if negative {
		exponent = -exponent
	}
	return s[:i], exponent, true
}

// splitPoint takes sign and point out of a mantissa.
func splitPoint(s string) (digits string, decimals int, negative, ok bool) {
	if negative = strings.HasPrefix(s, "-"); negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	whole, fraction, _ := strings.Cut(s, ".")
	digits = whole + fraction
	for _, d := range []byte(digits) {
		if d < '0' || d > '9' {
			return "", 0, false, false
		}
	}
	return digits, len(fraction), negative, digits != ""
}

// scaled gives digits × 10^(exponent-decimals), refusing early what could never fit.
func scaled(digits string, decimals int, exponent int64, negative bool) (Number, error) {
	if exponent >= math.MaxInt32/2 || exponent <= -math.MaxInt32/2 {
		return Number{}, overflow()
	}
	digits = strings.TrimLeft(digits, "0")
	scale := int64(decimals) - exponent
	if scale > maxScale || digits != "" && int64(len(digits))-scale > maxIntegerDigits {
		return Number{}, overflow()
	}
	c := new(big.Int)
	if digits != "" {
		c.SetString(digits, 10)
	}
	if scale < 0 {
		c.Mul(c, pow10(int(-scale)))
		scale = 0
	}
	if negative {
		c.Neg(c)
	}
	return checked(fromBig(c, int32(scale)))
}
