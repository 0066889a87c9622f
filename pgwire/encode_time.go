package pgwire

import (
	"encoding/binary"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow/array"
)

const (
	microsPerSecond = 1_000_000
	microsPerDay    = 86400 * microsPerSecond
)

func appendTimeBinary(buf []byte, a *array.Time64, row int) []byte {
	return binary.BigEndian.AppendUint64(buf, uint64(a.Value(row)))
}

func appendTimeText(buf []byte, a *array.Time64, row int) []byte {
	return appendClock(buf, int64(a.Value(row)))
}

// appendClock writes microseconds of a day as hh:mm:ss with a fraction where there is one.
func appendClock(buf []byte, micros int64) []byte {
	seconds := int(micros / microsPerSecond)
	buf = append(append2(buf, seconds/3600), ':')
	buf = append(append2(buf, seconds/60%60), ':')
	buf = append2(buf, seconds%60)
	return appendFraction(buf, micros%microsPerSecond)
}

// appendFraction writes microseconds behind a point, without trailing zeros.
func appendFraction(buf []byte, micros int64) []byte {
	if micros == 0 {
		return buf
	}
	buf = append(buf, '.')
	start := len(buf)
	buf = padLeft(appendUint(buf, uint64(micros)), start, 6)
	for buf[len(buf)-1] == '0' {
		buf = buf[:len(buf)-1]
	}
	return buf
}

func appendUint(buf []byte, n uint64) []byte { return strconv.AppendUint(buf, n, 10) }
