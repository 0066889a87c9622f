package duckdb

import (
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

var _ array.RecordReader = (*reader)(nil)

// reader gives the rows of one statement. Batches are copies that DuckDB made (at
// most 2048 rows each): they outlive the reader for whoever retains them.
// Like every array.RecordReader it is used by one goroutine at a time.
type reader struct {
	query      *query
	schema     *arrow.Schema
	batch      arrow.RecordBatch
	err        error
	done       bool
	references atomic.Int64
}

func (r *reader) Schema() *arrow.Schema          { return r.schema }
func (r *reader) RecordBatch() arrow.RecordBatch { return r.batch }
func (r *reader) Record() arrow.RecordBatch      { return r.batch }
func (r *reader) Err() error                     { return r.err }

// Next reads the next batch; the one before is released.
func (r *reader) Next() bool {
	r.drop()
	if r.done {
		return false
	}
	batch, err := r.query.fetch(r.schema)
	if batch != nil {
		r.batch = batch
		return true
	}
	r.done = true
	if err != nil {
		r.err = r.query.failure(err)
	}
	r.query.close()
	return false
}

func (r *reader) drop() {
	if r.batch != nil {
		r.batch.Release()
		r.batch = nil
	}
}

func (r *reader) Retain() { r.references.Add(1) }

// Release ends the statement when the last holder lets go.
func (r *reader) Release() {
	if r.references.Add(-1) != 0 {
		return
	}
	r.done = true
	r.drop()
	r.query.close()
}
