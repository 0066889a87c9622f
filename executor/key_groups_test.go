package executor

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/internal/seed"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/planner/plan"
)

// TestKeyGroupsAreNumberedAlike asks PostgreSQL for the group of each value of a column, of any type of
// whole numbers, whatever type the keys have.
func TestKeyGroupsAreNumberedAlike(t *testing.T) {
	t.Parallel()
	conn, err := pgx.Connect(t.Context(), testservers.Postgres(t).DSN)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	random := rand.New(rand.NewPCG(seed.For(t), 0))
	for _, first := range []int64{0, -700, 5, math.MinInt16, math.MaxInt16 - 3000, math.MinInt32, math.MaxInt32 - 500, math.MinInt64, math.MaxInt64 - 3000} {
		for _, groups := range []int{1, 200, 300} {
			keys := map[int64]string{}
			for at := range int64(3000) {
				if first+at >= first && random.IntN(2) == 0 {
					keys[first+at] = string(rune('a' + random.IntN(groups)))
				}
			}
			k := groupsOf(t, keys)
			for _, of := range []pgtype.OID{pgtype.Int2, pgtype.Int4, pgtype.Int8} {
				numbersAlike(t, conn, k, keys, of, first)
			}
		}
	}
}

// groupsOf groups keys by what they lead to.
func groupsOf(t *testing.T, keys map[int64]string) *keyGroups {
	t.Helper()
	key, name := plan.Column{ID: 1, Name: "key", Type: pgtype.Of(pgtype.Int8)}, plan.Column{ID: 2, Name: "name", Type: pgtype.Of(pgtype.Text)}
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema([]arrow.Field{
		{Name: "c1", Type: arrow.PrimitiveTypes.Int64, Nullable: true}, {Name: "c2", Type: arrow.BinaryTypes.String, Nullable: true}}, nil))
	defer b.Release()
	for k, n := range keys {
		b.Field(0).(*array.Int64Builder).Append(k)
		b.Field(1).(*array.StringBuilder).Append(n)
	}
	b.Field(0).AppendNull()
	b.Field(1).AppendNull()
	batch := b.NewRecordBatch()
	defer batch.Release()
	k, ok := groupKeys(&gathered{columns: []plan.Column{key, name}, batches: []arrow.RecordBatch{batch}}, 1)
	if !ok || k.keys != len(keys) {
		t.Fatalf("no groups of %d keys", len(keys))
	}
	return k
}

// numbersAlike asks for the numbers of the values around the keys that a type has.
func numbersAlike(t *testing.T, conn *pgx.Conn, k *keyGroups, keys map[int64]string, of pgtype.OID, first int64) {
	t.Helper()
	least, most := endsOf(of)
	from, to := max(first, least+10)-10, min(first, most-3010)+3010
	column, at := plan.Column{ID: 1, Name: "k", Type: pgtype.Of(of)}, map[int64]int{}
	rows := &plan.Values{Cols: []plan.Column{column}, Rows: [][]plan.Expr{{&plan.Literal{Of: column.Type, Null: true}}, {number(of, least)}, {number(of, most)}}}
	for v := from; v < to; v++ {
		rows.Rows = append(rows.Rows, []plan.Expr{number(of, v)})
	}
	number := plan.Item{Column: plan.Column{ID: 2, Name: "n", Type: pgtype.Of(pgtype.Int4)}, Expr: k.numberOf(&plan.ColumnRef{Column: column})}
	text, err := sqlwriter.Postgres(&plan.Project{Input: rows, Items: []plan.Item{plan.PassOn(column), number}}, sqlwriter.Options{})
	if err != nil {
		t.Fatal(err)
	}
	found, err := conn.Query(t.Context(), text)
	if err != nil {
		t.Fatalf("%v\nin %.300s", err, text)
	}
	var value *int64
	var n int
	_, err = pgx.ForEachRow(found, []any{&value, &n}, func() error {
		if value == nil {
			if n != 0 {
				t.Errorf("NULL is in group %d", n)
			}
			return nil
		}
		at[*value] = n
		return nil
	})
	if err != nil {
		t.Fatalf("%v\nin %.300s", err, text)
	}
	names := map[int]string{}
	for v, n := range at {
		name, is := keys[v]
		if is != (n > 0) || is && names[n] != "" && names[n] != name {
			t.Fatalf("%s %d leads to group %d of %s, want that of %q", pgtype.FormatType(column.Type), v, n, names[n], name)
		}
		names[n] = name
	}
}

func endsOf(of pgtype.OID) (least, most int64) {
	switch of {
	case pgtype.Int2:
		return math.MinInt16, math.MaxInt16
	case pgtype.Int4:
		return math.MinInt32, math.MaxInt32
	}
	return math.MinInt64, math.MaxInt64
}
