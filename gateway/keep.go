package gateway

import (
	"bytes"
	"context"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// keptPortal gives a portal of the plan that is kept of the query, made now if the query
// was seen before; nil where the query must be analysed. It has no errors of its own:
// what goes wrong here goes wrong there, with the right words.
func (q *query) keptPortal(ctx context.Context, parameters []pgwire.Parameter) *keptPortal {
	s := q.session
	if s.gateway.keep == KeepNone || q.key.text == "" || !s.temporary.Tables().Empty() || s.tx.failed {
		return nil // a temporary table may stand before one of the mesh
	}
	b, err := s.basis()
	if err != nil {
		return nil
	}
	if b.off[optimization.KeepPlans] || !q.known(b) {
		return nil
	}
	if q.kept.state == seen {
		q.make(ctx, b, parameters)
	}
	if q.kept.state != ready || q.unchanged(&q.kept.bound) != nil {
		return nil
	}
	values := q.values
	if !q.key.shape {
		var ok bool
		if values, ok = s.texts(q.kept.bound.Parameters, parameters); !ok {
			return nil
		}
	}
	s.gateway.reused.Add(1)
	s.begun().queried = true
	return &keptPortal{query: q, basis: b, plan: q.kept, values: values}
}

// known finds what is kept of the query under a basis; the first time only notes it.
func (q *query) known(b *basis) bool {
	now := q.session.gateway.now()
	if q.basis == b && q.kept != nil && q.kept.state != seen && now.Before(q.kept.until) {
		return true
	}
	key := q.keyOn(b)
	q.basis, q.kept = b, b.epoch.plans.of(key, now)
	if q.kept != nil {
		return true
	}
	first := &kept{until: b.until}
	if q.session.gateway.keep == KeepFirst {
		q.kept = first
		return true
	}
	b.epoch.plans.keep(key, first)
	return false
}

func (q *query) keyOn(b *basis) planKey {
	key := q.key
	key.terms = b.terms
	return key
}

// make compiles the query and keeps the plan, or that there is none to keep.
func (q *query) make(ctx context.Context, b *basis, parameters []pgwire.Parameter) {
	made := q.compiled(ctx, b, parameters)
	if made == nil {
		made = &kept{state: unfit, until: b.until}
	}
	q.kept = made
	b.epoch.plans.keep(q.keyOn(b), made)
}

func (q *query) compiled(ctx context.Context, b *basis, parameters []pgwire.Parameter) *kept {
	now := q.session.momentOn(b)
	now.env.NoParameters = q.simple && !q.key.shape
	bound, err := q.binder(now, q.types)
	if err != nil {
		return nil
	}
	sample := make([]*plan.Literal, len(bound.Parameters))
	values, ok := q.values, true
	if !q.key.shape {
		values, ok = q.session.texts(bound.Parameters, parameters)
	}
	if !ok || len(values) != len(sample) {
		return nil
	}
	for i, v := range values {
		sample[i] = &plan.Literal{Of: bound.Parameters[i], Text: string(v)}
	}
	return q.session.compile(ctx, now, q.text, bound, sample)
}

// texts gives the values of a Bind message as PostgreSQL prints them; ok is false where
// one is NULL or cannot be read.
func (s *session) texts(types []pgtype.Type, parameters []pgwire.Parameter) ([][]byte, bool) {
	if len(types) != len(parameters) {
		return nil, false
	}
	if len(types) == 0 {
		return nil, true
	}
	all := make([][]byte, len(types))
	for i, p := range parameters {
		if p.Value == nil {
			return nil, false
		}
		if plainInteger(types[i], p) {
			all[i] = bytes.Clone(p.Value)
			continue
		}
		text, err := pgwire.DecodeParameter(uint32(types[i].OID), p)
		if err == nil {
			text, err = s.canonical(types[i], text, s.inputSettings())
		}
		if err != nil {
			return nil, false
		}
		all[i] = []byte(text)
	}
	return all, true
}

// plainInteger tells texts that are an int4 or int8 as PostgreSQL prints it: up to nine
// digits, the first not 0.
func plainInteger(t pgtype.Type, p pgwire.Parameter) bool {
	if p.Format != 0 || t.OID != pgtype.Int4 && t.OID != pgtype.Int8 || len(p.Value) == 0 || len(p.Value) > 9 || p.Value[0] == '0' {
		return false
	}
	for _, c := range p.Value {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
