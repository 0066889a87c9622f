package duckdb

import (
	"context"
	"runtime"
	"runtime/cgo"
	"sync"
	"sync/atomic"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/cdata"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/arrow/memory/mallocator"

	"github.com/sluicemesh/sluice/sqlstate"
)

// #include <stdlib.h>
// #include "bridge.h"
import "C"

// StreamFunction is the table function over a statement's streams:
// FROM sluice_stream('name').
const StreamFunction = "sluice_stream"

// Stream is one input of a statement. A statement may scan it once: a second scan
// would find it partly read, so it is refused (write a MATERIALIZED common table
// expression where rows are needed twice, and always inside a recursive one).
type Stream struct {
	Reader array.RecordReader // released by the statement
	Rows   int64              // estimate for the join order; 0 is unknown

	// Cancel makes a blocked Reader.Next return; it may be called at any time, from
	// any goroutine, more than once. Without it, a statement that ends early (LIMIT,
	// an error, its context) waits for the Next in flight.
	Cancel context.CancelFunc
}

// Allocator gives memory outside the Go heap. Producers of streams should build
// their batches with it; batches on the Go heap work too, pinned while in use.
func Allocator() memory.Allocator { return allocator }

var allocator = mallocator.NewMallocator()

// stream is a Stream while its statement runs.
type stream struct {
	Stream
	handle     cgo.Handle
	connection *connection
	schema     *arrow.Schema
	threads    int
	scanned    atomic.Bool

	mu  sync.Mutex
	err error
}

func adopt(streams map[string]Stream) map[string]*stream {
	adopted := make(map[string]*stream, len(streams))
	for name, s := range streams {
		own := &stream{Stream: s, schema: s.Reader.Schema()}
		own.handle = cgo.NewHandle(own)
		adopted[name] = own
	}
	return adopted
}

func (s *stream) cancel() {
	if s.Cancel != nil {
		s.Cancel()
	}
}

func (s *stream) release() {
	s.Reader.Release()
	s.handle.Delete()
}

func (s *stream) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
}

func (s *stream) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// next reads one batch and lends it to C; nil at the end. The scan's lock is held.
func (s *stream) next() (lent *C.sluice_batch, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = sqlstate.New(sqlstate.InternalError, "duckdb: panic in a stream: %v", p)
		}
	}()
	for s.Reader.Next() {
		batch := s.Reader.RecordBatch()
		if batch.NumRows() == 0 {
			continue
		}
		if err := sameTypes(s.schema, batch.Schema()); err != nil {
			return nil, err
		}
		return lend(batch), nil
	}
	return nil, s.Reader.Err()
}

// sameTypes guards memory: DuckDB reads buffers by the types announced at bind.
func sameTypes(want, got *arrow.Schema) error {
	if want == got {
		return nil
	}
	if want.NumFields() != got.NumFields() {
		return sqlstate.New(sqlstate.InternalError, "duckdb: a batch has %d columns, its stream %d", got.NumFields(), want.NumFields())
	}
	for i := range want.NumFields() {
		if !arrow.TypeEqual(want.Field(i).Type, got.Field(i).Type) {
			return sqlstate.New(sqlstate.InternalError, "duckdb: column %d of a batch is %s, of its stream %s", i, got.Field(i).Type, want.Field(i).Type)
		}
	}
	return nil
}

// loan keeps a batch alive and in place while C refers to its buffers.
type loan struct {
	batch arrow.RecordBatch
	pins  runtime.Pinner
}

func lend(batch arrow.RecordBatch) *C.sluice_batch {
	l := &loan{batch: batch}
	batch.Retain()
	for _, column := range batch.Columns() {
		l.pin(column.Data())
	}
	lent := (*C.sluice_batch)(C.calloc(1, C.sizeof_sluice_batch))
	lent.references = 1
	lent.owner = C.uintptr_t(cgo.NewHandle(l))
	cdata.ExportArrowRecordBatch(batch, (*cdata.CArrowArray)(unsafe.Pointer(&lent.array)), nil)
	return lent
}

// pin holds Go buffers in place; memory from outside the Go heap needs none, and
// Pin passes over it.
func (l *loan) pin(data arrow.ArrayData) {
	for _, buffer := range data.Buffers() {
		if buffer != nil && buffer.Len() > 0 {
			l.pins.Pin(&buffer.Bytes()[0])
		}
	}
	for _, child := range data.Children() {
		l.pin(child)
	}
}

//export sluiceBatchDone
func sluiceBatchDone(owner C.uintptr_t) {
	h := cgo.Handle(owner)
	l := h.Value().(*loan)
	h.Delete()
	l.pins.Unpin()
	l.batch.Release()
}

//export sluiceStreamNext
func sluiceStreamNext(handle C.uintptr_t, out **C.sluice_batch) C.int {
	s := cgo.Handle(handle).Value().(*stream)
	lent, err := s.next()
	if err != nil {
		s.fail(err)
		return -1
	}
	if lent == nil {
		return 0
	}
	*out = lent
	return 1
}
