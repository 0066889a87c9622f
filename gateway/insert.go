package gateway

import (
	"context"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/gateway/temporary"
	"github.com/sluicemesh/sluice/internal/spool"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// insertStatement is INSERT into a temporary table: a query gives the rows.
func (s *session) insertStatement(st *planner.Insert, types []uint32) pgwire.Statement {
	q := newBoundQuery(s, st.Source(), types, func(now *moment, types []pgtype.OID) (bind.Bound, error) {
		t, st, err := s.insertTarget(st)
		if err != nil {
			return bind.Bound{}, err
		}
		if _, err := t.Place(st.Columns, len(t.Columns())); err != nil {
			return bind.Bound{}, err
		}
		targets, others := t.Targets(st.Columns)
		bound, err := st.Bind(now.env, targets, others, types)
		if err == nil {
			bound, err = s.withConflict(now, st, t, bound, types)
		}
		if err != nil {
			return bound, err
		}
		return withReturning(now, st.Returning, bound, types)
	})
	o := &overStatement{query: q, shown: s.returning(st.Returning, q)}
	o.work = func(ctx context.Context, p *portal) (pgwire.Rows, error) { return s.insert(ctx, st, p, o.shown) }
	return o
}

// insertTarget gives the table that INSERT names, and the statement as that table takes it.
func (s *session) insertTarget(st *planner.Insert) (*temporary.Table, *planner.Insert, error) {
	t, err := s.target("INSERT", st.Table)
	switch {
	case err != nil:
		return nil, nil, err
	case st.Refused != nil:
		return nil, nil, st.Refused
	}
	st, err = st.Complete(t.Definitions())
	return t, st, err
}

// insert runs INSERT into a temporary table.
func (s *session) insert(ctx context.Context, st *planner.Insert, p *portal, shown *query) (pgwire.Rows, error) {
	t, st, err := s.insertTarget(st)
	if err != nil {
		return nil, err
	}
	place, err := t.Place(st.Columns, len(p.bound.Query.Output))
	if err != nil {
		return nil, err
	}
	stored, err := s.store(ctx, p, place)
	if err != nil {
		return nil, err
	}
	if stored, err = s.generate(ctx, t, stored); err != nil {
		return nil, err
	}
	if err := s.checked(ctx, t.With(stored)); err != nil {
		return nil, err
	}
	before := s.temporary.Tables()
	if stored, err = s.admit(ctx, st, p, t, stored); err != nil {
		return nil, err
	}
	tag := done("INSERT 0 " + itoa(stored.Rows()))
	if shown == nil {
		return tag, nil
	}
	after := s.temporary.Tables()
	s.temporary.Return(before) // RETURNING sees what the statement did
	rows, err := s.overTable(ctx, t.With(stored), shown, p.values)
	if err != nil {
		return nil, err
	}
	s.temporary.Return(after)
	return &returned{rows, tag}, nil
}

// admit stores rows in a table, or what ON CONFLICT makes of them, and gives those it stored.
func (s *session) admit(ctx context.Context, st *planner.Insert, p *portal, t *temporary.Table, rows *spool.Spool) (*spool.Spool, error) {
	if st.Conflict != nil && st.Conflict.Update != nil {
		return s.upsert(ctx, st, p, t, rows)
	}
	skip, err := t.Arbiters(st.Conflict)
	if err != nil {
		return nil, err
	}
	rows, err = s.temporary.Admit(t, rows, skip)
	if err == nil {
		s.temporary.Put(t.And(rows))
	}
	return rows, err
}

// returned are the rows of RETURNING, with the tag of the command.
type returned struct {
	*rows
	tag done
}

// Tag is the command's.
func (r *returned) Tag(n int64) string { return r.tag.Tag(n) }

// overTable runs a query, with values for its parameters, that sees a temporary table with
// other rows.
func (s *session) overTable(ctx context.Context, t *temporary.Table, q *query, values []*plan.Literal) (*rows, error) {
	before := s.temporary.Tables()
	defer s.temporary.Return(before)
	s.temporary.Put(t)
	p, err := q.bind(ctx, parametersOf(values))
	if err != nil {
		return nil, err
	}
	return s.run(ctx, ctx, p)
}

// checked tells whether new rows of a table pass its checks.
func (s *session) checked(ctx context.Context, t *temporary.Table) error {
	broken, err := s.violated(ctx, t, t.Checks())
	if broken != "" {
		return sqlstate.New(sqlstate.CheckViolation, "new row for relation %q violates check constraint %q", t.Name(), broken)
	}
	return err
}

// violated names the first of some checks that a row of a table does not pass; "" for none.
func (s *session) violated(ctx context.Context, t *temporary.Table, checks []planner.Check) (string, error) {
	for _, c := range checks {
		rows, err := s.overTable(ctx, t, newQuery(s, c.Violations(t.Name()), nil), nil)
		if err != nil {
			return "", err
		}
		b, err := rows.Next(ctx)
		broken := b != nil && b.NumRows() > 0
		rows.Close()
		switch {
		case err != nil:
			return "", err
		case broken:
			return c.Name, nil
		}
	}
	return "", nil
}

// described tells whether a check can be one of a table of the session.
func (s *session) described(ctx context.Context, table string, c planner.Check) error {
	_, _, err := newQuery(s, c.Violations(table), nil).Describe(ctx)
	return err
}
