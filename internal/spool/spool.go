// Package spool keeps record batches for as long as a session needs them: rows of
// cursors that may go back, rows of temporary tables.
//
// In: Arrow batches. Out: the same batches, by their number. They stay in memory up to
// the bound of a Budget that several spools share; what comes later goes to a file that
// has no name any more, so that nothing is left behind. It knows no plan and no session.
//
// A Spool is filled and read by one goroutine at a time; a Budget is safe for concurrent use.
package spool

import (
	"bytes"
	"io"
	"os"
	"sort"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/ipc"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Spool is a list of batches. Its creator releases it.
type Spool struct {
	budget     *Budget
	memoryOnly bool
	file       *os.File
	entries    []entry
	rows       int64
	memory     int64
	disk       int64
	references atomic.Int64
}

// entry is one batch: in memory, or a piece of the file.
type entry struct {
	first      int64 // number of its first row, from 0
	batch      arrow.RecordBatch
	at, length int64
}

// New gives an empty spool within a budget.
func New(b *Budget) *Spool {
	s := &Spool{budget: b}
	s.references.Store(1)
	return s
}

// NewInMemory gives an empty spool that uses no file.
func NewInMemory(b *Budget) *Spool {
	s := New(b)
	s.memoryOnly = true
	return s
}

// Append adds a batch and keeps it (the caller's reference stays the caller's). It fails
// with 53200 or 53400 where the budget is used up; the spool then holds what it held before.
func (s *Spool) Append(b arrow.RecordBatch) error {
	if b.NumRows() == 0 {
		return nil
	}
	e := entry{first: s.rows}
	size := sizeOf(b)
	full := s.budget.takeMemory(size)
	switch {
	case full == nil:
		b.Retain()
		e.batch = b
		s.memory += size
	case s.memoryOnly || s.budget.Directory == "":
		return full
	default:
		if err := s.spill(&e, b); err != nil {
			return err
		}
	}
	s.entries = append(s.entries, e)
	s.rows += b.NumRows()
	return nil
}

// spill writes a batch to the file.
func (s *Spool) spill(e *entry, b arrow.RecordBatch) error {
	var text bytes.Buffer
	w := ipc.NewWriter(&text, ipc.WithSchema(b.Schema()))
	if err := w.Write(b); err != nil {
		return sqlstate.New(sqlstate.IOError, "rows cannot be written to a temporary file: %w", err)
	}
	if err := w.Close(); err != nil {
		return sqlstate.New(sqlstate.IOError, "rows cannot be written to a temporary file: %w", err)
	}
	if err := s.budget.takeDisk(int64(text.Len())); err != nil {
		return err
	}
	s.disk += int64(text.Len())
	if err := s.open(); err != nil {
		return err
	}
	e.at, e.length = s.end(), int64(text.Len())
	if _, err := s.file.WriteAt(text.Bytes(), e.at); err != nil {
		return unwritable(err)
	}
	return nil
}

// end is where the next piece of the file begins.
func (s *Spool) end() int64 {
	for i := len(s.entries) - 1; i >= 0; i-- {
		if e := s.entries[i]; e.batch == nil {
			return e.at + e.length
		}
	}
	return 0
}

// open makes the file, and takes its name away at once.
func (s *Spool) open() error {
	if s.file != nil {
		return nil
	}
	f, err := os.CreateTemp(s.budget.Directory, "session-*")
	if err != nil {
		return unwritable(err)
	}
	s.file = f
	if err := os.Remove(f.Name()); err != nil {
		return unwritable(err)
	}
	return nil
}

// unwritable does not tell the client where the file would have been.
func unwritable(cause error) error {
	return sqlstate.New(sqlstate.IOError, "a temporary file cannot be written%w", quiet{cause}).OwnedBy(sqlstate.OwnerGateway)
}

type quiet struct{ error }

func (quiet) Error() string   { return "" }
func (q quiet) Unwrap() error { return q.error }

// Rows is how many rows there are.
func (s *Spool) Rows() int64 { return s.rows }

// Len is how many batches there are.
func (s *Spool) Len() int { return len(s.entries) }

// Batch gives a batch, which the caller releases.
func (s *Spool) Batch(i int) (arrow.RecordBatch, error) {
	e := s.entries[i]
	if e.batch != nil {
		e.batch.Retain()
		return e.batch, nil
	}
	r, err := ipc.NewReader(io.NewSectionReader(s.file, e.at, e.length))
	if err != nil {
		return nil, unreadable(err)
	}
	defer r.Release()
	if !r.Next() {
		return nil, unreadable(r.Err())
	}
	b := r.RecordBatch()
	b.Retain()
	return b, nil
}

func unreadable(cause error) error {
	return sqlstate.New(sqlstate.IOError, "a temporary file cannot be read%w", quiet{cause}).OwnedBy(sqlstate.OwnerGateway)
}

// Find gives the batch that holds a row, counted from 0, and the number of its first row.
func (s *Spool) Find(row int64) (b arrow.RecordBatch, first int64, err error) {
	i := sort.Search(len(s.entries), func(i int) bool { return s.entries[i].first > row }) - 1
	b, err = s.Batch(i)
	return b, s.entries[i].first, err
}

// Retain adds an owner.
func (s *Spool) Retain() { s.references.Add(1) }

// Release frees everything with the last owner.
func (s *Spool) Release() {
	if s.references.Add(-1) > 0 {
		return
	}
	for _, e := range s.entries {
		if e.batch != nil {
			e.batch.Release()
		}
	}
	s.entries = nil
	if s.file != nil {
		_ = s.file.Close()
	}
	s.budget.give(s.memory, s.disk)
}

// sizeOf is what a batch takes in memory. A slice counts as what it shows.
func sizeOf(b arrow.RecordBatch) int64 {
	bytes := uint64(64) // small batches are not free
	for _, c := range b.Columns() {
		bytes += c.Data().SizeInBytes()
	}
	return int64(bytes)
}
