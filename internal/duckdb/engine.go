// Package duckdb is a thin layer over an embedded DuckDB: SQL text and Arrow
// streams in, Arrow record batches out.
//
// In: statements written by this project, never by a user; Arrow record readers
// that such a statement names as sluice_stream('name'). Out: one record reader per
// statement, read as DuckDB computes it; errors as sqlstate.Error. It knows no
// plan, no user and no policy. An instance is locked when Open returns: no file,
// extension or setting can be reached by a statement except what Options allow.
//
// Every exported reader and batch follows Arrow's rule: who creates releases.
package duckdb

import (
	"context"
	"errors"
	"runtime"
	"runtime/cgo"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/sluicemesh/sluice/sqlstate"
)

// #include <stdlib.h>
// #include "bridge.h"
import "C"

// Engine is one DuckDB instance with a pool of connections. All methods are safe
// for concurrent use.
type Engine struct {
	database C.duckdb_database
	threads  atomic.Int64
	self     cgo.Handle
	limits   limitsInForce
	states   stateMemory

	mu        sync.Mutex
	idle      []*connection
	running   map[uint64]*query // by connection, so that a stream is seen by its own statement only
	open      int               // connections handed out
	closed    bool
	forbidden closedNames  // nil: not Closed
	handles   []cgo.Handle // of registered functions
}

// Open starts an instance and locks it. Close ends it.
func Open(options Options) (*Engine, error) {
	database, err := openDatabase(options)
	if err != nil {
		return nil, err
	}
	e := &Engine{database: database, running: map[uint64]*query{}}
	e.threads.Store(int64(options.threads()))
	e.self = cgo.NewHandle(e)
	if err := e.prepare(options); err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return e, nil
}

// prepare makes the one connection that sets the instance up, and locks it.
func (e *Engine) prepare(options Options) error {
	c, err := e.acquire()
	if err != nil {
		return err
	}
	defer e.release(c)
	var closed closedNames
	if options.Closed {
		if closed, err = e.newClosedNames(); err != nil {
			return err
		}
	}
	name := C.CString(StreamFunction)
	defer C.free(unsafe.Pointer(name))
	if C.sluice_register_stream_function(c.handle, C.uintptr_t(e.self), name) != 0 {
		return sqlstate.New(sqlstate.InternalError, "duckdb: cannot register %s", StreamFunction)
	}
	if err := e.registerScalars(c, options.Scalars); err != nil {
		return err
	}
	for _, f := range options.Aggregates {
		if err := e.registerAggregate(c, f); err != nil {
			return err
		}
	}
	for _, statement := range options.statements() {
		if err := c.exec(statement); err != nil {
			return err
		}
	}
	e.forbidden = closed
	return nil
}

// Exec runs statements that give no rows. It is for the owner's own set-up of an
// instance that it may write; queries go through Query.
func (e *Engine) Exec(ctx context.Context, sql string) error {
	if err := ctx.Err(); err != nil {
		return sqlstate.From(err)
	}
	c, err := e.acquire()
	if err != nil {
		return err
	}
	defer e.release(c)
	stop := c.interruptOn(ctx, func() {})
	err = c.exec(sql)
	stop()
	return ended(ctx, err)
}

// Close ends the instance. Readers that are still open keep it alive until the
// last of them is released; no new statement starts.
func (e *Engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil
	}
	e.closed = true
	for _, c := range e.idle {
		c.disconnect()
	}
	e.idle = nil
	e.free()
	return nil
}

// free ends the instance once it is closed and no connection is out.
func (e *Engine) free() {
	if !e.closed || e.open > 0 {
		return
	}
	C.duckdb_close(&e.database)
	for _, h := range e.handles {
		h.Delete()
	}
	e.self.Delete()
}

func (o Options) threads() int {
	if o.Threads > 0 {
		return o.Threads
	}
	return runtime.GOMAXPROCS(0)
}

// libraryVersion is the version of DuckDB that is linked; api.h was written for it.
func libraryVersion() string { return C.GoString(C.duckdb_library_version()) }
