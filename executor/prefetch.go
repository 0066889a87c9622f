package executor

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/internal/batches"
)

// ahead is how many batches a source may be in front of its reader: enough that
// neither waits for the other at each batch, small against the memory budget.
const ahead = 4

// prefetched reads batches in a goroutine of its own, so that all sources of a
// statement work at once although the merge takes them one after the other, and none is
// called by a thread of the engine's: readers may be coroutines, which belong to one goroutine.
type prefetched struct {
	batches.Reader
	inner array.RecordReader
	taken chan arrow.RecordBatch
	fault error // set before taken is closed
	stop  chan struct{}
}

var _ array.RecordReader = (*prefetched)(nil)

// prefetch takes over inner and releases it when the reader is released. It is so many batches
// ahead, and one that nobody has taken yet.
func prefetch(inner array.RecordReader, ahead int) array.RecordReader {
	p := &prefetched{inner: inner, taken: make(chan arrow.RecordBatch, ahead), stop: make(chan struct{})}
	p.Finish = p.finish
	go p.fill()
	return p
}

func (p *prefetched) fill() {
	defer close(p.taken)
	for p.inner.Next() {
		b := p.inner.RecordBatch()
		b.Retain()
		select {
		case p.taken <- b:
		case <-p.stop:
			b.Release()
			return
		}
	}
	p.fault = p.inner.Err()
}

// Schema is the inner reader's.
func (p *prefetched) Schema() *arrow.Schema { return p.inner.Schema() }

// Next waits for a batch. It ends when the source does: the source ends with its context.
func (p *prefetched) Next() bool {
	p.Stand(nil) // while it waits, too
	return p.Stand(<-p.taken)
}

// Err gives the source's error once Next has said no.
func (p *prefetched) Err() error { return p.fault }

// finish ends the goroutine, waits for it and releases the source.
func (p *prefetched) finish() {
	close(p.stop)
	for b := range p.taken {
		b.Release()
	}
	p.inner.Release()
}
