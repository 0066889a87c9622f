package duckdb

import (
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/sqlstate"
)

var testScalars = []ScalarFunction{
	Func0("t_zero", func() (int64, error) { return 7, nil }),
	Func1("t_upper", func(s string) (string, error) { return strings.ToUpper(s), nil }),
	Func1("t_len", func(s string) (int64, error) { return int64(len(s)), nil }),
	Func1("t_len", func(b []byte) (int64, error) { return -int64(len(b)), nil }),
	Func2("t_div", func(a, b int64) (int64, error) {
		if b == 0 {
			return 0, sqlstate.New(sqlstate.DivisionByZero, "division by zero")
		}
		return a / b, nil
	}),
	Func3("t_pick", func(c bool, a, b string) (string, error) {
		if a == b {
			return "", ErrNull
		} else if c {
			return a, nil
		}
		return b, nil
	}),
	Func1("t_panic", func(int64) (int64, error) { panic("oh") }),
	Func1("t_iv", func(i IntervalValue) (IntervalValue, error) { i.Days += i.Months; return i, nil }),
	Func4("t_four", func(a int16, b int32, c float64, d DateValue) (DateValue, error) {
		return d + DateValue(a) + DateValue(b) + DateValue(c), nil
	}),
	{Name: "t_nulls", Variadic: Varchar, Result: Integer, Nulls: true, Call: func(in *Arguments, out *Results) error {
		for i := range in.Rows {
			n := int32(0)
			for _, c := range in.Columns {
				if c.Null(i) {
					n++
				}
			}
			Put(out, n)
		}
		return nil
	}},
	{Name: "t_join", Params: []Type{ListOf(Varchar)}, Result: Varchar, Call: func(in *Arguments, out *Results) error {
		elements := in.Columns[0].Elements()
		for i := range in.Rows {
			if in.AnyNull(i) {
				out.PutNull()
				continue
			}
			first, n := in.Columns[0].List(i)
			var parts []string
			for j := first; j < first+n; j++ {
				if !elements.Null(j) {
					parts = append(parts, At[string](elements, j))
				}
			}
			Put(out, strings.Join(parts, "+"))
		}
		return nil
	}},
}

var testAggregates = []AggregateFunction{
	Aggregate1[big.Int, int64, string]("t_sum", Aggregate[big.Int, string]{
		Step: func(s *big.Int, in *Arguments, row int) error {
			s.Add(s, big.NewInt(At[int64](in.Columns[0], row)))
			return nil
		},
		Merge:  func(into, from *big.Int) error { into.Add(into, from); return nil },
		Result: func(s *big.Int) (string, error) { return s.String(), nil },
	}),
	Aggregate1[bool, int64, int64]("t_fail", Aggregate[bool, int64]{
		Step: func(*bool, *Arguments, int) error {
			return sqlstate.New(sqlstate.NumericValueOutOfRange, "too \x1f much")
		},
		Merge:  func(_, _ *bool) error { return nil },
		Result: func(*bool) (int64, error) { return 0, ErrNull },
	}),
}

func TestScalarFunctions(t *testing.T) {
	t.Parallel()
	e := open(t, Options{Scalars: testScalars})
	for sql, want := range map[string]string{
		"SELECT t_zero()": "7",
		"SELECT t_upper('abc'), t_upper('a text of more than twelve bytes'), t_upper(NULL), t_upper('')":                                   "ABC|A TEXT OF MORE THAN TWELVE BYTES|(null)|",
		"SELECT t_len('abc'), t_len('abc'::BLOB)":                                                                                          "3|-3",
		"SELECT sum(t_len('x' || i)) FROM range(10000) t(i)":                                                                               "48890",
		"SELECT count(t_upper(CASE WHEN i % 3 = 0 THEN 'a text of more than twelve bytes' || i END)) FROM range(10000) t(i)":               "3334",
		"SELECT min(t_upper('a text of more than twelve ' || i)), max(t_upper('a text of more than twelve ' || i)) FROM range(10000) t(i)": "A TEXT OF MORE THAN TWELVE 0|A TEXT OF MORE THAN TWELVE 9999",
		"SELECT t_pick(true, 'a', 'b'), t_pick(false, 'a', 'b'), t_pick(true, 'a', 'a')":                                                   "a|b|(null)",
		"SELECT t_iv(INTERVAL '2 months 1 day')::VARCHAR":                                                                                  "2 months 3 days",
		"SELECT t_four(1::SMALLINT, 2, 3.0, DATE '2020-01-01')::VARCHAR":                                                                   "2020-01-07",
		"SELECT t_nulls('a', NULL, 'b', NULL), t_nulls()":                                                                                  "2|0",
		"SELECT t_join(['a', NULL, 'b']), t_join([]), t_join(NULL)":                                                                        "a+b||(null)",
	} {
		wantRows(t, e, sql, nil, want)
	}
	wantError(t, e, "SELECT t_div(1, i) FROM range(3) t(i)", "22012", "division by zero")
	wantError(t, e, "SELECT t_div(1, 0)", "22012", "division by zero")
	wantError(t, e, "SELECT t_panic(1)", "XX000", "duckdb: panic: oh")
}

func TestAggregateFunctions(t *testing.T) {
	t.Parallel()
	e := open(t, Options{Aggregates: testAggregates, Threads: 4})
	for sql, want := range map[string]string{
		"SELECT t_sum(i) FROM range(100000) t(i)":                                                                                                       "4999950000",
		"SELECT t_sum(i), t_sum(i) FILTER (i < 10) FROM range(0) t(i)":                                                                                  "0|0",
		"SELECT t_sum(DISTINCT i % 10), t_sum(NULLIF(i, 5)) FROM range(1000) t(i)":                                                                      "45|499495",
		"SELECT count(*), t_sum(s::BIGINT) FROM (SELECT t_sum(i) AS s FROM range(1000000) t(i) GROUP BY i % 50000)":                                     "50000|499999500000",
		"SELECT t_sum(s::BIGINT), max(s) FROM (SELECT t_sum(i) OVER (ORDER BY i ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING) AS s FROM range(10000) t(i))": "199950004|9998",
		"SELECT t_sum(x) FROM (SELECT unnest([1, NULL, 3])::BIGINT AS x)":                                                                               "4",
	} {
		wantRows(t, e, sql, nil, want)
	}
	for _, h := range e.handles {
		if a, ok := h.Value().(*aggregate); ok && a.Name == "t_sum" {
			if sums := a.table.(*table[big.Int, string]); uint64(len(sums.idle)) != sums.next {
				t.Errorf("%d of %d states are free", len(sums.idle), sums.next)
			}
		}
	}
	wantError(t, e, "SELECT t_fail(i) FROM range(3) t(i)", "22003", "too   much")
}

func BenchmarkScalarFunction(b *testing.B) {
	e := open(b, Options{Scalars: testScalars})
	const n = 1000000
	for _, f := range []string{"t_div(i, 3)", "i // 3", "t_upper(s)", "upper(s)"} {
		b.Run(f, func(b *testing.B) {
			for b.Loop() {
				stream := one(numberStream(memory.DefaultAllocator, 0, 0))
				sql := fmt.Sprintf("SELECT count(%s) FROM (SELECT i, 'text of row' || (i %% 1000) AS s FROM range(%d) t(i))", f, n)
				if _, err := rows(b, e, sql, stream); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}
