// Package batches is what readers of Arrow batches have in common.
//
// In: batches, one after the other. Out: the half of an array.RecordReader that stands on
// one of them and counts who holds the reader. It knows neither where batches come from nor why
// there are no more.
package batches

import (
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
)

// Reader is embedded by readers, which have Schema, Next and Err of their own. The zero value
// stands on no batch and has one owner.
type Reader struct {
	// Finish frees what else the reader holds, once the last owner has let go and the batch is
	// released; nil: nothing. It is set before the reader is handed over.
	Finish func()

	current arrow.RecordBatch
	more    atomic.Int64 // owners beside the first
}

// Stand goes to a batch and takes over the reference to it; nil: there is none. The one
// before is released. It gives what Next has to.
func (r *Reader) Stand(on arrow.RecordBatch) bool {
	if r.current != nil {
		r.current.Release()
	}
	r.current = on
	return on != nil
}

// RecordBatch is valid until the next call of Next.
func (r *Reader) RecordBatch() arrow.RecordBatch { return r.current }

// Record is RecordBatch under its older name.
func (r *Reader) Record() arrow.RecordBatch { return r.current }

// Retain adds an owner.
func (r *Reader) Retain() { r.more.Add(1) }

// Release takes one away.
func (r *Reader) Release() {
	if r.more.Add(-1) != -1 {
		return
	}
	r.Stand(nil)
	if r.Finish != nil {
		r.Finish()
	}
}
