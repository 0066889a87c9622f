package pgfunctions

import (
	"math"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/sqlstate"
)

func divisionByZero() error { return sqlstate.New(sqlstate.DivisionByZero, "division by zero") }

func outOfRange(format string, args ...any) error {
	return sqlstate.New(sqlstate.NumericValueOutOfRange, format, args...)
}

type integer interface{ int16 | int32 | int64 }

// divide gives a / b towards zero; -a overflows exactly when a is the type's lowest.
func divide[T integer](name string) func(a, b T) (T, error) {
	return func(a, b T) (T, error) {
		switch {
		case b == 0:
			return 0, divisionByZero()
		case b == -1 && a != 0 && a == -a:
			return 0, outOfRange("%s out of range", name)
		}
		return a / b, nil
	}
}

func modulo[T integer](a, b T) (T, error) {
	if b == 0 {
		return 0, divisionByZero()
	}
	return a % b, nil
}

func negate[T integer](name string) func(T) (T, error) {
	return func(a T) (T, error) {
		if a != 0 && a == -a {
			return 0, outOfRange("%s out of range", name)
		}
		return -a, nil
	}
}

func absolute[T integer](name string) func(T) (T, error) {
	minus := negate[T](name)
	return func(a T) (T, error) {
		if a < 0 {
			return minus(a)
		}
		return a, nil
	}
}

func integers() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func2("pg_div_int2", divide[int16]("smallint")),
		duckdb.Func2("pg_div_int4", divide[int32]("integer")),
		duckdb.Func2("pg_div_int8", divide[int64]("bigint")),
		duckdb.Func2("pg_mod_int2", modulo[int16]),
		duckdb.Func2("pg_mod_int4", modulo[int32]),
		duckdb.Func2("pg_mod_int8", modulo[int64]),
		duckdb.Func1("pg_neg_int2", negate[int16]("smallint")),
		duckdb.Func1("pg_neg_int4", negate[int32]("integer")),
		duckdb.Func1("pg_neg_int8", negate[int64]("bigint")),
		duckdb.Func1("pg_abs_int2", absolute[int16]("smallint")),
		duckdb.Func1("pg_abs_int4", absolute[int32]("integer")),
		duckdb.Func1("pg_abs_int8", absolute[int64]("bigint")),
	}
}

type float interface{ float32 | float64 }

func isInf[T float](f T) bool { return math.IsInf(float64(f), 0) }
func isNaN[T float](f T) bool { return f != f }

func floatOverflow() error  { return outOfRange("value out of range: overflow") }
func floatUnderflow() error { return outOfRange("value out of range: underflow") }

// The rules of float.h: an infinity that no operand had is an overflow, a zero that
// no operand had an underflow.
func addFloat[T float](a, b T) (T, error) {
	sum := a + b
	if isInf(sum) && !isInf(a) && !isInf(b) {
		return 0, floatOverflow()
	}
	return sum, nil
}

func subFloat[T float](a, b T) (T, error) { return addFloat(a, -b) }

func mulFloat[T float](a, b T) (T, error) {
	product := a * b
	switch {
	case isInf(product) && !isInf(a) && !isInf(b):
		return 0, floatOverflow()
	case product == 0 && a != 0 && b != 0:
		return 0, floatUnderflow()
	}
	return product, nil
}

func divFloat[T float](a, b T) (T, error) {
	if b == 0 && !isNaN(a) {
		return 0, divisionByZero()
	}
	quotient := a / b
	switch {
	case isInf(quotient) && !isInf(a):
		return 0, floatOverflow()
	case quotient == 0 && a != 0 && !isInf(b):
		return 0, floatUnderflow()
	}
	return quotient, nil
}

func floats() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func2("pg_add_float8", addFloat[float64]),
		duckdb.Func2("pg_sub_float8", subFloat[float64]),
		duckdb.Func2("pg_mul_float8", mulFloat[float64]),
		duckdb.Func2("pg_div_float8", divFloat[float64]),
		duckdb.Func2("pg_add_float4", addFloat[float32]),
		duckdb.Func2("pg_sub_float4", subFloat[float32]),
		duckdb.Func2("pg_mul_float4", mulFloat[float32]),
		duckdb.Func2("pg_div_float4", divFloat[float32]),
		duckdb.Func1("pg_round_float8", func(f float64) (float64, error) { return math.RoundToEven(f), nil }),
		duckdb.Func1("pg_float8_to_float4", narrow),
		duckdb.Func2("pg_check_exp", checkExp),
		duckdb.Func3("pg_check_power", checkPower),
	}
}

func narrow(f float64) (float32, error) {
	n := float32(f)
	switch {
	case isInf(n) && !isInf(f):
		return 0, floatOverflow()
	case n == 0 && f != 0:
		return 0, floatUnderflow()
	}
	return n, nil
}

// checkExp judges result = exp(a) as dexp in float.c does.
func checkExp(result, a float64) (float64, error) {
	switch {
	case isInf(a) || isNaN(a):
		return result, nil
	case isInf(result):
		return 0, floatOverflow()
	case result == 0:
		return 0, floatUnderflow()
	}
	return result, nil
}

// checkPower judges result = pow(a, b) as dpow in float.c does.
func checkPower(result, a, b float64) (float64, error) {
	whole := math.Floor(b) == b
	switch {
	case isNaN(a) || isNaN(b):
		return math.Pow(a, b), nil // only NaN, or 1 by the rule that pow(1, NaN) and pow(NaN, 0) are 1
	case a == 0 && b < 0:
		return 0, sqlstate.New(sqlstate.InvalidArgumentForPower, "zero raised to a negative power is undefined")
	case a < 0 && !whole:
		return 0, sqlstate.New(sqlstate.InvalidArgumentForPower, "a negative number raised to a non-integer power yields a complex result")
	case isInf(a) || isInf(b):
		return result, nil
	case isInf(result):
		return 0, floatOverflow()
	case result == 0 && a != 0:
		return 0, floatUnderflow()
	}
	return result, nil
}
