package duckdb

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/internal/batches"
)

var _ array.RecordReader = (*reader)(nil)

// reader gives the rows of one statement. Batches are copies that DuckDB made (at
// most 2048 rows each): they outlive the reader for whoever retains them.
// Like every array.RecordReader it is used by one goroutine at a time.
type reader struct {
	batches.Reader
	query  *query
	schema *arrow.Schema
	err    error
	done   bool
}

func (r *reader) Schema() *arrow.Schema { return r.schema }
func (r *reader) Err() error            { return r.err }

// Next reads the next batch; the one before is released.
func (r *reader) Next() bool {
	r.Stand(nil)
	if r.done {
		return false
	}
	batch, err := r.query.fetch(r.schema)
	if batch != nil {
		return r.Stand(batch)
	}
	r.done = true
	if err != nil {
		r.err = r.query.failure(err)
	}
	r.query.close()
	return false
}

// finish ends the statement.
func (r *reader) finish() {
	r.done = true
	r.query.close()
}
