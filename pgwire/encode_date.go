package pgwire

import (
	"encoding/binary"
	"math"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/internal/pgtext"
)

// dateStyle reads the settings.
func (f valueFormat) dateStyle() dateStyle {
	return dateStyle{pgtext.NewDateStyle(f.DateStyle, f.DateOrder)}
}

// dateStyle prints columns of dates and timestamps.
type dateStyle struct{ pgtext.DateStyle }

// Infinite dates, here and on the wire (date.h: DATEVAL_NOBEGIN, DATEVAL_NOEND).
const (
	dateInfinity         = math.MaxInt32
	dateMinusInfinity    = -math.MaxInt32
	dateMinusInfinityPG  = math.MinInt32
	postgresEpochDays    = 10957 // 2000-01-01 since 1970-01-01
	postgresEpochSeconds = postgresEpochDays * 86400
)

func appendDateBinary(buf []byte, a *array.Date32, row int) []byte {
	return dateBinary(buf, int32(a.Value(row)))
}

func dateBinary(buf []byte, days int32) []byte {
	switch days {
	case dateInfinity:
	case dateMinusInfinity:
		days = dateMinusInfinityPG
	default:
		days -= postgresEpochDays
	}
	return binary.BigEndian.AppendUint32(buf, uint32(days))
}

func (s dateStyle) dateText(buf []byte, a *array.Date32, row int) []byte {
	return s.Date(buf, int64(a.Value(row)))
}
