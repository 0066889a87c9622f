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

	within       *Budget
	shared       bool // others are within it
	mu           sync.Mutex
	memory, disk int64
}

// Within gives a budget that is a part of another: what its spools hold counts there too.
// nil is one that allows no files and bounds nothing else.
func Within(all *Budget, memory, disk int64) *Budget {
	if all == nil {
		return &Budget{Memory: memory}
	}
	all.mu.Lock()
	defer all.mu.Unlock()
	all.shared = true
	return &Budget{Memory: memory, Directory: all.Directory, Disk: disk, within: all}
}

func (b *Budget) takeMemory(n int64) error { return b.take(n, 0) }
func (b *Budget) takeDisk(n int64) error   { return b.take(0, n) }

// take reserves what there is room for, here and in what the budget is within.
func (b *Budget) take(memory, disk int64) error {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if memory > 0 && b.memory+memory > b.Memory || disk > 0 && b.disk+disk > b.Disk {
		return b.full()
	}
	if err := b.within.take(memory, disk); err != nil {
		return err
	}
	b.memory += memory
	b.disk += disk
	return nil
}

func (b *Budget) give(memory, disk int64) {
	if b == nil {
		return
	}
	b.mu.Lock()
	b.memory -= memory
	b.disk -= disk
	b.mu.Unlock()
	b.within.give(memory, disk)
}

// Used tells what is taken.
func (b *Budget) Used() (memory, disk int64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.memory, b.disk
}

// full is the error of a budget that is used up.
func (b *Budget) full() error {
	whose := "the session's cursors and temporary tables"
	if b.shared {
		whose = "cursors and temporary tables of all sessions"
	}
	if b.Directory == "" {
		return sqlstate.New(sqlstate.OutOfMemory, "%s hold more than %d MiB", whose, b.Memory>>20)
	}
	return sqlstate.New(sqlstate.ConfigurationLimitExceeded, "%s hold more than %d MiB in files", whose, b.Disk>>20).
		WithHint("Close cursors and drop temporary tables, or ask for fewer rows.")
}
