package pgfunctions

import (
	"errors"
	"math"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/sqlstate"
)

// blanks are what isspace() skips around a number.
const blanks = " \t\n\v\f\r"

func badSyntax(name, text string) error {
	return sqlstate.New(sqlstate.InvalidTextRepresentation, "invalid input syntax for type %s: \"%s\"", name, text)
}

// readInt reads an integer as int4in does: blanks, sign, decimal digits.
func readInt[T integer](name string, bits int) func(string) (T, error) {
	return func(text string) (T, error) {
		i, err := strconv.ParseInt(strings.Trim(text, blanks), 10, bits)
		switch {
		case errors.Is(err, strconv.ErrRange):
			return 0, outOfRange("value \"%s\" is out of range for type %s", text, name)
		case err != nil:
			return 0, badSyntax(name, text)
		}
		return T(i), nil
	}
}

// readOid reads an OID as oidin does: a number of 32 bits, with a sign or without.
func readOid(text string) (int64, error) {
	i, err := readInt[int64]("oid", 64)(text)
	if err == nil && (i < math.MinInt32 || i > math.MaxUint32) {
		err = outOfRange("value \"%s\" is out of range for type oid", text)
	}
	return i & math.MaxUint32, err
}

// readFloat reads a float as float8in does: what strtod takes, hexadecimal too.
func readFloat[T float](name string, bits int) func(string) (T, error) {
	return func(text string) (T, error) {
		s := strings.Trim(text, blanks)
		if strings.Contains(s, "_") {
			return 0, badSyntax(name, text)
		}
		if strings.ContainsAny(s, "xX") && !strings.ContainsAny(s, "pP") {
			s += "p0" // C does not ask for the exponent
		}
		f, err := strconv.ParseFloat(s, bits)
		switch {
		case errors.Is(err, strconv.ErrRange), err == nil && f == 0 && strings.ContainsAny(mantissa(s), "123456789"):
			return 0, outOfRange("\"%s\" is out of range for type %s", strings.Trim(text, blanks), name)
		case err != nil:
			return 0, badSyntax(name, text)
		}
		return T(f), nil
	}
}

func mantissa(s string) string {
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		return s[:i]
	}
	return s
}

// readBool reads a boolean as boolin does: any unambiguous prefix of a word.
func readBool(text string) (bool, error) {
	s := strings.ToLower(strings.Trim(text, blanks))
	for _, word := range []string{"true", "yes", "on", "1"} {
		if s != "" && strings.HasPrefix(word, s) && s != "o" {
			return true, nil
		}
	}
	for _, word := range []string{"false", "no", "off", "0"} {
		if s != "" && strings.HasPrefix(word, s) && s != "o" {
			return false, nil
		}
	}
	return false, badSyntax("boolean", text)
}

func textForms() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		duckdb.Func1("pg_int2_in", readInt[int16]("smallint", 16)),
		duckdb.Func1("pg_int4_in", readInt[int32]("integer", 32)),
		duckdb.Func1("pg_int8_in", readInt[int64]("bigint", 64)),
		duckdb.Func1("pg_oid_in", readOid),
		duckdb.Func1("pg_float8_in", readFloat[float64]("double precision", 64)),
		duckdb.Func1("pg_float4_in", readFloat[float32]("real", 32)),
		duckdb.Func1("pg_bool_in", readBool),
	}
}
