package pgwire

import (
	"context"
	"errors"

	"github.com/sluicemesh/sluice/sqlstate"
)

// running is something a session does that a CancelRequest can stop.
type running struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
}

func newRunning(parent context.Context) *running {
	ctx, cancel := context.WithCancelCause(parent)
	return &running{ctx, cancel}
}

// end frees the context.
func (r *running) end() { r.cancel(nil) }

// run runs work under a context of its own.
func (c *conn) run(work func(*running) error) error {
	r := newRunning(c.ctx)
	defer r.end()
	return c.runUnder(r, work)
}

// runUnder runs work so that CancelRequest reaches it and no panic leaves it.
func (c *conn) runUnder(r *running, work func(*running) error) (err error) {
	stop := c.key.start(r.cancel)
	defer stop()
	if failed := c.panicless(func() { err = work(r) }); failed != nil {
		return failed
	}
	if err != nil {
		return whyEnded(r.ctx, err)
	}
	return nil
}

// panicless runs work; a panic is an error.
func (c *conn) panicless(work func()) (err error) {
	defer func() {
		if p := recover(); p != nil {
			logPanic(c.log, p)
			err = errPanic()
		}
	}()
	work()
	return nil
}

// whyEnded gives the error of a statement whose context ended by the reason for
// that: what the statement says is only how it noticed.
func whyEnded(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	switch cause := context.Cause(ctx); {
	case errors.Is(cause, errCancelRequest):
		return sqlstate.New(sqlstate.QueryCanceled, "canceling statement due to user request")
	case errors.Is(cause, errShutdown):
		return shutdownError()
	case errors.Is(cause, errClientGone):
		return errClientGone
	}
	return err
}
