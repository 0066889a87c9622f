package pgfunctions

import (
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgbits"
)

// bitStrings are functions of bit strings, which stand as VARCHAR of 0 and 1.
//
//	pg_bits_in(VARCHAR), pg_bits_fit(VARCHAR, INTEGER, BOOLEAN fill), pg_bits_and|or|xor(VARCHAR, VARCHAR), pg_bits_not(VARCHAR)
//	pg_bits_shift(VARCHAR, INTEGER left), pg_bits_substring(VARCHAR, start [, length]), pg_bits_position(part, VARCHAR) INTEGER
//	pg_bits_overlay(VARCHAR, part, start, length), pg_bits_get(VARCHAR, n) INTEGER, pg_bits_set(VARCHAR, n, bit), pg_bits_count(VARCHAR) BIGINT
//	pg_bits_of(BIGINT, length), pg_bits_to_int4(VARCHAR) INTEGER, pg_bits_to_int8(VARCHAR) BIGINT
func bitStrings() []duckdb.ScalarFunction {
	combine := func(name string, operator byte) duckdb.ScalarFunction {
		return duckdb.Func2("pg_bits_"+name, func(a, b string) (string, error) { return pgbits.Combine(operator, a, b) })
	}
	return []duckdb.ScalarFunction{
		duckdb.Func1("pg_bits_in", pgbits.Parse),
		duckdb.Func3("pg_bits_fit", func(s string, n int32, fill bool) (string, error) { return pgbits.Fit(s, int(n), fill), nil }),
		combine("and", '&'), combine("or", '|'), combine("xor", '#'),
		duckdb.Func1("pg_bits_not", func(s string) (string, error) { return pgbits.Not(s), nil }),
		duckdb.Func2("pg_bits_shift", func(s string, n int32) (string, error) { return pgbits.Shift(s, n), nil }),
		duckdb.Func3("pg_bits_substring", pgbits.Substring),
		duckdb.Func2("pg_bits_substring", func(s string, from int32) (string, error) { return pgbits.From(s, from), nil }),
		duckdb.Func2("pg_bits_position", func(part, s string) (int32, error) { return pgbits.Position(part, s), nil }),
		duckdb.Func4("pg_bits_overlay", pgbits.Overlay),
		duckdb.Func2("pg_bits_get", pgbits.Bit),
		duckdb.Func3("pg_bits_set", pgbits.SetBit),
		duckdb.Func1("pg_bits_count", func(s string) (int64, error) {
			n := int64(0)
			for i := range len(s) {
				n += int64(s[i] - '0')
			}
			return n, nil
		}),
		duckdb.Func2("pg_bits_of", func(v int64, n int32) (string, error) { return pgbits.FromInteger(v, n), nil }),
		duckdb.Func1("pg_bits_to_int4", func(s string) (int32, error) {
			n, err := pgbits.ToInteger(s, 32, "integer")
			return int32(n), err
		}),
		duckdb.Func1("pg_bits_to_int8", func(s string) (int64, error) { return pgbits.ToInteger(s, 64, "bigint") }),
	}
}

// bitAggregates are bit_and, bit_or and bit_xor of bit strings, which all have one length.
func bitAggregates() []duckdb.AggregateFunction {
	combined := func(name string, operator byte) duckdb.AggregateFunction {
		add := func(s *combinedBits, more string) (err error) {
			if !s.any {
				*s = combinedBits{true, more}
				return nil
			}
			s.bits, err = pgbits.Combine(operator, s.bits, more)
			return err
		}
		return duckdb.Aggregate1[combinedBits, string, string](name, duckdb.Aggregate[combinedBits, string]{
			Step: func(s *combinedBits, in *duckdb.Arguments, row int) error {
				return add(s, string([]byte(duckdb.At[string](in.Columns[0], row)))) // a view of the engine's memory
			},
			Merge: func(into, from *combinedBits) error {
				if !from.any {
					return nil
				}
				return add(into, from.bits)
			},
			Result: func(s *combinedBits) (string, error) {
				if !s.any {
					return "", duckdb.ErrNull
				}
				return s.bits, nil
			},
		})
	}
	return []duckdb.AggregateFunction{combined("pg_bits_agg_and", '&'), combined("pg_bits_agg_or", '|'), combined("pg_bits_agg_xor", '#')}
}

type combinedBits struct {
	any  bool
	bits string
}
