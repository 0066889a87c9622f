package conntest

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

func itoa(i int) string { return strconv.Itoa(i) }

func (f *fixture) read(t testing.TB, root plan.Node) array.RecordReader {
	t.Helper()
	r, err := f.source.Read(context.Background(), &plan.Remote{Source: f.definition, Root: root})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// slow multiplies items with itself until nobody would wait for the end.
const slow = "SELECT count(*) FROM items a, items b, items c, items d, items e WHERE a.id + b.id + c.id + d.id + e.id = -1"

// endless gives more rows than anybody takes. There are three tables and no more: MySQL
// gathers all combinations of the others in memory before the first row.
const endless = "SELECT a.id, b.label, c.label FROM items a, items b, items c"

// testEnd gives up reads: by their context, by Release, before the first row and amid rows.
func testEnd(t *testing.T, h Harness) {
	f := open(t, h, items(t, 400))
	query := slow
	if h.Slow != "" {
		query = h.Slow
	}
	t.Run("cancel", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- f.run(ctx, t, query) }()
		waitActive(t, h, 1)
		cancel()
		expectEnd(t, <-done, sqlstate.QueryCanceled)
		waitActive(t, h, 0)
	})
	t.Run("cause", func(t *testing.T) {
		ctx, cancel := context.WithTimeoutCause(context.Background(), 50*time.Millisecond, sqlstate.New(sqlstate.QueryCanceled, "the reason"))
		defer cancel()
		err := f.run(ctx, t, query)
		if expectEnd(t, err, sqlstate.QueryCanceled); err != nil && !strings.Contains(err.Error(), "the reason") {
			t.Errorf("the error does not give the cause of the context: %v", err)
		}
		waitActive(t, h, 0)
	})
	t.Run("release", func(t *testing.T) {
		remote, _ := f.bound(t, endless)
		r, err := f.source.Read(context.Background(), remote)
		if err != nil {
			t.Fatal(err)
		}
		if !r.Next() {
			t.Fatal("no batch", r.Err())
		}
		kept := r.RecordBatch()
		kept.Retain()
		r.Release()
		if kept.NumRows() == 0 || Text(kept.Column(0), 0, remote.Columns()[0].Type) == "" {
			t.Error("a retained batch does not outlive its reader")
		}
		kept.Release()
		waitActive(t, h, 0)
	})
	t.Run("release unread", func(t *testing.T) {
		remote, _ := f.bound(t, endless)
		r, err := f.source.Read(context.Background(), remote)
		if err != nil {
			t.Fatal(err)
		}
		r.Release()
		waitActive(t, h, 0)
	})
	t.Run("ended before", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		expectEnd(t, f.run(ctx, t, query), sqlstate.QueryCanceled)
	})
	t.Run("usable after", func(t *testing.T) {
		if n := len(Rows(t, f.read(t, scan(f.tables[0], 0)), scan(f.tables[0], 0).Cols)); n != 400 {
			t.Errorf("%d rows, want 400", n)
		}
	})
}

// run reads a query to its end.
func (f *fixture) run(ctx context.Context, t testing.TB, query string) error {
	remote, _ := f.bound(t, query)
	r, err := f.source.Read(ctx, remote)
	if err != nil {
		return err
	}
	_, err = drain(r, remote.Columns())
	return err
}

func expectEnd(t testing.TB, err error, code sqlstate.Code) {
	t.Helper()
	var e *sqlstate.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Errorf("got %v, want SQLSTATE %s", err, code)
	}
}

// moment is how long a source may take to notice that a statement was given up.
const moment = 5 * time.Second

func waitActive(t testing.TB, h Harness, want int) {
	t.Helper()
	if h.Active == nil {
		return
	}
	eventually(t, func() bool { return h.Active(t) == want }, "statements at the source: want %d", want)
}

func eventually(t testing.TB, ok func() bool, format string, args ...any) {
	t.Helper()
	for deadline := time.Now().Add(moment); !ok(); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: "+format, append([]any{moment}, args...)...)
		}
	}
}

// goroutines counts those that run code of ours or of a driver for us.
func goroutines() int {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	count := 0
	for _, stack := range strings.Split(string(stacks), "\n\n") {
		if strings.Contains(stack, "sluice/connectors/") && !strings.Contains(stack, "testing.tRunner(") {
			count++
		}
	}
	return count
}

func noGoroutinesSince(t testing.TB, before int) {
	t.Helper()
	eventually(t, func() bool { return goroutines() <= before }, "goroutines left: %d, before: %d", goroutines(), before)
}
