package executor

import (
	"context"
	"errors"
	"sync"

	"github.com/sluicemesh/sluice/internal/budget"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Engines are the local engines. Each statement that merges has one of its own while it
// runs, so that what it may use is its own too: one that needs more spills, or fails,
// alone. A second one runs its stages: rows that a policy has not yet treated are seen
// there only, and an instance that has seen such rows never merges (law 6).
type Engines struct {
	// Open makes an instance; Engines closes it.
	Open    func() (*duckdb.Engine, error)
	Threads int   // of the process
	Spill   int64 // bytes of files, for all statements; 0: no bound of ours

	mu     sync.Mutex
	idle   map[role][]*duckdb.Engine
	closed bool
}

// role says what an instance is for.
type role int

const (
	merging role = iota
	staging
)

// mostIdle is how many instances of a role are kept for the next statements: one takes
// some 5 MB, and 50 ms to open.
const mostIdle = 8

// Warm opens an instance for each role, so that the first statements find them, and what
// is wrong with them is known before there is one.
func (e *Engines) Warm() error {
	for _, first := range []struct {
		as     role
		limits duckdb.Limits
	}{{as: merging}, {as: merging, limits: fewLimits}, {as: staging}} {
		engine, err := e.Open()
		if err != nil {
			return err
		}
		if err := errors.Join(engine.Limit(context.Background(), first.limits), e.release(first.as, engine)); err != nil {
			return err
		}
	}
	return nil
}

// fewLimits are those of an instance that merges few rows: a second thread would cost them
// more than it saves. What they become may take as much memory as any other statement.
var fewLimits = duckdb.Limits{Threads: 1}

// acquire gives an idle instance, rather one with the limits that are wanted, or opens one.
func (e *Engines) acquire(as role, want duckdb.Limits) (*duckdb.Engine, error) {
	e.mu.Lock()
	all := e.idle[as]
	if e.closed {
		e.mu.Unlock()
		return nil, sqlstate.New(sqlstate.AdminShutdown, "the engines are closed")
	}
	if len(all) == 0 {
		e.mu.Unlock()
		return e.Open()
	}
	defer e.mu.Unlock()
	at, best := len(all)-1, 0
	for i, engine := range all {
		if fits := engine.Fits(want); fits >= best {
			at, best = i, fits
		}
	}
	found := all[at]
	e.idle[as] = append(all[:at], all[at+1:]...)
	return found, nil
}

// release takes an instance back.
func (e *Engines) release(as role, engine *duckdb.Engine) error {
	engine.Charge(nil)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || len(e.idle[as]) == mostIdle {
		return engine.Close()
	}
	if e.idle == nil {
		e.idle = map[role][]*duckdb.Engine{}
	}
	e.idle[as] = append(e.idle[as], engine)
	return nil
}

// Close ends the instances that are idle now, and the others when their statements end.
func (e *Engines) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	var err error
	for _, all := range e.idle {
		for _, engine := range all {
			err = errors.Join(err, engine.Close())
		}
	}
	e.idle = nil
	return err
}

// lease is what one statement has of the engines.
type lease struct {
	engines *Engines
	account *budget.Account
	threads int
	spill   int64 // bytes of files
	stages  bool  // memory is divided between merge and stages

	// The account calls shrink with a lock of its own held, so it is not asked under this one.
	mu     sync.Mutex
	memory int64             // bytes for all instances; 0: no bound
	has    [2]*duckdb.Engine // by role; nil until it is needed
}

// threadBytes is what an engine needs for each of its threads: every join and every group
// by holds buffers for each, which cannot be spilled.
const threadBytes = 64 << 20

// lease prepares engines for a plan.
func (e *Engines) lease(q plan.Query, account *budget.Account) *lease {
	l := &lease{engines: e, account: account, threads: e.threads(q, account), spill: account.Part(e.Spill), memory: account.Engines()}
	plan.Walk(q.Root, func(n plan.Node) bool {
		_, is := n.(*plan.Stage)
		l.stages = l.stages || is
		return !l.stages
	})
	account.OnShrink(l.shrink)
	return l
}

// threads divides them between the merges there are, as far as a statement has memory
// for them. Careful plans work in one, so that what they do follows from what they are given.
func (e *Engines) threads(q plan.Query, account *budget.Account) int {
	n := e.Threads / account.Merges()
	if memory := account.Engines(); memory > 0 {
		n = min(n, int(memory/threadBytes))
	}
	if q.Careful {
		n = 1
	}
	return max(n, 1)
}

// engine gives the statement's instance for a role, which may be one for few rows.
func (l *lease) engine(ctx context.Context, as role, few bool) (*duckdb.Engine, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.has[as] != nil {
		return l.has[as], nil
	}
	limits := duckdb.Limits{Memory: l.part(as, l.memory), Spill: l.spill, Threads: l.threads}
	if few {
		limits.Threads = fewLimits.Threads
	}
	for {
		engine, err := l.engines.acquire(as, limits)
		if err != nil {
			return nil, err
		}
		fresh := engine.MemoryLimit() == 0
		if err := engine.Limit(ctx, limits); err != nil {
			_ = engine.Close()
			if fresh || ctx.Err() != nil {
				return nil, err
			}
			continue // something of an earlier statement is left in it
		}
		engine.Charge(l.account)
		l.has[as] = engine
		return engine, nil
	}
}

// part is what an instance may use of the memory of all engines of the statement.
func (l *lease) part(as role, memory int64) int64 {
	switch {
	case !l.stages:
		return memory
	case as == staging:
		return memory / 3
	default:
		return memory - memory/3
	}
}

// shrink has the engines do with less memory, and tells whether they can.
func (l *lease) shrink(to int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for as, engine := range l.has {
		if engine != nil && engine.Limit(context.Background(), duckdb.Limits{Memory: l.part(role(as), to)}) != nil {
			return false
		}
	}
	l.memory = to
	return true
}

// end gives the instances back. Nothing of the statement may run any more.
func (l *lease) end() {
	l.account.OnShrink(nil)
	l.mu.Lock()
	defer l.mu.Unlock()
	for as, engine := range l.has {
		if engine != nil {
			_ = l.engines.release(role(as), engine)
			l.has[as] = nil
		}
	}
}
