package gateway

import (
	"context"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/bind"
)

// overStatement runs a query for something else than rows to a client: to declare a
// cursor, or to fill a temporary table. Its parameters are the query's.
type overStatement struct {
	query *query
	work  func(context.Context, *portal) (pgwire.Rows, error)
}

var (
	_ pgwire.Statement = (*overStatement)(nil)
	_ pgwire.Portal    = (*overPortal)(nil)
)

// Describe gives the query's parameters; there are no columns.
func (o *overStatement) Describe(ctx context.Context) ([]uint32, []pgwire.Column, error) {
	parameters, _, err := o.query.Describe(ctx)
	return parameters, nil, err
}

// Bind binds the query.
func (o *overStatement) Bind(ctx context.Context, parameters []pgwire.Parameter) (pgwire.Portal, error) {
	p, err := o.query.bind(ctx, parameters)
	if err != nil {
		return nil, err
	}
	return &overPortal{portal: p, work: o.work}, nil
}

type overPortal struct {
	*portal
	work func(context.Context, *portal) (pgwire.Rows, error)
}

// Columns are none.
func (o *overPortal) Columns() []pgwire.Column { return nil }

// Run does the work.
func (o *overPortal) Run(ctx context.Context) (pgwire.Rows, error) {
	if err := o.session.ready(); err != nil {
		return nil, err
	}
	o.session.begun()
	return o.work(ctx, o.portal)
}

func (s *session) declareStatement(st *planner.DeclareCursor, types []uint32) pgwire.Statement {
	return &overStatement{newQuery(s, st.Query, types), func(ctx context.Context, p *portal) (pgwire.Rows, error) {
		return done("DECLARE CURSOR"), s.declare(ctx, st, p)
	}}
}

func (s *session) createTableAsStatement(st *planner.CreateTableAs, types []uint32) pgwire.Statement {
	return &overStatement{newQuery(s, st.Query, types), func(ctx context.Context, p *portal) (pgwire.Rows, error) {
		return s.createTableAs(ctx, st, p)
	}}
}

func (s *session) insertStatement(st *planner.Insert, types []uint32) pgwire.Statement {
	q := newBoundQuery(s, st.Source(), types, func(now *moment, types []pgtype.OID) (bind.Bound, error) {
		t, err := s.target("INSERT", st.Table)
		if err != nil {
			return bind.Bound{}, err
		}
		if st.Refused != nil {
			return bind.Bound{}, st.Refused
		}
		place, err := t.Place(st.Columns, len(t.Columns()))
		if err != nil {
			return bind.Bound{}, err
		}
		return st.Bind(now.env, place.Targets(st.Columns), types)
	})
	return &overStatement{q, func(ctx context.Context, p *portal) (pgwire.Rows, error) { return s.insert(ctx, st, p) }}
}

// insert runs INSERT into a temporary table.
func (s *session) insert(ctx context.Context, st *planner.Insert, p *portal) (pgwire.Rows, error) {
	t, err := s.target("INSERT", st.Table)
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
	s.temporary.Put(t.And(stored))
	return done("INSERT 0 " + itoa(stored.Rows())), nil
}
