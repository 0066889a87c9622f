package budget

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Account is what one statement may use. A nil Account bounds nothing: what it is asked
// for is granted. It is safe for concurrent use.
type Account struct {
	// Waited is how long the statement was in the queue.
	Waited time.Duration

	pool   *Pool
	from   *part
	claim  Claim
	merges int
	share  int64 // what is reserved; guarded by pool.mu

	giving sync.Mutex // held while engines give back; it guards what follows
	shrink func(engines int64) bool
	closed bool

	mu    sync.Mutex // engines take and give within their own locks: it is held for moments
	limit int64      // of what may be used: the share, less what is being given back
	rows  int64
}

// enginesPart of a share, in quarters, is for engines; the rest for rows held outside them.
const enginesPart = 3

// Engines is what the statement's engines may use together, in bytes; 0: no bound.
func (a *Account) Engines() int64 {
	if a == nil {
		return 0
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.limit / 4 * enginesPart
}

// Part gives an amount in proportion to the statement's share of all that merges have.
func (a *Account) Part(of int64) int64 {
	if a == nil {
		return of
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return int64(float64(of) * float64(a.limit) / float64(a.pool.shared.size))
}

// Merges is how many statements with a share there were when this one began, with itself.
func (a *Account) Merges() int {
	if a == nil {
		return 1
	}
	return max(a.merges, 1)
}

// Take reserves bytes for rows that the statement keeps outside its engines. It says no
// where they are more than it may.
func (a *Account) Take(bytes int64) bool {
	if a == nil {
		return true
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.rows+bytes > a.most(a.limit) {
		return false
	}
	a.rows += bytes
	return true
}

// most is what rows outside of engines may take of a share.
func (a *Account) most(share int64) int64 {
	if a.claim.Engines {
		return share - share/4*enginesPart
	}
	return share
}

// Give returns what was taken.
func (a *Account) Give(bytes int64) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.rows -= bytes
}

// Exceeded is the error of a statement that needs more than it may use.
func (a *Account) Exceeded() error {
	e := sqlstate.New(sqlstate.OutOfMemory, "the statement needs more memory than it may use").
		WithHint("Ask for fewer rows or columns, or filter more.")
	if a == nil {
		return e
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return e.WithDetail("It may use %d MiB.", a.limit>>20)
}

// OnShrink says how the statement's engines give memory back: to is what they may use
// from then on. It tells whether they could do with that, and is not called after Close.
func (a *Account) OnShrink(shrink func(to int64) bool) {
	if a == nil {
		return
	}
	a.giving.Lock()
	defer a.giving.Unlock()
	a.shrink = shrink
}

// Close gives everything back, and lets in who waits. It may be called twice.
func (a *Account) Close() {
	if a == nil {
		return
	}
	a.giving.Lock()
	defer a.giving.Unlock()
	if a.closed {
		return
	}
	a.closed = true
	a.pool.mu.Lock()
	defer a.pool.mu.Unlock()
	a.pool.leave(a)
	a.pool.dispatch()
}

// reclaim asks merges, those with most first, for half of what they have, until the
// waiter is served or nobody has more than the least. Engines that use what they have
// keep it: they would have to spill for somebody else, or fail.
func (p *Pool) reclaim(w *waiter) {
	p.reclaiming.Lock()
	defer p.reclaiming.Unlock()
	for _, a := range p.richest() {
		select {
		case <-w.ready:
			return
		default:
			a.halve()
		}
	}
}

func (p *Pool) richest() []*Account {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []*Account
	for a := range p.holders {
		if a.share >= 2*p.limits.Least {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(a, b *Account) int { return cmp.Compare(b.share, a.share) })
	return all
}

// halve gives half of the share back, if the statement can do without it.
func (a *Account) halve() {
	a.giving.Lock()
	defer a.giving.Unlock()
	if a.closed || a.shrink == nil {
		return
	}
	was, to, ok := a.lower()
	if !ok {
		return
	}
	if !a.shrink(to / 4 * enginesPart) {
		a.mu.Lock()
		a.limit = was
		a.mu.Unlock()
		return
	}
	a.pool.mu.Lock()
	defer a.pool.mu.Unlock()
	a.from.used -= a.share - to
	a.share = to
	a.pool.dispatch()
}

// lower halves the limit, unless rows need more.
func (a *Account) lower() (was, to int64, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	was, to = a.limit, max(a.limit/2, a.pool.limits.Least)
	if a.rows > a.most(to) {
		return was, was, false
	}
	a.limit = to
	return was, to, true
}
