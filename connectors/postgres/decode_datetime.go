package postgres

import (
	"encoding/binary"
	"math"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/sqlstate"
)

// PostgreSQL counts from 2000-01-01 (timestamp.h: POSTGRES_EPOCH_JDATE), Arrow from 1970.
const (
	epochDays   = 10_957
	epochMicros = epochDays * 86_400_000_000
)

// decodeDate: PostgreSQL's infinities are the ends of int32, ours those of pgtype.Arrow.
func decodeDate(b *array.Date32Builder) func([]byte) error {
	return func(v []byte) error {
		if len(v) != 4 {
			return malformed("date")
		}
		switch days := int32(binary.BigEndian.Uint32(v)); days {
		case math.MaxInt32:
			b.UnsafeAppend(math.MaxInt32)
		case math.MinInt32:
			b.UnsafeAppend(-math.MaxInt32)
		default:
			b.UnsafeAppend(arrow.Date32(days + epochDays))
		}
		return nil
	}
}

// lastMicros is the last PostgreSQL timestamp that counts from 1970 within int64, the
// first of the sentinels excluded.
const lastMicros = math.MaxInt64 - 1 - epochMicros

func decodeTimestamp(b *array.TimestampBuilder) func([]byte) error {
	return func(v []byte) error {
		if len(v) != 8 {
			return malformed("timestamp")
		}
		micros := int64(binary.BigEndian.Uint64(v))
		switch {
		case micros == math.MaxInt64:
			b.UnsafeAppend(math.MaxInt64)
		case micros == math.MinInt64:
			b.UnsafeAppend(-math.MaxInt64)
		case micros > lastMicros:
			return sqlstate.New(sqlstate.DatetimeFieldOverflow, "timestamp out of range").
				WithDetail("A source holds a time after 294247-01-10 04:00:54.775806, the last one served.")
		default:
			b.UnsafeAppend(arrow.Timestamp(micros + epochMicros))
		}
		return nil
	}
}

// decodeInterval: microseconds, days, months (interval_send).
func decodeInterval(b *array.MonthDayNanoIntervalBuilder) func([]byte) error {
	return func(v []byte) error {
		if len(v) != 16 {
			return malformed("interval")
		}
		micros := int64(binary.BigEndian.Uint64(v))
		if micros > math.MaxInt64/1000 || micros < math.MinInt64/1000 {
			return sqlstate.Unsupported("an interval whose time exceeds 292 years")
		}
		b.UnsafeAppend(arrow.MonthDayNanoInterval{
			Months: int32(binary.BigEndian.Uint32(v[12:])), Days: int32(binary.BigEndian.Uint32(v[8:])), Nanoseconds: micros * 1000,
		})
		return nil
	}
}
