package pgfloat

import (
	"context"
	"flag"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
)

var seed = flag.Uint64("seed", 1, "seed of the random floats")

func TestLikePostgres(t *testing.T) {
	t.Parallel()
	connection, err := pgx.Connect(context.Background(), testservers.Postgres(t).NewDatabase(t).DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close(context.Background()) })
	t.Logf("seed %d", *seed)
	doubles, reals := samples(rand.New(rand.NewPCG(*seed, 0)))
	check(t, connection, "float8", 64, doubles)
	check(t, connection, "float4", 32, reals)
}

func samples(r *rand.Rand) (doubles, reals []float64) {
	special := []float64{0, math.Copysign(0, -1), 1, -1, 0.1, 1e-4, 1e-5, 99999, 999999, 1e6, 1e14, 1e15, 1e16, 163.547540e18, -303.976881e17, 9007199254740993,
		math.MaxFloat32, math.SmallestNonzeroFloat32, math.Inf(1), math.Inf(-1), math.NaN(), 8388608.5, 16777216, 33554432, 2097152.25, 5e-5, 123456.7}
	doubles = append(doubles, special...)
	doubles = append(doubles, math.MaxFloat64, math.SmallestNonzeroFloat64)
	for range 20000 {
		doubles = append(doubles, math.Float64frombits(r.Uint64()), float64(r.IntN(1000000))*math.Pow(10, float64(r.IntN(30)-10)), math.Ldexp(float64(r.IntN(1000)), r.IntN(120)))
	}
	for _, f := range append(special, doubles...) {
		reals = append(reals, float64(float32(f)))
	}
	for range 20000 {
		reals = append(reals, float64(math.Float32frombits(r.Uint32())))
	}
	return doubles, reals
}

func check(t *testing.T, connection *pgx.Conn, kind string, bits int, values []float64) {
	t.Helper()
	rows, err := connection.Query(context.Background(), "SELECT f::"+kind+"::text FROM unnest($1::float8[]) WITH ORDINALITY AS u(f, n) ORDER BY n", values)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range texts {
		if got := string(Append(nil, values[i], bits)); got != want {
			t.Errorf("%s %v: got %s, want %s", kind, values[i], got, want)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	var buffer [32]byte
	for i := range b.N {
		Append(buffer[:0], float64(i)*1.1, 64)
	}
}
