package executor

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// LookUp is a plan that is one read by key of one source, ready to run many times with
// other values. It needs no engine, no goroutine and no statement made anew.
type LookUp struct {
	Source string // its ID
	SQL    string // for EXPLAIN and the audit
	read   connectors.LookUp
}

// LookUp makes a plan with Parameters ready; sample are values of them, for SQL. ok is
// false where it is no read by key: it is run by Run then, its Parameters bound.
func (e *Executor) LookUp(q plan.Query, sample []*plan.Literal) (l *LookUp, ok bool) {
	remote, ok := q.Root.(*plan.Remote)
	if !ok || q.Careful || q.Off[optimization.PrepareLookUps] || !inOrder(q, remote.Columns()) || len(q.Output) == 0 {
		return nil, false
	}
	source, err := e.Source(remote.Source)
	if err != nil {
		return nil, false
	}
	able, ok := source.(connectors.LookUps)
	if !ok {
		return nil, false
	}
	l = &LookUp{Source: remote.Source.ID()}
	if l.read, ok = able.LookUp(remote.In(remote.Locale, q.Off)); ok {
		l.SQL, _ = source.Text(&plan.Remote{Source: remote.Source, Root: plan.BindParameters(remote.Root, sample)})
	}
	return l, ok
}

// By are the optimizations that read it.
func (l *LookUp) By() []optimization.Name { return l.read.By() }

// Rows reads: values are the texts of the plan's Parameters. The batch is on Go's heap;
// it is nil where there are no rows. ok is false where the plan must be Run instead.
// before is called before anything is asked, if it comes to that (connectors.LookUp).
func (l *LookUp) Rows(ctx context.Context, values [][]byte, before func() error) (batch arrow.RecordBatch, ok bool, err error) {
	return l.read.Rows(ctx, values, before)
}

// Size is what a batch takes in memory, in bytes, as Fragment.Bytes counts.
func Size(b arrow.RecordBatch) int64 { return size(b) }
