package gateway

import (
	"context"
	"time"

	"github.com/sluicemesh/sluice/sqlstate"
)

// timeout is what is left of statement_timeout or transaction_timeout. Only time in which the gateway or a
// source works is taken off: a client that reads slowly or fetches in pieces does not
// use it up.
type timeout struct {
	limited bool
	left    time.Duration
	over    error // what the statement ends with
}

// timeout gives a statement its time: statement_timeout, or what is left of
// transaction_timeout where that is less.
func (s *session) timeout() timeout {
	limit := milliseconds(s.settings.value("statement_timeout"))
	if left, limited := s.transactionLeft(); limited && (limit <= 0 || left < limit) {
		return timeout{limited: true, left: left, over: errTransactionTimeout}
	}
	return timeout{limited: limit > 0, left: limit, over: errStatementTimeout}
}

// transactionLeft is what is left of transaction_timeout, at least the least there is.
func (s *session) transactionLeft() (left time.Duration, limited bool) {
	limit := milliseconds(s.settings.value("transaction_timeout"))
	if limit <= 0 || !s.tx.started {
		return 0, false
	}
	return max(limit-s.gateway.now().Sub(s.tx.start), 1), true
}

var (
	errStatementTimeout   = sqlstate.New(sqlstate.QueryCanceled, "canceling statement due to statement timeout")
	errTransactionTimeout = sqlstate.Fatal(sqlstate.TransactionTimeout, "terminating connection due to transaction timeout")
)

// Idle tells how long the client may say nothing: in a transaction block or out of one.
func (s *session) Idle() (time.Duration, *sqlstate.Error) {
	if !s.tx.block {
		return milliseconds(s.settings.value("idle_session_timeout")),
			sqlstate.Fatal(sqlstate.IdleSessionTimeout, "terminating connection due to idle-session timeout")
	}
	idle := milliseconds(s.settings.value("idle_in_transaction_session_timeout"))
	if left, limited := s.transactionLeft(); limited && (idle <= 0 || left < idle) {
		return left, errTransactionTimeout
	}
	return idle, sqlstate.Fatal(sqlstate.IdleInTransactionSessionTimeout, "terminating connection due to idle-in-transaction timeout")
}

// watch cancels work when ctx ends or the time is up, until stop is called.
func (t *timeout) watch(ctx context.Context, cancel context.CancelCauseFunc) (stop func()) {
	release := context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })
	if !t.limited {
		return func() { release() }
	}
	start := time.Now()
	timer := time.AfterFunc(t.left, func() { cancel(t.over) })
	return func() {
		timer.Stop()
		release()
		t.left -= time.Since(start)
	}
}
