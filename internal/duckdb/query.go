package duckdb

import (
	"context"
	"errors"
	"sync"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/cdata"

	"github.com/sluicemesh/sluice/sqlstate"
)

// #include <stdlib.h>
// #include "bridge.h"
import "C"

// statementSelect is DUCKDB_STATEMENT_TYPE_SELECT, statementExplain its neighbour.
const (
	statementSelect  = 1
	statementExplain = 4
)

// query is one running statement: its connection, its C state and its streams.
type query struct {
	engine     *Engine
	connection *connection
	ctx        context.Context
	c          *C.sluice_query
	streams    map[string]*stream
	stopWatch  func()
	finish     sync.Once
}

// Query runs one SELECT (or EXPLAIN) and gives its rows as they are computed.
// Every stream of streams is owned by Query from the call on: it is cancelled and
// released when the statement ends, fails or never starts. The reader must be
// released; at its end or first error the statement's resources go at once.
// Err of the reader, like the error returned, is an *sqlstate.Error.
func (e *Engine) Query(ctx context.Context, sql string, streams map[string]Stream) (array.RecordReader, error) {
	q, err := e.begin(ctx, streams)
	if err != nil {
		return nil, err
	}
	var schema *arrow.Schema
	if err = e.forbidden.check(sql); err == nil {
		schema, err = q.start(sql)
	}
	if err != nil {
		err = q.failure(err)
		q.close()
		return nil, err
	}
	r := &reader{query: q, schema: schema}
	r.Finish = r.finish
	return r, nil
}

func (e *Engine) begin(ctx context.Context, streams map[string]Stream) (*query, error) {
	q := &query{engine: e, ctx: ctx, streams: adopt(streams)}
	err := error(nil)
	if err = ctx.Err(); err == nil {
		q.connection, err = e.acquire()
	}
	if err != nil {
		q.releaseStreams()
		return nil, sqlstate.From(err)
	}
	q.c = (*C.sluice_query)(C.calloc(1, C.sizeof_sluice_query))
	e.mu.Lock()
	e.running[q.connection.id] = q
	e.mu.Unlock()
	for _, s := range q.streams {
		s.connection, s.threads = q.connection, int(e.threads.Load())
	}
	q.stopWatch = q.connection.interruptOn(ctx, q.cancelStreams)
	return q, nil
}

// start prepares and executes until the first rows are there.
func (q *query) start(sql string) (*arrow.Schema, error) {
	text := C.CString(sql)
	defer C.free(unsafe.Pointer(text))
	var kind C.int
	if err := engineError(C.sluice_prepare(q.c, q.connection.handle, text, &kind)); err != nil {
		return nil, err
	}
	if kind != statementSelect && kind != statementExplain {
		return nil, sqlstate.New(sqlstate.InternalError, "duckdb: only a query can run here")
	}
	c := (*C.struct_ArrowSchema)(C.calloc(1, C.sizeof_struct_ArrowSchema))
	defer C.free(unsafe.Pointer(c))
	if err := engineError(C.sluice_execute(q.c, c)); err != nil {
		return nil, err
	}
	schema, err := cdata.ImportCArrowSchema((*cdata.CArrowSchema)(unsafe.Pointer(c)))
	if err != nil {
		return nil, sqlstate.New(sqlstate.InternalError, "duckdb: result schema: %w", err)
	}
	return schema, nil
}

// fetch gives the next batch, or nil at the end.
func (q *query) fetch(schema *arrow.Schema) (arrow.RecordBatch, error) {
	if err := q.ctx.Err(); err != nil {
		return nil, err
	}
	c := (*C.struct_ArrowArray)(C.calloc(1, C.sizeof_struct_ArrowArray))
	defer C.free(unsafe.Pointer(c))
	var rows C.idx_t
	if err := engineError(C.sluice_fetch(q.c, c, &rows)); err != nil {
		return nil, err
	}
	if rows == 0 {
		return nil, nil
	}
	batch, err := cdata.ImportCRecordBatchWithSchema((*cdata.CArrowArray)(unsafe.Pointer(c)), schema)
	if err != nil {
		return nil, sqlstate.New(sqlstate.InternalError, "duckdb: result batch: %w", err)
	}
	return batch, nil
}

// failure chooses what to report: the end of the context, else the error of a
// stream (exactly as its reader gave it), else what DuckDB said.
func (q *query) failure(err error) error {
	if q.ctx.Err() != nil {
		return ended(q.ctx, err)
	}
	for _, s := range q.streams {
		if streamErr := s.failed(); streamErr != nil {
			return sqlstate.From(streamErr)
		}
	}
	return sqlstate.From(err)
}

// ended gives a statement's error, or why its context ended where it did.
func ended(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() == nil {
		return sqlstate.From(err)
	}
	var stated *sqlstate.Error
	if errors.As(context.Cause(ctx), &stated) {
		return stated
	}
	return sqlstate.From(ctx.Err())
}

// close ends the statement and gives everything back. Streams are cancelled first:
// a thread of DuckDB may be waiting inside one, and closing waits for that thread.
func (q *query) close() {
	q.finish.Do(func() {
		q.cancelStreams()
		C.sluice_query_close(q.c)
		C.free(unsafe.Pointer(q.c))
		q.stopWatch()
		q.engine.mu.Lock()
		delete(q.engine.running, q.connection.id)
		q.engine.mu.Unlock()
		q.releaseStreams()
		q.engine.release(q.connection)
	})
}

func (q *query) cancelStreams() {
	for _, s := range q.streams {
		s.cancel()
	}
}

func (q *query) releaseStreams() {
	q.cancelStreams()
	for _, s := range q.streams {
		s.release()
	}
}
