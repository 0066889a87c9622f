package pgfunctions

import (
	"math"

	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/sqlstate"
)

// regression is the state of the aggregates of pairs (float.c: float8_regr_accum).
type regression struct{ n, sx, sxx, sy, syy, sxy float64 }

func (s *regression) add(y, x float64) error {
	old := *s
	s.n++
	s.sx += x
	s.sy += y
	if old.n == 0 {
		if isNaN(x) || isInf(x) {
			s.sxx, s.sxy = math.NaN(), math.NaN()
		}
		if isNaN(y) || isInf(y) {
			s.syy, s.sxy = math.NaN(), math.NaN()
		}
		return nil
	}
	dx, dy := x*s.n-s.sx, y*s.n-s.sy
	scale := 1 / (s.n * old.n)
	s.sxx += dx * dx * scale
	s.syy += dy * dy * scale
	s.sxy += dx * dy * scale
	if !isInf(s.sx) && !isInf(s.sxx) && !isInf(s.sy) && !isInf(s.syy) && !isInf(s.sxy) {
		return nil
	}
	finiteX, finiteY := !isInf(old.sx) && !isInf(x), !isInf(old.sy) && !isInf(y)
	if (isInf(s.sx) || isInf(s.sxx)) && finiteX || (isInf(s.sy) || isInf(s.syy)) && finiteY || isInf(s.sxy) && finiteX && finiteY {
		return floatOverflow()
	}
	for _, p := range []*float64{&s.sxx, &s.syy, &s.sxy} {
		if isInf(*p) {
			*p = math.NaN()
		}
	}
	return nil
}

func (s *regression) merge(o *regression) error {
	switch {
	case o.n == 0:
		return nil
	case s.n == 0:
		*s = *o
		return nil
	}
	n := s.n + o.n
	dx, dy := s.sx/s.n-o.sx/o.n, s.sy/s.n-o.sy/o.n
	*s = regression{n: n, sx: s.sx + o.sx, sy: s.sy + o.sy, sxx: s.sxx + o.sxx + s.n*o.n*dx*dx/n,
		syy: s.syy + o.syy + s.n*o.n*dy*dy/n, sxy: s.sxy + o.sxy + s.n*o.n*dx*dy/n}
	return nil
}

func ofPairs(name string, least float64, result func(*regression) (float64, bool)) duckdb.AggregateFunction {
	return duckdb.Aggregate2[regression, float64, float64, float64](name, duckdb.Aggregate[regression, float64]{
		Step: func(s *regression, in *duckdb.Arguments, row int) error {
			return s.add(duckdb.At[float64](in.Columns[0], row), duckdb.At[float64](in.Columns[1], row))
		},
		Merge: func(into, from *regression) error { return into.merge(from) },
		Result: func(s *regression) (float64, error) {
			if s.n < least {
				return 0, duckdb.ErrNull
			}
			f, ok := result(s)
			if !ok {
				return 0, duckdb.ErrNull
			}
			return f, nil
		},
	})
}

func pairAggregates() []duckdb.AggregateFunction {
	always := func(f func(*regression) float64) func(*regression) (float64, bool) {
		return func(s *regression) (float64, bool) { return f(s), true }
	}
	return []duckdb.AggregateFunction{
		ofPairs("pg_regr_sxx", 1, always(func(s *regression) float64 { return s.sxx })),
		ofPairs("pg_regr_syy", 1, always(func(s *regression) float64 { return s.syy })),
		ofPairs("pg_regr_sxy", 1, always(func(s *regression) float64 { return s.sxy })),
		ofPairs("pg_regr_avgx", 1, always(func(s *regression) float64 { return s.sx / s.n })),
		ofPairs("pg_regr_avgy", 1, always(func(s *regression) float64 { return s.sy / s.n })),
		ofPairs("pg_covar_pop", 1, always(func(s *regression) float64 { return s.sxy / s.n })),
		ofPairs("pg_covar_samp", 2, always(func(s *regression) float64 { return s.sxy / (s.n - 1) })),
		ofPairs("pg_corr", 1, func(s *regression) (float64, bool) {
			return s.sxy / math.Sqrt(s.sxx*s.syy), s.sxx != 0 && s.syy != 0
		}),
		ofPairs("pg_regr_r2", 1, func(s *regression) (float64, bool) {
			if s.sxx != 0 && s.syy == 0 {
				return 1, true
			}
			return s.sxy * s.sxy / (s.sxx * s.syy), s.sxx != 0
		}),
		ofPairs("pg_regr_slope", 1, func(s *regression) (float64, bool) { return s.sxy / s.sxx, s.sxx != 0 }),
		ofPairs("pg_regr_intercept", 1, func(s *regression) (float64, bool) { return (s.sy - s.sx*s.sxy/s.sxx) / s.n, s.sxx != 0 }),
		duckdb.Aggregate1[float32sum, float32, float32]("pg_float4_sum", duckdb.Aggregate[float32sum, float32]{
			Step: func(s *float32sum, in *duckdb.Arguments, row int) error {
				return s.add(duckdb.At[float32](in.Columns[0], row))
			},
			Merge: func(into, from *float32sum) error {
				if !from.any {
					return nil
				}
				return into.add(from.sum)
			},
			Result: func(s *float32sum) (float32, error) {
				if !s.any {
					return 0, duckdb.ErrNull
				}
				return s.sum, nil
			},
		}),
		intervalAggregate("pg_interval_sum", func(s *intervalSum) (interval, error) { return interval(s.sum), nil }),
		intervalAggregate("pg_interval_avg", func(s *intervalSum) (interval, error) {
			return ofInterval(s.sum.DividedBy(float64(s.n)))
		}),
	}
}

// float32sum adds in single precision, as PostgreSQL does.
type float32sum struct {
	any bool
	sum float32
}

func (s *float32sum) add(f float32) (err error) {
	if !s.any {
		*s = float32sum{true, f}
		return nil
	}
	s.sum, err = addFloat(s.sum, f)
	return err
}

type intervalSum struct {
	n   int64
	sum datetime.Interval
}

func (s *intervalSum) add(v datetime.Interval, n int64) error {
	months, days, micros := int64(s.sum.Months)+int64(v.Months), int64(s.sum.Days)+int64(v.Days), s.sum.Micros+v.Micros
	over := (micros > s.sum.Micros) != (v.Micros > 0) && v.Micros != 0
	if over || int64(int32(months)) != months || int64(int32(days)) != days {
		return sqlstate.New(sqlstate.DatetimeFieldOverflow, "interval out of range")
	}
	*s = intervalSum{s.n + n, datetime.Interval{Months: int32(months), Days: int32(days), Micros: micros}}
	return nil
}

func intervalAggregate(name string, result func(*intervalSum) (interval, error)) duckdb.AggregateFunction {
	return duckdb.Aggregate1[intervalSum, interval, interval](name, duckdb.Aggregate[intervalSum, interval]{
		Step: func(s *intervalSum, in *duckdb.Arguments, row int) error {
			return s.add(datetime.Interval(duckdb.At[interval](in.Columns[0], row)), 1)
		},
		Merge: func(into, from *intervalSum) error { return into.add(from.sum, from.n) },
		Result: func(s *intervalSum) (interval, error) {
			if s.n == 0 {
				return interval{}, duckdb.ErrNull
			}
			return result(s)
		},
	})
}

// percentiles: pg_percentile_cont(DOUBLE[]|INTERVAL[], DOUBLE) of a sorted list,
// pg_percentile_row(BIGINT, DOUBLE) BIGINT, the row of the discrete one.
func percentiles() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		{Name: "pg_percentile_cont", Params: []duckdb.Type{duckdb.ListOf(duckdb.Double), duckdb.Double}, Result: duckdb.Double, Nulls: true,
			Call: continuous(func(v duckdb.Vector, i int) float64 { return duckdb.At[float64](v, i) },
				func(a, b float64, share float64) (float64, error) { return a + share*(b-a), nil })},
		{Name: "pg_percentile_cont", Params: []duckdb.Type{duckdb.ListOf(duckdb.Interval), duckdb.Double}, Result: duckdb.Interval, Nulls: true,
			Call: continuous(func(v duckdb.Vector, i int) interval { return duckdb.At[interval](v, i) }, between)},
		duckdb.Func2("pg_percentile_row", func(n int64, fraction float64) (int64, error) {
			if err := checkFraction(fraction); err != nil {
				return 0, err
			}
			return max(1, int64(math.Ceil(fraction*float64(n)))), nil
		}),
	}
}

func checkFraction(f float64) error {
	if f >= 0 && f <= 1 {
		return nil
	}
	return outOfRange("percentile value %g is not between 0 and 1", f)
}

func between(a, b interval, share float64) (interval, error) {
	d := datetime.Interval{Months: b.Months - a.Months, Days: b.Days - a.Days, Micros: b.Micros - a.Micros}
	part, err := d.Times(share)
	if err != nil {
		return a, err
	}
	return interval{Months: a.Months + part.Months, Days: a.Days + part.Days, Micros: a.Micros + part.Micros}, nil
}

func continuous[T duckdb.Value](at func(duckdb.Vector, int) T, mix func(a, b T, share float64) (T, error)) func(*duckdb.Arguments, *duckdb.Results) error {
	return func(in *duckdb.Arguments, out *duckdb.Results) error {
		for i := range in.Rows {
			if in.Columns[1].Null(i) {
				out.PutNull()
				continue
			}
			fraction := duckdb.At[float64](in.Columns[1], i)
			if err := checkFraction(fraction); err != nil {
				return err
			}
			if in.Columns[0].Null(i) {
				out.PutNull()
				continue
			}
			first, n := in.Columns[0].List(i)
			if n == 0 {
				out.PutNull()
				continue
			}
			place := fraction * float64(n-1)
			low, high := math.Floor(place), math.Ceil(place)
			elements := in.Columns[0].Elements()
			result := at(elements, first+int(low))
			if high > low {
				mixed, err := mix(result, at(elements, first+int(high)), place-low)
				if err != nil {
					return err
				}
				result = mixed
			}
			duckdb.Put(out, result)
		}
		return nil
	}
}
