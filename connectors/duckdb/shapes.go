package duckdb

import (
	"io/fs"
	"os"
	"sync"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/internal/duckdb"
)

// shapes remembers the columns of relations, so that a read is one statement of the
// engine and not two. What is remembered holds for the engine that said it (a database is
// read as the engine attached it) and for the first file as it was: that is where the
// engine takes the columns from.
type shapes struct {
	mu    sync.Mutex
	known map[catalog.Physical]shape
}

type shape struct {
	engine  *duckdb.Engine
	from    string
	first   fs.FileInfo // nil: no file
	names   []string
	columns map[string]string
}

// fill puts the columns into a relation; false where they must be asked for.
func (s *shapes) fill(e *duckdb.Engine, of catalog.Physical, r *relation) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	known, ok := s.known[of]
	if !ok || known.engine != e || known.from != r.from || !sameFile(known.first, r.first()) {
		return false
	}
	r.names, r.columns = known.names, known.columns
	return true
}

// keep remembers what the engine said of a relation whose first file was as given before.
func (s *shapes) keep(e *duckdb.Engine, of catalog.Physical, r *relation, first fs.FileInfo) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[catalog.Physical]shape{}
	}
	s.known[of] = shape{engine: e, from: r.from, first: first, names: r.names, columns: r.columns}
}

// first tells of the first file as it is now; nil: there is none.
func (r *relation) first() fs.FileInfo {
	if len(r.files) == 0 {
		return nil
	}
	info, err := os.Stat(r.files[0])
	if err != nil {
		return nil
	}
	return info
}

func sameFile(a, b fs.FileInfo) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return same(a, b)
}
