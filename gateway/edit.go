package gateway

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/gateway/temporary"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/bind"
)

// editStatement is UPDATE or DELETE: a query, decided on and recorded as such, that tells
// which rows of a temporary table are meant and what is to be stored in them.
func (s *session) editStatement(st *planner.Edit, types []uint32) pgwire.Statement {
	q := newBoundQuery(s, st.Source(), types, func(now *moment, types []pgtype.OID) (bind.Bound, error) {
		edit, err := s.edit(st)
		if err != nil {
			return bind.Bound{}, err
		}
		return st.Bind(now.env, edit.Columns(), types)
	})
	return &overStatement{q, func(ctx context.Context, p *portal) (pgwire.Rows, error) { return s.runEdit(ctx, st, p) }}
}

// edit gives what UPDATE or DELETE would do.
func (s *session) edit(st *planner.Edit) (temporary.Edit, error) {
	t, err := s.target(st.Command, st.Table)
	switch {
	case err != nil:
		return temporary.Edit{}, err
	case st.Refused != nil:
		return temporary.Edit{}, st.Refused
	case st.Command == "DELETE":
		return t.Delete(), nil
	}
	return t.Update(st.Columns)
}

// runEdit runs UPDATE or DELETE of a temporary table: its query tells which rows are
// meant, then they are changed.
func (s *session) runEdit(ctx context.Context, st *planner.Edit, p *portal) (pgwire.Rows, error) {
	edit, err := s.edit(st)
	if err != nil {
		return nil, err
	}
	rows, err := s.run(ctx, ctx, p)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	met, err := s.temporary.Apply(edit, func() (arrow.RecordBatch, error) { return rows.Next(ctx) })
	if err != nil {
		rows.err = err
		return nil, err
	}
	return done(st.Command + " " + itoa(met)), nil
}
