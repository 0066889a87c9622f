package pgwire

import (
	"encoding/binary"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/internal/pgtext"
)

func appendIntervalBinary(buf []byte, a *array.MonthDayNanoInterval, row int) []byte {
	v := a.Value(row)
	buf = binary.BigEndian.AppendUint64(buf, uint64(v.Nanoseconds/1000))
	buf = binary.BigEndian.AppendUint32(buf, uint32(v.Days))
	return binary.BigEndian.AppendUint32(buf, uint32(v.Months))
}

func intervalText(style string) func([]byte, *array.MonthDayNanoInterval, int) []byte {
	print := pgtext.IntervalStyle(style)
	return func(buf []byte, a *array.MonthDayNanoInterval, row int) []byte {
		v := a.Value(row)
		return print(buf, v.Months, v.Days, v.Nanoseconds/1000)
	}
}
