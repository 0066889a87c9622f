package pgwire

import (
	"encoding/binary"
	"math/bits"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"

	"github.com/sluicemesh/sluice/internal/pgtext"
)

// numericEncoder writes numerics, which stand as Decimal128 or as PostgreSQL's text.
type numericEncoder struct {
	binary  bool
	decimal *array.Decimal128
	scale   int32
	text    *array.String
}

func (e *numericEncoder) bind(values arrow.Array) error {
	e.decimal, e.text = nil, nil
	switch values := values.(type) {
	case *array.Decimal128:
		e.decimal, e.scale = values, values.DataType().(*arrow.Decimal128Type).Scale
	case *array.String:
		e.text = values
	default:
		return wrongArray(values)
	}
	return nil
}

func (e *numericEncoder) append(buf []byte, row int) []byte {
	if e.text != nil {
		if e.binary {
			return appendNumericBinary(buf, e.text.Value(row))
		}
		return append(buf, e.text.Value(row)...)
	}
	if !e.binary {
		return appendDecimal(buf, e.decimal.Value(row), int(e.scale))
	}
	var scratch [64]byte
	return appendNumericBinary(buf, appendDecimal(scratch[:0], e.decimal.Value(row), int(e.scale)))
}

// appendDecimal writes n·10^-scale with all digits of the scale.
func appendDecimal(buf []byte, n decimal128.Num, scale int) []byte {
	high, low := uint64(n.HighBits()), n.LowBits()
	if n.HighBits() < 0 {
		buf = append(buf, '-')
		var borrow uint64
		low, borrow = bits.Sub64(0, low, 0)
		high, _ = bits.Sub64(0, high, borrow)
	}
	start := len(buf)
	buf = appendUint128(buf, high, low)
	if scale <= 0 {
		return buf
	}
	buf = pgtext.PadLeft(buf, start, scale+1)
	point := len(buf) - scale
	buf = append(buf, 0)
	copy(buf[point+1:], buf[point:])
	buf[point] = '.'
	return buf
}

// tenTo19 is the largest power of ten in 64 bits.
const tenTo19 = 10_000_000_000_000_000_000

func appendUint128(buf []byte, high, low uint64) []byte {
	if high == 0 {
		return strconv.AppendUint(buf, low, 10)
	}
	quotientHigh, rest := high/tenTo19, high%tenTo19
	quotientLow, rest := bits.Div64(rest, low, tenTo19)
	buf = appendUint128(buf, quotientHigh, quotientLow)
	start := len(buf)
	return pgtext.PadLeft(strconv.AppendUint(buf, rest, 10), start, 19)
}

// Signs of the binary form (numeric.c).
const (
	numericPositive uint16 = 0x0000
	numericNegative uint16 = 0x4000
	numericNaN      uint16 = 0xC000
	numericPInf     uint16 = 0xD000
	numericNInf     uint16 = 0xF000
)

// numericInfinityScale is what NUMERIC_DSCALE makes of the header of an infinity.
const numericInfinityScale = 0x20

// appendNumericBinary writes the text of a numeric as numeric_send does: the number
// of base-10000 digits, the weight of the first, sign, display scale, the digits,
// without leading and trailing zeros.
func appendNumericBinary[T string | []byte](buf []byte, text T) []byte {
	switch string(text) {
	case "NaN":
		return appendNumericHeader(buf, 0, 0, numericNaN, 0)
	case "Infinity":
		return appendNumericHeader(buf, 0, 0, numericPInf, numericInfinityScale)
	case "-Infinity":
		return appendNumericHeader(buf, 0, 0, numericNInf, numericInfinityScale)
	}
	sign := numericPositive
	if len(text) > 0 && text[0] == '-' {
		sign, text = numericNegative, text[1:]
	}
	point := 0
	for point < len(text) && text[point] != '.' {
		point++
	}
	scale := max(len(text)-point-1, 0)

	at := len(buf)
	buf = appendNumericHeader(buf, 0, 0, 0, 0)
	weight := (point+3)/4 - 1
	first, count := weight, 0 // of the digits written so far; trailing zeros count later
	for group := weight; group >= -((scale + 3) / 4); group-- {
		digit := numericDigit(text, point, group)
		if digit == 0 && len(buf) == at+8 {
			first = group - 1
			continue
		}
		buf = binary.BigEndian.AppendUint16(buf, digit)
		if digit != 0 {
			count = (len(buf) - at - 8) / 2
		}
	}
	if count == 0 {
		first, sign = 0, numericPositive
	}
	buf = buf[:at+8+2*count]
	appendNumericHeader(buf[:at], count, first, sign, scale)
	return buf
}

func appendNumericHeader(buf []byte, digits, weight int, sign uint16, scale int) []byte {
	buf = binary.BigEndian.AppendUint16(buf, uint16(digits))
	buf = binary.BigEndian.AppendUint16(buf, uint16(int16(weight)))
	buf = binary.BigEndian.AppendUint16(buf, sign)
	return binary.BigEndian.AppendUint16(buf, uint16(scale))
}

// numericDigit gives the base-10000 digit of weight group from text, whose decimal
// point stands at point; positions outside of the text are zeros.
func numericDigit[T string | []byte](text T, point, group int) uint16 {
	var digit uint16
	for i := range 4 {
		at := point - 4*(group+1) + i
		if at >= point {
			at++ // behind the point
		}
		digit *= 10
		if at >= 0 && at < len(text) {
			c := text[at]
			if c < '0' || c > '9' {
				panic("pgwire: numeric value is not in PostgreSQL's text form")
			}
			digit += uint16(c - '0')
		}
	}
	return digit
}
