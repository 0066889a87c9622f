// Package budget divides the memory of the process between statements, and has them
// wait while there is none.
//
// In: what a statement claims, and for whom. Out: an Account, from which the statement
// takes what it keeps, until it is closed. It knows no plan, no engine and no session.
//
// A part of the memory is for small claims, so that a look into the catalog or a stream
// of rows need not wait for merges. A merge gets a share of what is left of the rest,
// and gives some of it back when others wait. Whoever waits does so in a queue that is
// fair between principals: one after the other, each in the order of its statements.
package budget

import (
	"context"
	"sync"
	"time"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Limits are those of a process.
type Limits struct {
	Memory     int64         // bytes for all statements together
	Least      int64         // bytes without which no merge begins
	Statement  int64         // bytes one statement gets at most; 0: what is free
	Statements int           // at once; 0: no bound
	Wait       time.Duration // in the queue; 0: no bound
}

// Claim is what a statement asks for.
type Claim struct {
	Bytes   int64 // just so many, of a small claim; 0: a share of what is free
	Engines bool  // most of it is for engines, which are told their part
}

// smallPart is what small claims have for themselves: one part in so many.
const smallPart = 4

// Pool is the memory of a process. It is safe for concurrent use.
type Pool struct {
	limits Limits

	mu      sync.Mutex
	small   part
	shared  part
	lanes   [2]lane // of small claims, and of shares
	turn    int     // the lane that goes first next
	holders map[*Account]struct{}
	running int
	lent    int64 // of shared
	give    func(bytes int64)
	stats   Stats

	reclaiming sync.Mutex
}

// part is a piece of the memory.
type part struct{ size, used int64 }

func (p *part) free() int64 { return p.size - p.used }

// Stats tell how it goes.
type Stats struct {
	Running  int           // statements that have an account
	Waiting  int           // statements in the queue
	Reserved int64         // bytes
	Lent     int64         // bytes, to those who can do without
	Admitted uint64        // statements so far
	Queued   uint64        // those of them that had to wait
	Waited   time.Duration // by all of them together
	Refused  uint64        // statements that waited in vain
}

// New gives a pool.
func New(l Limits) *Pool {
	p := &Pool{limits: l, holders: map[*Account]struct{}{}}
	p.small.size = l.Memory / smallPart
	p.shared.size = l.Memory - p.small.size
	p.limits.Least = min(l.Least, p.shared.size)
	return p
}

// Enter gives an account, at once or after a wait. It fails when ctx ends, with its
// cause, or with 57014 after Limits.Wait. A nil Pool bounds nothing.
func (p *Pool) Enter(ctx context.Context, who string, c Claim) (*Account, error) {
	if p == nil {
		return nil, nil
	}
	c.Bytes = min(c.Bytes, p.small.size)
	p.recall(c)
	p.mu.Lock()
	if queue := p.lane(c); queue.length == 0 { // nobody goes before those who wait
		if a := p.admit(c); a != nil {
			p.mu.Unlock()
			return a, nil
		}
	}
	w := p.lane(c).add(who, c)
	p.stats.Waiting++
	p.mu.Unlock()
	return p.wait(ctx, w)
}

// wait waits for the account of somebody in the queue.
func (p *Pool) wait(ctx context.Context, w *waiter) (*Account, error) {
	start := time.Now()
	p.reclaim(w)
	var late <-chan time.Time
	if p.limits.Wait > 0 {
		timer := time.NewTimer(p.limits.Wait)
		defer timer.Stop()
		late = timer.C
	}
	var err error
	select {
	case <-w.ready:
	case <-ctx.Done():
		err = context.Cause(ctx)
	case <-late:
		err = sqlstate.New(sqlstate.QueryCanceled, "canceling statement due to %s of waiting for memory", p.limits.Wait).
			WithHint("What the gateway may use is taken by other statements; try again later, or close cursors that are not needed.")
	}
	if p.settle(w, time.Since(start), err) {
		return w.account, nil
	}
	w.account.Close() // it came too late; nil where it never did
	return nil, err
}

// settle ends a wait. It tells whether it was not in vain.
func (p *Pool) settle(w *waiter, waited time.Duration, err error) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stats.Waited += waited
	if err == nil {
		w.account.Waited = waited
		return true
	}
	p.stats.Refused++
	if w.account == nil {
		p.lane(w.claim).remove(w)
		p.stats.Waiting--
		p.dispatch() // whoever was behind may fit
	}
	return false
}

// lane gives the queue of a claim.
func (p *Pool) lane(c Claim) *lane {
	if c.Bytes > 0 {
		return &p.lanes[0]
	}
	return &p.lanes[1]
}

// admit gives an account if there is room; nil where there is none.
func (p *Pool) admit(c Claim) *Account {
	if p.limits.Statements > 0 && p.running >= p.limits.Statements {
		return nil
	}
	from, bytes := p.room(c)
	if from == nil {
		return nil
	}
	from.used += bytes
	p.running++
	p.stats.Admitted++
	a := &Account{pool: p, from: from, claim: c, share: bytes, limit: bytes}
	if c.Bytes == 0 {
		p.holders[a] = struct{}{}
		a.merges = len(p.holders)
	}
	return a
}

// room says from which part a claim can be met, and by how much.
func (p *Pool) room(c Claim) (*part, int64) {
	switch wanted, free := p.wanted(c), p.shared.free(); {
	case c.Bytes > 0 && wanted == 0:
		return &p.small, c.Bytes
	case c.Bytes > 0 && wanted <= free:
		return &p.shared, wanted
	case c.Bytes == 0 && free >= p.limits.Least:
		return &p.shared, min(wanted, free)
	}
	return nil, 0
}

// dispatch lets in whoever fits, the lanes in turn. Where the first of a lane does not
// fit nobody of it goes before it: large claims would wait for ever.
func (p *Pool) dispatch() {
	for stuck := 0; stuck < len(p.lanes); {
		queue := &p.lanes[p.turn]
		p.turn = (p.turn + 1) % len(p.lanes)
		w := queue.first()
		if w == nil {
			stuck++
			continue
		}
		if w.account = p.admit(w.claim); w.account == nil {
			stuck++
			continue
		}
		stuck = 0
		queue.remove(w)
		p.stats.Waiting--
		p.stats.Queued++
		close(w.ready)
	}
}

// leave takes back what an account has.
func (p *Pool) leave(a *Account) {
	a.from.used -= a.share
	a.share = 0
	p.running--
	delete(p.holders, a)
}

// Stats gives the figures of this moment.
func (p *Pool) Stats() Stats {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.stats
	s.Running, s.Reserved, s.Lent = p.running, p.small.used+p.shared.used-p.lent, p.lent
	return s
}
