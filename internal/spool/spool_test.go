package spool_test

import (
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/internal/spool"
	"github.com/sluicemesh/sluice/sqlstate"
)

// numbers gives a batch of an int8 and a text column.
func numbers(m memory.Allocator, first, rows int) arrow.RecordBatch {
	i, s := array.NewInt64Builder(m), array.NewStringBuilder(m)
	defer i.Release()
	defer s.Release()
	for n := first; n < first+rows; n++ {
		i.Append(int64(n))
		s.Append(fmt.Sprint("row ", n))
	}
	columns := []arrow.Array{i.NewArray(), s.NewArray()}
	defer columns[0].Release()
	defer columns[1].Release()
	schema := arrow.NewSchema([]arrow.Field{{Name: "n", Type: arrow.PrimitiveTypes.Int64}, {Name: "s", Type: arrow.BinaryTypes.String}}, nil)
	return array.NewRecordBatch(schema, columns, int64(rows))
}

func TestRowsComeBackFromMemoryAndFile(t *testing.T) {
	m := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer m.AssertSize(t, 0)
	budget := &spool.Budget{Memory: 8 << 10, Directory: t.TempDir(), Disk: 1 << 20}
	s := spool.New(budget)
	for i := range 20 {
		b := numbers(m, i*100, 100)
		if err := s.Append(b); err != nil {
			t.Fatal(err)
		}
		b.Release()
	}
	if inMemory, onDisk := budget.Used(); inMemory == 0 || inMemory > budget.Memory || onDisk == 0 {
		t.Errorf("memory %d, disk %d", inMemory, onDisk)
	}
	if left, _ := os.ReadDir(budget.Directory); len(left) > 0 {
		t.Errorf("a file has a name: %v", left)
	}
	for _, row := range []int64{0, 99, 100, 1234, 1999} {
		b, first, err := s.Find(row)
		if err != nil {
			t.Fatal(err)
		}
		if got := b.Column(0).(*array.Int64).Value(int(row - first)); got != row {
			t.Errorf("row %d is %d", row, got)
		}
		if got, want := b.Column(1).(*array.String).Value(int(row-first)), fmt.Sprint("row ", row); got != want {
			t.Errorf("row %d is %q, want %q", row, got, want)
		}
		b.Release()
	}
	s.Release()
	if inMemory, onDisk := budget.Used(); inMemory != 0 || onDisk != 0 {
		t.Errorf("after release: memory %d, disk %d", inMemory, onDisk)
	}
}

func TestBudgetIsABound(t *testing.T) {
	m := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer m.AssertSize(t, 0)
	for _, c := range []*struct {
		budget spool.Budget
		want   sqlstate.Code
	}{
		{spool.Budget{Memory: 1 << 10}, sqlstate.OutOfMemory},
		{spool.Budget{Memory: 1 << 10, Directory: t.TempDir(), Disk: 4 << 10}, sqlstate.ConfigurationLimitExceeded},
	} {
		s := spool.New(&c.budget)
		b := numbers(m, 0, 1000)
		var e *sqlstate.Error
		if err := s.Append(b); !errors.As(err, &e) || e.Code != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
		if s.Rows() != 0 || s.Len() != 0 {
			t.Errorf("%d rows in %d batches were kept", s.Rows(), s.Len())
		}
		b.Release()
		s.Release()
	}
}

// TestSessionsShareABudget: what one session keeps leaves less for others, and is given back.
func TestSessionsShareABudget(t *testing.T) {
	t.Parallel()
	m := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer m.AssertSize(t, 0)
	all := &spool.Budget{Memory: 6 << 10, Directory: t.TempDir(), Disk: 6 << 10}
	b := numbers(m, 0, 180) // some 5 kB
	defer b.Release()
	one, other := spool.New(spool.Within(all, 1<<20, 1<<20)), spool.New(spool.Within(all, 1<<20, 1<<20))
	for i, s := range []*spool.Spool{one, other} { // in memory, in a file
		if err := s.Append(b); err != nil {
			t.Fatalf("append %d: %v", i, err)
		}
	}
	err := other.Append(b)
	if e := sqlstate.From(err); e.Code != sqlstate.ConfigurationLimitExceeded || e.Message != "cursors and temporary tables of all sessions hold more than 0 MiB in files" {
		t.Errorf("got %v", err)
	}
	one.Release()
	if err := other.Append(b); err != nil {
		t.Errorf("what was given back is not free: %v", err)
	}
	other.Release()
	if inMemory, onDisk := all.Used(); inMemory != 0 || onDisk != 0 {
		t.Errorf("left: memory %d, disk %d", inMemory, onDisk)
	}
}
