package duckdb

import (
	"context"
	"time"
	"unsafe"

	"github.com/sluicemesh/sluice/sqlstate"
)

// #include <stdlib.h>
// #include "bridge.h"
import "C"

// connection is one DuckDB connection; it runs one statement at a time.
type connection struct {
	handle C.duckdb_connection
	id     uint64
}

// acquire gives an idle connection or a new one. release gives it back.
func (e *Engine) acquire() (*connection, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, sqlstate.New(sqlstate.AdminShutdown, "the engine is closed")
	}
	if n := len(e.idle); n > 0 {
		c := e.idle[n-1]
		e.idle = e.idle[:n-1]
		e.open++
		return c, nil
	}
	c, err := connect(e.database)
	if err != nil {
		return nil, err
	}
	e.open++
	return c, nil
}

func (e *Engine) release(c *connection) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.open--
	if e.closed {
		c.disconnect()
		e.free()
		return
	}
	e.idle = append(e.idle, c)
}

func connect(database C.duckdb_database) (*connection, error) {
	c := &connection{}
	if C.duckdb_connect(database, &c.handle) != 0 {
		return nil, sqlstate.New(sqlstate.InternalError, "duckdb: cannot connect")
	}
	var context C.duckdb_client_context
	C.duckdb_connection_get_client_context(c.handle, &context)
	c.id = uint64(C.duckdb_client_context_get_connection_id(context))
	C.duckdb_destroy_client_context(&context)
	return c, nil
}

func (c *connection) disconnect() { C.duckdb_disconnect(&c.handle) }

// exec runs statements without rows.
func (c *connection) exec(sql string) error {
	text := C.CString(sql)
	defer C.free(unsafe.Pointer(text))
	return engineError(C.sluice_exec(c.handle, text))
}

// interruptOn interrupts the running statement when ctx ends, and calls also. It
// repeats until stopped: DuckDB forgets an interrupt that comes just before a
// statement begins. After stop the connection is not touched again.
func (c *connection) interruptOn(ctx context.Context, also func()) (stop func()) {
	stopped, done := make(chan struct{}), make(chan struct{})
	cancel := context.AfterFunc(ctx, func() {
		defer close(done)
		also()
		for pause := time.Millisecond; ; pause = min(2*pause, time.Second) {
			C.duckdb_interrupt(c.handle)
			select {
			case <-stopped:
				return
			case <-time.After(pause):
			}
		}
	})
	return func() {
		close(stopped)
		if !cancel() {
			<-done
		}
	}
}
