package duckdb

import (
	"context"
	"fmt"
	"sync"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Limits are what an instance may use. They can be changed while it works.
type Limits struct {
	Memory  int64 // bytes; 0: as it is
	Spill   int64 // bytes in its temporary directory; 0: as it is
	Threads int   // 0: as it is
}

// adjustable are the only settings that can be changed once an instance is locked. No
// statement of a user can: Query runs SELECT and EXPLAIN only.
const adjustable = "SET GLOBAL allowed_configs = ['memory_limit', 'max_temp_directory_size', 'threads']"

// Limit changes the limits. It fails, and leaves those it could not change, where more is
// in use and cannot be spilled. It is for one goroutine at a time.
func (e *Engine) Limit(ctx context.Context, l Limits) error {
	now := &e.limits
	for _, s := range []struct {
		now  *int64
		want int64
		text string
	}{
		{&now.threads, int64(l.Threads), "SET GLOBAL threads = %d"},
		{&now.spill, l.Spill, "SET GLOBAL max_temp_directory_size = '%dB'"},
		{&now.memory, l.Memory, "SET GLOBAL memory_limit = '%dB'"},
	} {
		if s.want == 0 || s.want == *s.now {
			continue
		}
		if err := e.Exec(ctx, fmt.Sprintf(s.text, s.want)); err != nil {
			return err
		}
		*s.now = s.want
	}
	if l.Threads > 0 {
		e.threads.Store(int64(l.Threads))
	}
	return nil
}

// Fits tells how near an instance's limits are to others: how many are as wanted, threads,
// which take longest to change, before memory.
func (e *Engine) Fits(l Limits) int {
	fits := 0
	if e.threads.Load() == int64(l.Threads) {
		fits += 2
	}
	if e.limits.memory == l.Memory {
		fits++
	}
	return fits
}

// limitsInForce are those that Limit has set; 0 where it has not.
type limitsInForce struct{ memory, spill, threads int64 }

// Budget grants memory for the states of aggregates, which lie on Go's heap.
type Budget interface {
	Take(bytes int64) bool
	Give(bytes int64)
}

// Charge has the states of aggregates counted against b from now on; nil: against
// nothing. No statement may be running.
func (e *Engine) Charge(b Budget) {
	e.states.mu.Lock()
	defer e.states.mu.Unlock()
	e.states.budget = b
}

// MemoryLimit is the one that Limit has set last; 0: none.
func (e *Engine) MemoryLimit() int64 { return e.limits.memory }

// stateMemory counts what the states of aggregates take, but for one page of each, which
// an instance keeps.
type stateMemory struct {
	mu     sync.Mutex
	budget Budget
}

// take counts pages of states.
func (m *stateMemory) take(bytes int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.budget == nil || m.budget.Take(bytes) {
		return nil
	}
	return sqlstate.New(sqlstate.OutOfMemory, "the groups of an aggregate need more memory than the statement may use").
		WithHint("Group by fewer values, or filter more.")
}

func (m *stateMemory) give(bytes int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.budget != nil {
		m.budget.Give(bytes)
	}
}
