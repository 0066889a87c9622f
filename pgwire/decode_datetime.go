package pgwire

import (
	"encoding/binary"
	"math"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/pgtext"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Ranges of PostgreSQL's dates and timestamps (datatype/timestamp.h): from
// 4714-11-24 BC to 5874897-12-31 and 294276-12-31, in days since 1970 and in
// microseconds since 2000.
const (
	minDays      = -2440588
	endDays      = 2147483494 - 2440588 // first beyond
	minTimestamp = -211813488000000000
	endTimestamp = 9223371331200000000 // first beyond
)

// appendDecodedDatetime decodes values whose width has been checked.
func appendDecodedDatetime(buf []byte, oid pgtype.OID, value []byte) ([]byte, error) {
	switch oid {
	case pgtype.Date:
		return appendDecodedDate(buf, int32(binary.BigEndian.Uint32(value)))
	case pgtype.Time:
		return appendDecodedTime(buf, value)
	case pgtype.Timetz:
		return appendDecodedTimetz(buf, value)
	case pgtype.Interval:
		return appendDecodedInterval(buf, value)
	}
	return appendDecodedTimestamp(buf, int64(binary.BigEndian.Uint64(value)), oid == pgtype.Timestamptz)
}

func appendDecodedDate(buf []byte, days int32) ([]byte, error) {
	switch days {
	case math.MaxInt32:
		return append(buf, "infinity"...), nil
	case dateMinusInfinityPG:
		return append(buf, "-infinity"...), nil
	}
	unix := int64(days) + postgresEpochDays
	if unix < minDays || unix >= endDays {
		return nil, sqlstate.New(sqlstate.DatetimeFieldOverflow, "date out of range")
	}
	return pgtext.DateStyle{}.Date(buf, unix), nil
}

func appendDecodedTime(buf, value []byte) ([]byte, error) {
	micros := int64(binary.BigEndian.Uint64(value))
	if micros < 0 || micros > microsPerDay {
		return nil, sqlstate.New(sqlstate.DatetimeFieldOverflow, "time out of range")
	}
	return pgtext.Clock(buf, micros), nil
}

// maxTimetzOffset is TZDISP_LIMIT of datatype/timestamp.h: 16 hours, exclusive.
const maxTimetzOffset = 16 * 3600

func appendDecodedTimetz(buf, value []byte) ([]byte, error) {
	buf, err := appendDecodedTime(buf, value)
	if err != nil {
		return nil, err
	}
	west := int(int32(binary.BigEndian.Uint32(value[8:])))
	if west <= -maxTimetzOffset || west >= maxTimetzOffset {
		return nil, sqlstate.New(sqlstate.InvalidTimeZoneDisplacement, "time zone displacement out of range")
	}
	return pgtext.Offset(buf, -west), nil
}

func appendDecodedTimestamp(buf []byte, micros int64, withZone bool) ([]byte, error) {
	switch micros {
	case timestampInfinity:
		return append(buf, "infinity"...), nil
	case timestampMinusInfinityPG:
		return append(buf, "-infinity"...), nil
	}
	if micros < minTimestamp || micros >= endTimestamp {
		return nil, sqlstate.New(sqlstate.DatetimeFieldOverflow, "timestamp out of range")
	}
	return pgtext.DateStyle{}.Moment(buf, micros, postgresEpochDays, withZone), nil
}

// appendDecodedInterval refuses nothing of PostgreSQL's range: the parts are shown
// as they are, though the time may exceed what MonthDayNano holds.
func appendDecodedInterval(buf, value []byte) ([]byte, error) {
	micros := int64(binary.BigEndian.Uint64(value))
	days := int32(binary.BigEndian.Uint32(value[8:]))
	months := int32(binary.BigEndian.Uint32(value[12:]))
	return pgtext.IntervalStyle("postgres")(buf, months, days, micros), nil
}
