package temporary

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/seed"
	"github.com/sluicemesh/sluice/internal/spool"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/plan"
)

// batchOf makes a batch of columns of int8.
func batchOf(columns ...[]int64) arrow.RecordBatch {
	var fields []arrow.Field
	var arrays []arrow.Array
	for _, c := range columns {
		b := array.NewInt64Builder(memory.DefaultAllocator)
		b.AppendValues(c, nil)
		arrays = append(arrays, b.NewArray())
		fields = append(fields, arrow.Field{Name: "n", Type: arrow.PrimitiveTypes.Int64, Nullable: true})
	}
	return array.NewRecordBatch(arrow.NewSchema(fields, nil), arrays, int64(len(columns[0])))
}

// rowsOf reads the pairs of a table, and checks how they are numbered.
func rowsOf(t *testing.T, table *Table) (pairs [][2]int64) {
	t.Helper()
	columns := []plan.Column{{ID: 1, Type: pgtype.Of(pgtype.Int8)}, {ID: 2, Type: pgtype.Of(pgtype.Int8)}, {ID: 3, Type: pgtype.Of(pgtype.Int8)}}
	r := newStoredRows(context.Background(), columns, []int{0, 1, 2}, table.contents)
	defer r.Release()
	for r.Next() {
		b := r.RecordBatch()
		for i := range int(b.NumRows()) {
			if number := b.Column(2).(*array.Int64).Value(i); number != int64(len(pairs)) {
				t.Fatalf("row %d is numbered %d", len(pairs), number)
			}
			pairs = append(pairs, [2]int64{b.Column(0).(*array.Int64).Value(i), b.Column(1).(*array.Int64).Value(i)})
		}
	}
	if r.Err() != nil {
		t.Fatal(r.Err())
	}
	return pairs
}

// inPieces gives a list cut at random places.
func inPieces(random *rand.Rand, n int) (cuts [][2]int) {
	for from := 0; from < n; {
		to := from + 1 + random.IntN(min(n-from, 5))
		cuts = append(cuts, [2]int{from, to})
		from = to
	}
	return cuts
}

// TestRandomEdits makes random edits of a table and of a list, which must stay the same.
// Some of the rows lie in files. In the end nothing is held.
func TestRandomEdits(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(seed.For(t), 0))
	budget := &spool.Budget{Memory: 2000, Directory: t.TempDir(), Disk: 1 << 30}
	for range 200 {
		space := NewSpace(budget)
		number := pgtype.Of(pgtype.Int8)
		if err := space.Fill("t", []plan.Column{{Name: "a", Type: number}, {Name: "b", Type: number}}, planner.PreserveRows, nil); err != nil {
			t.Fatal(err)
		}
		var want [][2]int64
		for step := range 12 {
			table, _ := space.Find("", "t")
			if step%3 == 0 {
				want = append(want, insert(t, random, space, table)...)
			} else {
				want = edit(t, random, space, table, want)
			}
			table, _ = space.Find("", "t")
			if got := rowsOf(t, table); !slices.Equal(got, want) {
				t.Fatalf("step %d: got %v, want %v", step, got, want)
			}
			space.EndTransaction(true)
		}
		space.Close()
	}
	if inMemory, onDisk := budget.Used(); inMemory != 0 || onDisk != 0 {
		t.Errorf("left: %d bytes in memory, %d in files", inMemory, onDisk)
	}
}

func insert(t *testing.T, random *rand.Rand, space *Space, table *Table) (rows [][2]int64) {
	t.Helper()
	kept := space.Spool()
	for _, cut := range inPieces(random, random.IntN(20)) {
		var a, b []int64
		for range cut[1] - cut[0] {
			row := [2]int64{random.Int64N(1000), random.Int64N(1000)}
			rows, a, b = append(rows, row), append(a, row[0]), append(b, row[1])
		}
		if err := kept.Append(batchOf(a, b)); err != nil {
			t.Fatal(err)
		}
	}
	space.Put(table.And(kept))
	return rows
}

func edit(t *testing.T, random *rand.Rand, space *Space, table *Table, rows [][2]int64) (left [][2]int64) {
	t.Helper()
	e, update, often := table.Delete(), random.IntN(2) == 0, random.IntN(4)
	if update {
		var err error
		if e, err = table.Update([]planner.Target{{Name: "b"}}); err != nil {
			t.Fatal(err)
		}
	}
	var numbers, values []int64
	for i, row := range rows {
		if random.IntN(4) >= often {
			left = append(left, row)
			continue
		}
		numbers, values = append(numbers, int64(i)), append(values, random.Int64N(1000))
		if update {
			left = append(left, [2]int64{row[0], values[len(values)-1]})
		}
	}
	cuts := inPieces(random, len(numbers))
	met, _, err := space.Apply(e, func() (arrow.RecordBatch, error) {
		if len(cuts) == 0 {
			return nil, nil
		}
		from, to := cuts[0][0], cuts[0][1]
		cuts = cuts[1:]
		return batchOf(numbers[from:to], values[from:to]), nil
	}, func(*Table) error { return nil })
	if err != nil || met != int64(len(numbers)) {
		t.Fatalf("%d rows met, want %d: %v", met, len(numbers), err)
	}
	return left
}
