package pgfunctions

import (
	"time"

	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/numeric"
	"github.com/sluicemesh/sluice/internal/pgformat"
	"github.com/sluicemesh/sluice/sqlstate"
)

// toChar are the manual's "Data Type Formatting Functions".
//
//	pg_to_char(TIMESTAMP|INTERVAL, pattern), pg_to_char_tz(TIMESTAMPTZ, pattern, zone) VARCHAR
//	pg_to_char_numeric(n, pattern), pg_to_char_int4(INTEGER, pattern), pg_to_char_float(DOUBLE, digits, pattern) VARCHAR
//	pg_to_date(VARCHAR, pattern) DATE, pg_to_timestamp_by(VARCHAR, pattern, zone) TIMESTAMPTZ, pg_to_number(VARCHAR, pattern) n
func toChar() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func2("pg_to_char", func(ts timestamp, format string) (string, error) {
			if format == "" || datetime.Infinite(int64(ts)) {
				return "", duckdb.ErrNull
			}
			return pgformat.FormatDate(pgformat.OfTimestamp(int64(ts)), format)
		}),
		duckdb.Func2("pg_to_char", func(v interval, format string) (string, error) {
			if format == "" {
				return "", duckdb.ErrNull
			}
			return pgformat.FormatDate(pgformat.OfInterval(datetime.Interval(v)), format)
		}),
		duckdb.Func3("pg_to_char_tz", zonedToChar),
		duckdb.Func2("pg_to_char_numeric", func(s, format string) (string, error) {
			n, err := numeric.Parse(s)
			if err != nil {
				return "", err
			}
			return pgformat.FormatNumeric(n, format)
		}),
		duckdb.Func2("pg_to_char_int4", func(i int32, format string) (string, error) { return pgformat.FormatInt(i, format) }),
		duckdb.Func3("pg_to_char_float", func(f float64, digits int32, format string) (string, error) {
			return pgformat.FormatFloat(f, int(digits), format)
		}),
		duckdb.Func2("pg_to_date", toDate),
		duckdb.Func3("pg_to_timestamp_by", toTimestampBy),
		duckdb.Func2("pg_to_number", func(s, format string) (string, error) {
			n, ok, err := pgformat.ReadNumber(s, format)
			if err == nil && !ok {
				err = duckdb.ErrNull
			}
			return n.String(), err
		}),
	}
}

func zonedToChar(ts timestamptz, format, zone string) (string, error) {
	if format == "" || datetime.Infinite(int64(ts)) {
		return "", duckdb.ErrNull
	}
	local, err := fromZone(ts, zone)
	if err != nil {
		return "", err
	}
	l, err := zoneOf(zone)
	if err != nil {
		return "", err
	}
	m := pgformat.OfTimestamp(int64(local))
	m.Zone, m.Offset = time.UnixMicro(int64(ts)).In(l).Zone()
	return pgformat.FormatDate(m, format)
}

func toDate(s, format string) (date, error) {
	r, err := pgformat.ReadDate(s, format)
	if err != nil {
		return 0, err
	}
	return date(r.Days), nil
}

func toTimestampBy(s, format, zone string) (timestamptz, error) {
	r, err := pgformat.ReadDate(s, format)
	if err != nil {
		return 0, err
	}
	local, ok := r.Local()
	if !ok {
		return 0, sqlstate.New(sqlstate.DatetimeFieldOverflow, "timestamp out of range: \"%s\"", s)
	}
	if r.Zoned {
		return timestamptz(local - int64(r.Offset)*datetime.Second), nil
	}
	return toZone(timestamp(local), zone)
}
