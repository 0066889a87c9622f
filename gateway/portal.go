package gateway

import (
	"context"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/executor"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/sqlstate"
)

// portal is a query with its parameters in place.
type portal struct {
	session *session
	text    string
	bound   *bind.Bound
	moment  *moment
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
	return p.session.run(ctx, p)
}

// run takes a portal from decision to rows. Every step may refuse; the record of the
// decision is written before a source is asked, that of the outcome after.
func (s *session) run(ctx context.Context, p *portal) (*rows, error) {
	ctx, cancel := s.bounded(ctx)
	ready, record, err := s.plan(ctx, p)
	if err != nil {
		cancel()
		return nil, err
	}
	result, err := s.gateway.executor.Run(ctx, ready.Query, s.systemOptions(p.moment))
	r := &rows{result: result, cancel: cancel, ctx: ctx, finish: s.gateway.completion(record)}
	if err != nil {
		err = s.timedOut(ctx, err)
		r.fail(err)
		return nil, err
	}
	return r, nil
}

// bounded gives a context that ends at the session's statement_timeout.
func (s *session) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	if limit := milliseconds(s.settings.value("statement_timeout")); limit > 0 {
		return context.WithTimeout(ctx, limit)
	}
	return context.WithCancel(ctx)
}

// timedOut gives the timeout's error where that is what ended the statement.
func (s *session) timedOut(ctx context.Context, err error) error {
	if ctx.Err() == context.DeadlineExceeded {
		return sqlstate.From(context.DeadlineExceeded)
	}
	return err
}

// rows is a running query as the wire takes it.
type rows struct {
	result *executor.Result
	ctx    context.Context
	cancel context.CancelFunc
	finish func(audit.Outcome)
	count  int64
	err    error
	closed bool
}

var _ pgwire.Rows = (*rows)(nil)

// Next gives the next batch, nil at the end.
func (r *rows) Next(context.Context) (arrow.RecordBatch, error) {
	if r.result.Next() {
		b := r.result.RecordBatch()
		r.count += b.NumRows()
		return b, nil
	}
	err := r.result.Err()
	if err == nil && r.ctx.Err() != nil {
		err = r.ctx.Err()
	}
	if err != nil {
		if r.ctx.Err() == context.DeadlineExceeded {
			err = context.DeadlineExceeded
		}
		r.fail(err)
		return nil, sqlstate.From(err)
	}
	return nil, nil
}

// Tag is SELECT with the number of rows.
func (r *rows) Tag(n int64) string { return "SELECT " + strconv.FormatInt(n, 10) }

// Close ends the query everywhere and records its outcome.
func (r *rows) Close() {
	if r.closed {
		return
	}
	r.closed = true
	if r.result != nil {
		r.result.Close()
	}
	r.cancel()
	r.finish(audit.Outcome{Rows: r.count, Err: r.err})
}

func (r *rows) fail(err error) {
	r.err = err
	if r.result == nil {
		r.Close()
	}
}
