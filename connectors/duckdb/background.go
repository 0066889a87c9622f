package duckdb

import (
	"context"
	"sync"
)

// background is what goes on besides statements; it is counted, so that it can be ended.
type background struct {
	ctx  context.Context
	stop context.CancelFunc

	mu      sync.Mutex
	idle    *sync.Cond
	running int
	closed  bool
}

func newBackground() *background {
	b := &background{}
	b.idle = sync.NewCond(&b.mu)
	b.ctx, b.stop = context.WithCancel(context.Background())
	return b
}

// begin runs work unless all has been ended.
func (b *background) begin(work func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.running++
	go func() {
		defer b.ended()
		work()
	}()
}

func (b *background) ended() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running--
	b.idle.Broadcast()
}

// wait waits until nothing goes on.
func (b *background) wait() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.running > 0 {
		b.idle.Wait()
	}
}

// close ends all of it and waits until it has.
func (b *background) close() {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.stop()
	b.wait()
}
