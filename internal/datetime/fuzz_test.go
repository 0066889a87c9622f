package datetime_test

import (
	"testing"
	"time"

	"github.com/sluicemesh/sluice/internal/datetime"
)

// FuzzReading looks for panics and for values that do not read back the same.
func FuzzReading(f *testing.F) {
	for _, text := range spellings {
		f.Add(text)
	}
	in := datetime.Input{Now: time.Unix(1700000000, 0)}
	f.Fuzz(func(t *testing.T, text string) {
		again(t, text, in, datetime.ParseDate, datetime.FormatDate)
		again(t, text, in, datetime.ParseTime, datetime.FormatTime)
		again(t, text, in, datetime.ParseTimeWithZone, datetime.FormatTimeWithZone)
		again(t, text, in, datetime.ParseTimestamp, datetime.FormatTimestamp)
		again(t, text, in, datetime.ParseTimestamptz, func(ts int64) string { return datetime.FormatTimestamptz(ts, time.UTC) })
		parse := func(text string, _ datetime.Input) (datetime.Interval, error) {
			return datetime.ParseInterval(text, datetime.AllFields, false)
		}
		again(t, text, in, parse, datetime.FormatInterval)
	})
}

func again[T comparable](t *testing.T, text string, in datetime.Input, parse func(string, datetime.Input) (T, error), format func(T) string) {
	t.Helper()
	value, err := parse(text, in)
	if err != nil {
		return
	}
	if z, ok := any(value).(datetime.TimeWithZone); ok && (z.Offset >= 16*3600 || z.Offset <= -16*3600) {
		return // "0:00 A20": a POSIX zone may lie further out than an offset may be written
	}
	if back, err := parse(format(value), in); err != nil || back != value {
		t.Errorf("%q is %s, which reads as %s, %v", text, format(value), format(back), err)
	}
}
