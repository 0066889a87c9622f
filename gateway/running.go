package gateway

import (
	"context"
	"errors"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/executor"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/sqlstate"
)

// rows is a running query as the wire takes it.
type rows struct {
	result  *executor.Result
	ctx     context.Context
	cancel  context.CancelCauseFunc
	timeout timeout
	finish  func(audit.Outcome)
	leave   func() // what is underway
	count   int64
	err     error
	closed  bool
	// standing is what allows the rows.
	standing *standing
	// quiet keeps the words of errors from the user.
	quiet bool
}

var (
	_ pgwire.Rows        = (*rows)(nil)
	_ pgwire.ResumedRows = (*rows)(nil)
	_ pgwire.CountedRows = (*rows)(nil)
)

// Resume is asked before rows of a suspended portal go on.
func (r *rows) Resume(ctx context.Context) error {
	err := r.standing.check(ctx)
	if err != nil {
		r.err = err
	}
	return err
}

// Next gives the next batch, nil at the end. The query ends with ctx too: a cursor's
// query lives longer than each statement that fetches from it.
func (r *rows) Next(ctx context.Context) (arrow.RecordBatch, error) {
	if r.standing.epoch.Mesh.Settings.CancelRevoked {
		if err := r.Resume(ctx); err != nil {
			return nil, err
		}
	}
	stop := r.timeout.watch(ctx, r.cancel)
	more := r.result.Next()
	stop()
	if more {
		b := r.result.RecordBatch()
		r.count += b.NumRows()
		return b, nil
	}
	err := r.result.Err()
	if err == nil {
		err = r.ctx.Err()
	}
	if err == nil {
		return nil, nil
	}
	err = sqlstate.From(r.reason(err))
	r.fail(err)
	return nil, err
}

// reason gives why the context ended where that is what ended the query.
func (r *rows) reason(err error) error { return reason(r.ctx, err, r.quiet) }

func reason(ctx context.Context, err error, quiet bool) error {
	if ctx.Err() == nil {
		if quiet {
			return quieted(err)
		}
		return err
	}
	var stated *sqlstate.Error
	if errors.As(context.Cause(ctx), &stated) {
		return stated
	}
	return ctx.Err()
}

// Unsent takes back rows from those that were given.
func (r *rows) Unsent(rows int64) { r.count -= rows }

// Tag is SELECT with the number of rows.
func (r *rows) Tag(n int64) string { return "SELECT " + strconv.FormatInt(n, 10) }

// Close ends the query everywhere and records its outcome.
func (r *rows) Close() {
	if r.closed {
		return
	}
	r.closed = true
	o := audit.Outcome{Rows: r.count, Err: r.err}
	if r.result != nil {
		o.Fragments, o.Queued = auditFragments(r.result.Fragments()), r.result.Waited
		r.result.Close()
	}
	r.leave()
	r.cancel(nil)
	r.finish(o)
}

func (r *rows) fail(err error) {
	r.err = err
	if r.result == nil {
		r.Close()
	}
}
