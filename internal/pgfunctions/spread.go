package pgfunctions

import (
	"math"

	"github.com/sluicemesh/sluice/internal/duckdb"
)

// youngs is the state of PostgreSQL's float aggregates: the method of Youngs and Cramer
// (float.c: float8_accum, float8_combine).
type youngs struct{ n, sum, squares float64 }

func (s *youngs) add(value float64) error {
	n, sum := s.n+1, s.sum+value
	squares := s.squares
	if s.n > 0 {
		tmp := value*n - sum
		squares += tmp * tmp / (n * s.n)
		if math.IsInf(sum, 0) || math.IsInf(squares, 0) {
			if !math.IsInf(s.sum, 0) && !math.IsInf(value, 0) {
				return floatOverflow()
			}
			squares = math.NaN()
		}
	} else if math.IsNaN(value) || math.IsInf(value, 0) {
		squares = math.NaN()
	}
	*s = youngs{n, sum, squares}
	return nil
}

func (s *youngs) merge(o *youngs) error {
	switch {
	case o.n == 0:
		return nil
	case s.n == 0:
		*s = *o
		return nil
	}
	n, sum := s.n+o.n, s.sum+o.sum
	if math.IsInf(sum, 0) && !math.IsInf(s.sum, 0) && !math.IsInf(o.sum, 0) {
		return floatOverflow()
	}
	tmp := s.sum/s.n - o.sum/o.n
	squares := s.squares + o.squares + s.n*o.n*tmp*tmp/n
	if math.IsInf(squares, 0) && !math.IsInf(s.squares, 0) && !math.IsInf(o.squares, 0) {
		return floatOverflow()
	}
	*s = youngs{n, sum, squares}
	return nil
}

func floatSpread(name string, least float64, result func(*youngs) float64) duckdb.AggregateFunction {
	return duckdb.Aggregate1[youngs, float64, float64](name, duckdb.Aggregate[youngs, float64]{
		Step: func(s *youngs, in *duckdb.Arguments, row int) error {
			return s.add(duckdb.At[float64](in.Columns[0], row))
		},
		Merge: func(into, from *youngs) error { return into.merge(from) },
		Result: func(s *youngs) (float64, error) {
			if s.n < least {
				return 0, duckdb.ErrNull
			}
			return result(s), nil
		},
	})
}

func floatAggregates() []duckdb.AggregateFunction {
	return []duckdb.AggregateFunction{
		floatSpread("pg_float8_var_pop", 1, func(s *youngs) float64 { return s.squares / s.n }),
		floatSpread("pg_float8_var_samp", 2, func(s *youngs) float64 { return s.squares / (s.n - 1) }),
		floatSpread("pg_float8_stddev_pop", 1, func(s *youngs) float64 { return math.Sqrt(s.squares / s.n) }),
		floatSpread("pg_float8_stddev_samp", 2, func(s *youngs) float64 { return math.Sqrt(s.squares / (s.n - 1)) }),
	}
}
