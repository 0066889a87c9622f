package mysql

import (
	"context"
	"sync"
	"time"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/sqlstate"
)

// defaultConnections where the source's limits name none.
const defaultConnections = 8

// connectionWait is how long a read waits for a free connection. Unbounded, two reads
// of one statement could wait for each other for ever.
const connectionWait = 30 * time.Second

// longestIdle is how long an unused session is trusted.
const longestIdle = 10 * time.Minute

// pool holds sessions of one source, the last used first.
type pool struct {
	of    *catalog.Source
	dial  func(context.Context) (*session, error)
	slots chan struct{}

	mu     sync.Mutex
	idle   []*session
	closed bool
}

func newPool(s *catalog.Source, dial func(context.Context) (*session, error)) *pool {
	size := s.Limits.Connections
	if size <= 0 {
		size = defaultConnections
	}
	return &pool{of: s, dial: dial, slots: make(chan struct{}, size)}
}

// acquire gives a session, dialled if need be. Whoever has it gives it back by release.
func (p *pool) acquire(ctx context.Context) (*session, error) {
	timer := time.NewTimer(connectionWait)
	defer timer.Stop()
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-timer.C:
		return nil, sqlstate.New(sqlstate.TooManyConnections, "domain %s: all %d connections of source %s are in use",
			p.of.Domain, cap(p.slots), p.of.Name)
	}
	return p.connect(ctx)
}

// spare gives up to count sessions that nobody waits for, and leaves a quarter of the pool
// to others. Whoever has them gives each back by release.
func (p *pool) spare(ctx context.Context, count int) []*session {
	var all []*session
	for len(all) < count && len(p.slots) < cap(p.slots)-cap(p.slots)/4 {
		select {
		case p.slots <- struct{}{}:
		default:
			return all
		}
		c, err := p.connect(ctx)
		if err != nil {
			return all
		}
		all = append(all, c)
	}
	return all
}

// connect gives a session for a slot that is taken already.
func (p *pool) connect(ctx context.Context) (*session, error) {
	for c := p.take(); c != nil; c = p.take() {
		if time.Since(c.used) < longestIdle && c.alive(ctx) {
			return c, nil
		}
		c.close()
	}
	c, err := p.dial(ctx)
	if err != nil {
		<-p.slots
	}
	return c, err
}

func (p *pool) take() *session {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.idle) == 0 {
		return nil
	}
	last := len(p.idle) - 1
	c := p.idle[last]
	p.idle = p.idle[:last]
	return c
}

// release takes a session back; one that is not clean is closed.
func (p *pool) release(c *session, clean bool) {
	c.used = time.Now()
	p.mu.Lock()
	keep := clean && !p.closed
	if keep {
		p.idle = append(p.idle, c)
	}
	p.mu.Unlock()
	if !keep {
		c.close()
	}
	<-p.slots
}

// close closes idle sessions; those in use are closed when they are given back.
func (p *pool) close() {
	p.mu.Lock()
	idle := p.idle
	p.idle, p.closed = nil, true
	p.mu.Unlock()
	for _, c := range idle {
		c.close()
	}
}
