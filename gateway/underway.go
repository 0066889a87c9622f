package gateway

import (
	"context"
	"sync"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/sqlstate"
)

// underway are the statements that run in meshes where a reload may end them.
type underway struct {
	mu  sync.Mutex
	all map[*runner]struct{}
}

// runner is one of them, with what it was allowed by when it began. Nothing of it
// changes: reloads read it while its session goes on.
type runner struct {
	session  *session
	epoch    *Epoch
	who      auth.Principal
	decision auth.Decision
	cancel   context.CancelCauseFunc
}

var errRevoked = sqlstate.New(sqlstate.QueryCanceled, "canceling statement due to revoked access").
	WithHint("What it may read has changed since it began; run it again.")

// enter adds a statement until leave is called. One that has been overtaken by a reload
// since it was decided on is judged at once.
func (u *underway) enter(s *standing, cancel context.CancelCauseFunc) (leave func()) {
	if !s.epoch.Mesh.Settings.CancelRevoked {
		return func() {}
	}
	r := &runner{session: s.portal.session, epoch: s.epoch, who: s.who, decision: s.decision, cancel: cancel}
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.all == nil {
		u.all = map[*runner]struct{}{}
	}
	u.all[r] = struct{}{}
	r.judge()
	return func() {
		u.mu.Lock()
		defer u.mu.Unlock()
		delete(u.all, r)
	}
}

// judge cancels what the epoch in force has revoked.
func (u *underway) judge() {
	u.mu.Lock()
	defer u.mu.Unlock()
	for r := range u.all {
		r.judge()
	}
}

func (r *runner) judge() {
	now := r.session.gateway.epoch.Load()
	if now == r.epoch {
		return
	}
	is, err := now.principalOf(r.session.login, r.who.Purpose)
	if err != nil || auth.Revoked(r.who, is, r.decision) {
		r.cancel(errRevoked)
	}
}
