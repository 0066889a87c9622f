package duckdb

import (
	"slices"
	"sync"
	"time"
)

// Memory is what the copies of files may take, those of all sources together. A copy goes
// when its files have changed, when statements need the memory, and when other files have
// been read more lately. A nil Memory has no copies. Safe for concurrent use.
type Memory struct {
	MemoryOptions
	turn chan struct{} // whose it is loads: one relation at a time

	mu     sync.Mutex
	held   int64        // bytes of copies, and of the one that is being loaded
	copies []*copied    // those that reads may begin on
	stop   func()       // ends the loading that goes on; nil: there is none
	counts MemoryCounts // but for Bytes and Copies
}

// Lender lends memory that nobody needs at the moment.
type Lender interface {
	Borrow(bytes int64) bool
	Return(bytes int64)
}

// MemoryCounts tell how it goes.
type MemoryCounts struct {
	Bytes, Copies                         int64
	Loaded, Dropped, FromMemory, FromFile uint64 // so far; the last two count tables that were read
}

// MemoryOptions say what a Memory is.
type MemoryOptions struct {
	Limit  int64 // bytes of all copies
	Lender Lender
	Now    func() time.Time // by which files are old enough to be trusted; nil: the system's clock
	Eager  bool             // files are copied before they are first read; for tests
}

// NewMemory gives a memory; nil where its limit is 0.
func NewMemory(o MemoryOptions) *Memory {
	if o.Limit <= 0 {
		return nil
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Memory{MemoryOptions: o, turn: make(chan struct{}, 1)}
}

// Counts gives the figures of this moment.
func (m *Memory) Counts() MemoryCounts {
	if m == nil {
		return MemoryCounts{}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.counts
	c.Bytes, c.Copies = m.held, int64(len(m.copies))
	return c
}

// reserve takes bytes for a relation that has been read since a moment. Copies that were
// read last before that are dropped if need be, others not: those would be loaded again next.
func (m *Memory) reserve(bytes int64, since time.Time) bool {
	if bytes > m.Limit {
		return false
	}
	for {
		m.mu.Lock()
		if m.held+bytes <= m.Limit && m.Lender.Borrow(bytes) {
			m.held += bytes
			m.mu.Unlock()
			return true
		}
		oldest := m.oldest()
		if oldest == nil || oldest.read.After(since) {
			m.mu.Unlock()
			return false
		}
		m.forget(oldest)
		m.mu.Unlock()
		oldest.drop()
	}
}

// release gives back what was reserved.
func (m *Memory) release(bytes int64) {
	m.mu.Lock()
	m.held -= bytes
	m.mu.Unlock()
	m.Lender.Return(bytes)
}

// Give gives back bytes that statements need: what is being loaded, then copies, the least
// recently read first. Those that are being read go when their readers have ended.
func (m *Memory) Give(bytes int64) {
	if m == nil {
		return
	}
	m.mu.Lock()
	if m.stop != nil {
		m.stop()
	}
	var going []*copied
	for bytes > 0 && len(m.copies) > 0 {
		c := m.oldest()
		if c.readers == 0 {
			bytes -= c.bytes
		}
		m.forget(c)
		c.of.rest = m.Now().Add(restAfterNeed)
		going = append(going, c)
	}
	m.mu.Unlock()
	for _, c := range going {
		c.drop()
	}
}

// oldest is the copy that was read least recently; nil: there is none. With mu.
func (m *Memory) oldest() *copied {
	var found *copied
	for _, c := range m.copies {
		if found == nil || c.read.Before(found.read) {
			found = c
		}
	}
	return found
}

// forget has no more reads begin on a copy. With mu; drop must follow, without.
func (m *Memory) forget(c *copied) {
	m.copies = slices.DeleteFunc(m.copies, func(other *copied) bool { return other == c })
	m.counts.Dropped++
	if c.of.copy == c {
		c.of.copy = nil
	}
	c.readers++ // drop's own
	c.unwanted = true
}
