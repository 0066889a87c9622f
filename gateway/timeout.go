package gateway

import (
	"context"
	"time"

	"github.com/sluicemesh/sluice/sqlstate"
)

// timeout is what is left of statement_timeout. Only time in which the gateway or a
// source works is taken off: a client that reads slowly or fetches in pieces does not
// use it up.
type timeout struct {
	limited bool
	left    time.Duration
}

// timeout gives a statement its time.
func (s *session) timeout() timeout {
	limit := milliseconds(s.settings.value("statement_timeout"))
	return timeout{limited: limit > 0, left: limit}
}

var errStatementTimeout = sqlstate.New(sqlstate.QueryCanceled, "canceling statement due to statement timeout")

// watch cancels work when ctx ends or the time is up, until stop is called.
func (t *timeout) watch(ctx context.Context, cancel context.CancelCauseFunc) (stop func()) {
	release := context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })
	if !t.limited {
		return func() { release() }
	}
	start := time.Now()
	timer := time.AfterFunc(t.left, func() { cancel(errStatementTimeout) })
	return func() {
		timer.Stop()
		release()
		t.left -= time.Since(start)
	}
}
