package gateway

import (
	"context"
	"strconv"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/gateway/temporary"
	"github.com/sluicemesh/sluice/internal/spool"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/sqlstate"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// free tells whether a name is free for a new table. With ifNotExists one that is not
// gets a notice instead of an error.
func (s *session) free(name string, ifNotExists bool) (bool, error) {
	if _, taken := s.temporary.Find(catalog.TemporarySchema, name); !taken {
		return true, nil
	}
	if !ifNotExists {
		return false, sqlstate.New(sqlstate.DuplicateTable, "relation %q already exists", name)
	}
	s.notice("NOTICE", sqlstate.DuplicateTable, "relation %q already exists, skipping", name)
	return false, nil
}

// createTable runs CREATE TEMPORARY TABLE with columns.
func (s *session) createTable(ctx context.Context, st *planner.CreateTable) error {
	now, err := s.moment()
	if err != nil {
		return err
	}
	definition, err := st.Definition(now.env, func(r planner.Relation) (planner.TableDefinition, bool) {
		t, own := s.temporary.Find(r.Schema, r.Name)
		if !own {
			return planner.TableDefinition{}, false
		}
		return t.Definition(), true
	})
	if err != nil {
		return err
	}
	free, err := s.free(st.Name, st.IfNotExists)
	if err != nil || !free {
		return err
	}
	before := s.temporary.Tables()
	err = s.temporary.Define(st.Name, definition, st.OnCommit)
	if made, ok := s.temporary.Find("", st.Name); ok && err == nil {
		err = s.canGenerate(made)
	}
	for _, c := range definition.Checks {
		if err == nil {
			err = s.described(ctx, st.Name, c)
		}
	}
	if err != nil {
		s.temporary.Return(before)
	}
	return err
}

// createTableAs runs CREATE TEMPORARY TABLE AS and SELECT INTO: the query is decided on
// and recorded as any other, its rows stay here.
func (s *session) createTableAs(ctx context.Context, st *planner.CreateTableAs, p *portal) (pgwire.Rows, error) {
	free, err := s.free(st.Name, st.IfNotExists)
	if err != nil || !free {
		return done("CREATE TABLE AS"), err
	}
	columns, err := st.Outputs(p.bound.Query.Output)
	if err != nil {
		return nil, err
	}
	if st.NoData {
		return done("CREATE TABLE AS"), s.temporary.Fill(st.Name, columns, st.OnCommit, nil)
	}
	stored, err := s.store(ctx, p, temporary.Placement{Columns: columns, Relation: st.Name})
	if err != nil {
		return nil, err
	}
	tag := done("SELECT " + itoa(stored.Rows()))
	return tag, s.temporary.Fill(st.Name, columns, st.OnCommit, stored)
}

// store runs a portal and keeps its rows.
func (s *session) store(ctx context.Context, p *portal, place temporary.Placement) (*spool.Spool, error) {
	rows, err := s.run(ctx, ctx, p)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	kept := s.temporary.Spool()
	for {
		b, err := rows.Next(ctx)
		if err != nil || b == nil {
			return kept, err
		}
		if err := place.Keep(kept, b); err != nil {
			rows.err = err
			return kept, err
		}
	}
}
