package gateway

import (
	"context"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
)

// explainStatement is EXPLAIN of a query. It is decided and recorded like the query:
// who may not run it may not see its plan either.
type explainStatement struct {
	session *session
	explain *planner.Explain
	query   *query            // nil: execute
	execute *executeStatement // of EXPLAIN EXECUTE
}

var _ pgwire.Statement = (*explainStatement)(nil)

// Describe gives the query's parameters and the one column.
func (e *explainStatement) Describe(ctx context.Context) ([]uint32, []pgwire.Column, error) {
	if e.execute != nil {
		_, _, err := e.execute.Describe(ctx)
		return nil, e.columns(), err
	}
	parameters, _, err := e.query.Describe(ctx)
	return parameters, e.columns(), err
}

func (e *explainStatement) columns() []pgwire.Column {
	c := textColumn("QUERY PLAN")
	if e.explain.JSON {
		c.TypeOID = uint32(pgtype.JSON)
	}
	return []pgwire.Column{c}
}

// Bind binds the query.
func (e *explainStatement) Bind(ctx context.Context, parameters []pgwire.Parameter) (pgwire.Portal, error) {
	bindQuery := e.execute.bind
	if e.query != nil {
		bindQuery = e.query.bind
	}
	p, err := bindQuery(ctx, parameters)
	if err != nil {
		return nil, err
	}
	return &explainPortal{portal: p, statement: e}, nil
}

type explainPortal struct {
	*portal
	statement *explainStatement
}

// Columns is the one of EXPLAIN, not those of the query.
func (e *explainPortal) Columns() []pgwire.Column { return e.statement.columns() }

// Run plans the query, with ANALYZE runs it too, and gives the description.
func (e *explainPortal) Run(ctx context.Context) (pgwire.Rows, error) {
	if err := e.session.ready(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	limit := e.session.timeout()
	defer limit.watch(ctx, cancel)()
	ready, record, err := e.session.plan(ctx, e.portal)
	if err != nil {
		return nil, err
	}
	defer e.session.gateway.underway.enter(e.standing, cancel)()
	description, outcome := e.describe(ctx, ready, e.session.options(e.moment))
	if outcome.Err != nil && ready.PolicyMayFail {
		outcome.Err = quieted(outcome.Err)
	}
	if outcome.Err != nil && ctx.Err() != nil {
		outcome.Err = context.Cause(ctx)
	}
	e.session.gateway.completion(record)(outcome)
	if outcome.Err != nil {
		return nil, outcome.Err
	}
	if e.statement.explain.JSON {
		text, err := description.json()
		return newTextRows("EXPLAIN", [][]string{{text}}), err
	}
	return newTextRows("EXPLAIN", description.lines()), nil
}
