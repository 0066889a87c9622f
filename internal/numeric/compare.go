package numeric

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/big"
)

// Compare orders numbers as PostgreSQL does: -Infinity, numbers by value, Infinity,
// NaN, which equals itself.
func Compare(a, b Number) int {
	if a.kind != finite || b.kind != finite {
		return cmp.Compare(order(a), order(b))
	}
	if x, y, _, ok := aligned(a, b); ok {
		return cmp.Compare(x, y)
	}
	if signs := cmp.Compare(a.Sign(), b.Sign()); signs != 0 {
		return signs
	}
	x, y, _ := alignedBig(a, b)
	return x.Cmp(y)
}

// order places what is not finite; finite numbers share the middle.
func order(n Number) int {
	switch {
	case n.kind == notANumber:
		return 2
	case n.kind == infinity:
		return int(n.small)
	}
	return 0
}

// First bytes of sort keys, in order.
const (
	keyNegativeInfinity = iota + 1
	keyNegative
	keyZero
	keyPositive
	keyInfinity
	keyNaN
)

// AppendSortKey appends a key whose order as bytes is the order of numbers, and
// which is the same for numbers that are equal, whatever their scale: class, place
// of the first digit, digits two to a byte without trailing zeros. A negative
// number's bytes are inverted and closed, so that the longer one sorts first.
func AppendSortKey(dst []byte, n Number) []byte {
	switch {
	case n.kind == notANumber:
		return append(dst, keyNaN)
	case n.kind == infinity && n.small < 0:
		return append(dst, keyNegativeInfinity)
	case n.kind == infinity:
		return append(dst, keyInfinity)
	case n.Sign() == 0:
		return append(dst, keyZero)
	}
	start := len(dst) + 1
	dst = append(dst, keyPositive)
	dst = appendDigits(dst, n)
	if n.Sign() > 0 {
		return dst
	}
	dst[start-1] = keyNegative
	for i := start; i < len(dst); i++ {
		dst[i] = ^dst[i]
	}
	return append(dst, 0xff)
}

// appendDigits writes the place of the first digit, then each digit plus one in
// four bits, so that zero bits can end the last byte.
func appendDigits(dst []byte, n Number) []byte {
	var buffer [24]byte
	digits := new(big.Int).Abs(n.coefficient()).Append(buffer[:0], 10)
	dst = binary.BigEndian.AppendUint32(dst, uint32(len(digits)-int(n.scale)+1<<20))
	digits = bytes.TrimRight(digits, "0")
	for i := 0; i < len(digits); i += 2 {
		pair := (digits[i] - '0' + 1) << 4
		if i+1 < len(digits) {
			pair |= digits[i+1] - '0' + 1
		}
		dst = append(dst, pair)
	}
	return dst
}
