package executor

import (
	"context"
	"strings"

	"github.com/sluicemesh/sluice/internal/budget"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// How much of an answer is held back until it is known not to fail. What is larger
// streams on: an error that comes later finds rows sent.
const (
	heldRows  = 200_000
	heldBytes = 8 << 20
)

// Run starts a plan and returns once its first statement is accepted everywhere. The
// caller must Close the result; that, or the end of ctx, ends the remote statements. It
// waits as long as there is no memory for it.
//
// With Options.Again no row leaves before the whole answer is known. If it fails on a
// value, the error is that of the other plan: of several rows that fail, and of several
// expressions, the first to be met depends on how rows fall into batches and on who is
// faster.
func (e *Executor) Run(ctx context.Context, q plan.Query, o Options) (*Result, error) {
	account, err := e.Budget.Enter(ctx, o.Principal, e.claim(q, o))
	if err != nil {
		return nil, err
	}
	result, err := e.run(ctx, q, o, account)
	if err != nil {
		defer account.Close()
		return nil, told(err, account)
	}
	result.account = account
	if account != nil {
		result.Waited = account.Waited
	}
	return result, nil
}

// run starts a plan within an account.
func (e *Executor) run(ctx context.Context, q plan.Query, o Options, account *budget.Account) (*Result, error) {
	first, err := e.start(ctx, q, o, account)
	if o.Again == nil {
		return first, err
	}
	if err == nil {
		held := gather(first.RecordReader, nil, heldRows, heldBytes, account)
		first.RecordReader = held
		if held.complete || held.Err() == nil {
			return first, nil
		}
		err = held.Err()
		first.Close()
	}
	if !onValue(err) {
		return nil, err
	}
	if q, err = o.Again(); err != nil {
		return nil, err
	}
	return e.start(ctx, q, o, account)
}

// onValue tells whether a statement failed on a value that it met: by the classes of data
// exceptions, of cardinality and of limits that PostgreSQL has for single values.
func onValue(err error) bool {
	code := string(sqlstate.From(err).Code)
	return strings.HasPrefix(code, "22") || strings.HasPrefix(code, "21") || strings.HasPrefix(code, "54")
}
