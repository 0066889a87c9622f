package gateway

import (
	"context"

	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/sqlstate"
)

// prepared is a query named by SQL's PREPARE.
type prepared struct{ query *query }

func (s *session) prepare(st *planner.Prepare) error {
	if _, exists := s.prepared[st.Name]; exists {
		return sqlstate.New(sqlstate.DuplicatePreparedStatement, "prepared statement %q already exists", st.Name)
	}
	now, err := s.moment()
	if err != nil {
		return err
	}
	named, err := st.Types(now.env)
	if err != nil {
		return err
	}
	types := make([]uint32, len(named)) // not nil: there may be parameters
	for i, t := range named {
		types[i] = uint32(t)
	}
	q := newQuery(s, st.Query, types)
	if _, _, err := q.Describe(context.Background()); err != nil {
		return err
	}
	s.prepared[st.Name] = &prepared{query: q}
	return nil
}

// deallocate forgets a query prepared by SQL or, where the server keeps those, by a Parse message.
func (s *session) deallocate(st *planner.Deallocate) (pgwire.Rows, error) {
	wire, _ := s.out.(pgwire.Deallocator)
	if st.Name == "" {
		s.deallocateAll()
		return done("DEALLOCATE ALL"), nil
	}
	_, known := s.prepared[st.Name]
	delete(s.prepared, st.Name)
	if wire != nil && wire.Deallocate(st.Name) {
		known = true
	}
	if !known {
		return nil, sqlstate.New(sqlstate.InvalidSQLStatementName, "prepared statement %q does not exist", st.Name)
	}
	return done("DEALLOCATE"), nil
}

func (s *session) deallocateAll() {
	s.prepared = map[string]*prepared{}
	if wire, ok := s.out.(pgwire.Deallocator); ok {
		wire.DeallocateAll()
	}
}

// executeStatement is EXECUTE: the prepared query with arguments in place.
type executeStatement struct {
	session *session
	execute *planner.Execute
}

var _ pgwire.Statement = (*executeStatement)(nil)

func (e *executeStatement) target() (*query, error) {
	if err := e.session.ready(); err != nil {
		return nil, err
	}
	p, ok := e.session.prepared[e.execute.Name]
	if !ok {
		return nil, sqlstate.New(sqlstate.InvalidSQLStatementName, "prepared statement %q does not exist", e.execute.Name)
	}
	return p.query, nil
}

// Describe gives the prepared query's columns.
func (e *executeStatement) Describe(ctx context.Context) ([]uint32, []pgwire.Column, error) {
	q, err := e.target()
	if err != nil {
		return nil, nil, err
	}
	_, columns, err := q.Describe(ctx)
	return nil, columns, err
}

// Bind evaluates the arguments and binds the prepared query with them.
func (e *executeStatement) Bind(ctx context.Context, parameters []pgwire.Parameter) (pgwire.Portal, error) {
	p, err := e.bind(ctx, parameters)
	if err != nil {
		return nil, err
	}
	return p, nil
}

func (e *executeStatement) bind(ctx context.Context, given []pgwire.Parameter) (*portal, error) {
	if err := noParameters(given); err != nil {
		return nil, err
	}
	q, err := e.target()
	if err != nil {
		return nil, err
	}
	parameters, err := e.arguments(ctx, q)
	if err != nil {
		return nil, err
	}
	return q.bind(ctx, parameters)
}
