package executor

import (
	"sync"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// ahead is how many batches a source may be in front of its reader: enough that
// neither waits for the other at each batch, small against the memory budget.
const ahead = 4

// prefetched reads batches in a goroutine of its own, so that all sources of a
// statement work at once although the merge takes them one after the other, and none is
// called by a thread of the engine's: readers may be coroutines, which belong to one goroutine.
type prefetched struct {
	inner      array.RecordReader
	batches    chan arrow.RecordBatch
	current    arrow.RecordBatch
	failed     error // set before batches is closed
	stop       chan struct{}
	stopped    sync.Once
	references atomic.Int64
}

var _ array.RecordReader = (*prefetched)(nil)

// prefetch takes over inner and releases it when the reader is released. It is so many batches
// ahead, and one that nobody has taken yet.
func prefetch(inner array.RecordReader, ahead int) array.RecordReader {
	p := &prefetched{inner: inner, batches: make(chan arrow.RecordBatch, ahead), stop: make(chan struct{})}
	p.references.Store(1)
	go p.fill()
	return p
}

func (p *prefetched) fill() {
	defer close(p.batches)
	for p.inner.Next() {
		b := p.inner.RecordBatch()
		b.Retain()
		select {
		case p.batches <- b:
		case <-p.stop:
			b.Release()
			return
		}
	}
	p.failed = p.inner.Err()
}

// Schema is the inner reader's.
func (p *prefetched) Schema() *arrow.Schema { return p.inner.Schema() }

// Next waits for a batch. It ends when the source does: the source ends with its context.
func (p *prefetched) Next() bool {
	p.drop()
	b, ok := <-p.batches
	if ok {
		p.current = b
	}
	return ok
}

// RecordBatch is valid until the next call of Next.
func (p *prefetched) RecordBatch() arrow.RecordBatch { return p.current }

// Record is RecordBatch under its older name.
func (p *prefetched) Record() arrow.RecordBatch { return p.current }

// Err gives the source's error once Next has said no.
func (p *prefetched) Err() error { return p.failed }

// Retain adds an owner.
func (p *prefetched) Retain() { p.references.Add(1) }

// Release ends the goroutine with the last owner, waits for it and releases the source.
func (p *prefetched) Release() {
	if p.references.Add(-1) > 0 {
		return
	}
	p.stopped.Do(func() { close(p.stop) })
	p.drop()
	for b := range p.batches {
		b.Release()
	}
	p.inner.Release()
}

func (p *prefetched) drop() {
	if p.current != nil {
		p.current.Release()
		p.current = nil
	}
}
