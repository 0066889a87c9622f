package postgres

import (
	"encoding/binary"
	"math/bits"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Signs of a numeric (numeric.c: NUMERIC_POS …).
const (
	numericPositive = 0x0000
	numericNegative = 0x4000
	numericNaN      = 0xC000
	numericInfinity = 0xD000
	numericMinus    = 0xF000 // -Infinity
)

// numeric is the binary form of a numeric: digits in base 10000, the first worth
// 10000^weight, and how many decimals are shown.
type numeric struct {
	weight int
	sign   uint16
	scale  int
	digits []byte // two bytes each
}

func readNumeric(v []byte) (numeric, error) {
	if len(v) < 8 || len(v) != 8+2*int(binary.BigEndian.Uint16(v)) {
		return numeric{}, malformed("numeric")
	}
	return numeric{
		weight: int(int16(binary.BigEndian.Uint16(v[2:]))), sign: binary.BigEndian.Uint16(v[4:]),
		scale: int(binary.BigEndian.Uint16(v[6:])), digits: v[8:],
	}, nil
}

// digit gives the digit worth 10000^weight.
func (n *numeric) digit(weight int) uint16 {
	i := 2 * (n.weight - weight)
	if i < 0 || i >= len(n.digits) {
		return 0
	}
	return binary.BigEndian.Uint16(n.digits[i:])
}

var powers = func() (p [20]uint64) {
	p[0] = 1
	for i := 1; i < len(p); i++ {
		p[i] = p[i-1] * 10
	}
	return p
}()

// decodeDecimal appends values of numeric(precision, scale).
func decodeDecimal(b *array.Decimal128Builder, precision, scale int32) func([]byte) error {
	limit := decimal128.GetMaxValue(precision)
	return func(v []byte) error {
		n, err := readNumeric(v)
		if err != nil {
			return err
		}
		if n.sign != numericPositive && n.sign != numericNegative {
			return special(n.sign)
		}
		value, ok := n.small(int(scale))
		if !ok {
			value, ok = n.large(int(scale))
		}
		if !ok || value.Greater(limit) {
			return sqlstate.New(sqlstate.NumericValueOutOfRange, "numeric field overflow").
				WithDetail("A source holds a value that does not fit the numeric(%d,%d) of its contract.", precision, scale)
		}
		if n.sign == numericNegative {
			value = value.Negate()
		}
		b.UnsafeAppend(value)
		return nil
	}
}

func special(sign uint16) error {
	name := map[uint16]string{numericNaN: "NaN", numericInfinity: "Infinity", numericMinus: "-Infinity"}[sign]
	if name == "" {
		return malformed("numeric")
	}
	return sqlstate.Unsupported("%s in a numeric with a precision", name).
		WithHint("Declare the column as numeric, without precision and scale, to serve such values.").OwnedBy(sqlstate.OwnerDomain)
}

// small is the way of nearly all values: up to four digits, 16 decimal ones, fit a
// word; so does the result, or it takes the other way.
func (n *numeric) small(scale int) (decimal128.Num, bool) {
	count := len(n.digits) / 2
	if count > 4 {
		return decimal128.Num{}, false
	}
	word := uint64(0)
	for i := 0; i < len(n.digits); i += 2 {
		word = word*10_000 + uint64(binary.BigEndian.Uint16(n.digits[i:]))
	}
	shift := 4*(n.weight-count+1) + scale
	switch {
	case word == 0:
		return decimal128.Num{}, true
	case shift >= 0 && shift < len(powers):
		high, low := bits.Mul64(word, powers[shift])
		return decimal128.New(int64(high), low), high < 1<<62
	case shift < 0 && -shift < len(powers):
		return decimal128.FromU64(word / powers[-shift]), word%powers[-shift] == 0
	}
	return decimal128.Num{}, false
}

// large shifts digit by digit, with room for 128 bits.
func (n *numeric) large(scale int) (decimal128.Num, bool) {
	var high, low uint64
	for i := 0; i < len(n.digits); i += 2 {
		digit := uint64(binary.BigEndian.Uint16(n.digits[i:]))
		shift := 4*(n.weight-i/2) + scale // of this digit's last decimal
		step, drop := uint64(10_000), uint64(1)
		if shift < 0 {
			if -shift >= 4 {
				step, drop = 1, 10_000
			} else {
				step, drop = powers[4+shift], powers[-shift]
			}
		}
		if digit%drop != 0 {
			return decimal128.Num{}, false
		}
		var ok bool
		if high, low, ok = multiplyAdd(high, low, step, digit/drop); !ok {
			return decimal128.Num{}, false
		}
	}
	last := n.weight - len(n.digits)/2 + 1
	for shift := 4*last + scale; shift > 0; shift-- {
		var ok bool
		if high, low, ok = multiplyAdd(high, low, 10, 0); !ok {
			return decimal128.Num{}, false
		}
	}
	return decimal128.New(int64(high), low), true
}

// multiplyAdd gives (high,low) * by + plus, below 2^127.
func multiplyAdd(high, low, by, plus uint64) (uint64, uint64, bool) {
	over, newHigh := bits.Mul64(high, by)
	carry, newLow := bits.Mul64(low, by)
	newHigh, c := bits.Add64(newHigh, carry, 0)
	newLow, c2 := bits.Add64(newLow, plus, 0)
	newHigh, c3 := bits.Add64(newHigh, 0, c2)
	return newHigh, newLow, over == 0 && c == 0 && c3 == 0 && newHigh < 1<<63
}

// decodeNumericText appends PostgreSQL's text: all integer digits, and exactly as many
// decimals as the value shows.
func decodeNumericText(b *array.StringBuilder) func([]byte) error {
	var text []byte
	return func(v []byte) error {
		n, err := readNumeric(v)
		if err != nil {
			return err
		}
		text = n.appendText(text[:0])
		b.BinaryBuilder.Append(text)
		return nil
	}
}

func (n *numeric) appendText(to []byte) []byte {
	switch n.sign {
	case numericNaN:
		return append(to, "NaN"...)
	case numericInfinity:
		return append(to, "Infinity"...)
	case numericMinus:
		return append(to, "-Infinity"...)
	case numericNegative:
		to = append(to, '-')
	}
	start := len(to)
	for w := n.weight; w >= 0; w-- {
		to = appendDigit(to, n.digit(w), w == n.weight)
	}
	if len(to) == start {
		to = append(to, '0')
	}
	if n.scale == 0 {
		return to
	}
	to = append(to, '.')
	end := len(to) + n.scale
	for w := -1; len(to) < end; w-- {
		to = appendDigit(to, n.digit(w), false)
	}
	return to[:end]
}

// appendDigit writes four decimals, the first of a number without leading zeros.
func appendDigit(to []byte, d uint16, first bool) []byte {
	four := [4]byte{byte('0' + d/1000%10), byte('0' + d/100%10), byte('0' + d/10%10), byte('0' + d%10)}
	from := 0
	for first && from < 3 && four[from] == '0' {
		from++
	}
	return append(to, four[from:]...)
}
