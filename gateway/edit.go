package gateway

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/gateway/temporary"
	"github.com/sluicemesh/sluice/internal/spool"
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
		bound, err := st.Bind(now.env, edit.Columns(), types)
		if err != nil {
			return bound, err
		}
		return withReturning(now, st.Returning, bound, types)
	})
	o := &overStatement{query: q, shown: s.returning(st.Returning, q)}
	o.work = func(ctx context.Context, p *portal) (pgwire.Rows, error) { return s.runEdit(ctx, st, p, o.shown) }
	return o
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
func (s *session) runEdit(ctx context.Context, st *planner.Edit, p *portal, shown *query) (pgwire.Rows, error) {
	edit, err := s.edit(st)
	if err != nil {
		return nil, err
	}
	rows, err := s.run(ctx, ctx, p)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	edit.Returns = shown != nil
	if edited, ok := s.temporary.Find(st.Table.Schema, st.Table.Name); ok {
		edit.Generate = func(rows *spool.Spool) (*spool.Spool, error) { return s.generate(ctx, edited, rows) }
	}
	met, changed, err := s.temporary.Apply(edit, func() (arrow.RecordBatch, error) { return rows.Next(ctx) },
		func(t *temporary.Table) error { return s.checked(ctx, t) })
	if err != nil {
		rows.err = err
		return nil, err
	}
	tag := done(st.Command + " " + itoa(met))
	if shown == nil {
		return tag, nil
	}
	t, _ := s.temporary.Find(st.Table.Schema, st.Table.Name)
	given, err := s.overTable(ctx, t.With(changed), shown, p.values)
	if err != nil {
		return nil, err
	}
	return &returned{given, tag}, nil
}
