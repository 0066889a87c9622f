package duckdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/planner/plan"
)

// ledger is a lender that has as much as is asked for, and counts.
type ledger struct{ lent atomic.Int64 }

func (l *ledger) Borrow(bytes int64) bool { l.lent.Add(bytes); return true }
func (l *ledger) Return(bytes int64)      { l.lent.Add(-bytes) }

// later is a clock by which files that were just written are old enough.
func later() time.Time { return time.Now().Add(time.Hour) }

func newMemory(limit int64) (*Memory, *ledger) {
	l := &ledger{}
	return NewMemory(MemoryOptions{Limit: limit, Lender: l, Now: later}), l
}

// runContract runs the suite on the files, and again on copies of them.
func runContract(t *testing.T, h conntest.Harness) {
	t.Helper()
	t.Run("files", func(t *testing.T) { conntest.Run(t, h) })
	copies, lent := newMemory(1 << 30)
	h.Connector = func(memory.Allocator) connectors.Connector {
		return copying{Connector{Base: base(), Memory: copies}}
	}
	t.Run("memory", func(t *testing.T) { conntest.Run(t, h) })
	c := copies.Counts()
	if c.FromMemory < 20 || c.Loaded < 5 {
		t.Errorf("hardly anything was read from memory: %+v", c)
	}
	if lent.lent.Load() != 0 || c.Bytes != 0 || c.Copies != 0 {
		t.Errorf("%d bytes are still lent after the end: %+v", lent.lent.Load(), c)
	}
}

// copying opens sources that copy files before they read them.
type copying struct{ Connector }

func (c copying) Open(s *catalog.Source, secret string) (connectors.Source, error) {
	open, err := c.Connector.Open(s, secret)
	if err != nil {
		return nil, err
	}
	return copyingSource{open.(*Source)}, nil
}

type copyingSource struct{ *Source }

func (s copyingSource) Read(ctx context.Context, r *plan.Remote) (array.RecordReader, error) {
	s.copyAll(ctx, r)
	return s.Source.Read(ctx, r)
}

// copyAll has what a plan reads copied, where that can be.
func (s *Source) copyAll(ctx context.Context, r *plan.Remote) {
	e, err := s.running()
	if err != nil {
		return
	}
	for range readsBeforeCopy {
		tables := s.newReading(ctx, e)
		tables.takeCopies(r.Root)
		tables.end()
		s.loads.wait()
	}
}

// remembering opens a directory source with memory for copies.
func remembering(t *testing.T, m *Memory, options map[string]string) (*Source, string) {
	t.Helper()
	root := t.TempDir()
	o := base()
	o.MemoryLimit = 512 << 20
	s, err := Connector{Base: o, Memory: m}.Open(&catalog.Source{Domain: "crm", Name: "exports", Kind: catalog.Files, Path: root, Options: options}, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s.(*Source), root
}

// table is a product whose files a path names.
func table(t *testing.T, path string, columns ...string) *catalog.Table {
	t.Helper()
	of := conntest.NewTable(t, "people", columns, nil)
	of.Physical = catalog.Physical{Name: "people", Path: path}
	return of.Table
}

// told reads some columns of a table and gives the rows, sorted, and how they were read.
func told(s *Source, of *catalog.Table, ordinals ...int) (rows []string, note string, err error) {
	n := &plan.Scan{Table: of, Alias: "people"}
	for i, c := range of.Columns {
		if len(ordinals) == 0 || slices.Contains(ordinals, i) {
			n.Ordinals = append(n.Ordinals, i)
			n.Cols = append(n.Cols, plan.Column{ID: plan.ColumnID(i + 1), Name: c.Name, Type: c.Type})
		}
	}
	r, err := s.Read(context.Background(), &plan.Remote{Source: s.of, Root: n})
	if err != nil {
		return nil, "", err
	}
	defer r.Release()
	for r.Next() {
		for row := range int(r.RecordBatch().NumRows()) {
			var cells []string
			for i, c := range n.Cols {
				cells = append(cells, conntest.Text(r.RecordBatch().Column(i), row, c.Type))
			}
			rows = append(rows, strings.Join(cells, "|"))
		}
	}
	slices.Sort(rows)
	_, note = r.(connectors.Noted).Note()
	return rows, note, r.Err()
}

// hot reads a table until it should be in memory, and gives how it was read at last.
func hot(t *testing.T, s *Source, of *catalog.Table, ordinals ...int) ([]string, string) {
	t.Helper()
	for range readsBeforeCopy {
		if _, _, err := told(s, of, ordinals...); err != nil {
			t.Fatal(err)
		}
		s.loads.wait()
	}
	rows, note, err := told(s, of, ordinals...)
	if err != nil {
		t.Fatal(err)
	}
	return rows, note
}

// TestCopiesAreNeverStale changes files that have been copied in every way there is, and
// reads them.
func TestCopiesAreNeverStale(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(t *testing.T, dir string)
		want   string
	}{
		{"nothing", func(*testing.T, string) {}, "1|a 2|b"},
		{"appended", func(t *testing.T, dir string) { write(t, dir+"/1.csv", "id,name\n1,a\n3,c\n") }, "1|a 2|b 3|c"},
		{"as long as before", func(t *testing.T, dir string) { write(t, dir+"/1.csv", "id,name\n7,x\n") }, "2|b 7|x"},
		{"as old as before", func(t *testing.T, dir string) {
			old, err := os.Stat(dir + "/1.csv")
			write(t, dir+"/1.csv", "id,name\n7,x\n")
			err = errors.Join(err, os.Chtimes(dir+"/1.csv", old.ModTime(), old.ModTime()))
			if err != nil {
				t.Fatal(err)
			}
		}, "2|b 7|x"},
		{"replaced", func(t *testing.T, dir string) {
			old, err := os.Stat(dir + "/1.csv")
			write(t, dir+"/new", "id,name\n7,x\n")
			err = errors.Join(err, os.Chtimes(dir+"/new", old.ModTime(), old.ModTime()), os.Rename(dir+"/new", dir+"/1.csv"))
			if err != nil {
				t.Fatal(err)
			}
		}, "2|b 7|x"},
		{"one more", func(t *testing.T, dir string) { write(t, dir+"/3.csv", "id,name\n3,c\n") }, "1|a 2|b 3|c"},
		{"one less", func(t *testing.T, dir string) {
			if err := os.Remove(dir + "/2.csv"); err != nil {
				t.Fatal(err)
			}
		}, "1|a"},
		{"renamed", func(t *testing.T, dir string) {
			if err := os.Rename(dir+"/2.csv", dir+"/0.csv"); err != nil {
				t.Fatal(err)
			}
		}, "1|a 2|b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m, _ := newMemory(1 << 30)
			s, dir := remembering(t, m, nil)
			write(t, dir+"/1.csv", "id,name\n1,a\n")
			write(t, dir+"/2.csv", "id,name\n2,b\n")
			people := table(t, "*.csv", "id integer", "name text")
			if _, note := hot(t, s, people); note != "from memory" {
				t.Fatalf("not read from memory, but %q: %+v", note, m.Counts())
			}
			waitForTick(t, dir)
			c.change(t, dir)
			rows, note, err := told(s, people)
			if got := strings.Join(rows, " "); err != nil || got != c.want {
				t.Errorf("got %s, %v, want %s", got, err, c.want)
			}
			if same := c.name == "nothing"; same != (note == "from memory") {
				t.Errorf("read %q", note)
			}
			if rows, note = hot(t, s, people); strings.Join(rows, " ") != c.want || note != "from memory" {
				t.Errorf("afterwards %v, read %q", rows, note)
			}
		})
	}
}

// waitForTick waits until the file system's clock has gone on: NewMemory's clock is ahead
// here, and does not.
func waitForTick(t *testing.T, dir string) {
	t.Helper()
	name := filepath.Join(dir, ".tick")
	stamped := func() int64 {
		write(t, name, "")
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		return info.ModTime().UnixNano()
	}
	for first := stamped(); stamped() == first; {
	}
}

// TestFreshFilesAreNotTrusted: what was written within the last tick may be written to again
// without a trace.
func TestFreshFilesAreNotTrusted(t *testing.T) {
	t.Parallel()
	s, dir := remembering(t, NewMemory(MemoryOptions{Limit: 1 << 30, Lender: &ledger{}}), nil)
	write(t, dir+"/in.csv", "id\n1\n")
	if _, note := hot(t, s, table(t, "in.csv", "id integer")); note != "" {
		t.Errorf("read %q", note)
	}
	v, ok := versionOf([]string{dir + "/in.csv"})
	if !ok || v.settled(time.Now()) || !v.settled(time.Now().Add(2*tick)) {
		t.Errorf("%v is taken for old, or never", v)
	}
}

// TestFilesThatChangeWhileTheyAreCopied: the copy is of no use.
func TestFilesThatChangeWhileTheyAreCopied(t *testing.T) {
	t.Parallel()
	m, lent := newMemory(1 << 30)
	s, dir := remembering(t, m, nil)
	write(t, dir+"/in.csv", "id\n1\n")
	in := table(t, "in.csv", "id integer")
	changed, asked := false, 0
	m.Now = func() time.Time { // it is asked a second time when the files have been looked at
		if m.stop != nil && !changed {
			asked++
			changed = asked == 2
		}
		if changed && asked == 2 {
			asked++
			write(t, dir+"/in.csv", "id\n1\n2\n")
		}
		return later()
	}
	for range readsBeforeCopy {
		if _, _, err := told(s, in); err != nil {
			t.Fatal(err)
		}
		s.loads.wait()
	}
	if c := m.Counts(); c.Loaded != 0 || c.Bytes != 0 || lent.lent.Load() != 0 || !changed {
		t.Errorf("kept: %+v, changed: %t", c, changed)
	}
	if rows, note, err := told(s, in); err != nil || note != "" || len(rows) != 2 {
		t.Errorf("read %q: %v, %v", note, rows, err)
	}
	s.loads.wait()
	if rows, note := hot(t, s, in); note != "from memory" || len(rows) != 2 {
		t.Errorf("afterwards read %q: %v", note, rows)
	}
}

// TestOtherColumnsDuringARead: a file is replaced by one with its columns in another order
// while it is read for the last time before it is copied.
func TestOtherColumnsDuringARead(t *testing.T) {
	t.Parallel()
	m, _ := newMemory(1 << 30)
	s, dir := remembering(t, m, nil)
	write(t, dir+"/in.csv", "id,name\n1,one\n")
	in := table(t, "in.csv", "id text", "name text")
	if _, _, err := told(s, in); err != nil {
		t.Fatal(err)
	}
	n := &plan.Scan{Table: in, Alias: "in", Ordinals: []int{0, 1}}
	for i, c := range in.Columns {
		n.Cols = append(n.Cols, plan.Column{ID: plan.ColumnID(i + 1), Name: c.Name, Type: c.Type})
	}
	r, err := s.Read(t.Context(), &plan.Remote{Source: s.of, Root: n})
	if err != nil {
		t.Fatal(err)
	}
	waitForTick(t, dir)
	write(t, dir+"/in.csv", "name,id\ntwo,2\n")
	waitForTick(t, dir)
	r.Release()
	s.loads.wait()
	if rows, note, err := told(s, in); err != nil || rows[0] != "2|two" {
		t.Errorf("%v, %v, read %q", rows, err, note)
	}
	if rows, note := hot(t, s, in); rows[0] != "2|two" || note != "from memory" {
		t.Errorf("afterwards %v, read %q", rows, note)
	}
}

// TestReadersWhileFilesAreReplaced: whoever reads sees one version of a file, none older
// than the one that was there when they began, while it is copied, read and dropped.
func TestReadersWhileFilesAreReplaced(t *testing.T) {
	t.Parallel()
	const rows, first, last, readers = 3000, 10, 22, 4 // versions of two digits: texts are compared
	m, lent := newMemory(1 << 30)
	// A file is trusted when it is older than the clock of this file system stands still.
	m.Now = func() time.Time { return time.Now().Add(tick - 50*time.Millisecond) }
	s, dir := remembering(t, m, nil)
	publish := func(version int) {
		write(t, dir+"/new", "id,version\n"+strings.Repeat(fmt.Sprintf("1,%d\n", version), rows))
		if err := os.Rename(dir+"/new", dir+"/in.csv"); err != nil {
			t.Fatal(err)
		}
	}
	var published, answers atomic.Int64
	publish(first)
	published.Store(first)
	in := table(t, "in.csv", "id integer", "version integer")
	var all sync.WaitGroup
	for range readers {
		all.Go(func() {
			for {
				least := published.Load()
				got, _, err := told(s, in)
				if err != nil || len(got) != rows || got[0] != got[rows-1] || got[0] < fmt.Sprintf("1|%d", least) {
					t.Errorf("after version %d: %d rows, %v", least, len(got), err)
					return
				}
				answers.Add(1)
				if least == last {
					return
				}
			}
		})
	}
	for v := first + 1; v <= last; v++ {
		before := m.Counts().FromMemory
		for deadline := time.Now().Add(5 * time.Second); m.Counts().FromMemory < before+5 && time.Now().Before(deadline); {
			time.Sleep(time.Millisecond)
		}
		publish(v)
		published.Store(int64(v))
	}
	all.Wait()
	_ = s.Close()
	c := m.Counts()
	t.Logf("%d answers, %+v", answers.Load(), c)
	if c.Loaded < (last-first)/2 || c.FromMemory < 5 || c.Bytes != 0 || lent.lent.Load() != 0 {
		t.Errorf("%+v, %d bytes lent", c, lent.lent.Load())
	}
}

// TestErrorsOfFilesStay: what fails when it is read fails as before however often it is
// read, and only where it is asked for.
func TestErrorsOfFilesStay(t *testing.T) {
	t.Parallel()
	m, lent := newMemory(1 << 30)
	s, dir := remembering(t, m, nil)
	write(t, dir+"/in.csv", "id,name\n1,a\nx,b\n")
	write(t, dir+"/torn.csv", "id,name\n1,a\n2\n")
	for path, ordinals := range map[string][]int{"in.csv": {0, 1}, "torn.csv": nil} {
		of := table(t, path, "id integer", "name text")
		_, _, want := told(s, of, ordinals...)
		for range 4 {
			_, note, err := told(s, of, ordinals...)
			s.loads.wait()
			if err == nil || want == nil || err.Error() != want.Error() || note != "" {
				t.Errorf("%s: %v, read %q, before: %v", path, err, note, want)
			}
		}
	}
	if rows, _, err := told(s, table(t, "in.csv", "id integer", "name text"), 1); err != nil || strings.Join(rows, " ") != "a b" {
		t.Errorf("the other column: %v, %v", rows, err)
	}
	if c := m.Counts(); c.Loaded != 0 || lent.lent.Load() != 0 {
		t.Errorf("%+v", c)
	}
}

// TestColumnsThatWereNotCopied: another column is read of the files, then copied too.
func TestColumnsThatWereNotCopied(t *testing.T) {
	t.Parallel()
	m, _ := newMemory(1 << 30)
	s, dir := remembering(t, m, nil)
	write(t, dir+"/in.csv", "id,name\n1,a\n")
	in := table(t, "in.csv", "id integer", "name text")
	if _, note := hot(t, s, in, 0); note != "from memory" {
		t.Fatalf("read %q", note)
	}
	if rows, note, err := told(s, in, 1); err != nil || note != "" || rows[0] != "a" {
		t.Errorf("%v, %v, read %q", rows, err, note)
	}
	s.loads.wait()
	for _, ordinals := range [][]int{{0}, {1}, {0, 1}} {
		if _, note, err := told(s, in, ordinals...); err != nil || note != "from memory" {
			t.Errorf("columns %v: %v, read %q", ordinals, err, note)
		}
	}
	if c := m.Counts(); c.Copies != 1 || c.Loaded != 2 {
		t.Errorf("%+v", c)
	}
}

// TestCopiesHaveTheirOwnMemory: what is copied takes nothing of what statements have, stays
// below its limit, and goes when it is needed.
func TestCopiesHaveTheirOwnMemory(t *testing.T) {
	t.Parallel()
	const rows = 100_000
	m, lent := newMemory(8 << 20)
	s, dir := remembering(t, m, nil)
	engine, err := duckdb.Open(duckdb.Options{AllowedDirectories: []string{dir}})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	var tables []*catalog.Table
	for i := range 3 {
		if err := engine.Exec(t.Context(), fmt.Sprintf("COPY (SELECT i AS id, 'text ' || i AS name FROM range(%d) AS r(i)) TO '%s/%d.parquet'", rows, dir, i)); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, table(t, fmt.Sprintf("%d.parquet", i), "id bigint", "name text"))
	}
	limit := func() int64 { return s.engine.MemoryLimit() }
	for i, of := range tables {
		if _, note := hot(t, s, of); note != "from memory" {
			t.Fatalf("table %d is read %q: %+v", i, note, m.Counts())
		}
		c := m.Counts()
		if c.Bytes > 8<<20 || c.Bytes != lent.lent.Load() || limit() != s.base.MemoryLimit+c.Bytes {
			t.Errorf("%+v, lent %d, the engine has %d", c, lent.lent.Load(), limit())
		}
		in, err := inTables(t.Context(), s.engine)
		if err != nil || in > c.Bytes || in < c.Bytes/2 {
			t.Errorf("tables take %d, %v, of %d", in, err, c.Bytes)
		}
	}
	if c := m.Counts(); c.Dropped == 0 {
		t.Errorf("three tables fit: %+v", c)
	}
	m.Give(1)
	if c := m.Counts(); c.Copies > 1 {
		t.Errorf("nothing went: %+v", c)
	}
	m.Give(8 << 20)
	if c := m.Counts(); c.Copies != 0 || c.Bytes != 0 || lent.lent.Load() != 0 || limit() != s.base.MemoryLimit {
		t.Errorf("%+v, lent %d, the engine has %d", c, lent.lent.Load(), limit())
	}
	if _, note := hot(t, s, tables[2]); note != "" {
		t.Errorf("copied again at once: read %q", note)
	}
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Error(err)
	}
}
