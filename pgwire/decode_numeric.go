package pgwire

import (
	"encoding/binary"
	"strconv"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/pgtext"
)

// numericMaxScale is NUMERIC_DSCALE_MAX of numeric.c.
const numericMaxScale = 0x3fff

// appendDecodedNumeric writes what numeric_recv reads: the digits cut to the
// display scale.
func appendDecodedNumeric(buf, value []byte) ([]byte, error) {
	if len(value) < 8 {
		return nil, malformed(pgtype.Numeric)
	}
	count := int(binary.BigEndian.Uint16(value))
	weight := int(int16(binary.BigEndian.Uint16(value[2:])))
	sign := binary.BigEndian.Uint16(value[4:])
	scale := int(binary.BigEndian.Uint16(value[6:]))
	digits := value[8:]
	if len(digits) != 2*count || scale > numericMaxScale {
		return nil, malformed(pgtype.Numeric)
	}
	for i := 0; i < len(digits); i += 2 {
		if binary.BigEndian.Uint16(digits[i:]) > 9999 {
			return nil, malformed(pgtype.Numeric)
		}
	}
	switch sign {
	case numericPositive, numericNegative:
		return appendNumericDigits(buf, digits, weight, scale, sign == numericNegative), nil
	case numericNaN:
		return append(buf, "NaN"...), nil
	case numericPInf:
		return append(buf, "Infinity"...), nil
	case numericNInf:
		return append(buf, "-Infinity"...), nil
	}
	return nil, malformed(pgtype.Numeric)
}

func appendNumericDigits(buf, digits []byte, weight, scale int, negative bool) []byte {
	digit := func(group int) uint64 {
		i := 2 * (weight - group)
		if i < 0 || i >= len(digits) {
			return 0
		}
		return uint64(binary.BigEndian.Uint16(digits[i:]))
	}
	start := len(buf)
	if negative {
		buf = append(buf, '-')
	}
	first := len(buf)
	for group := max(weight, 0); group >= 0; group-- {
		at := len(buf)
		buf = strconv.AppendUint(buf, digit(group), 10)
		if at > first {
			buf = pgtext.PadLeft(buf, at, 4)
		}
		if len(buf) == first+1 && buf[first] == '0' && group > 0 {
			buf = buf[:first] // leading zero
		}
	}
	if scale > 0 {
		buf = append(buf, '.')
		point := len(buf)
		for group := -1; len(buf)-point < scale; group-- {
			at := len(buf)
			buf = pgtext.PadLeft(strconv.AppendUint(buf, digit(group), 10), at, 4)
		}
		buf = buf[:point+scale]
	}
	if negative && isZero(buf[first:]) {
		buf = append(buf[:start], buf[first:]...) // there is no negative zero
	}
	return buf
}

func isZero(text []byte) bool {
	for _, c := range text {
		if c != '0' && c != '.' {
			return false
		}
	}
	return true
}
