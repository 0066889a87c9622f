package executor

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// following is a reader that gives batches of its own, made of those of an inner one. It
// owns the batch it stands on.
type following struct {
	array.RecordReader
	current arrow.RecordBatch
}

func (f *following) drop() {
	if f.current != nil {
		f.current.Release()
		f.current = nil
	}
}

// RecordBatch is valid until the next call of Next.
func (f *following) RecordBatch() arrow.RecordBatch { return f.current }

// Record is RecordBatch under its older name.
func (f *following) Record() arrow.RecordBatch { return f.current }

// Release frees the present batch and the inner reader.
func (f *following) Release() {
	f.drop()
	f.RecordReader.Release()
}
