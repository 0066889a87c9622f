package gateway

import (
	"context"

	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
)

// overStatement runs a query for something else than rows to a client: to declare a
// cursor, or to fill a temporary table. Its parameters are the query's.
type overStatement struct {
	query *query
	work  func(context.Context, *portal) (pgwire.Rows, error)
	shown *query // whose columns the client gets; nil for none
}

var (
	_ pgwire.Statement = (*overStatement)(nil)
	_ pgwire.Portal    = (*overPortal)(nil)
)

// Describe gives the query's parameters, and the columns of what is shown.
func (o *overStatement) Describe(ctx context.Context) ([]uint32, []pgwire.Column, error) {
	parameters, _, err := o.query.Describe(ctx)
	if err != nil || o.shown == nil {
		return parameters, nil, err
	}
	_, columns, err := o.shown.Describe(ctx)
	return parameters, columns, err
}

// Bind binds the query.
func (o *overStatement) Bind(ctx context.Context, parameters []pgwire.Parameter) (pgwire.Portal, error) {
	p, err := o.query.bind(ctx, parameters)
	if err != nil {
		return nil, err
	}
	made := &overPortal{portal: p, work: o.work}
	if o.shown != nil {
		if _, made.columns, err = o.shown.Describe(ctx); err != nil {
			return nil, err
		}
	}
	return made, nil
}

type overPortal struct {
	*portal
	work    func(context.Context, *portal) (pgwire.Rows, error)
	columns []pgwire.Column
}

// Columns are those of what is shown.
func (o *overPortal) Columns() []pgwire.Column { return o.columns }

// Run does the work.
func (o *overPortal) Run(ctx context.Context) (pgwire.Rows, error) {
	if err := o.session.ready(); err != nil {
		return nil, err
	}
	o.session.begun()
	return o.work(ctx, o.portal)
}

func (s *session) declareStatement(st *planner.DeclareCursor, types []uint32) pgwire.Statement {
	return &overStatement{query: newQuery(s, st.Query, types), work: func(ctx context.Context, p *portal) (pgwire.Rows, error) {
		return done("DECLARE CURSOR"), s.declare(ctx, st, p)
	}}
}

func (s *session) createTableAsStatement(st *planner.CreateTableAs, types []uint32) pgwire.Statement {
	return &overStatement{query: newQuery(s, st.Query, types), work: func(ctx context.Context, p *portal) (pgwire.Rows, error) {
		return s.createTableAs(ctx, st, p)
	}}
}
