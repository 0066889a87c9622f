package pgfunctions

import (
	"unsafe"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/numeric"
	"github.com/sluicemesh/sluice/sqlstate"
)

// scratch holds one result's text until it is copied out.
type scratch [64]byte

// view gives bytes as a string without copying; Put copies them at once.
func view(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// number1 makes a function of one number. Text is appended to a buffer that all
// rows share: no allocation for ordinary numbers.
func number1(name string, f func(numeric.Number) (numeric.Number, error)) duckdb.ScalarFunction {
	return eachNumber(name, nil, func(in *duckdb.Arguments, row int, a numeric.Number) (numeric.Number, error) { return f(a) })
}

// number2 makes a function of two numbers.
func number2(name string, f func(a, b numeric.Number) (numeric.Number, error)) duckdb.ScalarFunction {
	return eachNumber(name, []duckdb.Type{duckdb.Varchar}, func(in *duckdb.Arguments, row int, a numeric.Number) (numeric.Number, error) {
		b, err := numeric.Parse(duckdb.At[string](in.Columns[1], row))
		if err != nil {
			return b, err
		}
		return f(a, b)
	})
}

// numberInt makes a function of a number and an integer.
func numberInt(name string, f func(numeric.Number, int32) (numeric.Number, error)) duckdb.ScalarFunction {
	return eachNumber(name, []duckdb.Type{duckdb.Integer}, func(in *duckdb.Arguments, row int, a numeric.Number) (numeric.Number, error) {
		return f(a, duckdb.At[int32](in.Columns[1], row))
	})
}

// numberInt2 makes a function of a number and two integers.
func numberInt2(name string, f func(numeric.Number, int32, int32) (numeric.Number, error)) duckdb.ScalarFunction {
	return eachNumber(name, []duckdb.Type{duckdb.Integer, duckdb.Integer}, func(in *duckdb.Arguments, row int, a numeric.Number) (numeric.Number, error) {
		return f(a, duckdb.At[int32](in.Columns[1], row), duckdb.At[int32](in.Columns[2], row))
	})
}

// eachNumber makes a strict function from a number and further arguments to a number.
func eachNumber(name string, further []duckdb.Type, f func(in *duckdb.Arguments, row int, a numeric.Number) (numeric.Number, error)) duckdb.ScalarFunction {
	params := append([]duckdb.Type{duckdb.Varchar}, further...)
	return duckdb.ScalarFunction{Name: name, Params: params, Result: duckdb.Varchar, Call: func(in *duckdb.Arguments, out *duckdb.Results) error {
		var buffer scratch
		for row := range in.Rows {
			if in.AnyNull(row) {
				out.PutNull()
				continue
			}
			a, err := numeric.Parse(duckdb.At[string](in.Columns[0], row))
			if err == nil {
				a, err = f(in, row, a)
			}
			if err != nil {
				return err
			}
			duckdb.Put(out, view(a.Append(buffer[:0])))
		}
		return nil
	}}
}

// fromNumber makes a function from a number to another type.
func fromNumber[R duckdb.Value](name string, f func(numeric.Number) (R, error)) duckdb.ScalarFunction {
	return duckdb.Func1(name, func(text string) (R, error) {
		n, err := numeric.Parse(text)
		if err != nil {
			var none R
			return none, err
		}
		return f(n)
	})
}

// total makes a function that cannot fail into one that may.
func total(f func(numeric.Number) numeric.Number) func(numeric.Number) (numeric.Number, error) {
	return func(n numeric.Number) (numeric.Number, error) { return f(n), nil }
}

func numericArithmetic() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		number1("pg_numeric_in", func(n numeric.Number) (numeric.Number, error) { return n, nil }),
		number2("pg_numeric_add", numeric.Add),
		number2("pg_numeric_sub", numeric.Sub),
		number2("pg_numeric_mul", numeric.Mul),
		number2("pg_numeric_div", numeric.Div),
		number2("pg_numeric_mod", numeric.Mod),
		number2("pg_numeric_quo", numeric.QuoInt),
		number2("pg_numeric_gcd", numeric.GCD),
		number2("pg_numeric_lcm", numeric.LCM),
		number2("pg_numeric_power", numeric.Power),
		number2("pg_numeric_log", numeric.LogBase),
		number1("pg_numeric_neg", total(numeric.Neg)),
		number1("pg_numeric_abs", total(numeric.Abs)),
		number1("pg_numeric_sign", total(numeric.Sign)),
		number1("pg_numeric_trim_scale", total(numeric.TrimScale)),
		number1("pg_numeric_ceil", numeric.Ceil),
		number1("pg_numeric_floor", numeric.Floor),
		number1("pg_numeric_sqrt", numeric.Sqrt),
		number1("pg_numeric_exp", numeric.Exp),
		number1("pg_numeric_ln", numeric.Ln),
		number1("pg_numeric_log10", func(n numeric.Number) (numeric.Number, error) { return numeric.LogBase(numeric.FromInt(10), n) }),
		numberInt("pg_numeric_round", numeric.Round),
		numberInt("pg_numeric_trunc", numeric.Trunc),
		numberInt2("pg_numeric_apply_typmod", numeric.ApplyTypmod),
		numberInt2("pg_numeric_decimal", decimal),
	}
}

func numericCasts() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		fromNumber("pg_numeric_scale", func(n numeric.Number) (int32, error) { return finiteScale(n, n.Scale()) }),
		fromNumber("pg_numeric_min_scale", func(n numeric.Number) (int32, error) { return finiteScale(n, numeric.MinScale(n)) }),
		fromNumber("pg_numeric_key", func(n numeric.Number) ([]byte, error) { return numeric.AppendSortKey(nil, n), nil }),
		fromNumber("pg_numeric_to_float8", func(n numeric.Number) (float64, error) { return numeric.ToFloat(n, 64, "double precision") }),
		fromNumber("pg_numeric_to_float4", toFloat4),
		fromNumber("pg_numeric_to_int8", func(n numeric.Number) (int64, error) { return numeric.ToInt(n, 64, "bigint") }),
		fromNumber("pg_numeric_to_int4", toInt4),
		fromNumber("pg_numeric_to_int2", toInt2),
		duckdb.Func2("pg_numeric_cmp", compare),
		duckdb.Func1("pg_numeric_from_float8", func(f float64) (string, error) { return fromFloat(f, 15) }),
		duckdb.Func1("pg_numeric_from_float4", func(f float32) (string, error) { return fromFloat(float64(f), 6) }),
	}
}

func finiteScale(n numeric.Number, scale int32) (int32, error) {
	if !n.IsFinite() {
		return 0, duckdb.ErrNull
	}
	return scale, nil
}

func toFloat4(n numeric.Number) (float32, error) {
	f, err := numeric.ToFloat(n, 32, "real")
	return float32(f), err
}

func toInt4(n numeric.Number) (int32, error) {
	i, err := numeric.ToInt(n, 32, "integer")
	return int32(i), err
}

func toInt2(n numeric.Number) (int16, error) {
	i, err := numeric.ToInt(n, 16, "smallint")
	return int16(i), err
}

func compare(a, b string) (int32, error) {
	x, err := numeric.Parse(a)
	if err != nil {
		return 0, err
	}
	y, err := numeric.Parse(b)
	return int32(numeric.Compare(x, y)), err
}

func fromFloat(f float64, digits int) (string, error) {
	n, err := numeric.FromFloat(f, digits)
	return n.String(), err
}

// decimal is a numeric(p,s) that a Decimal128 can hold.
func decimal(n numeric.Number, precision, scale int32) (numeric.Number, error) {
	n, err := numeric.ApplyTypmod(n, precision, scale)
	if err == nil && !n.IsFinite() {
		err = sqlstate.Unsupported("NaN in numeric(%d,%d)", precision, scale)
	}
	return n, err
}
