package mysql

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/sqlstate"
)

const microsPerDay = 86_400_000_000

// decodeDate reads YYYY-MM-DD.
func decodeDate(b *array.Date32Builder) func([]byte) error {
	return func(v []byte) error {
		if len(v) != 10 {
			return malformed("date")
		}
		days, err := readDate(v)
		if err != nil {
			return err
		}
		b.UnsafeAppend(arrow.Date32(days))
		return nil
	}
}

// readDate gives the days since 1970. MySQL can hold dates that are none, such as
// 0000-00-00 or 2024-02-31; PostgreSQL has no value for them.
func readDate(v []byte) (int64, error) {
	year, ok1 := number(v[0:4])
	month, ok2 := number(v[5:7])
	day, ok3 := number(v[8:10])
	if !ok1 || !ok2 || !ok3 || v[4] != '-' || v[7] != '-' {
		return 0, malformed("date")
	}
	if year < 1 || month < 1 || month > 12 || day < 1 || day > datetime.DaysInMonth(year, month) {
		return 0, sqlstate.New(sqlstate.DatetimeFieldOverflow, "date/time field value out of range: \"%s\"", v[:10]).
			WithDetail("A source holds a date that PostgreSQL has no value for.").
			WithHint("MySQL holds such dates where sql_mode lacks NO_ZERO_DATE and NO_ZERO_IN_DATE.").OwnedBy(sqlstate.OwnerDomain)
	}
	return datetime.DaysOf(year, month, day), nil
}

func number(digits []byte) (int, bool) {
	n := 0
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// decodeTimestamp reads YYYY-MM-DD HH:MM:SS[.ffffff], or a date alone.
func decodeTimestamp(b *array.TimestampBuilder) func([]byte) error {
	return func(v []byte) error {
		if len(v) < 10 {
			return malformed("timestamp")
		}
		days, err := readDate(v)
		if err != nil {
			return err
		}
		micros := int64(0)
		if len(v) > 10 {
			var ok bool
			if micros, ok = readClock(v[11:]); !ok || micros >= microsPerDay {
				return malformed("timestamp")
			}
		}
		b.UnsafeAppend(arrow.Timestamp(days*microsPerDay + micros))
		return nil
	}
}

// readClock reads HH:MM:SS[.ffffff]; a TIME may have three digits of hours.
func readClock(v []byte) (int64, bool) {
	at := 2
	if len(v) > 3 && v[2] != ':' {
		at = 3
	}
	if len(v) < at+6 || v[at] != ':' || v[at+3] != ':' {
		return 0, false
	}
	hours, ok1 := number(v[:at])
	minutes, ok2 := number(v[at+1 : at+3])
	seconds, ok3 := number(v[at+4 : at+6])
	micros := (int64(hours)*3600 + int64(minutes)*60 + int64(seconds)) * 1_000_000
	fraction := v[at+6:]
	if len(fraction) == 0 {
		return micros, ok1 && ok2 && ok3
	}
	if fraction[0] != '.' || len(fraction) > 7 {
		return 0, false
	}
	f, ok4 := number(fraction[1:])
	for i := len(fraction); i < 7; i++ {
		f *= 10
	}
	return micros + int64(f), ok1 && ok2 && ok3 && ok4
}

// decodeTime: MySQL's TIME is a duration too; PostgreSQL's lies within a day.
func decodeTime(b *array.Time64Builder) func([]byte) error {
	return func(v []byte) error {
		if len(v) > 0 && v[0] != '-' {
			micros, ok := readClock(v)
			if !ok {
				return malformed("time")
			}
			if micros <= microsPerDay {
				b.UnsafeAppend(arrow.Time64(micros))
				return nil
			}
		}
		return sqlstate.New(sqlstate.DatetimeFieldOverflow, "date/time field value out of range: \"%s\"", v).
			WithDetail("A source holds a time outside of 00:00:00 to 24:00:00.").OwnedBy(sqlstate.OwnerDomain)
	}
}
