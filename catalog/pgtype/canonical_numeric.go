package pgtype

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

// decimal is a number of any size: ± digits × 10^-scale. digits has no leading zeros and
// at least scale of them.
type decimal struct {
	negative bool
	digits   string
	scale    int
}

// Limits of numeric (numeric.c: NUMERIC_DSCALE_MAX; 2^15 groups of four digits).
const (
	maxNumericScale  = 16383
	maxNumericDigits = 131072
)

func canonicalNumeric(mod int32, text string) (string, error) {
	precision, scale, bounded := NumericParts(mod)
	number := strings.Trim(text, space)
	switch strings.ToLower(number) {
	case "nan":
		return "NaN", nil
	case "infinity", "+infinity", "inf", "+inf":
		return "Infinity", infinityFits(precision, scale, bounded)
	case "-infinity", "-inf":
		return "-Infinity", infinityFits(precision, scale, bounded)
	}
	d, err := parseDecimal(number, text)
	if err != nil {
		return "", err
	}
	if bounded {
		d = d.rounded(int(scale))
		if d.exceeds(int(precision - scale)) {
			return "", fieldOverflow(precision, scale, fmt.Sprintf("must round to an absolute value less than %s.", bound(int(precision-scale))))
		}
	}
	return d.String(), nil
}

// exceeds tells whether the number has more than so many digits before the point; a
// negative count asks for zeros behind it.
func (d decimal) exceeds(whole int) bool {
	return !d.isZero() && len(strings.TrimLeft(d.digits, "0"))-d.scale > whole
}

func bound(digits int) string {
	if digits == 0 {
		return "1"
	}
	return "10^" + strconv.Itoa(digits)
}

func infinityFits(precision, scale int32, bounded bool) error {
	if !bounded {
		return nil
	}
	return fieldOverflow(precision, scale, "cannot hold an infinite value.")
}

func fieldOverflow(precision, scale int32, what string) error {
	return sqlstate.New(sqlstate.NumericValueOutOfRange, "numeric field overflow").
		WithDetail("A field with precision %d, scale %d %s", precision, scale, what)
}

// parseDecimal reads sign, digits, point and exponent.
func parseDecimal(number, text string) (decimal, error) {
	var d decimal
	if number != "" && (number[0] == '-' || number[0] == '+') {
		d.negative, number = number[0] == '-', number[1:]
	}
	mantissa, exponent, hasExponent := cutExponent(number)
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if whole+fraction == "" || !allDigits(whole+fraction) {
		return d, badInput("numeric", text)
	}
	shift := 0
	if hasExponent {
		n, junk, ok := readExponent(exponent)
		switch {
		case !ok:
			return d, badInput("numeric", text)
		case n >= math.MaxInt32/2 || n <= -math.MaxInt32/2:
			return d, numericOverflow()
		case junk:
			return d, badInput("numeric", text)
		}
		shift = int(n)
	}
	digits := strings.TrimLeft(whole+fraction, "0")
	scale := len(fraction) - shift
	if scale > maxNumericScale || digits != "" && len(digits)-scale > maxNumericDigits {
		return d, numericOverflow()
	}
	if scale < 0 {
		if digits != "" {
			digits += strings.Repeat("0", -scale)
		}
		scale = 0
	}
	d.digits, d.scale = digits, scale
	return d.padded(), nil
}

func numericOverflow() error {
	return sqlstate.New(sqlstate.NumericValueOutOfRange, "value overflows numeric format")
}

// readExponent reads as strtol does: as far as digits go, and no further than 64 bits.
func readExponent(s string) (n int64, junk, ok bool) {
	end := 0
	if s != "" && (s[0] == '-' || s[0] == '+') {
		end++
	}
	start := end
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	n, _ = strconv.ParseInt(s[:end], 10, 64) // out of range: the nearest
	return n, end < len(s), end > start
}

func cutExponent(number string) (mantissa, exponent string, found bool) {
	i := strings.IndexAny(number, "eE")
	if i < 0 {
		return number, "", false
	}
	return number[:i], number[i+1:], true
}

func allDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// padded makes sure that there are as many digits as the scale says.
func (d decimal) padded() decimal {
	if missing := d.scale - len(d.digits); missing > 0 {
		d.digits = strings.Repeat("0", missing) + d.digits
	}
	return d
}

func (d decimal) isZero() bool { return strings.Trim(d.digits, "0") == "" }

// rounded rounds half away from zero to a scale, which may be negative.
func (d decimal) rounded(scale int) decimal {
	if scale >= d.scale {
		d.digits += strings.Repeat("0", scale-d.scale)
		d.scale = scale
		return d
	}
	drop := d.scale - scale
	if missing := drop - len(d.digits); missing > 0 {
		d.digits = strings.Repeat("0", missing) + d.digits
	}
	kept, dropped := d.digits[:len(d.digits)-drop], d.digits[len(d.digits)-drop:]
	if dropped[0] >= '5' {
		kept = increment(kept)
	}
	d.digits, d.scale = kept, scale
	if scale < 0 {
		if strings.Trim(kept, "0") == "" {
			d.digits = ""
		} else {
			d.digits += strings.Repeat("0", -scale)
		}
		d.scale = 0
	}
	return d.padded()
}

func increment(digits string) string {
	b := []byte(digits)
	for i := len(b) - 1; i >= 0; i-- {
		if b[i] != '9' {
			b[i]++
			return string(b)
		}
		b[i] = '0'
	}
	return "1" + string(b)
}

// String prints as numeric_out does.
func (d decimal) String() string {
	whole := strings.TrimLeft(d.digits[:len(d.digits)-d.scale], "0")
	if whole == "" {
		whole = "0"
	}
	if d.negative && !d.isZero() {
		whole = "-" + whole
	}
	if d.scale == 0 {
		return whole
	}
	return whole + "." + d.digits[len(d.digits)-d.scale:]
}
