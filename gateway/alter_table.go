package gateway

import (
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/gateway/temporary"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/sqlstate"
)

// alterTable runs ALTER TABLE of a temporary table, all or nothing.
func (s *session) alterTable(st *planner.AlterTable) error {
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
		if err := s.alter(st, step, t); err != nil {
			s.temporary.Return(before)
			return err
		}
	}
	return nil
}

func (s *session) alter(st *planner.AlterTable, step planner.Alteration, t *temporary.Table) error {
	switch step.Kind {
	case planner.AddColumn:
		return s.addColumn(st, step, t)
	case planner.DropColumn:
		if step.Unless && !t.Has(step.Name) {
			s.notice("NOTICE", sqlstate.SuccessfulCompletion, "column %q of relation %q does not exist, skipping", step.Name, t.Name())
			return nil
		}
		return s.temporary.DropColumn(t, step.Name)
	case planner.RenameColumn:
		return s.temporary.RenameColumn(t, step.Name, step.To)
	case planner.SetNotNull, planner.DropNotNull:
		return s.temporary.SetNotNull(t, step.Name, step.Kind == planner.SetNotNull)
	}
	if _, err := s.free(step.To, false); err != nil {
		return err
	}
	s.temporary.Rename(t, step.To)
	return nil
}

func (s *session) addColumn(st *planner.AlterTable, step planner.Alteration, t *temporary.Table) error {
	now, err := s.moment()
	if err != nil {
		return err
	}
	column, err := st.Definition(now.env, step)
	if err != nil {
		return err
	}
	if step.Unless && t.Has(step.Name) {
		s.notice("NOTICE", sqlstate.DuplicateColumn, "column %q of relation %q already exists, skipping", step.Name, t.Name())
		return nil
	}
	return s.temporary.AddColumn(t, column)
}
