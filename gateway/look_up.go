package gateway

import (
	"context"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/executor"
	"github.com/sluicemesh/sluice/pgwire"
)

// lookUp runs a plan that is one read by key: its rows are all there when it returns.
func (p *keptPortal) lookUp(ctx context.Context, record *audit.Entry) (pgwire.Rows, error) {
	r := &found{portal: p, record: record}
	working, stop := p.limited(ctx)
	batch, ok, err := p.plan.lookUp.Rows(working, p.values, record.Written)
	if unwritten := record.Written(); unwritten != nil { // asked or not, it was decided
		stop()
		return nil, unwritten
	}
	if err != nil {
		err = reason(working, err, p.plan.quiet)
	}
	stop()
	switch {
	case err != nil:
		r.err = err
		r.Close()
		return nil, err
	case !ok:
		return p.start(ctx, record)
	}
	if r.batch = batch; batch != nil {
		r.count, r.bytes = batch.NumRows(), executor.Size(batch)
	}
	return r, nil
}

// limited gives the context that the read ends with: by the session's time limit, and in
// meshes where a reload may end it.
func (p *keptPortal) limited(ctx context.Context) (context.Context, func()) {
	s := p.query.session
	t := s.timeout()
	if !t.limited && !p.basis.epoch.Mesh.Settings.CancelRevoked {
		return ctx, func() {}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	leave := s.gateway.underway.enter(p.standing(), cancel)
	stop := t.watch(ctx, cancel)
	return ctx, func() { stop(); leave(); cancel(nil) }
}

// found are the rows of a read by key.
type found struct {
	portal *keptPortal
	record *audit.Entry
	batch  arrow.RecordBatch // not given yet
	given  arrow.RecordBatch
	count  int64 // that the source gave
	sent   int64
	bytes  int64
	err    error
	closed bool
}

var (
	_ pgwire.Rows        = (*found)(nil)
	_ pgwire.ResumedRows = (*found)(nil)
	_ pgwire.CountedRows = (*found)(nil)
)

// Resume is asked before rows of a suspended portal go on.
func (f *found) Resume(ctx context.Context) error {
	f.err = f.portal.standing().check(ctx)
	return f.err
}

// Next gives the one batch, then the end.
func (f *found) Next(ctx context.Context) (arrow.RecordBatch, error) {
	if f.batch != nil && f.portal.basis.epoch.Mesh.Settings.CancelRevoked {
		if err := f.Resume(ctx); err != nil {
			return nil, err
		}
	}
	f.given, f.batch, f.sent = f.batch, nil, f.count
	return f.given, nil
}

// Unsent takes back rows from those that were given.
func (f *found) Unsent(rows int64) { f.sent -= rows }

// Tag is SELECT with the number of rows.
func (f *found) Tag(n int64) string {
	if n == 1 {
		return "SELECT 1"
	}
	return "SELECT " + strconv.FormatInt(n, 10)
}

// Close records the outcome. The batch is the garbage collector's.
func (f *found) Close() {
	if f.closed {
		return
	}
	f.closed = true
	o := audit.Outcome{Rows: f.sent, Err: f.err}
	if f.err == nil {
		l := f.portal.plan.lookUp
		o.Fragments = []audit.Fragment{{Source: l.Source, Fingerprint: f.portal.plan.asked, Rows: f.count, Bytes: f.bytes}}
	}
	f.portal.query.session.gateway.ended(f.record, o)
}
