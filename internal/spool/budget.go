package spool

import (
	"sync"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Budget bounds what spools hold together. The zero value allows nothing.
type Budget struct {
	Memory    int64  // bytes
	Directory string // for files; "": none
	Disk      int64  // bytes in files

	mu           sync.Mutex
	memory, disk int64
}

func (b *Budget) takeMemory(n int64) bool { return b.take(&b.memory, b.Memory, n) }
func (b *Budget) takeDisk(n int64) bool   { return b.take(&b.disk, b.Disk, n) }

func (b *Budget) take(used *int64, bound, n int64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if *used+n > bound {
		return false
	}
	*used += n
	return true
}

func (b *Budget) give(memory, disk int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.memory -= memory
	b.disk -= disk
}

// Used tells what is taken.
func (b *Budget) Used() (memory, disk int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.memory, b.disk
}

// full is the error of a budget that is used up.
func (b *Budget) full() error {
	if b.Directory == "" {
		return sqlstate.New(sqlstate.OutOfMemory, "the session's cursors and temporary tables hold more than %d MiB", b.Memory>>20)
	}
	return sqlstate.New(sqlstate.ConfigurationLimitExceeded, "the session's cursors and temporary tables hold more than %d MiB in files", b.Disk>>20).
		WithHint("Close cursors and drop temporary tables, or ask for fewer rows.")
}
