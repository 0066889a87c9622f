package gateway

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/gateway/temporary"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/sqlstate"
)

// alterTable runs ALTER TABLE of a temporary table, all or nothing.
func (s *session) alterTable(ctx context.Context, st *planner.AlterTable) error {
	t, err := s.target("ALTER TABLE", st.Table)
	switch {
	case missing(err) && st.IfExists:
		s.notice("NOTICE", sqlstate.SuccessfulCompletion, "relation %q does not exist, skipping", st.Table.Name)
		return nil
	case err != nil:
		return err
	case st.Refused != nil:
		return st.Refused
	}
	before := s.temporary.Tables()
	for _, step := range st.Steps {
		t, _ = s.temporary.Find(catalog.TemporarySchema, t.Name())
		if err := s.alter(ctx, st, step, t); err != nil {
			s.temporary.Return(before)
			return err
		}
	}
	return nil
}

func (s *session) alter(ctx context.Context, st *planner.AlterTable, step planner.Alteration, t *temporary.Table) error {
	switch step.Kind {
	case planner.DropColumn:
		if step.Unless && !t.Has(step.Name) {
			s.notice("NOTICE", sqlstate.SuccessfulCompletion, "column %q of relation %q does not exist, skipping", step.Name, t.Name())
			return nil
		}
		return s.temporary.DropColumn(t, step.Name)
	case planner.DropConstraint:
		if step.Unless && !t.HasConstraint(step.Name) {
			s.notice("NOTICE", sqlstate.SuccessfulCompletion, "constraint %q of relation %q does not exist, skipping", step.Name, t.Name())
			return nil
		}
		return s.temporary.DropConstraint(t, step.Name)
	case planner.RenameColumn:
		return s.temporary.RenameColumn(t, step.Name, step.To)
	case planner.RenameConstraint:
		return s.temporary.RenameConstraint(t, step.Name, step.To)
	case planner.SetNotNull, planner.DropNotNull:
		return s.temporary.SetNotNull(t, step.Name, step.Kind == planner.SetNotNull)
	case planner.RenameTable:
		if _, err := s.free(step.To, false); err != nil {
			return err
		}
		s.temporary.Rename(t, step.To)
		return nil
	}
	if step.Kind == planner.AddColumn && step.Unless && t.Has(step.Name) {
		s.notice("NOTICE", sqlstate.DuplicateColumn, "column %q of relation %q already exists, skipping", step.Name, t.Name())
		return nil
	}
	return s.redefine(ctx, st, step, t)
}

// redefine does what changes a table's definition, then its rows, and looks whether they
// keep to it.
func (s *session) redefine(ctx context.Context, st *planner.AlterTable, step planner.Alteration, t *temporary.Table) error {
	now, err := s.moment()
	if err != nil {
		return err
	}
	d, err := st.Altered(now.env, t.Name(), t.Definition(), step)
	switch {
	case err != nil && step.Kind == planner.AddColumn:
		return err
	case err != nil:
		return withoutPlace(err)
	}
	made, err := s.temporary.Redefined(t, d)
	if err != nil {
		return err
	}
	switch {
	case step.Kind == planner.SetType:
		edit, err := st.Retype(t.Name(), step)
		if err == nil {
			err = s.fillRows(ctx, edit, t, made)
		}
		if err != nil {
			return err
		}
	case step.Kind == planner.AddColumn && d.Columns[len(d.Columns)-1].Default != nil:
		if err := s.fillRows(ctx, st.Fill(t.Name(), step.Name), made, made); err != nil {
			return err
		}
	default:
		s.temporary.Put(made)
	}
	made, _ = s.temporary.Find(catalog.TemporarySchema, t.Name())
	if step.Kind == planner.AddColumn && d.Columns[len(d.Columns)-1].Generated != nil {
		if err := s.canGenerate(made); err != nil {
			return err
		}
		if edit := d.Generate(t.Name()); edit != nil {
			if err := s.fillRows(ctx, edit, made, made); err != nil {
				return err
			}
			made, _ = s.temporary.Find(catalog.TemporarySchema, t.Name())
		}
	}
	if err := made.Holds(); err != nil {
		return err
	}
	checks := made.Checks()
	if step.NotValid {
		last := len(checks) - 1
		if err := s.described(ctx, made.Name(), checks[last]); err != nil {
			return err
		}
		checks = checks[:last]
	}
	broken, err := s.violated(ctx, made, checks)
	if broken != "" {
		return sqlstate.New(sqlstate.CheckViolation, "check constraint %q of relation %q is violated by some row", broken, t.Name())
	}
	return err
}

// fillRows stores what an edit of a table as it was says in every row of the table as it
// is, which becomes the session's. Nothing looks whether the rows keep to NOT NULL, keys and checks.
func (s *session) fillRows(ctx context.Context, st *planner.Edit, was, is *temporary.Table) error {
	s.temporary.Put(was)
	edit, err := is.Update(st.Columns)
	if err != nil {
		return err
	}
	p, err := newBoundQuery(s, st.Source(), nil, func(now *moment, types []pgtype.OID) (bind.Bound, error) {
		return st.Bind(now.env, edit.Columns(), types)
	}).bind(ctx, nil)
	if err != nil {
		return err
	}
	rows, err := s.run(ctx, ctx, p)
	if err != nil {
		return err
	}
	defer rows.Close()
	s.temporary.Put(is)
	_, _, err = s.temporary.Apply(edit, func() (arrow.RecordBatch, error) { return rows.Next(ctx) }, nil)
	rows.err = err
	return err
}
