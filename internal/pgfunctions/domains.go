package pgfunctions

import (
	"math"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/sqlstate"
)

// domains check the arguments of functions that DuckDB computes with its own library:
// they pass a valid argument on and raise PostgreSQL's error for another.
func domains() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func1("pg_root_argument", func(f float64) (float64, error) {
			if f < 0 {
				return 0, sqlstate.New(sqlstate.InvalidArgumentForPower, "cannot take square root of a negative number")
			}
			return f, nil
		}),
		duckdb.Func1("pg_float8_to_int2", toInteger[int16]("smallint", 15)),
		duckdb.Func1("pg_float8_to_int4", toInteger[int32]("integer", 31)),
		duckdb.Func1("pg_float8_to_int8", toInteger[int64]("bigint", 63)),
		duckdb.Func1("pg_limit", rowCount("LIMIT", sqlstate.InvalidRowCountInLimit)),
		duckdb.Func1("pg_offset", rowCount("OFFSET", sqlstate.InvalidRowCountInOffset)),
		duckdb.Func1("pg_log_argument", logArgument),
		duckdb.Func1("pg_ntile_argument", atLeast(1, sqlstate.InvalidArgumentForNtile, "argument of ntile must be greater than zero")),
		duckdb.Func1("pg_frame_start", atLeast(0, sqlstate.InvalidPrecedingOrFollowingSize, "frame starting offset must not be negative")),
		duckdb.Func1("pg_frame_end", atLeast(0, sqlstate.InvalidPrecedingOrFollowingSize, "frame ending offset must not be negative")),
		duckdb.Func1("pg_step", func(n int64) (int64, error) {
			if n == 0 {
				return 0, sqlstate.New(sqlstate.InvalidParameterValue, "step size cannot equal zero")
			}
			return n, nil
		}),
		duckdb.Func1("pg_finite", func(f float64) (float64, error) {
			if isInf(f) {
				return 0, outOfRange("input is out of range")
			}
			return f, nil
		}),
		duckdb.Func1("pg_unit_argument", func(f float64) (float64, error) {
			if f < -1 || f > 1 {
				return 0, outOfRange("input is out of range")
			}
			return f, nil
		}),
		duckdb.Func1("pg_degrees", func(f float64) (float64, error) { return divFloat(f, math.Pi/180) }),
		duckdb.Func1("pg_radians", func(f float64) (float64, error) { return mulFloat(f, math.Pi/180) }),
		duckdb.Func2("pg_float8_checked", func(f float64, infinite bool) (float64, error) {
			if isInf(f) && !infinite {
				return 0, floatOverflow()
			}
			return f, nil
		}),
		duckdb.Func2("pg_gcd_int4", gcd[int32]("integer")), duckdb.Func2("pg_gcd_int8", gcd[int64]("bigint")),
		duckdb.Func2("pg_lcm_int4", lcm[int32]("integer")), duckdb.Func2("pg_lcm_int8", lcm[int64]("bigint")),
	}
}

func rowCount(clause string, code sqlstate.Code) func(int64) (int64, error) {
	return func(n int64) (int64, error) {
		if n < 0 {
			return 0, sqlstate.New(code, "%s must not be negative", clause)
		}
		return n, nil
	}
}

func atLeast(least int64, code sqlstate.Code, message string) func(int64) (int64, error) {
	return func(n int64) (int64, error) {
		if n < least {
			return 0, sqlstate.New(code, "%s", message)
		}
		return n, nil
	}
}

func logArgument(f float64) (float64, error) {
	switch {
	case f == 0:
		return 0, sqlstate.New(sqlstate.InvalidArgumentForLog, "cannot take logarithm of zero")
	case f < 0:
		return 0, sqlstate.New(sqlstate.InvalidArgumentForLog, "cannot take logarithm of a negative number")
	}
	return f, nil
}

func gcd[T integer](name string) func(a, b T) (T, error) {
	minus := absolute[T](name)
	return func(a, b T) (T, error) {
		for b != 0 {
			if b == -1 { // the lowest value has no remainder by it that can be computed
				return 1, nil
			}
			a, b = b, a%b
		}
		return minus(a)
	}
}

func lcm[T integer](name string) func(a, b T) (T, error) {
	common, magnitude := gcd[T](name), absolute[T](name)
	return func(a, b T) (T, error) {
		if a == 0 || b == 0 {
			return 0, nil
		}
		g, err := common(a, b)
		if err != nil {
			return 0, err
		}
		a /= g
		product := a * b
		if product/b != a {
			return 0, outOfRange("%s out of range", name)
		}
		return magnitude(product)
	}
}

// toInteger rounds half to even, then looks at the range (dtoi4). DuckDB looks first, and
// wraps 2147483647.5 around.
func toInteger[T integer](name string, bits int) func(float64) (T, error) {
	bound := math.Ldexp(1, bits)
	return func(f float64) (T, error) {
		f = math.RoundToEven(f)
		if !(f >= -bound && f < bound) {
			return 0, outOfRange("%s out of range", name)
		}
		return T(f), nil
	}
}
