// Package pgfloat writes floats as PostgreSQL prints them (float8out, float4out with
// extra_float_digits at its default).
//
// In: a float. Out: its text. It knows nothing else.
package pgfloat

import (
	"math"
	"math/big"
	"strconv"
)

// limits of the plain form: 10^-4 up to below 10^DBL_DIG or 10^FLT_DIG.
const (
	lowestPlain   = -4
	plainDigits64 = 15
	plainDigits32 = 6
)

// Append appends the shortest digits that read back as f, a float of bits bits (32
// or 64).
func Append(dst []byte, f float64, bits int) []byte {
	switch {
	case f != f:
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Infinity"...)
	case math.IsInf(f, -1):
		return append(dst, "-Infinity"...)
	}
	var buffer [32]byte
	scientific := strconv.AppendFloat(buffer[:0], f, 'e', -1, bits)
	if mayTouchBound(f, bits) {
		scientific = insideBounds(scientific, f, bits)
	}
	exponent := exponentOf(scientific)
	limit := plainDigits64
	if bits == 32 {
		limit = plainDigits32
	}
	if f != 0 && (exponent < lowestPlain || exponent >= limit) {
		return append(dst, scientific...)
	}
	return strconv.AppendFloat(dst, f, 'f', max(digitsOf(scientific)-1-exponent, 0), bits)
}

func exponentOf(scientific []byte) int {
	for i, c := range scientific {
		if c == 'e' {
			exponent, _ := strconv.Atoi(string(scientific[i+1:]))
			return exponent
		}
	}
	return 0
}

// digitsOf counts the digits before the exponent.
func digitsOf(scientific []byte) int {
	n := 0
	for _, c := range scientific {
		if c == 'e' {
			break
		}
		if c >= '0' && c <= '9' {
			n++
		}
	}
	return n
}

// mayTouchBound: a decimal of at most 17 (9) digits is the middle between two floats
// only where the float is this large.
func mayTouchBound(f float64, bits int) bool {
	if bits == 32 {
		return math.Abs(f) >= 1<<16
	}
	return math.Abs(f) >= 1<<50
}

// insideBounds adds digits while the text is exactly the middle between f and a
// neighbour: it reads back as f by rounding to even, which PostgreSQL's d2s.c does
// not count on (acceptBounds is false). 1.6354754e20 is such a number.
func insideBounds(text []byte, f float64, bits int) []byte {
	for digits := digitsOf(text); isMiddle(string(text), f, bits) && digits < 18; digits++ {
		text = strconv.AppendFloat(text[:0], f, 'e', digits, bits)
		text = trimZeros(text)
	}
	return text
}

func isMiddle(text string, f float64, bits int) bool {
	exact, ok := new(big.Rat).SetString(text)
	if !ok {
		return false
	}
	for _, towards := range []float64{math.Inf(-1), math.Inf(1)} {
		neighbour := math.Nextafter(f, towards)
		if bits == 32 {
			neighbour = float64(math.Nextafter32(float32(f), float32(towards)))
		}
		if math.IsInf(neighbour, 0) {
			continue
		}
		sum := new(big.Rat).SetFloat64(f)
		sum.Add(sum, new(big.Rat).SetFloat64(neighbour))
		if sum.Quo(sum, big.NewRat(2, 1)).Cmp(exact) == 0 {
			return true
		}
	}
	return false
}

// trimZeros removes zeros at the end of the digits.
func trimZeros(scientific []byte) []byte {
	for i, c := range scientific {
		if c != 'e' {
			continue
		}
		end := i
		for end > 0 && scientific[end-1] == '0' {
			end--
		}
		if end > 0 && scientific[end-1] == '.' {
			end--
		}
		return append(scientific[:end], scientific[i:]...)
	}
	return scientific
}
