package pgfunctions

import (
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/numeric"
)

// extremes: pg_numeric_greatest(n, …) n, pg_numeric_least(n, …) n. NULLs are passed over;
// of equal numbers the first is given, with its scale.
func extremes() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{extremeOf("pg_numeric_greatest", 1), extremeOf("pg_numeric_least", -1)}
}

func extremeOf(name string, sign int) duckdb.ScalarFunction {
	return duckdb.ScalarFunction{Name: name, Variadic: duckdb.Varchar, Result: duckdb.Varchar, Nulls: true,
		Call: func(in *duckdb.Arguments, out *duckdb.Results) error {
			for row := range in.Rows {
				best, found, err := extremeIn(in, row, sign)
				if err != nil {
					return err
				}
				if !found {
					out.PutNull()
					continue
				}
				var buffer scratch
				duckdb.Put(out, view(best.Append(buffer[:0])))
			}
			return nil
		}}
}

func extremeIn(in *duckdb.Arguments, row, sign int) (best numeric.Number, found bool, err error) {
	for _, column := range in.Columns {
		if column.Null(row) {
			continue
		}
		n, err := numeric.Parse(duckdb.At[string](column, row))
		if err != nil {
			return n, false, err
		}
		if !found || numeric.Compare(n, best) == sign {
			best, found = n, true
		}
	}
	return best, found, nil
}
