package executor

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/internal/seed"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/planner/plan"
)

// TestKeyFilter asks PostgreSQL for the values that a filter lets pass: those that it should by
// the hash computed here, every key among them, and few others.
func TestKeyFilter(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), testservers.Postgres(t).DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	random := rand.New(rand.NewPCG(seed.For(t), 0))
	for _, c := range []struct {
		of          pgtype.OID
		least, most int64
	}{{pgtype.Int2, math.MinInt16, math.MaxInt16}, {pgtype.Int4, math.MinInt32, math.MaxInt32}, {pgtype.Int8, math.MinInt64, math.MaxInt64}} {
		of := pgtype.Of(c.of)
		value := func() int64 { return c.least + int64(random.Uint64N(uint64(c.most)-uint64(c.least))) }
		keys, values := keySet{}, keySet{}
		for _, k := range []int64{0, 1, -1, c.least, c.most} {
			keys[strconv.FormatInt(k, 10)] = struct{}{}
		}
		for range 2_000 {
			keys[strconv.FormatInt(value(), 10)] = struct{}{}
			values[strconv.FormatInt(value(), 10)], values[strconv.FormatInt(value(), 10)] = struct{}{}, struct{}{}
		}
		want, others := map[int64]bool{}, 0
		f := newKeyFilter(of, keys)
		for key := range values {
			k, _ := strconv.ParseInt(key, 10, 64)
			if h := f.hash(k); f.bytes[h/8]>>(h%8)&1 == 1 {
				want[k] = true
				others++
			}
		}
		for key := range keys {
			k, _ := strconv.ParseInt(key, 10, 64)
			want[k], values[key] = true, struct{}{}
		}
		if most := 2 * passing * float64(len(values)); float64(others) > most {
			t.Errorf("%s: %d of %d values pass, at most %.0f should", pgtype.FormatType(of), others, len(values), most)
		}
		got := passed(t, conn, f, of, values)
		if len(got) != len(want) {
			t.Errorf("%s: %d values pass, want %d", pgtype.FormatType(of), len(got), len(want))
		}
		for k := range want {
			if !got[k] {
				t.Errorf("%s: %d does not pass", pgtype.FormatType(of), k)
			}
		}
	}
}

// passed asks a server which values meet a filter's condition.
func passed(t *testing.T, conn *pgx.Conn, f *keyFilter, of pgtype.Type, values keySet) map[int64]bool {
	t.Helper()
	column := plan.Column{ID: 1, Name: "k", Type: of}
	rows := &plan.Values{Cols: []plan.Column{column}}
	for key := range values {
		rows.Rows = append(rows.Rows, []plan.Expr{&plan.Literal{Of: of, Text: key}})
	}
	rows.Rows = append(rows.Rows, []plan.Expr{&plan.Literal{Of: of, Null: true}})
	text, err := sqlwriter.Postgres(&plan.Filter{Input: rows, Conjuncts: []plan.Expr{f.condition(&plan.ColumnRef{Column: column}, of)}}, sqlwriter.Options{})
	if err != nil {
		t.Fatal(err)
	}
	found, err := conn.Query(t.Context(), text)
	if err != nil {
		t.Fatalf("%v\nin %.300s", err, text)
	}
	all, err := pgx.CollectRows(found, pgx.RowTo[int64])
	if err != nil {
		t.Fatalf("%v\nin %.300s … %s", err, text, text[strings.LastIndex(text, "WHERE"):])
	}
	got := map[int64]bool{}
	for _, k := range all {
		got[k] = true
	}
	return got
}
