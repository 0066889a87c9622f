package pgfunctions

import (
	"strconv"

	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/numeric"
	"github.com/sluicemesh/sluice/sqlstate"
)

// longestSeries bounds generate_series of moments and numerics, which is made as a list.
const longestSeries = 5_000_000

func seriesTooLong() error {
	return sqlstate.Unsupported("a series of more than %d values", longestSeries)
}

// series: pg_series_timestamp(TIMESTAMP, TIMESTAMP, INTERVAL), pg_series_timestamptz(…, zone) give
// microseconds as texts, pg_series_numeric(n, n, n) the numbers.
func series() []duckdb.ScalarFunction {
	list := duckdb.ListOf(duckdb.Varchar)
	return []duckdb.ScalarFunction{
		{Name: "pg_series_timestamp", Params: []duckdb.Type{duckdb.Timestamp, duckdb.Timestamp, duckdb.Interval}, Result: list,
			Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
				return moments(out, int64(duckdb.At[timestamp](in.Columns[0], i)), int64(duckdb.At[timestamp](in.Columns[1], i)),
					datetime.Interval(duckdb.At[interval](in.Columns[2], i)), datetime.Add)
			})},
		{Name: "pg_series_timestamptz", Params: []duckdb.Type{duckdb.TimestampTZ, duckdb.TimestampTZ, duckdb.Interval, duckdb.Varchar}, Result: list,
			Call: rows(func(in *duckdb.Arguments, out *duckdb.Results, i int) error {
				l, err := zoneOf(duckdb.At[string](in.Columns[3], i))
				if err != nil {
					return err
				}
				add := func(ts int64, v datetime.Interval) (int64, error) { return datetime.AddInZone(ts, v, l) }
				return moments(out, int64(duckdb.At[timestamptz](in.Columns[0], i)), int64(duckdb.At[timestamptz](in.Columns[1], i)),
					datetime.Interval(duckdb.At[interval](in.Columns[2], i)), add)
			})},
		toList("pg_series_numeric", 3, func(a []string) ([]*string, error) { return numbers(a[0], a[1], a[2]) }),
	}
}

func moments(out *duckdb.Results, from, to int64, step datetime.Interval, add func(int64, datetime.Interval) (int64, error)) error {
	sign := step.Compare(datetime.Interval{})
	if sign == 0 {
		return sqlstate.New(sqlstate.InvalidParameterValue, "step size cannot equal zero")
	}
	if datetime.Infinite(from) || datetime.Infinite(to) {
		return sqlstate.Unsupported("a series to or from infinity")
	}
	list := []*string{}
	for at := from; sign > 0 && at <= to || sign < 0 && at >= to; {
		text := strconv.FormatInt(at, 10)
		if list = append(list, &text); len(list) > longestSeries {
			return seriesTooLong()
		}
		next, err := add(at, step)
		if err != nil {
			return err
		}
		at = next
	}
	out.PutTexts(list)
	return nil
}

func numbers(from, to, step string) ([]*string, error) {
	var n [3]numeric.Number
	for i, text := range []string{from, to, step} {
		var err error
		if n[i], err = numeric.Parse(text); err != nil {
			return nil, err
		}
	}
	for i, name := range []string{"start", "stop", "step size"} {
		if n[i].IsFinite() {
			continue
		}
		what := "infinity"
		if n[i].String() == "NaN" {
			what = "NaN"
		}
		if name == "step size" {
			return nil, sqlstate.New(sqlstate.InvalidParameterValue, "step size cannot be %s", what)
		}
		return nil, sqlstate.New(sqlstate.InvalidParameterValue, "%s value cannot be %s", name, what)
	}
	sign := n[2].Sign()
	if sign == 0 {
		return nil, sqlstate.New(sqlstate.InvalidParameterValue, "step size cannot equal zero")
	}
	list := []*string{}
	for at := n[0]; numeric.Compare(at, n[1])*sign <= 0; {
		text := at.String()
		if list = append(list, &text); len(list) > longestSeries {
			return nil, seriesTooLong()
		}
		next, err := numeric.Add(at, n[2])
		if err != nil {
			return nil, err
		}
		at = next
	}
	return list, nil
}

// moreCalendar: pg_age_tz(TIMESTAMPTZ, TIMESTAMPTZ, zone), pg_date_bin of TIMESTAMPTZ, pg_overlaps(start, end, start, end).
func moreCalendar() []duckdb.ScalarFunction {
	all := []duckdb.ScalarFunction{
		duckdb.Func3("pg_age_tz", func(a, b timestamptz, zone string) (interval, error) {
			l, err := zoneOf(zone)
			if err != nil {
				return interval{}, err
			}
			if datetime.Infinite(int64(a)) || datetime.Infinite(int64(b)) {
				return interval{}, sqlstate.Unsupported("age of infinity")
			}
			return ofInterval(datetime.AgeInZone(int64(a), int64(b), l))
		}),
		duckdb.Func3("pg_date_bin_tz", func(stride interval, ts, origin timestamptz) (timestamptz, error) {
			out, err := datetime.Bin(datetime.Interval(stride), int64(ts), int64(origin))
			return timestamptz(out), err
		}),
		duckdb.Func3("pg_trunc_at_zone", func(unit string, ts timestamptz, zone string) (timestamptz, error) {
			if datetime.Infinite(int64(ts)) {
				return ts, nil
			}
			found, err := findZone(zone)
			if err != nil {
				return 0, err
			}
			l, ok := found.Location()
			if !ok {
				return 0, sqlstate.Unsupported("date_trunc at time zone %s", zone)
			}
			out, err := datetime.TruncateInZone(unit, int64(ts), l)
			return timestamptz(out), err
		}),
	}
	for _, t := range []duckdb.Type{duckdb.Timestamp, duckdb.TimestampTZ, duckdb.Time} {
		all = append(all, duckdb.ScalarFunction{Name: "pg_overlaps", Params: []duckdb.Type{t, t, t, t}, Result: duckdb.Boolean, Nulls: true, Call: overlapping})
	}
	return all
}

func overlapping(in *duckdb.Arguments, out *duckdb.Results) error {
	for i := range in.Rows {
		var p [4]*int64
		for j, c := range in.Columns {
			if !c.Null(i) {
				v := duckdb.At[int64](c, i)
				p[j] = &v
			}
		}
		overlap, known := overlaps(p[0], p[1], p[2], p[3])
		if !known {
			out.PutNull()
		} else {
			duckdb.Put(out, overlap)
		}
	}
	return nil
}

// overlaps is SQL's OVERLAPS: either end may come first, and one may be NULL (timestamp.c:
// overlaps_timestamp).
func overlaps(s1, e1, s2, e2 *int64) (overlap, known bool) {
	s1, e1, ok1 := period(s1, e1)
	s2, e2, ok2 := period(s2, e2)
	if !ok1 || !ok2 {
		return false, false
	}
	if *s1 < *s2 {
		s1, e1, s2, e2 = s2, e2, s1, e1
	}
	if *s1 > *s2 {
		// The later one begins inside the earlier one, if that is known to last so long.
		switch {
		case e2 == nil:
			return false, false
		case *s1 < *e2:
			return true, true
		case e1 == nil:
			return false, false
		}
		return false, true
	}
	return true, e1 != nil && e2 != nil
}

// period puts start before end; a missing start is taken from the end.
func period(s, e *int64) (start, end *int64, ok bool) {
	switch {
	case s == nil && e == nil:
		return nil, nil, false
	case s == nil:
		return e, nil, true
	case e != nil && *s > *e:
		return e, s, true
	}
	return s, e, true
}
