package gateway

import (
	"context"

	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/executor"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/planner/plan"
)

// portal is a query with its parameters in place.
type portal struct {
	session *session
	text    string
	bound   *bind.Bound
	values  []*plan.Literal // of its parameters
	moment  *moment
	// again binds the same query with the same parameters under the mesh of that moment.
	again func(context.Context) (*portal, error)
	// standing is what the portal runs by, once it does.
	standing *standing
}

var _ pgwire.Portal = (*portal)(nil)

// Columns are the query's.
func (p *portal) Columns() []pgwire.Column { return wireColumns(p.bound.Query.Output) }

// Close frees nothing: rows own what runs.
func (p *portal) Close() {}

// Run decides, records the decision, and starts the query.
func (p *portal) Run(ctx context.Context) (pgwire.Rows, error) {
	if err := p.session.ready(); err != nil {
		return nil, err
	}
	return p.session.run(ctx, ctx, p)
}

// run takes a portal from decision to rows. Every step may refuse; the record of the
// decision is written before a source is asked, that of the outcome after. The rows end
// with life, getting the first of them with ctx too.
func (s *session) run(ctx, life context.Context, p *portal) (*rows, error) {
	ready, record, err := s.plan(ctx, p)
	if err != nil {
		return nil, err
	}
	o := s.options(p.moment)
	o.Again = ready.Again
	return s.start(ctx, life, running{query: ready.Query, quiet: ready.PolicyMayFail, record: record, standing: p.standing, options: o})
}

// running is a plan that may be run: the decision on it is on record.
type running struct {
	query    plan.Query
	quiet    bool // keeps the words of errors from the user
	record   *audit.Entry
	standing *standing
	options  executor.Options
}

// start runs a plan. The rows end with life, getting the first of them with ctx too.
func (s *session) start(ctx, life context.Context, a running) (*rows, error) {
	r := &rows{timeout: s.timeout(), finish: s.gateway.completion(a.record), standing: a.standing, quiet: a.quiet}
	r.ctx, r.cancel = context.WithCancelCause(life)
	r.leave = s.gateway.underway.enter(a.standing, r.cancel)
	stop := r.timeout.watch(ctx, r.cancel)
	var err error
	r.result, err = s.gateway.executor.Run(r.ctx, a.query, a.options)
	if stop(); err != nil {
		err = r.reason(err)
		r.fail(err)
		return nil, err
	}
	return r, nil
}

// options are what running needs to know of the session.
func (s *session) options(now *moment) executor.Options {
	o := s.systemOptions(now)
	system, own := o.Own, s.ownSources(now)
	o.Own = func(source *catalog.Source) (connectors.Source, bool) {
		if found, ok := own(source); ok {
			return found, true
		}
		return system(source)
	}
	return o
}
