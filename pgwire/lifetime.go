package pgwire

import (
	"context"
	"sync"
	"time"
)

// lifetime is how a server ends: first draining closes (idle sessions leave),
// after the grace period statements is cancelled, a second later forced closes
// every socket that is still open, so that Serve returns whatever clients do.
type lifetime struct {
	draining   context.Context
	statements context.Context // parent of every statement's context
	forced     context.Context
	drain      context.CancelFunc

	stops   []context.CancelFunc
	watcher sync.WaitGroup
}

// forcedAfter is the time a cancelled statement has to say goodbye.
const forcedAfter = time.Second

// newLifetime follows ctx.
func newLifetime(ctx context.Context, grace time.Duration) *lifetime {
	free := context.WithoutCancel(ctx)
	l := &lifetime{}
	ended, end := context.WithCancel(free)
	l.draining, l.drain = context.WithCancel(ctx)
	statements, cancelStatements := context.WithCancelCause(free)
	forced, force := context.WithCancel(free)
	l.statements, l.forced = statements, forced
	l.stops = []context.CancelFunc{end, force, l.drain, func() { cancelStatements(nil) }}

	l.watcher.Go(func() {
		if !sleepUntil(ended, l.draining.Done(), 0) {
			return
		}
		if !sleepUntil(ended, nil, grace) {
			return
		}
		cancelStatements(errShutdown)
		if sleepUntil(ended, nil, forcedAfter) {
			force()
		}
	})
	return l
}

// end stops the watcher and frees the contexts.
func (l *lifetime) end() {
	for _, stop := range l.stops {
		stop()
	}
	l.watcher.Wait()
}

// sleepUntil waits for event, or for d where event is nil; false when ctx ended first.
func sleepUntil(ctx context.Context, event <-chan struct{}, d time.Duration) bool {
	var timer <-chan time.Time
	if event == nil {
		t := time.NewTimer(d)
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-ctx.Done():
		return false
	case <-event:
	case <-timer:
	}
	return true
}
