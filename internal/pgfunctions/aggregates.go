package pgfunctions

import (
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/numeric"
)

// summing makes an aggregate over a numeric.Sum.
func summing(name string, squares bool, result func(*numeric.Sum) (numeric.Number, bool, error)) duckdb.AggregateFunction {
	return duckdb.Aggregate1[numeric.Sum, string, string](name, duckdb.Aggregate[numeric.Sum, string]{
		Step: func(s *numeric.Sum, in *duckdb.Arguments, row int) error {
			n, err := numeric.Parse(duckdb.At[string](in.Columns[0], row))
			if err != nil {
				return err
			}
			return s.Add(n, squares)
		},
		Merge: func(into, from *numeric.Sum) error { return into.Merge(from) },
		Result: func(s *numeric.Sum) (string, error) {
			if s.Count == 0 {
				return "", duckdb.ErrNull
			}
			n, defined, err := result(s)
			if err == nil && !defined {
				err = duckdb.ErrNull
			}
			return n.String(), err
		},
	})
}

// extreme is the state of min and max.
type extreme struct {
	set bool
	n   numeric.Number
}

// extremum makes min (sign -1) or max (sign 1). Of equal numbers the later stays,
// as in numeric_smaller and numeric_larger.
func extremum(name string, sign int) duckdb.AggregateFunction {
	take := func(s *extreme, n numeric.Number) {
		if !s.set || numeric.Compare(s.n, n) != sign {
			*s = extreme{true, n}
		}
	}
	return duckdb.Aggregate1[extreme, string, string](name, duckdb.Aggregate[extreme, string]{
		Step: func(s *extreme, in *duckdb.Arguments, row int) error {
			n, err := numeric.Parse(duckdb.At[string](in.Columns[0], row))
			if err == nil {
				take(s, n)
			}
			return err
		},
		Merge: func(into, from *extreme) error {
			if from.set {
				take(into, from.n)
			}
			return nil
		},
		Result: func(s *extreme) (string, error) {
			if !s.set {
				return "", duckdb.ErrNull
			}
			return s.n.String(), nil
		},
	})
}

func spread(name string, sample, deviation bool) duckdb.AggregateFunction {
	return summing(name, true, func(s *numeric.Sum) (numeric.Number, bool, error) { return s.Spread(sample, deviation) })
}

func always(f func(*numeric.Sum) (numeric.Number, error)) func(*numeric.Sum) (numeric.Number, bool, error) {
	return func(s *numeric.Sum) (numeric.Number, bool, error) {
		n, err := f(s)
		return n, true, err
	}
}

func numericAggregates() []duckdb.AggregateFunction {
	return []duckdb.AggregateFunction{
		summing("pg_numeric_sum", false, always((*numeric.Sum).Total)),
		summing("pg_numeric_avg", false, always((*numeric.Sum).Average)),
		spread("pg_numeric_var_samp", true, false),
		spread("pg_numeric_var_pop", false, false),
		spread("pg_numeric_stddev_samp", true, true),
		spread("pg_numeric_stddev_pop", false, true),
		extremum("pg_numeric_min", -1),
		extremum("pg_numeric_max", 1),
	}
}
