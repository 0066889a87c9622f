package pgfunctions

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/sqlstate"
)

var seed = flag.Uint64("seed", 1, "seed of the random operands")

// both runs the same idea on the local engine and on PostgreSQL.
type both struct {
	engine   *duckdb.Engine
	postgres *pgx.Conn
}

func newBoth(t *testing.T) both {
	t.Helper()
	engine, err := duckdb.Open(duckdb.Options{Scalars: Scalars(), Aggregates: Aggregates(), Setup: Setup()})
	if err != nil {
		t.Fatal(err)
	}
	postgres, err := pgx.Connect(context.Background(), testservers.Postgres(t).NewDatabase(t).DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		postgres.Close(context.Background())
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return both{engine, postgres}
}

func (b both) local(sql string) string {
	r, err := b.engine.Query(context.Background(), "SELECT CAST(("+sql+") AS VARCHAR)", nil)
	if err != nil {
		return failure(sqlstate.From(err))
	}
	defer r.Release()
	out := ""
	for r.Next() {
		out += strings.Clone(r.RecordBatch().Column(0).(*array.String).ValueStr(0))
	}
	if r.Err() != nil {
		return failure(sqlstate.From(r.Err()))
	}
	return strings.Replace(out, "(null)", "NULL", 1)
}

func failure(e *sqlstate.Error) string {
	if e.Detail != "" {
		return string(e.Code) + " " + e.Message + " / " + e.Detail
	}
	return string(e.Code) + " " + e.Message
}

func (b both) remote(sql string) string {
	var out *string
	err := b.postgres.QueryRow(context.Background(), "SELECT ("+sql+")::text").Scan(&out)
	var stated *pgconn.PgError
	if errors.As(err, &stated) {
		return stated.Code + " " + stated.Message
	}
	switch {
	case err != nil:
		return err.Error()
	case out == nil:
		return "NULL"
	}
	return *out
}

// same compares answers; details of errors are compared by the numeric package.
func (b both) same(t *testing.T, local, remote string) {
	t.Helper()
	ours, theirs := b.local(local), b.remote(remote)
	ours, _, _ = strings.Cut(ours, " / ")
	if ours != theirs {
		t.Errorf("%s = %s\n%s = %s", local, ours, remote, theirs)
	}
}

func TestFunctionsLikePostgres(t *testing.T) {
	t.Parallel()
	b := newBoth(t)
	values := []string{"0", "1.50", "-7.25", "3", "NaN", "Infinity", "123456789012345678901234567890.5", "0.0001", "32768", "x"}
	for _, x := range values {
		for local, remote := range map[string]string{
			"neg": "- %s", "abs": "abs(%s)", "ceil": "ceil(%s)", "floor": "floor(%s)", "sign": "sign(%s)", "sqrt": "sqrt(%s)", "ln": "ln(%s)", "log10": "log(%s)",
			"trim_scale": "trim_scale(%s)", "scale": "scale(%s)", "min_scale": "min_scale(%s)", "to_int8": "%s::bigint", "to_int4": "%s::integer", "to_int2": "%s::smallint",
			"to_float8": "%s::float8::numeric", "to_float4": "%s::float4::numeric", "in": "%s",
		} {
			sql := "pg_numeric_" + local + "('" + x + "')"
			if strings.HasPrefix(local, "to_float") {
				sql = "pg_numeric_from_float" + local[8:] + "(" + sql + ")"
			}
			b.same(t, sql, fmt.Sprintf(remote, "'"+x+"'::numeric"))
		}
		b.same(t, "pg_numeric_round('"+x+"', 1)", "round('"+x+"'::numeric, 1)")
		b.same(t, "pg_numeric_apply_typmod('"+x+"', 5, 2)", "'"+x+"'::numeric(5,2)")
		for _, y := range values {
			for local, op := range map[string]string{"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%"} {
				b.same(t, "pg_numeric_"+local+"('"+x+"', '"+y+"')", "'"+x+"'::numeric "+op+" '"+y+"'::numeric")
			}
		}
	}
	b.same(t, "pg_numeric_add('1', NULL)", "1.0 + NULL::numeric")
	if got := b.local("pg_numeric_decimal('NaN', 5, 2)"); got != "0A000 NaN in numeric(5,2) is not supported" {
		t.Error(got)
	}
}

func TestIntegersAndFloatsLikePostgres(t *testing.T) {
	t.Parallel()
	b := newBoth(t)
	types := map[string]struct{ duckdb, low string }{"int2": {"SMALLINT", "-32768"}, "int4": {"INTEGER", "-2147483648"}, "int8": {"BIGINT", "-9223372036854775808"}}
	for name, kind := range types {
		for _, x := range []string{kind.low, "7", "-7", "0"} {
			for _, y := range []string{"-1", "0", "2", "-3"} {
				b.same(t, fmt.Sprintf("pg_div_%s('%s'::%s, '%s'::%s)", name, x, kind.duckdb, y, kind.duckdb), fmt.Sprintf("'%s'::%s / '%s'::%s", x, name, y, name))
				b.same(t, fmt.Sprintf("pg_mod_%s('%s'::%s, '%s'::%s)", name, x, kind.duckdb, y, kind.duckdb), fmt.Sprintf("'%s'::%s %% '%s'::%s", x, name, y, name))
				for _, op := range []string{"+", "-", "*"} {
					b.same(t, fmt.Sprintf("'%s'::%s %s '%s'::%s", x, kind.duckdb, op, y, kind.duckdb), fmt.Sprintf("'%s'::%s %s '%s'::%s", x, name, op, y, name))
				}
			}
			b.same(t, fmt.Sprintf("pg_neg_%s('%s'::%s)", name, x, kind.duckdb), fmt.Sprintf("- '%s'::%s", x, name))
			b.same(t, fmt.Sprintf("pg_abs_%s('%s'::%s)", name, x, kind.duckdb), fmt.Sprintf("abs('%s'::%s)", x, name))
			b.same(t, fmt.Sprintf("pg_%s_in(' %s ')", name, x), fmt.Sprintf("' %s '::%s", x, name))
		}
		for _, text := range []string{"1.5", "", "x", "99999999999999999999", "+5", "1e3", "1 2", "0x1", "-", "1_0"} {
			b.same(t, fmt.Sprintf("pg_%s_in('%s')", name, text), fmt.Sprintf("'%s'::%s", text, name))
		}
	}
	floats := []string{"0", "1e300", "-1e300", "1e-300", "3", "-0", "Infinity", "NaN", "-2.5", "0.5"}
	for _, x := range floats {
		for _, y := range floats {
			for name, op := range map[string]string{"add": "+", "sub": "-", "mul": "*", "div": "/", "power": "^"} {
				b.same(t, fmt.Sprintf("pg_float8_out(pg_%s_float8('%s'::DOUBLE, '%s'::DOUBLE), '')", name, x, y), fmt.Sprintf("'%s'::float8 %s '%s'::float8", x, op, y))
			}
		}
		b.same(t, "pg_float8_out(pg_exp_float8('"+x+"'::DOUBLE), '')", "exp('"+x+"'::float8)")
		b.same(t, "pg_float8_out(pg_round_float8('"+x+"'::DOUBLE), '')", "round('"+x+"'::float8)")
		b.same(t, "pg_float4_out(pg_float8_to_float4('"+x+"'::DOUBLE), '')", "'"+x+"'::float8::float4")
	}
	for _, text := range []string{"1.5", "", " 12 ", "1e400", "1e-400", "inf", "-Infinity", "nan", "1e5", ".5", "5.", "x", "1e", "0x10", "1_0", "+3", "0e5", "1e38", "1e39", "1e-46"} {
		b.same(t, "pg_float8_out(pg_float8_in('"+text+"'), '')", "'"+text+"'::float8")
		b.same(t, "pg_float4_out(pg_float4_in('"+text+"'), '')", "'"+text+"'::float4")
		b.same(t, "pg_bool_in('"+text+"')", "'"+text+"'::bool")
	}
	for _, text := range []string{"t", "TRUE", "tr", "y", "yes", "on", "o", "of", "off", "n", "f", "fals", "0", "1", "10", "truee", " true "} {
		b.same(t, "pg_bool_in('"+text+"')", "'"+text+"'::bool")
	}
}

func TestFloatTextLikePostgres(t *testing.T) {
	t.Parallel()
	b := newBoth(t)
	r := rand.New(rand.NewPCG(*seed, 4))
	t.Logf("seed %d", *seed)
	for range 200 {
		x := fmt.Sprintf("%d.%de%d", r.IntN(1000)-500, r.IntN(1000000), r.IntN(50)-25)
		b.same(t, "pg_float8_out('"+x+"'::DOUBLE, '')", "'"+x+"'::float8")
		b.same(t, "pg_float4_out('"+x+"'::FLOAT, '')", "'"+x+"'::float4")
	}
}

func TestAggregatesLikePostgres(t *testing.T) {
	t.Parallel()
	b := newBoth(t)
	r := rand.New(rand.NewPCG(*seed, 5))
	for _, n := range []int{0, 1, 2, 100, 5000} {
		rows := []string{"(NULL)"}
		for range n {
			rows = append(rows, fmt.Sprintf("('%d.%0*d')", r.IntN(2000000)-1000000, 1+r.IntN(6), r.IntN(1000)))
		}
		values := "(VALUES " + strings.Join(rows, ",") + ") t(x)"
		for local, remote := range map[string]string{"sum": "sum", "avg": "avg", "var_samp": "var_samp", "var_pop": "var_pop", "stddev_samp": "stddev_samp", "stddev_pop": "stddev_pop"} {
			b.same(t, "SELECT pg_numeric_"+local+"(x) FROM "+values, "SELECT "+remote+"(x::numeric) FROM "+values)
		}
		b.same(t, "SELECT pg_numeric_trim_scale(pg_numeric_min(x)) || ' ' || pg_numeric_trim_scale(pg_numeric_max(x)) FROM "+values,
			"SELECT trim_scale(min(x::numeric)) || ' ' || trim_scale(max(x::numeric)) FROM "+values)
		b.same(t, "SELECT string_agg(pg_numeric_trim_scale(x), ' ' ORDER BY pg_numeric_key(x)) FROM "+values,
			"SELECT string_agg(trim_scale(x::numeric)::text, ' ' ORDER BY x::numeric) FROM "+values)
		b.same(t, "SELECT count(DISTINCT pg_numeric_key(x)) FROM "+values, "SELECT count(DISTINCT x::numeric) FROM "+values)
	}
}

func TestDecimalText(t *testing.T) {
	t.Parallel()
	b := newBoth(t)
	for _, c := range [][3]string{{"0.5", "4", "2"}, {"-0.05", "4", "4"}, {"-0.5", "38", "10"}, {"0", "5", "3"}, {"12345", "18", "0"}, {"99999999999999999999999999999999999999", "38", "0"}} {
		b.same(t, fmt.Sprintf("pg_numeric_in(CAST(CAST(pg_numeric_decimal('%s', %s, %s) AS DECIMAL(%s,%s)) AS VARCHAR))", c[0], c[1], c[2], c[1], c[2]),
			fmt.Sprintf("'%s'::numeric(%s,%s)", c[0], c[1], c[2]))
	}
}

func BenchmarkNumeric(b *testing.B) {
	engine, err := duckdb.Open(duckdb.Options{Scalars: Scalars(), Aggregates: Aggregates(), Setup: Setup()})
	if err != nil {
		b.Fatal(err)
	}
	defer engine.Close()
	const n = 200000
	for _, f := range []string{"count(pg_numeric_add(x, x))", "count(pg_numeric_mul(x, x))", "count(pg_numeric_div(x, '7'))", "count(pg_numeric_key(x))", "pg_numeric_sum(x)", "pg_numeric_avg(x)"} {
		b.Run(f, func(b *testing.B) {
			for b.Loop() {
				r, err := engine.Query(context.Background(), fmt.Sprintf("SELECT %s FROM (SELECT i || '.25' AS x FROM range(%d) t(i))", f, n), nil)
				if err != nil {
					b.Fatal(err)
				}
				for r.Next() {
				}
				r.Release()
			}
			b.ReportMetric(float64(b.N*n)/b.Elapsed().Seconds()/1e6, "Mrows/s")
		})
	}
}
