package gateway

import (
	"context"
	"reflect"
	"slices"
	"time"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/sqlstate"
)

// standing is what a query that runs was allowed by. Rows that a client takes later (of
// a suspended portal, of a cursor) are theirs only while the same decision would be
// taken again: a grant may expire or be revoked, a mask may be added.
type standing struct {
	portal   *portal
	epoch    *Epoch
	who      auth.Principal
	decision auth.Decision
	until    time.Time // when the same decision may come out differently; zero: never
}

// holds tells whether the decision needs no second look: there was no reload, and no grant
// has begun or ended.
func (s *standing) holds() bool {
	g := s.portal.session.gateway
	return g.epoch.Load() == s.epoch && (s.until.IsZero() || g.now().Before(s.until))
}

// refresh binds the portal anew where the mesh has changed since it was bound, so that
// what runs is never decided on by a snapshot that is gone.
func (p *portal) refresh(ctx context.Context) error {
	if p.again == nil || p.session.gateway.epoch.Load() == p.moment.epoch {
		return nil
	}
	fresh, err := p.again(ctx)
	if err != nil {
		return err
	}
	*p = *fresh
	return nil
}

// check decides again, and gives an error unless the decision is the same.
func (s *standing) check(ctx context.Context) error {
	session := s.portal.session
	if s.portal.again == nil || s.holds() {
		return nil
	}
	p, err := s.portal.again(ctx)
	if err != nil {
		return err
	}
	binder, attributes := p.moment.binder()
	secured, refused := auth.Secure(ctx, p.moment.who, p.bound.Query, p.bound.NextID, binder)
	decision := secured.Decision()
	decision.Attributes = attributes
	if refused == nil && !s.same(p.moment.epoch, decision) {
		refused = sqlstate.New(sqlstate.InsufficientPrivilege, "what may be read has changed since the query began").
			WithHint("Run the query again.")
		decision.Allowed = false
	}
	if refused != nil {
		if _, err := session.record(p, decision, refused); err != nil {
			return err
		}
		return refused
	}
	s.epoch, s.who, s.until = p.moment.epoch, p.moment.who, secured.Until()
	return nil
}

// same tells whether a decision rests on the same rules, told by the same words.
func (s *standing) same(now *Epoch, d auth.Decision) bool {
	was := s.decision
	if !slices.Equal(was.Groups, d.Groups) || !reflect.DeepEqual(was.Attributes, d.Attributes) || !reflect.DeepEqual(was.Tables, d.Tables) {
		return false
	}
	if now == s.epoch || now.Mesh.Hash == s.epoch.Mesh.Hash {
		return true
	}
	ids := rulesOf(d)
	return reflect.DeepEqual(definitions(s.epoch.Mesh, ids), definitions(now.Mesh, ids))
}

// rulesOf lists the ids of the grants and policies behind a decision.
func rulesOf(d auth.Decision) map[string]bool {
	ids := map[string]bool{}
	for _, t := range d.Tables {
		for _, id := range slices.Concat(t.Grants, t.RowFilters) {
			ids[id] = true
		}
		for _, m := range t.Masks {
			ids[m.Policy] = true
		}
		for _, b := range t.Bypassed {
			ids[b.Policy] = true
		}
	}
	return ids
}

// definitions gives what grants and policies say, wherever it is written.
func definitions(mesh *catalog.Mesh, ids map[string]bool) []any {
	var all []any
	for _, g := range mesh.Grants {
		if ids[g.ID] {
			all = append(all, g.Terms())
		}
	}
	for _, p := range mesh.Policies {
		if ids[p.ID] {
			all = append(all, p.Domain, p.Match, p.Except, p.Bypass, p.DomainsMay)
			for _, r := range p.Rules {
				r.Position = ""
				all = append(all, r)
			}
		}
	}
	return all
}
