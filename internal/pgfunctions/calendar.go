package pgfunctions

import (
	"math"
	"regexp"
	"strings"
	"time"

	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/sqlstate"
)

type (
	date        = duckdb.DateValue
	clock       = duckdb.TimeValue
	timestamp   = duckdb.TimestampValue
	timestamptz = duckdb.TimestampTZValue
	interval    = duckdb.IntervalValue
)

// calendar is the manual's "Date/Time Functions and Operators" as far as DuckDB differs.
//
//	pg_date_add|sub(DATE, INTEGER) DATE, pg_date_diff(DATE, DATE) INTEGER, pg_time_diff(TIME, TIME), pg_age(TIMESTAMP, TIMESTAMP) INTERVAL
//	pg_interval_mul|div(INTERVAL, DOUBLE), pg_justify_days|hours|interval(INTERVAL) INTERVAL
//	pg_extract_date|time|timestamp|interval(unit, value) n, pg_extract_timestamptz(unit, value, zone) n
//	pg_timestamp_trunc, pg_interval_trunc(unit, value), pg_timestamptz_trunc(unit, value, zone)
//	pg_date_bin(INTERVAL, TIMESTAMP, TIMESTAMP) TIMESTAMP
//	pg_timestamptz_add(TIMESTAMPTZ, INTERVAL, zone) TIMESTAMPTZ
//	pg_timezone(name, TIMESTAMPTZ) TIMESTAMP, pg_timezone(name, TIMESTAMP) TIMESTAMPTZ
//	pg_make_date(y, m, d), pg_make_time(h, m, s), pg_make_timestamp(DATE, TIME), pg_to_timestamp(DOUBLE) TIMESTAMPTZ
//	pg_interval_to_time(INTERVAL) TIME
func calendar() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func2("pg_date_add", func(d date, n int32) (date, error) { return ofDate(datetime.AddDays(int32(d), n)) }),
		duckdb.Func2("pg_date_sub", func(d date, n int32) (date, error) {
			if n == math.MinInt32 {
				return 0, sqlstate.New(sqlstate.DatetimeFieldOverflow, "date out of range")
			}
			return ofDate(datetime.AddDays(int32(d), -n))
		}),
		duckdb.Func2("pg_date_diff", func(a, b date) (int32, error) { return datetime.SubtractDates(int32(a), int32(b)) }),
		duckdb.Func2("pg_time_diff", func(a, b clock) (interval, error) { return interval{Micros: int64(a - b)}, nil }),
		duckdb.Func2("pg_age", func(a, b timestamp) (interval, error) {
			if datetime.Infinite(int64(a)) || datetime.Infinite(int64(b)) {
				return interval{}, sqlstate.Unsupported("age of infinity")
			}
			return ofInterval(datetime.Age(int64(a), int64(b)))
		}),
		duckdb.Func2("pg_interval_mul", func(v interval, f float64) (interval, error) {
			return ofInterval(datetime.Interval(v).Times(f))
		}),
		duckdb.Func2("pg_interval_div", func(v interval, f float64) (interval, error) {
			return ofInterval(datetime.Interval(v).DividedBy(f))
		}),
		duckdb.Func1("pg_justify_days", justify(datetime.Interval.JustifyDays)),
		duckdb.Func1("pg_justify_hours", justify(datetime.Interval.JustifyHours)),
		duckdb.Func1("pg_justify_interval", justify(datetime.Interval.Justify)),
		duckdb.Func3("pg_date_bin", func(stride interval, ts, origin timestamp) (timestamp, error) {
			out, err := datetime.Bin(datetime.Interval(stride), int64(ts), int64(origin))
			return timestamp(out), err
		}),
		duckdb.Func3("pg_timestamptz_add", func(ts timestamptz, v interval, zone string) (timestamptz, error) {
			return inZone(zone, func(l *time.Location) (int64, error) { return datetime.AddInZone(int64(ts), datetime.Interval(v), l) })
		}),
		duckdb.Func2("pg_timezone", func(name string, ts timestamptz) (timestamp, error) {
			if datetime.Infinite(int64(ts)) {
				return timestamp(ts), nil
			}
			zone, err := findZone(name)
			if err != nil {
				return 0, err
			}
			return timestamp(zone.ToLocal(int64(ts))), nil
		}),
		duckdb.Func2("pg_timezone", func(name string, ts timestamp) (timestamptz, error) {
			if datetime.Infinite(int64(ts)) {
				return timestamptz(ts), nil
			}
			zone, err := findZone(name)
			if err != nil {
				return 0, err
			}
			return timestamptz(zone.FromLocal(int64(ts))), nil
		}),
		duckdb.Func3("pg_make_date", makeDate),
		duckdb.Func3("pg_make_time", makeTime),
		duckdb.Func2("pg_make_timestamp", func(d date, t clock) (timestamp, error) {
			at, err := datetime.TimestampOf(int32(d))
			return timestamp(at + int64(t)), err
		}),
		{Name: "pg_make_timestamp", Params: append(repeated(duckdb.Integer, 5), duckdb.Double), Result: duckdb.Timestamp,
			Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
				at, err := makeTimestamp(in, i)
				duckdb.Put(out, at)
				return err
			})},
		{Name: "pg_make_timestamptz", Params: append(repeated(duckdb.Integer, 5), duckdb.Double, duckdb.Varchar), Result: duckdb.TimestampTZ,
			Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
				at, err := makeTimestamp(in, i)
				if err != nil {
					return err
				}
				moment, err := inStatedZone(at, duckdb.At[string](in.Columns[6], i))
				if err == nil {
					duckdb.Put(out, moment)
				}
				return err
			})},
		{Name: "pg_make_interval", Params: append(repeated(duckdb.Integer, 6), duckdb.Double), Result: duckdb.Interval,
			Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
				var n [6]int64
				for j := range n {
					n[j] = int64(duckdb.At[int32](in.Columns[j], i))
				}
				v, err := makeInterval(n, duckdb.At[float64](in.Columns[6], i))
				if err == nil {
					duckdb.Put(out, v)
				}
				return err
			})},
		duckdb.Func1("pg_to_timestamp", toTimestamp),
		duckdb.Func1("pg_interval_to_time", func(v interval) (clock, error) {
			return clock(datetime.AddToTime(0, datetime.Interval(v))), nil
		}),
	}
}

func parts() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func2("pg_extract_date", func(unit string, d date) (string, error) { return ofPart(datetime.ExtractDate(unit, int32(d))) }),
		duckdb.Func2("pg_extract_time", func(unit string, t clock) (string, error) { return ofPart(datetime.ExtractTime(unit, int64(t))) }),
		duckdb.Func2("pg_extract_timestamp", func(unit string, ts timestamp) (string, error) {
			return ofPart(datetime.Extract(unit, int64(ts)))
		}),
		duckdb.Func2("pg_extract_interval", func(unit string, v interval) (string, error) {
			return ofPart(datetime.ExtractInterval(unit, datetime.Interval(v)))
		}),
		duckdb.Func3("pg_extract_timestamptz", func(unit string, ts timestamptz, zone string) (string, error) {
			l, err := zoneOf(zone)
			if err != nil {
				return "", err
			}
			return ofPart(datetime.ExtractInZone(unit, int64(ts), l))
		}),
		duckdb.Func2("pg_timestamp_trunc", func(unit string, ts timestamp) (timestamp, error) {
			out, err := datetime.Truncate(unit, int64(ts))
			return timestamp(out), err
		}),
		duckdb.Func3("pg_timestamptz_trunc", func(unit string, ts timestamptz, zone string) (timestamptz, error) {
			return inZone(zone, func(l *time.Location) (int64, error) { return datetime.TruncateInZone(unit, int64(ts), l) })
		}),
		duckdb.Func2("pg_interval_trunc", func(unit string, v interval) (interval, error) {
			return ofInterval(datetime.TruncateInterval(unit, datetime.Interval(v)))
		}),
	}
}

func ofDate(d int32, err error) (date, error) { return date(d), err }

func ofInterval(v datetime.Interval, err error) (interval, error) { return interval(v), err }

func justify(f func(datetime.Interval) (datetime.Interval, error)) func(interval) (interval, error) {
	return func(v interval) (interval, error) { return ofInterval(f(datetime.Interval(v))) }
}

func inZone(name string, f func(*time.Location) (int64, error)) (timestamptz, error) {
	l, err := zoneOf(name)
	if err != nil {
		return 0, err
	}
	out, err := f(l)
	return timestamptz(out), err
}

func ofPart(p datetime.Part, err error) (string, error) {
	if err == nil && p.Null {
		err = duckdb.ErrNull
	}
	return p.String(), err
}

func makeDate(year, month, day int32) (date, error) {
	bad := sqlstate.New(sqlstate.DatetimeFieldOverflow, "date field value out of range: %d-%02d-%02d", year, month, day)
	y := int(year)
	if y < 0 {
		y++ // 1 BC is year 0
	} else if y == 0 {
		return 0, bad
	}
	if month < 1 || month > 12 || day < 1 || int(day) > datetime.DaysInMonth(y, int(month)) {
		return 0, bad
	}
	days := datetime.DaysOf(y, int(month), int(day))
	if !datetime.ValidDate(days) {
		return 0, sqlstate.New(sqlstate.DatetimeFieldOverflow, "date out of range: %d-%02d-%02d", year, month, day)
	}
	return date(days), nil
}

// makeTime takes 24:00:00 and second 60 as PostgreSQL does (float_time_overflows).
func makeTime(hour, minute int32, second float64) (clock, error) {
	micros := math.RoundToEven(second * 1e6)
	total := int64(hour)*datetime.Hour + int64(minute)*datetime.Minute + int64(micros)
	if hour < 0 || hour > 24 || minute < 0 || minute > 59 || !(second >= 0) || micros > 60e6 || total > datetime.Day {
		return 0, sqlstate.New(sqlstate.DatetimeFieldOverflow, "time field value out of range: %d:%02d:%02g", hour, minute, second)
	}
	return clock(total), nil
}

func toTimestamp(seconds float64) (timestamptz, error) {
	switch {
	case isNaN(seconds):
		return 0, sqlstate.New(sqlstate.DatetimeFieldOverflow, "timestamp cannot be NaN")
	case isInf(seconds) && seconds > 0:
		return datetime.TimestampInfinity, nil
	case isInf(seconds):
		return datetime.TimestampNegativeInfinity, nil
	}
	// PostgreSQL rounds after moving to its own epoch, 2000-01-01.
	const epoch = 946684800
	micros := math.RoundToEven((seconds - epoch) * 1e6)
	at := int64(micros) + epoch*1e6
	if math.Abs(micros) > 9e18 || !datetime.ValidTimestamp(at) {
		return 0, sqlstate.New(sqlstate.DatetimeFieldOverflow, "timestamp out of range: \"%g\"", seconds)
	}
	return timestamptz(at), nil
}

// findZone finds what AT TIME ZONE names. Daylight saving time without its rule is refused:
// a file of the server's tells it.
func findZone(name string) (datetime.Zone, error) {
	zone, err := datetime.FindZone(name)
	if err != nil && ruleless.MatchString(name) {
		err = sqlstate.Unsupported("time zone %s", name)
	}
	return zone, err
}

// inStatedZone reads the zone of make_timestamptz: + is east, and is not left out (parse_sane_timezone).
func inStatedZone(at timestamp, name string) (timestamptz, error) {
	switch {
	case strings.HasPrefix(name, "+"), strings.HasPrefix(name, "-"):
		t, err := datetime.ParseTimeWithZone("00:00"+name, datetime.Input{})
		if err != nil {
			return 0, sqlstate.New(sqlstate.InvalidParameterValue, "time zone %q not recognized", name)
		}
		return timestamptz(int64(at) - int64(t.Offset)*datetime.Second), nil
	case strings.IndexAny(name, "0123456789") == 0:
		return 0, sqlstate.New(sqlstate.InvalidParameterValue, "invalid input syntax for type numeric time zone: %q", name).
			WithHint("Numeric time zones must have \"-\" or \"+\" as first character.")
	}
	zone, err := findZone(name)
	if err != nil {
		return 0, err
	}
	return timestamptz(zone.FromLocal(int64(at))), nil
}

var ruleless = regexp.MustCompile(`^(<[^>]*>|[^<\d,+-]*)[-+]?\d+(:\d+)*(<[^>]*>|[^<\d,:+-]+)`)

func repeated(t duckdb.Type, n int) []duckdb.Type {
	out := make([]duckdb.Type, n)
	for i := range out {
		out[i] = t
	}
	return out
}

// makeInterval adds up years, months, weeks, days, hours, minutes and seconds. Sums that
// pass an int32 wrap around in some versions of PostgreSQL and fail in others.
func makeInterval(n [6]int64, seconds float64) (interval, error) {
	months, days := n[0]*12+n[1], n[2]*7+n[3]
	micros := math.RoundToEven(seconds * 1e6)
	if isInf(seconds) || isNaN(seconds) {
		return interval{}, sqlstate.New(sqlstate.DatetimeFieldOverflow, "interval out of range")
	}
	if int64(int32(months)) != months || int64(int32(days)) != days || math.Abs(micros) > 1e18 {
		return interval{}, sqlstate.Unsupported("make_interval of so large values")
	}
	return interval{Months: int32(months), Days: int32(days), Micros: n[4]*datetime.Hour + n[5]*datetime.Minute + int64(micros)}, nil
}

// makeTimestamp reads year, month, day, hour, minute and seconds of a row.
func makeTimestamp(in *duckdb.Arguments, row int) (timestamp, error) {
	var n [5]int32
	for j := range n {
		n[j] = duckdb.At[int32](in.Columns[j], row)
	}
	d, err := makeDate(n[0], n[1], n[2])
	if err != nil {
		return 0, err
	}
	t, err := makeTime(n[3], n[4], duckdb.At[float64](in.Columns[5], row))
	if err != nil {
		return 0, err
	}
	at, err := datetime.TimestampOf(int32(d))
	return timestamp(at + int64(t)), err
}
