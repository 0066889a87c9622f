package pgtext

import (
	"math"
	"math/bits"
	"strconv"
)

// floatKind is what differs between float4 and float8.
type floatKind struct {
	bits      int // for strconv
	digits    int // FLT_DIG, DBL_DIG: precision of extra_float_digits = 0
	exponent  int // shortest form: from this power of ten on with an exponent
	midpoint  int // bits of a number half way between two neighbours
	maxDigits int // that always suffice
}

var (
	float4Kind = floatKind{bits: 32, digits: 6, exponent: 6, midpoint: 25, maxDigits: 9}
	float8Kind = floatKind{bits: 64, digits: 15, exponent: 15, midpoint: 54, maxDigits: 17}
)

// Float4 prints a float4: the shortest digits that read back as it, or with extra below
// 1 as many as printf's %g with that precision.
func Float4(buf []byte, x float32, extra int) []byte {
	return float4Kind.append(buf, float64(x), extra)
}

// Float8 prints a float8.
func Float8(buf []byte, x float64, extra int) []byte { return float8Kind.append(buf, x, extra) }

// append writes x: the shortest digits that read back as x, or, with
// extra_float_digits below 1, as many as printf's %g with that precision.
func (k floatKind) append(buf []byte, x float64, extraDigits int) []byte {
	switch {
	case math.IsNaN(x):
		return append(buf, "NaN"...)
	case math.IsInf(x, 1):
		return append(buf, "Infinity"...)
	case math.IsInf(x, -1):
		return append(buf, "-Infinity"...)
	}
	if math.Signbit(x) {
		buf, x = append(buf, '-'), -x
	}
	var scratch [32]byte
	if extraDigits > 0 {
		digits, exponent := k.shortest(&scratch, x)
		return appendDecimalFloat(buf, digits, exponent, k.exponent)
	}
	precision := max(k.digits+extraDigits, 1)
	digits, exponent := splitFloat(strconv.AppendFloat(scratch[:0], x, 'e', precision-1, k.bits))
	return appendDecimalFloat(buf, digits, exponent, precision)
}

// shortest gives the digits of the shortest decimal strictly between the midpoints
// to x's neighbours. strconv also takes a midpoint itself where reading rounds it to
// x (1e23); PostgreSQL does not, as readers may round otherwise (d2s.c, acceptBounds).
func (k floatKind) shortest(scratch *[32]byte, x float64) (digits []byte, exponent int) {
	digits, exponent = splitFloat(strconv.AppendFloat(scratch[:0], x, 'e', -1, k.bits))
	for n := len(digits); k.isMidpoint(digits, exponent) && n < k.maxDigits; n++ {
		digits, exponent = splitFloat(strconv.AppendFloat(scratch[:0], x, 'e', n, k.bits))
	}
	return digits, exponent
}

// isMidpoint tells whether the number has one significant bit more than a float
// has: then it lies half way between two. Such a number is m·10^k with m short;
// it fits the 64 bits used here, or it is none.
func (k floatKind) isMidpoint(digits []byte, exponent int) bool {
	var m uint64
	for _, d := range digits {
		m = m*10 + uint64(d-'0')
	}
	if m == 0 {
		return false
	}
	m >>= bits.TrailingZeros64(m)
	for power := exponent - len(digits) + 1; power != 0; {
		if power > 0 {
			high, low := bits.Mul64(m, 5)
			if high != 0 {
				return false
			}
			m, power = low, power-1
			continue
		}
		if m%5 != 0 {
			return false // not a fraction of powers of two
		}
		m, power = m/5, power+1
	}
	return bits.Len64(m) == k.midpoint
}

// splitFloat takes d.ddde±xx apart, without trailing zeros. digits lies in text.
func splitFloat(text []byte) (digits []byte, exponent int) {
	e := len(text) - 1
	for text[e] != 'e' {
		e--
	}
	for _, d := range text[e+2:] {
		exponent = exponent*10 + int(d-'0')
	}
	if text[e+1] == '-' {
		exponent = -exponent
	}
	digits = text[:e]
	if len(digits) > 1 {
		digits = append(digits[:1], digits[2:]...)
	}
	for len(digits) > 1 && digits[len(digits)-1] == '0' {
		digits = digits[:len(digits)-1]
	}
	return digits, exponent
}

// appendDecimalFloat writes d.ddd × 10^exponent, with an exponent of two digits at
// least where it is below -4 or reaches threshold.
func appendDecimalFloat(buf, digits []byte, exponent, threshold int) []byte {
	switch {
	case exponent < -4 || exponent >= threshold:
		buf = append(buf, digits[0])
		if len(digits) > 1 {
			buf = append(buf, '.')
			buf = append(buf, digits[1:]...)
		}
		sign := byte('+')
		if exponent < 0 {
			sign, exponent = '-', -exponent
		}
		buf = append(buf, 'e', sign)
		if exponent < 10 {
			buf = append(buf, '0')
		}
		return strconv.AppendInt(buf, int64(exponent), 10)
	case exponent < 0:
		buf = append(buf, "0.0000"[:1-exponent]...)
		return append(buf, digits...)
	case exponent+1 >= len(digits):
		buf = append(buf, digits...)
		for range exponent + 1 - len(digits) {
			buf = append(buf, '0')
		}
		return buf
	}
	buf = append(buf, digits[:exponent+1]...)
	buf = append(buf, '.')
	return append(buf, digits[exponent+1:]...)
}
