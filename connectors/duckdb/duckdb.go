// Package duckdb reads sources that an embedded DuckDB can: a DuckDB database file, or
// Parquet, CSV and JSON files below one directory.
//
// In: a plan.Remote; the shared writer makes it one SELECT in DuckDB's dialect. Out:
// Arrow batches; descriptions of tables. It knows no user, no policy and no other
// source.
//
// Each source has an engine of its own that reaches the source's file or directory and
// nothing else. Columns are brought to the types of their contract in the scan, before
// any operator sees them; text is read as PostgreSQL's input functions read it, and a
// value that cannot be read is an error that names its file and column, not the value.
package duckdb

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/sqlstate"
)

var (
	_ connectors.Connector = Connector{}
	_ connectors.Source    = (*Source)(nil)
)

// Connector opens DuckDB files and directories of files.
type Connector struct {
	// Base is what engines have in common: the functions the writer's SQL calls, memory
	// and threads. What an engine may reach is set for each source.
	Base duckdb.Options
	// Memory is for copies of files that are read often; nil: they are always read.
	Memory *Memory
}

// Source is one database file or one directory.
type Source struct {
	of   *catalog.Source
	base duckdb.Options
	free chan struct{} // a token for each read that may run; nil: any number

	shapes shapes

	// Copies of files; see Memory.
	memory    *Memory
	interests map[string]*interest // guarded by memory.mu
	loads     *background
	sequence  int // of tables; whose turn it is to load has it
	sizing    sync.Mutex
	copies    int64 // bytes of copies; guarded by sizing, as are
	reserved  int64 // bytes that the engine may use for copies,
	loading   int64 // bytes that it may use to load them, and
	ended     bool  // that it goes

	mu     sync.Mutex
	engine *duckdb.Engine
	opened os.FileInfo // what engine was opened on
	closed bool
}

// connectionWait is how long a read waits for another to end.
const connectionWait = 30 * time.Second

// Open makes a source whose engine starts with the first statement.
func (c Connector) Open(s *catalog.Source, _ string) (connectors.Source, error) {
	open := &Source{of: s, base: c.Base, interests: map[string]*interest{}, loads: newBackground()}
	if s.Kind == catalog.Files {
		open.memory = c.Memory
	}
	if s.Limits.Connections > 0 {
		open.free = make(chan struct{}, s.Limits.Connections)
	}
	return open, nil
}

// Close ends the engine; reads that still run end with their readers.
func (s *Source) Close() error {
	s.loads.close()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.engine == nil {
		return nil
	}
	if s.memory != nil {
		s.end()
	}
	err := s.engine.Close()
	s.engine = nil
	return err
}

// attached is the name of the database file within the engine.
const attached = "source"

// running gives the engine. A database file that was replaced since, which is how a new
// version of one is published, gets a new engine; reads on the older one go on.
func (s *Source) running() (*duckdb.Engine, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, sqlstate.New(sqlstate.ConnectionFailure, "domain %s: source %s was closed", s.of.Domain, s.of.Name)
	}
	now, err := os.Stat(s.of.Path)
	if err != nil {
		return nil, s.unreachable()
	}
	if s.engine != nil && (s.of.Kind == catalog.Files || same(s.opened, now)) {
		return s.engine, nil
	}
	engine, err := s.start()
	if err != nil {
		return nil, err
	}
	if s.engine != nil {
		_ = s.engine.Close()
	}
	s.engine, s.opened = engine, now
	return engine, nil
}

func same(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}

func (s *Source) start() (*duckdb.Engine, error) {
	real, err := filepath.EvalSymlinks(s.of.Path)
	if err != nil {
		return nil, s.unreachable()
	}
	options := s.base
	options.Scalars = append(append([]duckdb.ScalarFunction{}, options.Scalars...), s.inputFunctions()...)
	if s.of.Kind == catalog.Files {
		options.AllowedDirectories = []string{real}
	} else {
		options.Attach = append(append([]duckdb.Attachment{}, options.Attach...), duckdb.Attachment{Name: attached, Path: real})
	}
	engine, err := duckdb.Open(options)
	if err != nil {
		e := s.unreachable()
		e.Detail = "It is no database that this version of DuckDB can read, or another process is writing it."
		return nil, e
	}
	return engine, nil
}

func (s *Source) unreachable() *sqlstate.Error {
	return sqlstate.New(sqlstate.UnableToConnect, "domain %s: source %s cannot be reached", s.of.Domain, s.of.Name)
}

// admit waits until a read may run; leave says that it has ended.
func (s *Source) admit(ctx context.Context) (leave func(), err error) {
	if s.free == nil {
		return func() {}, nil
	}
	timer := time.NewTimer(connectionWait)
	defer timer.Stop()
	select {
	case s.free <- struct{}{}:
		return func() { <-s.free }, nil
	case <-ctx.Done():
		return nil, s.failure(ctx, ctx.Err())
	case <-timer.C:
		return nil, sqlstate.New(sqlstate.TooManyConnections, "domain %s: all %d connections of source %s are in use", s.of.Domain, cap(s.free), s.of.Name)
	}
}
