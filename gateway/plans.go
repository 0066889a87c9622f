package gateway

import (
	"crypto/sha256"
	"sync"
	"time"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/executor"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// plans are those of one epoch that may be run again; they are gone with it. What a plan
// depends on is in its key, or it is not kept: a plan found by another principal would be
// a leak.
type plans struct {
	mu  sync.Mutex
	all map[planKey]*kept
}

// planKey is all that a plan depends on beside the epoch and the time.
type planKey struct {
	terms  [sha256.Size]byte // principal and settings, see basis
	text   string
	types  string // of parameters, as the client gave them
	simple bool   // sent by the simple protocol: there are no parameters
	shape  bool   // numbers were taken out of the text, see shapeOf
}

// kept is what is known of a statement: only that it was sent (one that is sent once is
// not worth keeping), that its plan cannot be kept, or its plan, which has been bound,
// secured and optimized, with the decision on it. It never changes.
type kept struct {
	state keptState
	until time.Time // when it is to be forgotten

	bound    bind.Bound
	columns  []pgwire.Column
	query    plan.Query // with Parameters where the statement has some
	quiet    bool       // see planner.Optimized.PolicyMayFail
	again    func() (plan.Query, error)
	decision auth.Decision
	notices  []*sqlstate.Error
	lookUp   *executor.LookUp // nil: the plan is no read by key, and has no Parameters
	asked    string           // fingerprint of what the source is asked, for the audit
	like     *audit.Like      // what the records of its runs have in common
}

type keptState uint8

const (
	seen keptState = iota
	unfit
	ready
)

const (
	// maxPlans bounds the memory of an epoch's plans; when it is full they begin anew.
	maxPlans = 2048
	// maxPlanText bounds the texts whose plans are kept.
	maxPlanText = 8 << 10
)

// of gives what is known under a key; nil: nothing, or no longer.
func (p *plans) of(key planKey, now time.Time) *kept {
	p.mu.Lock()
	defer p.mu.Unlock()
	k := p.all[key]
	if k != nil && !now.Before(k.until) {
		delete(p.all, key)
		return nil
	}
	return k
}

// KeepPlans says which plans are kept. Answers never depend on it.
type KeepPlans uint8

// When a plan is kept.
const (
	KeepSecond KeepPlans = iota // once a statement is sent the second time
	KeepFirst                   // at once: for tests, which send most things once
	KeepNone                    // never: what tests compare with
)

// PlansReused tells how many statements have run by a kept plan.
func (g *Gateway) PlansReused() uint64 { return g.reused.Load() }

// keep notes what is known.
func (p *plans) keep(key planKey, k *kept) {
	if len(key.text) > maxPlanText {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.all == nil || len(p.all) >= maxPlans {
		p.all = map[planKey]*kept{}
	}
	p.all[key] = k
}
