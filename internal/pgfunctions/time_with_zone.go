package pgfunctions

import (
	"time"

	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/internal/duckdb"
)

// timesWithZone are functions of timetz, which stands as VARCHAR in PostgreSQL's text form.
//
//	pg_timetz_in(VARCHAR, order, zone), pg_timetz_round(timetz, INTEGER), pg_timetz_key(timetz) BIGINT (orders and compares)
//	pg_timetz_add(timetz, INTERVAL), pg_timetz_sub(timetz, INTERVAL), pg_timetz_on(timetz, DATE) TIMESTAMPTZ
//	pg_timetz_of(TIMESTAMPTZ or TIME, zone), pg_timetz_time(timetz) TIME, pg_extract_timetz(unit, timetz) n
//	pg_timetz_at(zone name or INTERVAL, timetz)
func timesWithZone() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func3("pg_timetz_in", func(s, order, zone string) (string, error) {
			l, err := zoneOf(zone)
			if err != nil {
				return "", err
			}
			t, err := datetime.ParseTimeWithZone(s, datetime.Input{Order: orderOf(order), Zone: l, Now: time.Now()})
			return datetime.FormatTimeWithZone(t), err
		}),
		ofTimetz("pg_timetz_round", func(t datetime.TimeWithZone, precision int32) (datetime.TimeWithZone, error) {
			t.Micros = datetime.RoundTime(t.Micros, int(precision))
			return t, nil
		}),
		duckdb.Func1("pg_timetz_key", func(s string) (int64, error) {
			t, err := readTimetz(s)
			return t.Key(), err
		}),
		ofTimetz("pg_timetz_add", func(t datetime.TimeWithZone, v interval) (datetime.TimeWithZone, error) {
			return t.Add(datetime.Interval(v)), nil
		}),
		ofTimetz("pg_timetz_sub", func(t datetime.TimeWithZone, v interval) (datetime.TimeWithZone, error) {
			return t.Add(datetime.Interval{Micros: -(v.Micros % datetime.Day)}), nil
		}),
		duckdb.Func2("pg_timetz_on", func(s string, d date) (timestamptz, error) {
			t, err := readTimetz(s)
			if err != nil {
				return 0, err
			}
			at, err := t.On(int32(d))
			if err != nil || datetime.Infinite(at) {
				return timestamptz(at), err
			}
			return checkedTimestamp[timestamptz](at)
		}),
		duckdb.Func2("pg_timetz_of", func(ts timestamptz, zone string) (string, error) {
			l, err := zoneOf(zone)
			if datetime.Infinite(int64(ts)) {
				err = duckdb.ErrNull
			}
			if err != nil {
				return "", err
			}
			return datetime.FormatTimeWithZone(datetime.TimeIn(int64(ts), l)), nil
		}),
		duckdb.Func2("pg_timetz_of", func(t clock, zone string) (string, error) {
			l, err := zoneOf(zone)
			if err != nil {
				return "", err
			}
			return datetime.FormatTimeWithZone(datetime.TimeOn(int64(t), time.Now().UnixMicro(), l)), nil
		}),
		duckdb.Func1("pg_timetz_time", func(s string) (clock, error) {
			t, err := readTimetz(s)
			return clock(t.Micros), err
		}),
		duckdb.Func2("pg_extract_timetz", func(unit, s string) (string, error) {
			t, err := readTimetz(s)
			if err != nil {
				return "", err
			}
			return ofPart(datetime.ExtractTimeWithZone(unit, t))
		}),
		duckdb.Func2("pg_timetz_at", func(name, s string) (string, error) {
			t, err := readTimetz(s)
			if err != nil {
				return "", err
			}
			zone, err := findZone(name)
			if err != nil {
				return "", err
			}
			now := time.Now().UnixMicro()
			return datetime.FormatTimeWithZone(t.At(int((zone.ToLocal(now) - now) / datetime.Second))), nil
		}),
		duckdb.Func2("pg_timetz_at", func(v interval, s string) (string, error) {
			t, err := readTimetz(s)
			if err != nil {
				return "", err
			}
			seconds, err := intervalZone(v)
			return datetime.FormatTimeWithZone(t.At(int(seconds))), err
		}),
	}
}

func readTimetz(s string) (datetime.TimeWithZone, error) {
	return datetime.ReadTimeWithZone(s)
}

// ofTimetz makes a function of a timetz and another argument that gives a timetz.
func ofTimetz[B duckdb.Value](name string, f func(datetime.TimeWithZone, B) (datetime.TimeWithZone, error)) duckdb.ScalarFunction {
	return duckdb.Func2(name, func(s string, b B) (string, error) {
		t, err := readTimetz(s)
		if err == nil {
			t, err = f(t, b)
		}
		return datetime.FormatTimeWithZone(t), err
	})
}
