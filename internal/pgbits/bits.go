// Package pgbits is PostgreSQL's bit strings (bit, bit varying): texts of 0 and 1.
//
// In: such texts. Out: such texts, numbers, or PostgreSQL's error. It knows no engine and no
// type modifier beyond a length.
package pgbits

import (
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Parse reads binary digits, b and binary or x and hexadecimal digits (bit_in).
func Parse(text string) (string, error) {
	digits, hexadecimal := text, false
	if text != "" {
		switch text[0] {
		case 'b', 'B':
			digits = text[1:]
		case 'x', 'X':
			digits, hexadecimal = text[1:], true
		}
	}
	var b strings.Builder
	for _, r := range digits {
		switch {
		case hexadecimal && !writeHex(&b, r):
			return "", badDigit(r, "hexadecimal")
		case hexadecimal:
		case r == '0' || r == '1':
			b.WriteRune(r)
		default:
			return "", badDigit(r, "binary")
		}
	}
	return b.String(), nil
}

func badDigit(r rune, kind string) error {
	return sqlstate.New(sqlstate.InvalidTextRepresentation, `"%c" is not a valid %s digit`, r, kind)
}

func writeHex(b *strings.Builder, r rune) bool {
	d := strings.IndexRune("0123456789abcdef", r)
	if d < 0 {
		d = strings.IndexRune("0123456789ABCDEF", r)
	}
	if d < 0 {
		return false
	}
	for bit := 3; bit >= 0; bit-- {
		b.WriteByte('0' + byte(d>>bit&1))
	}
	return true
}

// Fit cuts to n bits, and for bit(n) fills with zeros on the right.
func Fit(bits string, n int, fill bool) string {
	switch {
	case len(bits) > n:
		return bits[:n]
	case fill:
		return bits + strings.Repeat("0", n-len(bits))
	}
	return bits
}

// Combine is &, | or # of bit strings of one length: 22026 otherwise.
func Combine(operator byte, a, b string) (string, error) {
	if len(a) != len(b) {
		name := map[byte]string{'&': "AND", '|': "OR", '#': "XOR"}[operator]
		return "", sqlstate.New(sqlstate.StringDataLengthMismatch, "cannot %s bit strings of different sizes", name)
	}
	out := make([]byte, len(a))
	for i := range out {
		x, y := a[i]-'0', b[i]-'0'
		switch operator {
		case '&':
			out[i] = '0' + (x & y)
		case '|':
			out[i] = '0' + (x | y)
		default:
			out[i] = '0' + (x ^ y)
		}
	}
	return string(out), nil
}

// Not turns every bit.
func Not(bits string) string {
	return strings.Map(func(r rune) rune { return '0' + '1' - r }, bits)
}

// Shift moves n places to the left, or to the right where n is negative; the length stays.
func Shift(bits string, n int32) string {
	places, length := int64(n), int64(len(bits))
	switch {
	case places >= length || places <= -length:
		return strings.Repeat("0", len(bits))
	case places >= 0:
		return bits[places:] + strings.Repeat("0", int(places))
	}
	return strings.Repeat("0", int(-places)) + bits[:length+places]
}

// Substring gives length bits from start on, counted from 1; negative lengths are 22011.
func Substring(bits string, start, length int32) (string, error) {
	end := int64(start) + int64(length)
	if length < 0 {
		return "", sqlstate.New(sqlstate.SubstringError, "negative substring length not allowed")
	}
	return between(bits, int64(start), end), nil
}

// From gives the bits from start on.
func From(bits string, start int32) string { return between(bits, int64(start), int64(len(bits))+1) }

func between(bits string, start, end int64) string {
	start, end = max(start, 1), min(end, int64(len(bits))+1)
	if start >= end {
		return ""
	}
	return bits[start-1 : end-1]
}

// Position finds part, counted from 1; 0 where it is not (bitposition).
func Position(part, bits string) int32 {
	switch {
	case bits == "" || len(part) > len(bits):
		return 0
	case part == "":
		return 1
	}
	return int32(strings.Index(bits, part) + 1)
}

// Overlay puts part in the place of length bits from start on: 22011 for a start below 1.
func Overlay(bits, part string, start, length int32) (string, error) {
	if start <= 0 {
		return "", sqlstate.New(sqlstate.SubstringError, "negative substring length not allowed")
	}
	after := int64(start) + int64(length)
	if after > 1<<31-1 || after < -1<<31 {
		return "", sqlstate.New(sqlstate.NumericValueOutOfRange, "integer out of range")
	}
	return between(bits, 1, int64(start)) + part + between(bits, after, int64(len(bits))+1), nil
}

// Bit gives one bit, counted from 0: 2202E outside.
func Bit(bits string, n int32) (int32, error) {
	if err := inside(bits, n); err != nil {
		return 0, err
	}
	return int32(bits[n] - '0'), nil
}

// SetBit changes one bit.
func SetBit(bits string, n, to int32) (string, error) {
	if err := inside(bits, n); err != nil {
		return "", err
	}
	if to != 0 && to != 1 {
		return "", sqlstate.New(sqlstate.InvalidParameterValue, "new bit must be 0 or 1")
	}
	return bits[:n] + string(rune('0'+to)) + bits[n+1:], nil
}

func inside(bits string, n int32) error {
	if n < 0 || int(n) >= len(bits) {
		return sqlstate.New(sqlstate.ArraySubscriptError, "bit index %d out of valid range (0..%d)", n, len(bits)-1)
	}
	return nil
}

// FromInteger gives the n lowest bits, the sign's for more than there are; no length is one.
func FromInteger(value int64, n int32) string {
	out := make([]byte, max(n, 1))
	for i := range out {
		out[len(out)-1-i] = '0' + byte(value>>min(i, 63)&1)
	}
	return string(out)
}

// ToInteger reads bits as an integer of that many bits: 22003 for more.
func ToInteger(bits string, width int, name string) (int64, error) {
	if len(bits) > width {
		return 0, sqlstate.New(sqlstate.NumericValueOutOfRange, "%s out of range", name)
	}
	var n uint64
	for i := range len(bits) {
		n = n<<1 | uint64(bits[i]-'0')
	}
	if width == 32 {
		return int64(int32(n)), nil
	}
	return int64(n), nil
}
