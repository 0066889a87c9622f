package pgfunctions

import (
	"strings"
	"time"

	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Text forms and time zones. A zone is PostgreSQL's name of it; the order of fields in
// dates is MDY, DMY or YMD.
//
//	pg_date_in(VARCHAR, order) DATE, pg_timestamp_in(VARCHAR, order) TIMESTAMP
//	pg_timestamptz_in(VARCHAR, order, zone) TIMESTAMPTZ
//	pg_time_in(VARCHAR) TIME, pg_interval_in(VARCHAR) INTERVAL
//	pg_date_out, pg_time_out, pg_timestamp_out, pg_interval_out, pg_timestamptz_out(…, zone) VARCHAR
//	pg_timestamp_to_tz(TIMESTAMP, zone) TIMESTAMPTZ, pg_timestamp_from_tz(TIMESTAMPTZ, zone) TIMESTAMP
func datetimeForms() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func2("pg_date_in", func(s, order string) (duckdb.DateValue, error) {
			d, err := datetime.ParseDate(s, datetime.Input{Order: orderOf(order)})
			err = notMoving(s, err)
			return duckdb.DateValue(d), err
		}),
		duckdb.Func2("pg_timestamp_in", func(s, order string) (duckdb.TimestampValue, error) {
			ts, err := datetime.ParseTimestamp(s, datetime.Input{Order: orderOf(order)})
			err = notMoving(s, err)
			return duckdb.TimestampValue(ts), err
		}),
		duckdb.Func3("pg_timestamptz_in", func(s, order, zone string) (duckdb.TimestampTZValue, error) {
			l, err := zoneOf(zone)
			if err != nil {
				return 0, err
			}
			ts, err := datetime.ParseTimestamptz(s, datetime.Input{Order: orderOf(order), Zone: l})
			err = notMoving(s, err)
			return duckdb.TimestampTZValue(ts), err
		}),
		duckdb.Func1("pg_time_in", func(s string) (duckdb.TimeValue, error) {
			t, err := datetime.ParseTime(s, datetime.Input{})
			return duckdb.TimeValue(t), err
		}),
		duckdb.Func2("pg_interval_in", func(s, output string) (duckdb.IntervalValue, error) {
			v, err := datetime.ParseInterval(s, -1, outputOf(output).sqlStandard)
			return duckdb.IntervalValue(v), err
		}),
		duckdb.Func1("pg_date_out", func(d duckdb.DateValue) (string, error) { return datetime.FormatDate(int32(d)), nil }),
		duckdb.Func1("pg_time_out", func(t duckdb.TimeValue) (string, error) { return datetime.FormatTime(int64(t)), nil }),
		duckdb.Func1("pg_timestamp_out", func(ts duckdb.TimestampValue) (string, error) { return datetime.FormatTimestamp(int64(ts)), nil }),
		duckdb.Func2("pg_timestamptz_out", func(ts duckdb.TimestampTZValue, zone string) (string, error) {
			l, err := zoneOf(zone)
			if err != nil {
				return "", err
			}
			return datetime.FormatTimestamptz(int64(ts), l), nil
		}),
		duckdb.Func2("pg_timestamp_to_tz", toZone), duckdb.Func2("pg_timestamp_from_tz", fromZone),
		duckdb.Func2("pg_timestamp_round", func(ts duckdb.TimestampValue, precision int32) (duckdb.TimestampValue, error) {
			return duckdb.TimestampValue(datetime.RoundTimestamp(int64(ts), int(precision))), nil
		}),
		duckdb.Func2("pg_timestamptz_round", func(ts duckdb.TimestampTZValue, precision int32) (duckdb.TimestampTZValue, error) {
			return duckdb.TimestampTZValue(datetime.RoundTimestamp(int64(ts), int(precision))), nil
		}),
		duckdb.Func2("pg_time_round", func(t duckdb.TimeValue, precision int32) (duckdb.TimeValue, error) {
			return duckdb.TimeValue(datetime.RoundTime(int64(t), int(precision))), nil
		}),
	}
}

// notMoving refuses the words for a moment that only the session knows: now, today, ….
func notMoving(s string, err error) error {
	if err == nil {
		return nil
	}
	s = strings.ToLower(s)
	for _, word := range []string{"now", "today", "tomorrow", "yesterday"} {
		if strings.Contains(s, word) {
			return sqlstate.Unsupported("the word %s in a text that is read while the statement runs", word)
		}
	}
	return err
}

func orderOf(name string) datetime.Order {
	switch name {
	case "DMY":
		return datetime.DMY
	case "YMD":
		return datetime.YMD
	}
	return datetime.MDY
}

func zoneOf(name string) (*time.Location, error) {
	l, ok := datetime.LoadZone(name)
	if !ok {
		return nil, sqlstate.New(sqlstate.InvalidParameterValue, "time zone \"%s\" not recognized", name)
	}
	return l, nil
}

func toZone(ts duckdb.TimestampValue, zone string) (duckdb.TimestampTZValue, error) {
	l, err := zoneOf(zone)
	if err != nil || datetime.Infinite(int64(ts)) {
		return duckdb.TimestampTZValue(ts), err
	}
	at := int64(ts) - int64(datetime.OffsetOfLocal(int64(ts), l))*datetime.Second
	if !datetime.ValidTimestamp(at) {
		return 0, sqlstate.New(sqlstate.DatetimeFieldOverflow, "timestamp out of range")
	}
	return duckdb.TimestampTZValue(at), nil
}

func fromZone(ts duckdb.TimestampTZValue, zone string) (duckdb.TimestampValue, error) {
	l, err := zoneOf(zone)
	if err != nil || datetime.Infinite(int64(ts)) {
		return duckdb.TimestampValue(ts), err
	}
	at := int64(ts) + int64(datetime.OffsetOfUTC(int64(ts), l))*datetime.Second
	if !datetime.ValidTimestamp(at) {
		return 0, sqlstate.New(sqlstate.DatetimeFieldOverflow, "timestamp out of range")
	}
	return duckdb.TimestampValue(at), nil
}

// years are what extract gives for the field year: there is no year 0. An infinite date
// has year Infinity, which the caller's DECIMAL cannot hold.
func years() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func1("pg_year", func(d duckdb.DateValue) (int32, error) {
			return yearOf(int64(d), datetime.InfiniteDate(int32(d)))
		}),
		duckdb.Func1("pg_year", func(ts duckdb.TimestampValue) (int32, error) {
			days := int64(ts) / datetime.Day
			if int64(ts)%datetime.Day < 0 {
				days--
			}
			return yearOf(days, datetime.Infinite(int64(ts)))
		}),
	}
}

func yearOf(days int64, infinite bool) (int32, error) {
	if infinite {
		return 0, sqlstate.Unsupported("year of an infinite date")
	}
	year, _, _ := datetime.CivilOf(days)
	if year <= 0 {
		year--
	}
	return int32(year), nil
}
