package duckdb

import (
	"context"
	"slices"
	"time"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgname"
)

// copied is a table in a source's engine that has columns of a relation's files, converted
// to what their contract says, in the order of the files.
type copied struct {
	of      *interest
	source  *Source
	engine  *duckdb.Engine
	table   string
	version version
	columns map[string]string // names, by what computes them from the files
	bytes   int64

	// Guarded by Memory.mu. A table that is read is never dropped.
	readers  int
	unwanted bool
	read     time.Time // last
}

// has tells whether a copy has all of some columns.
func (c *copied) has(columns []columnUse) bool {
	return !slices.ContainsFunc(columns, func(one columnUse) bool { return c.columns[one.computed] == "" })
}

// column names a column of the copy.
func (c *copied) column(alias, computed string) string {
	return alias + "." + pgname.Quoted(c.columns[computed])
}

// drop lets go of a copy; the last to do so of one that is unwanted drops the table.
func (c *copied) drop() {
	m := c.source.memory
	m.mu.Lock()
	c.readers--
	last := c.unwanted && c.readers == 0
	m.mu.Unlock()
	if last {
		_ = c.engine.Exec(context.Background(), "DROP TABLE "+c.table) // fails where the engine is closed, and the table gone
		_ = c.source.resize(c.engine, -c.bytes)                        // what statements use stays reserved until the next change
	}
}

// resize changes what the engine may use for copies, on top of what statements have, and
// gives back what it can use no more. Where statements of this moment need it, that is done
// with the next change. More than before must have been reserved.
func (s *Source) resize(e *duckdb.Engine, by int64) error {
	s.sizing.Lock()
	defer s.sizing.Unlock()
	s.copies += by
	s.reserved += max(by, 0)
	if err := s.limit(e); err != nil {
		return err
	}
	s.memory.release(s.reserved - s.copies)
	s.reserved = s.copies
	return nil
}

// limit tells the engine what it may use. With sizing.
func (s *Source) limit(e *duckdb.Engine) error {
	if s.base.MemoryLimit == 0 || s.ended {
		return nil
	}
	return e.Limit(context.Background(), duckdb.Limits{Memory: s.base.MemoryLimit + s.copies + s.loading})
}

// loadingBytes is what the engine may use while it reads files to copy them, so that it takes
// nothing of what statements have then.
const loadingBytes = 64 << 20

// lendLoading has the engine use loadingBytes more, until end is called. false: nobody has them.
func (s *Source) lendLoading(e *duckdb.Engine) (end func(), ok bool) {
	if !s.memory.Lender.Borrow(loadingBytes) {
		return nil, false
	}
	change := func(to int64) error {
		s.sizing.Lock()
		defer s.sizing.Unlock()
		s.loading = to
		return s.limit(e)
	}
	end = func() {
		_ = change(0) // what statements use stays theirs until the next change
		s.memory.Lender.Return(loadingBytes)
	}
	if change(loadingBytes) != nil {
		end()
		return nil, false
	}
	return end, true
}

// end drops all copies of a source that is being closed. Those that are read go with the
// engine, when their readers have ended.
func (s *Source) end() {
	m := s.memory
	m.mu.Lock()
	var going []*copied
	for _, c := range slices.Clone(m.copies) {
		if c.source == s {
			m.forget(c)
			going = append(going, c)
		}
	}
	m.mu.Unlock()
	for _, c := range going {
		c.drop()
	}
	s.sizing.Lock()
	defer s.sizing.Unlock()
	s.ended = true
}
