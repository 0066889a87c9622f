package mysql

import (
	"math/bits"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/sluicemesh/sluice/sqlstate"
)

// whole takes numbers within bounds.
func whole(low, high int64, put func(int64)) func([]byte) error {
	return func(v []byte) error {
		n, ok := readInteger(v)
		if !ok || n < low || n > high {
			return outOfRange()
		}
		put(n)
		return nil
	}
}

// mostDigits surely fit 64 bits.
const mostDigits = 18

// readInteger reads "-12"; false where it is none such, or does not fit.
func readInteger(v []byte) (int64, bool) {
	digits := v
	if len(v) > 0 && v[0] == '-' {
		digits = v[1:]
	}
	if len(digits) > mostDigits {
		n, err := strconv.ParseInt(string(v), 10, 64)
		return n, err == nil
	}
	n, ok := number(digits)
	if len(digits) < len(v) {
		n = -n
	}
	return int64(n), ok && len(digits) > 0
}

// double takes doubles; they are printed with as many digits as tell them apart.
func double(put func(float64)) func([]byte) error {
	return func(v []byte) error {
		f, err := strconv.ParseFloat(string(v), 64)
		if err != nil {
			return malformed("double")
		}
		put(f)
		return nil
	}
}

func outOfRange() error {
	return sqlstate.New(sqlstate.NumericValueOutOfRange, "a source holds a number that the type of its contract cannot").OwnedBy(sqlstate.OwnerDomain)
}

// decodeDecimal appends values of numeric(precision, scale) from their digits.
func decodeDecimal(b *array.Decimal128Builder, precision, scale int32) func([]byte) error {
	limit := decimal128.GetMaxValue(precision)
	return func(v []byte) error {
		value, ok := readDecimal(v, int(scale))
		if !ok || value.Abs().Greater(limit) {
			return sqlstate.New(sqlstate.NumericValueOutOfRange, "numeric field overflow").
				WithDetail("A source holds a value that does not fit the numeric(%d,%d) of its contract.", precision, scale).OwnedBy(sqlstate.OwnerDomain)
		}
		b.UnsafeAppend(value)
		return nil
	}
}

// readDecimal reads "-12.50" as a whole number of units of 10^-scale; false where it
// is none such, or where digits would be lost.
func readDecimal(v []byte, scale int) (decimal128.Num, bool) {
	negative := len(v) > 0 && v[0] == '-'
	if negative {
		v = v[1:]
	}
	var high, low uint64
	decimals, ok := -1, len(v) > 0
	for _, c := range v {
		switch {
		case c == '.' && decimals < 0:
			decimals = 0
			continue
		case c < '0' || c > '9':
			return decimal128.Num{}, false
		case decimals == scale || decimals < 0 && scale < 0:
			ok = ok && c == '0' // beyond the scale
			continue
		case decimals >= 0:
			decimals++
		}
		var fits bool
		high, low, fits = multiplyAdd(high, low, 10, uint64(c-'0'))
		ok = ok && fits
	}
	for decimals = max(decimals, 0); decimals < scale && ok; decimals++ {
		high, low, ok = multiplyAdd(high, low, 10, 0)
	}
	value := decimal128.New(int64(high), low)
	if negative {
		value = value.Negate()
	}
	return value, ok
}

// multiplyAdd gives (high,low) * by + plus, below 2^127.
func multiplyAdd(high, low, by, plus uint64) (uint64, uint64, bool) {
	over, newHigh := bits.Mul64(high, by)
	carry, newLow := bits.Mul64(low, by)
	newLow, c := bits.Add64(newLow, plus, 0)
	newHigh, c2 := bits.Add64(newHigh, carry, c)
	return newHigh, newLow, over == 0 && c2 == 0 && newHigh < 1<<63
}

// decodeNumericText appends the digits as they come: MySQL prints a DECIMAL with all
// decimals of its type, as PostgreSQL does. A zero has no sign; ZEROFILL has more zeros.
func decodeNumericText(b *array.StringBuilder) func([]byte) error {
	return func(v []byte) error {
		zero, point := true, false
		for i, c := range v {
			switch {
			case c == '-' && i == 0:
			case c == '.' && !point:
				point = true
			case c < '0' || c > '9':
				return malformed("decimal")
			default:
				zero = zero && c == '0'
			}
		}
		if zero && len(v) > 0 && v[0] == '-' {
			v = v[1:]
		}
		for len(v) > 1 && v[0] == '0' && v[1] != '.' {
			v = v[1:]
		}
		b.BinaryBuilder.Append(v)
		return nil
	}
}
