package pgwire

import (
	"encoding/binary"
	"math"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
)

// Infinite timestamps, here and on the wire (timestamp.h: DT_NOBEGIN, DT_NOEND).
const (
	timestampInfinity        = math.MaxInt64
	timestampMinusInfinity   = -math.MaxInt64
	timestampMinusInfinityPG = math.MinInt64
)

func appendTimestampBinary(buf []byte, a *array.Timestamp, row int) []byte {
	return timestampBinary(buf, int64(a.Value(row)))
}

func timestampBinary(buf []byte, micros int64) []byte {
	switch micros {
	case timestampInfinity:
	case timestampMinusInfinity:
		micros = timestampMinusInfinityPG
	default:
		micros -= postgresEpochSeconds * microsPerSecond
	}
	return binary.BigEndian.AppendUint64(buf, uint64(micros))
}

func (s dateStyle) timestampText(buf []byte, a *array.Timestamp, row int) []byte {
	return s.Timestamp(buf, int64(a.Value(row)))
}

func (s dateStyle) timestamptzText(zone *time.Location) func([]byte, *array.Timestamp, int) []byte {
	zoned := s.Zoned(zone)
	return func(buf []byte, a *array.Timestamp, row int) []byte { return zoned(buf, int64(a.Value(row))) }
}
