package gateway

import (
	"context"

	"github.com/sluicemesh/sluice/gateway/temporary"
	"github.com/sluicemesh/sluice/internal/spool"
)

// generate computes the generated columns of rows of a table.
func (s *session) generate(ctx context.Context, t *temporary.Table, rows *spool.Spool) (*spool.Spool, error) {
	st := t.Definition().Generate(t.Name())
	if st == nil || rows.Rows() == 0 {
		return rows, nil
	}
	before := s.temporary.Tables()
	defer s.temporary.Return(before)
	if err := s.fillRows(ctx, st, t.With(rows), t.With(rows)); err != nil {
		return nil, err
	}
	made, _ := s.temporary.Find("", t.Name())
	return made.Only(), made.HoldsNotNull()
}

// canGenerate tells whether the generated columns of a table, which is the session's, can be
// computed.
func (s *session) canGenerate(t *temporary.Table) error {
	d := t.Definition()
	st := d.Generate(t.Name())
	if st == nil {
		return nil
	}
	if err := d.CheckGenerated(); err != nil {
		return err
	}
	edit, err := t.Update(st.Columns)
	if err != nil {
		return err
	}
	now, err := s.moment()
	if err != nil {
		return err
	}
	_, err = st.Bind(now.env, edit.Columns(), nil)
	return err
}
