package gateway

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/gateway/temporary"
	"github.com/sluicemesh/sluice/internal/spool"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/bind"
)

// bindUpdate binds DO UPDATE of an INSERT at a moment that has the rows that are there and
// those that were proposed. types are those of the parameters, as far as they are known.
func (s *session) bindUpdate(now *moment, st *planner.Insert, t *temporary.Table, types []pgtype.OID) (bind.Bound, error) {
	edit, err := t.Update(st.Conflict.Update.Columns)
	if err != nil {
		return bind.Bound{}, err
	}
	return st.Conflict.Update.Bind(now.env, edit.Columns(), types)
}

// withConflict adds the parameters that only DO UPDATE has to a bound INSERT.
func (s *session) withConflict(now *moment, st *planner.Insert, t *temporary.Table, bound bind.Bound, types []pgtype.OID) (bind.Bound, error) {
	if _, err := t.Arbiters(st.Conflict); err != nil || st.Conflict == nil || st.Conflict.Update == nil {
		return bound, err
	}
	before := s.temporary.Tables()
	defer s.temporary.Return(before)
	s.temporary.Beside(t, nil)
	beside, err := s.moment()
	if err != nil {
		return bound, err
	}
	beside.env.NoParameters = now.env.NoParameters
	updated, err := s.bindUpdate(beside, st, t, knownTypes(bound, types))
	bound.Parameters = updated.Parameters
	return bound, err
}

// upsert adds the rows of INSERT … ON CONFLICT DO UPDATE whose key is not there, and changes
// the rows that have the others'. It gives the rows that it added or changed.
func (s *session) upsert(ctx context.Context, st *planner.Insert, p *portal, t *temporary.Table, stored *spool.Spool) (*spool.Spool, error) {
	keys, err := t.Arbiters(st.Conflict)
	if err != nil {
		return nil, err
	}
	met, err := s.temporary.Conflicts(t, stored, keys, st.Conflict.Conditional())
	if err != nil {
		return nil, err
	}
	var changed *spool.Spool
	var numbers []int64
	before := s.temporary.Tables()
	if met.Any() {
		if changed, numbers, err = s.updateMet(ctx, st, p, t, met); err != nil {
			return nil, err
		}
		t, _ = s.temporary.Find(st.Table.Schema, st.Table.Name)
	}
	added, err := s.temporary.Admit(t, met.Added, nil)
	if err != nil {
		s.temporary.Return(before)
		return nil, err
	}
	s.temporary.Put(t.And(added))
	return s.temporary.Returned(met, changed, numbers)
}

// updateMet does DO UPDATE and gives the rows it changed, and their numbers.
func (s *session) updateMet(ctx context.Context, st *planner.Insert, p *portal, t *temporary.Table, met *temporary.Conflicts) (*spool.Spool, []int64, error) {
	rows, err := s.runUpdate(ctx, st, p, t, met)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	edit, err := t.Update(st.Conflict.Update.Columns)
	if err != nil {
		return nil, nil, err
	}
	edit.Returns = true
	edit.Generate = func(rows *spool.Spool) (*spool.Spool, error) { return s.generate(ctx, t, rows) }
	var numbers []int64
	next := met.Numbers(func() (arrow.RecordBatch, error) { return rows.Next(ctx) }, &numbers)
	_, changed, err := s.temporary.Apply(edit, next, func(t *temporary.Table) error { return s.checked(ctx, t) })
	if err != nil {
		rows.err = err
	}
	return changed, numbers, err
}

// runUpdate asks which of the rows that were met are changed, and what is stored in them.
func (s *session) runUpdate(ctx context.Context, st *planner.Insert, p *portal, t *temporary.Table, met *temporary.Conflicts) (*rows, error) {
	before := s.temporary.Tables()
	defer s.temporary.Return(before)
	s.temporary.Beside(t, met)
	var types []uint32
	for _, v := range p.values {
		types = append(types, uint32(v.Of.OID))
	}
	updated, err := newBoundQuery(s, st.Source(), types, func(now *moment, types []pgtype.OID) (bind.Bound, error) {
		return s.bindUpdate(now, st, t, types)
	}).bind(ctx, parametersOf(p.values))
	if err != nil {
		return nil, err
	}
	return s.run(ctx, ctx, updated)
}
