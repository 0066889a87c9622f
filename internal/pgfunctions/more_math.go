package pgfunctions

import (
	"math"
	"math/big"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/libm"
	"github.com/sluicemesh/sluice/internal/numeric"
	"github.com/sluicemesh/sluice/sqlstate"
)

// moreMath: shifts by bits, pg_factorial(BIGINT) n, pg_width_bucket, pg_num_nulls(VARCHAR…) INTEGER,
// checks of arguments.
func moreMath() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func2("pg_shift_left_int2", func(a int16, n int32) (int16, error) { return int16(int32(a) << (uint32(n) & 31)), nil }),
		duckdb.Func2("pg_shift_left_int4", func(a, n int32) (int32, error) { return a << (uint32(n) & 31), nil }),
		duckdb.Func2("pg_shift_left_int8", func(a int64, n int32) (int64, error) { return a << (uint32(n) & 63), nil }),
		duckdb.Func2("pg_shift_right_int2", func(a int16, n int32) (int16, error) { return int16(int32(a) >> (uint32(n) & 31)), nil }),
		duckdb.Func2("pg_shift_right_int4", func(a, n int32) (int32, error) { return a >> (uint32(n) & 31), nil }),
		duckdb.Func2("pg_shift_right_int8", func(a int64, n int32) (int64, error) { return a >> (uint32(n) & 63), nil }),
		duckdb.Func1("pg_factorial", factorial),
		duckdb.Func1("pg_erf", func(x float64) (float64, error) { return libm.Erf(x), nil }),
		duckdb.Func1("pg_erfc", func(x float64) (float64, error) { return libm.Erfc(x), nil }),
		duckdb.Func4("pg_width_bucket", floatBucket),
		duckdb.Func4("pg_width_bucket_numeric", numericBucket),
		duckdb.Func1("pg_nth_argument", func(n int32) (int32, error) {
			if n <= 0 {
				return 0, sqlstate.New("22016", "argument of nth_value must be greater than zero")
			}
			return n, nil
		}),
		duckdb.Func1("pg_acosh_argument", func(f float64) (float64, error) {
			if f < 1 {
				return 0, outOfRange("input is out of range")
			}
			return f, nil
		}),
		counting("pg_num_nulls", true), counting("pg_num_nonnulls", false),
	}
}

// counting counts the arguments that are NULL, or that are not.
func counting(name string, null bool) duckdb.ScalarFunction {
	return duckdb.ScalarFunction{Name: name, Variadic: duckdb.Varchar, Result: duckdb.Integer, Nulls: true, Call: func(in *duckdb.Arguments, out *duckdb.Results) error {
		for i := range in.Rows {
			n := int32(0)
			for _, c := range in.Columns {
				if c.Null(i) == null {
					n++
				}
			}
			duckdb.Put(out, n)
		}
		return nil
	}}
}

func factorial(n int64) (string, error) {
	switch {
	case n < 0:
		return "", outOfRange("factorial of a negative number is undefined")
	case n > 32177:
		return "", outOfRange("value overflows numeric format")
	}
	return numeric.FromBig(new(big.Int).MulRange(1, n), 0).String(), nil
}

func badBucket(message string) error {
	return sqlstate.New(sqlstate.InvalidArgumentForWidthBucket, "%s", message)
}

func floatBucket(f, low, high float64, count int32) (int32, error) {
	switch {
	case count <= 0:
		return 0, badBucket("count must be greater than zero")
	case isNaN(f) || isNaN(low) || isNaN(high):
		return 0, badBucket("operand, lower bound, and upper bound cannot be NaN")
	case isInf(low) || isInf(high):
		return 0, badBucket("lower and upper bounds must be finite")
	case low == high:
		return 0, badBucket("lower bound cannot equal upper bound")
	}
	before, behind, share := f < low, f >= high, (f/2-low/2)/(high/2-low/2)
	if !isInf(high - low) {
		share = (f - low) / (high - low)
	}
	if low > high {
		before, behind = f > low, f <= high
		share = (low/2 - f/2) / (low/2 - high/2)
		if !isInf(low - high) {
			share = (low - f) / (low - high)
		}
	}
	switch {
	case before:
		return 0, nil
	case behind && count == math.MaxInt32:
		return 0, outOfRange("integer out of range")
	case behind:
		return count + 1, nil
	}
	return min(int32(float64(count)*share), count-1) + 1, nil
}

func numericBucket(f, low, high string, count int32) (int32, error) {
	var n [3]numeric.Number
	for i, text := range []string{f, low, high} {
		var err error
		if n[i], err = numeric.Parse(text); err != nil {
			return 0, err
		}
	}
	x, a, b := n[0], n[1], n[2]
	switch {
	case count <= 0:
		return 0, badBucket("count must be greater than zero")
	case x.String() == "NaN" || a.String() == "NaN" || b.String() == "NaN":
		return 0, badBucket("operand, lower bound, and upper bound cannot be NaN")
	case !a.IsFinite() || !b.IsFinite():
		return 0, badBucket("lower and upper bounds must be finite")
	case numeric.Compare(a, b) == 0:
		return 0, badBucket("lower bound cannot equal upper bound")
	}
	if numeric.Compare(a, b) > 0 {
		x, a, b = numeric.Neg(x), numeric.Neg(a), numeric.Neg(b)
	}
	switch {
	case numeric.Compare(x, a) < 0:
		return 0, nil
	case numeric.Compare(x, b) >= 0 && count == math.MaxInt32:
		return 0, outOfRange("integer out of range")
	case numeric.Compare(x, b) >= 0:
		return count + 1, nil
	}
	over, err := numeric.Sub(x, a)
	if err != nil {
		return 0, err
	}
	width, err := numeric.Sub(b, a)
	if err != nil {
		return 0, err
	}
	product, err := numeric.Mul(over, numeric.FromInt(int64(count)))
	if err != nil {
		return 0, err
	}
	whole, err := numeric.QuoInt(product, width)
	if err != nil {
		return 0, err
	}
	i, err := numeric.ToInt(whole, 32, "integer")
	return int32(i) + 1, err
}
