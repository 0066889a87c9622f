package gateway

import (
	"context"
	"time"

	"github.com/sluicemesh/sluice/connectors/pgcatalog"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/sqlstate"
)

// prepared is a query named by SQL's PREPARE.
type prepared struct {
	query *query
	text  string // of PREPARE
	at    time.Time
}

func (s *session) prepare(st *planner.Prepare) error {
	if _, exists := s.preparedQuery(st.Name); exists {
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
	s.prepared[st.Name] = &prepared{query: q, text: st.Source(), at: s.gateway.now()}
	return nil
}

// preparedQuery finds a statement that PREPARE or a Parse message has named; the query is
// nil where it is none.
func (s *session) preparedQuery(name string) (q *query, known bool) {
	if p, ok := s.prepared[name]; ok {
		return p.query, true
	}
	for _, p := range s.wirePrepared() {
		if p.Name == name {
			return queryOf(p.Statement), true
		}
	}
	return nil, false
}

// wirePrepared are the statements that Parse messages have named.
func (s *session) wirePrepared() []pgwire.Prepared {
	if wire, ok := s.out.(pgwire.PreparedStatements); ok {
		return wire.Prepared()
	}
	return nil
}

// queryOf gives the query that a statement is; nil where it is none.
func queryOf(st pgwire.Statement) *query {
	if recorded, ok := st.(onRecord); ok {
		st = recorded.Statement
	}
	q, _ := st.(*query)
	return q
}

// preparedRows are those of pg_prepared_statements.
func (s *session) preparedRows() []pgcatalog.Prepared {
	var rows []pgcatalog.Prepared
	add := func(row pgcatalog.Prepared, q *query) {
		if q != nil && q.described != nil {
			for _, t := range q.described.Parameters {
				row.Parameters = append(row.Parameters, uint32(t.OID))
			}
			row.Results = []uint32{}
			for _, c := range q.described.Query.Output {
				row.Results = append(row.Results, uint32(c.Type.OID))
			}
		}
		rows = append(rows, row)
	}
	for name, p := range s.prepared {
		add(pgcatalog.Prepared{Name: name, Statement: p.text, At: p.at, FromSQL: true}, p.query)
	}
	for _, p := range s.wirePrepared() {
		add(pgcatalog.Prepared{Name: p.Name, Statement: p.Text, At: p.At}, queryOf(p.Statement))
	}
	return rows
}

// deallocate forgets a query prepared by SQL or, where the server keeps those, by a Parse message.
func (s *session) deallocate(st *planner.Deallocate) (pgwire.Rows, error) {
	wire, _ := s.out.(pgwire.PreparedStatements)
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
	if wire, ok := s.out.(pgwire.PreparedStatements); ok {
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
	q, known := e.session.preparedQuery(e.execute.Name)
	switch {
	case !known:
		return nil, sqlstate.New(sqlstate.InvalidSQLStatementName, "prepared statement %q does not exist", e.execute.Name)
	case q == nil:
		return nil, sqlstate.Unsupported("EXECUTE of a statement that is no query")
	}
	return q, nil
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
