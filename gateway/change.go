package gateway

import (
	"errors"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/gateway/temporary"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/sqlstate"
)

// existing gives the table behind the name in a utility statement, which unlike a query
// tells a missing schema from a missing table.
func (s *session) existing(now *moment, r planner.Relation) (*catalog.Table, error) {
	t, err := now.env.Resolve(r.Schema, r.Name)
	if missing(err) && r.Schema != "" && !catalog.InTemporary(r.Schema) && !now.epoch.views.of(now.who).HasSchema(r.Schema) {
		err = sqlstate.New(sqlstate.InvalidSchemaName, "schema %q does not exist", r.Schema)
	}
	return t, err
}

// target gives the temporary table a statement would change. A table of the mesh is
// refused as PostgreSQL does in a read-only transaction; one that is not there is missing.
func (s *session) target(command string, r planner.Relation) (*temporary.Table, error) {
	if t, ok := s.temporary.Find(r.Schema, r.Name); ok {
		return t, nil
	}
	now, err := s.moment()
	if err != nil {
		return nil, err
	}
	if r.Position == 0 {
		_, err = s.existing(now, r)
	} else if _, err = now.env.Resolve(r.Schema, r.Name); err != nil {
		err = sqlstate.From(err).At(r.Position)
	}
	if err != nil {
		return nil, err
	}
	return nil, planner.ReadOnly(command)
}

// drop runs DROP TABLE, all or nothing.
func (s *session) drop(st *planner.Drop) error {
	before := s.temporary.Tables()
	for _, r := range st.Tables {
		t, err := s.target("DROP TABLE", r)
		switch {
		case err == nil:
			s.temporary.Remove(t.Name())
		case missing(err) && st.IfExists:
			s.notice("NOTICE", sqlstate.SuccessfulCompletion, "%s, skipping", notThere(err, r).Message)
		default:
			s.temporary.Return(before)
			if missing(err) {
				return notThere(err, r)
			}
			return err
		}
	}
	return nil
}

// notThere is DROP's word for what is missing.
func notThere(err error, r planner.Relation) *sqlstate.Error {
	if e := sqlstate.From(err); e.Code == sqlstate.InvalidSchemaName {
		return e
	}
	return sqlstate.New(sqlstate.UndefinedTable, "table %q does not exist", r.Name)
}

func missing(err error) bool {
	var e *sqlstate.Error
	return errors.As(err, &e) && (e.Code == sqlstate.UndefinedTable || e.Code == sqlstate.InvalidSchemaName)
}

// truncate runs TRUNCATE, all or nothing.
func (s *session) truncate(st *planner.Truncate) error {
	var all []*temporary.Table
	for _, r := range st.Tables {
		t, err := s.target("TRUNCATE TABLE", r)
		if err != nil {
			return err
		}
		all = append(all, t)
	}
	for _, t := range all {
		s.temporary.Put(t.Empty(st.Restart))
	}
	return nil
}

// change refuses what would change a table, but for what cannot be seen in a temporary one.
func (s *session) change(st *planner.Change) (pgwire.Rows, error) {
	switch {
	case st.Command == "VACUUM" && s.tx.inBlock():
		return nil, sqlstate.New(sqlstate.ActiveSQLTransaction, "VACUUM cannot run inside a transaction block")
	case len(st.Tables) == 0:
		return nil, planner.ReadOnly(st.Command)
	}
	for _, r := range st.Tables {
		t, err := s.target(st.Command, r)
		if err != nil {
			return nil, err
		}
		for _, name := range st.Columns {
			if !t.Has(name) {
				return nil, sqlstate.New(sqlstate.UndefinedColumn, "column %q does not exist", name)
			}
		}
		if st.Key != "" {
			if err := s.temporary.AddKey(t, st.Key, st.Columns); err != nil {
				return nil, err
			}
		}
	}
	if st.Tag == "" {
		return nil, sqlstate.Unsupported("%s of a temporary table", st.Command)
	}
	return done(st.Tag), nil
}

// lock runs LOCK TABLE: nobody writes, so ACCESS SHARE is there for the asking; the
// others need a right to change the table.
func (s *session) lock(st *planner.Lock) error {
	if !s.tx.inBlock() {
		return needsBlock("LOCK TABLE")
	}
	now, err := s.moment()
	if err != nil {
		return err
	}
	for _, r := range st.Tables {
		if _, own := s.temporary.Find(r.Schema, r.Name); own {
			continue
		}
		if _, err := s.existing(now, r); err != nil {
			return err
		}
		if !st.Shared {
			return sqlstate.New(sqlstate.InsufficientPrivilege, "permission denied for table %s", r.Name)
		}
	}
	return nil
}
