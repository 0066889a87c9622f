package numeric

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/sqlstate"
)

var (
	seed  = flag.Uint64("seed", 1, "seed of the random operands")
	count = flag.Int("count", 400, "random operands for each operation")
)

// oracle answers expressions as PostgreSQL does: the text, or SQLSTATE and message.
type oracle struct{ connection *pgx.Conn }

func newOracle(t *testing.T) oracle {
	t.Helper()
	database := testservers.Postgres(t).NewDatabase(t)
	database.Exec(t, `CREATE FUNCTION try(e text) RETURNS text LANGUAGE plpgsql AS $$
		DECLARE r text;
		BEGIN EXECUTE 'SELECT (' || e || ')::text' INTO r; RETURN coalesce(r, 'NULL');
		EXCEPTION WHEN OTHERS THEN RETURN SQLSTATE || ' ' || SQLERRM; END $$`)
	connection, err := pgx.Connect(context.Background(), database.DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close(context.Background()) })
	return oracle{connection}
}

func (o oracle) answers(t *testing.T, expressions []string) []string {
	t.Helper()
	rows, err := o.connection.Query(context.Background(), "SELECT try(e) FROM unnest($1::text[]) WITH ORDINALITY AS u(e, n) ORDER BY n", expressions)
	if err != nil {
		t.Fatal(err)
	}
	answers, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return answers
}

// operation is one thing both sides compute: SQL with %s for the operands.
type operation struct {
	sql  string
	args int
	ours func(a []Number) (any, error)
}

func number(f func(a []Number) (Number, error)) func([]Number) (any, error) {
	return func(a []Number) (any, error) { return f(a) }
}

func monadic(sql string, f func(Number) (Number, error)) operation {
	return operation{sql, 1, number(func(a []Number) (Number, error) { return f(a[0]) })}
}

func dyadic(sql string, f func(a, b Number) (Number, error)) operation {
	return operation{sql, 2, number(func(a []Number) (Number, error) { return f(a[0], a[1]) })}
}

func toInt(name string, bits int) operation {
	return operation{"%s::" + name, 1, func(a []Number) (any, error) { return ToInt(a[0], bits, name) }}
}

var operations = []operation{
	dyadic("%s + %s", Add), dyadic("%s - %s", Sub), dyadic("%s * %s", Mul), dyadic("%s / %s", Div), dyadic("%s %% %s", Mod),
	dyadic("div(%s, %s)", QuoInt), dyadic("gcd(%s, %s)", GCD), dyadic("lcm(%s, %s)", LCM),
	monadic("-%s", func(n Number) (Number, error) { return Neg(n), nil }),
	monadic("abs(%s)", func(n Number) (Number, error) { return Abs(n), nil }),
	monadic("sign(%s)", func(n Number) (Number, error) { return Sign(n), nil }),
	monadic("trim_scale(%s)", func(n Number) (Number, error) { return TrimScale(n), nil }),
	monadic("ceil(%s)", Ceil), monadic("floor(%s)", Floor), monadic("sqrt(%s)", Sqrt),
	monadic("round(%s, 2)", func(n Number) (Number, error) { return Round(n, 2) }),
	monadic("round(%s, -3)", func(n Number) (Number, error) { return Round(n, -3) }),
	monadic("trunc(%s, 1)", func(n Number) (Number, error) { return Trunc(n, 1) }),
	monadic("trunc(%s, -2)", func(n Number) (Number, error) { return Trunc(n, -2) }),
	monadic("%s::numeric(10,3)", func(n Number) (Number, error) { return ApplyTypmod(n, 10, 3) }),
	monadic("%s::numeric(3,5)", func(n Number) (Number, error) { return ApplyTypmod(n, 3, 5) }),
	monadic("%s::numeric(4,-2)", func(n Number) (Number, error) { return ApplyTypmod(n, 4, -2) }),
	monadic("%s::numeric(5,5)", func(n Number) (Number, error) { return ApplyTypmod(n, 5, 5) }),
	toInt("smallint", 16), toInt("integer", 32), toInt("bigint", 64),
	{"sign(((%s) - (%s))::float8) * 0 + CASE WHEN %[1]s < %[2]s THEN -1 WHEN %[1]s > %[2]s THEN 1 ELSE 0 END", 2, nil},
	monadic("exp(%s)", Exp), monadic("ln(%s)", Ln), monadic("log(%s)", func(n Number) (Number, error) { return LogBase(FromInt(10), n) }),
	dyadic("log(%s, %s)", LogBase), dyadic("power(%s, %s)", Power),
}

var edges = []string{
	"0", "0.00", "1", "-1", "1.0", "10", "0.1", "0.5", "-0.5", "1.5", "2.5", "-2.5", "NaN", "Infinity", "-Infinity", "9999", "10000", "99999999", "100000000.0000",
	"0.0001", "0.00001", "0.9", "1.1", "0.99999999", "1.00000001", "32767.5", "32767.4", "-32768.5", "2147483647.5", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
	"-9223372036854775808.5", "9223372036854775807.4", "123456789012345678901234567890.123456789", "0.000000000000000000000000000001", "4", "2", "3", "1000", "5999", "6000", "-6000", "0.999", "9999999.9995", "0.009999",
}

// operand makes a random number: few or many digits, any scale.
func operand(r *rand.Rand) string {
	if r.IntN(4) == 0 {
		return edges[r.IntN(len(edges))]
	}
	digits := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte('0' + r.IntN(10))
		}
		return string(b)
	}
	size := []int{3, 8, 20, 45}[r.IntN(4)]
	s := digits(1 + r.IntN(size))
	if r.IntN(3) > 0 {
		s += "." + strings.Repeat("0", r.IntN(2)*r.IntN(12)) + digits(1+r.IntN(size))
	}
	if r.IntN(3) == 0 {
		s = "-" + s
	}
	return s
}

func text(v any, err error) string {
	if err != nil {
		e := sqlstate.From(err)
		return string(e.Code) + " " + e.Message
	}
	return fmt.Sprint(v)
}

func TestLikePostgres(t *testing.T) {
	t.Parallel()
	o := newOracle(t)
	r := rand.New(rand.NewPCG(*seed, 0))
	t.Logf("seed %d", *seed)
	for _, op := range operations {
		if op.ours == nil {
			op = operation{"CASE WHEN %[1]s < %[2]s THEN -1 WHEN %[1]s > %[2]s THEN 1 ELSE 0 END", 2, func(a []Number) (any, error) { return Compare(a[0], a[1]), nil }}
		}
		var expressions, want []string
		for range *count {
			var a []Number
			var args []any
			for i := range op.args {
				s := operand(r)
				if op.args == 2 && i == 1 && strings.HasPrefix(op.sql, "power") && r.IntN(2) == 0 {
					s = strconv.Itoa(r.IntN(60) - 25)
				}
				n, err := Parse(s)
				if err != nil {
					t.Fatal(s, err)
				}
				a = append(a, n)
				args = append(args, "'"+s+"'::numeric")
			}
			expressions = append(expressions, fmt.Sprintf(op.sql, args...))
			want = append(want, text(op.ours(a)))
		}
		compare(t, o, expressions, want)
	}
}

func compare(t *testing.T, o oracle, expressions, ours []string) {
	t.Helper()
	shown := 0
	for i, answer := range o.answers(t, expressions) {
		if ours[i] != answer && shown < 5 {
			shown++
			t.Errorf("%.300s\n     ours %.300s\n postgres %.300s", expressions[i], ours[i], answer)
		}
	}
}

func TestParseLikePostgres(t *testing.T) {
	t.Parallel()
	o := newOracle(t)
	var expressions, ours []string
	for _, s := range append(edges, "", " ", "+1.5", "  12.50  ", ".5", "5.", ".", "-.5", "-", "1e5", "1.5e-3", "1E+3", "1e", "1e+", "e5", "1.2.3", "1,2", "0x1", "1_000", "nan", "NAN",
		"inf", "+Infinity", "-INF", "infinit", "- 1", "1e131071", "1e131072", "1e-16383", "1e-16384", "1e2147483648", "1e-99999999999", "0e5", "0.0e-5", "0e200000", "--1", "1 1", "٣",
		"12345678901234567890123", "000123.4500", "1e3.5", "123456789012345678", "1234567890123456789", "-0", "-0.0", "00", "1\n", "\t1") {
		expressions = append(expressions, "'"+s+"'::numeric")
		n, err := Parse(s)
		ours = append(ours, text(n, err))
	}
	compare(t, o, expressions, ours)
}

func TestFloatsLikePostgres(t *testing.T) {
	t.Parallel()
	o := newOracle(t)
	r := rand.New(rand.NewPCG(*seed, 1))
	var expressions, ours []string
	for i := range 1000 {
		f := math.Float64frombits(r.Uint64())
		if i%2 == 0 {
			f = float64(r.IntN(2000000)-1000000) / []float64{1, 3, 100, 1e7, 1e-12}[r.IntN(5)]
		}
		s := strconv.FormatFloat(f, 'g', -1, 64)
		expressions = append(expressions, "'"+s+"'::float8::numeric")
		n, err := FromFloat(f, 15)
		ours = append(ours, text(n, err))
		single := strconv.FormatFloat(float64(float32(f)), 'g', -1, 32)
		if math.IsInf(float64(float32(f)), 0) || float32(f) == 0 {
			continue
		}
		expressions = append(expressions, "'"+single+"'::float4::numeric")
		n, err = FromFloat(float64(float32(f)), 6)
		ours = append(ours, text(n, err))
	}
	for range 500 {
		s := operand(r)
		n, _ := Parse(s)
		f, err := ToFloat(n, 64, "double precision")
		expressions = append(expressions, "'"+s+"'::numeric::float8 = '"+strconv.FormatFloat(f, 'g', -1, 64)+"'")
		ours = append(ours, text(err == nil, err))
	}
	for _, s := range []string{"1e308", "1e309", "1e-330", "-1e400"} {
		n, _ := Parse(s)
		f, err := ToFloat(n, 64, "double precision")
		expressions = append(expressions, "'"+s+"'::numeric::float8::numeric = '"+strconv.FormatFloat(f, 'g', -1, 64)+"'::numeric")
		ours = append(ours, text(err == nil, err))
	}
	for i := range ours {
		if ours[i] == "true" || ours[i] == "false" {
			ours[i] = ours[i][:4]
		}
	}
	compare(t, o, expressions, ours)
}

func TestAggregatesLikePostgres(t *testing.T) {
	t.Parallel()
	o := newOracle(t)
	r := rand.New(rand.NewPCG(*seed, 2))
	var expressions, ours []string
	for range 150 {
		var one, two Sum
		var values []string
		for range 1 + r.IntN(8) {
			s := operand(r)
			if r.IntN(2) == 0 && (strings.Contains(s, "N") || strings.Contains(s, "y")) {
				s = "1.25"
			}
			n, _ := Parse(s)
			state := []*Sum{&one, &two}[r.IntN(2)]
			if err := state.Add(n, true); err != nil {
				t.Fatal(err)
			}
			values = append(values, "('"+s+"'::numeric)")
		}
		if err := one.Merge(&two); err != nil {
			t.Fatal(err)
		}
		from := " FROM (VALUES " + strings.Join(values, ",") + ") t(x)"
		add := func(aggregate string, v any, err error) {
			expressions = append(expressions, "SELECT "+aggregate+"(x)"+from)
			ours = append(ours, text(v, err))
		}
		n, err := one.Total()
		add("sum", n, err)
		n, err = one.Average()
		add("avg", n, err)
		for name, mode := range map[string][2]bool{"var_samp": {true, false}, "var_pop": {false, false}, "stddev_samp": {true, true}, "stddev_pop": {false, true}} {
			n, defined, err := one.Spread(mode[0], mode[1])
			if !defined && err == nil {
				add(name, "NULL", nil)
				continue
			}
			add(name, n, err)
		}
	}
	for i := range expressions {
		expressions[i] = "(" + expressions[i] + ")"
	}
	compare(t, o, expressions, ours)
}

func TestSortKeysOrderLikeNumbers(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(*seed, 3))
	for range 20000 {
		a, _ := Parse(operand(r))
		b, _ := Parse(operand(r))
		if r.IntN(4) == 0 && a.IsFinite() {
			b = a.rounded(a.scale + int32(r.IntN(5)))
		}
		got := bytes.Compare(AppendSortKey(nil, a), AppendSortKey(nil, b))
		if want := max(-1, min(1, Compare(a, b))); got != want {
			t.Fatalf("%s and %s: keys %d, numbers %d", a, b, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range edges {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := Parse(s)
		if err != nil {
			return
		}
		again, err := Parse(n.String())
		if err != nil || again.String() != n.String() || Compare(n, again) != 0 {
			t.Errorf("%q gives %s, which reads as %s, %v", s, n, again, err)
		}
	})
}
