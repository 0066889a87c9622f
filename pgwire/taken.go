package pgwire

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"
)

// taken are rows of a portal that leave by SQL's FETCH instead of an Execute message. The
// portal moves along.
type taken struct {
	portal    *portal
	remaining int64
	current   arrow.RecordBatch
}

var _ Rows = (*taken)(nil)

// PortalColumns gives the columns of a portal made by a Bind message.
func (c *conn) PortalColumns(name string) (columns []Column, ok bool) {
	p := c.portals[name]
	if p == nil || p.bound == nil {
		return nil, false
	}
	return p.columns, true
}

// TakeRows gives at most so many rows of a portal made by a Bind message, from where it
// stands.
func (c *conn) TakeRows(ctx context.Context, name string, most int64) (Rows, error) {
	p := c.portals[name]
	stop := context.AfterFunc(ctx, func() { p.running.cancel(context.Cause(ctx)) })
	defer stop()
	if err := p.start(c.format()); err != nil {
		return nil, err
	}
	return &taken{portal: p, remaining: most}, nil
}

// Next gives what is left of the portal's batch, or of the one after it.
func (t *taken) Next(ctx context.Context) (arrow.RecordBatch, error) {
	t.Close()
	p := t.portal
	if t.remaining == 0 || p.state != portalOpen {
		return nil, nil
	}
	for p.batch == nil || int64(p.next) >= p.batch.NumRows() {
		b, err := p.rows.Next(ctx)
		if err != nil {
			p.state = portalFailed
			p.closeRows()
			return nil, err
		}
		if b == nil {
			p.finish(0)
			return nil, nil
		}
		p.batch, p.next = b, 0
		if err := p.encoder.bind(b); err != nil {
			return nil, err
		}
	}
	n := min(t.remaining, p.batch.NumRows()-int64(p.next))
	t.current = p.batch.NewSlice(int64(p.next), int64(p.next)+n)
	p.next += int(n)
	t.remaining -= n
	return t.current, nil
}

// Tag is the statement's to give.
func (t *taken) Tag(int64) string { return "" }

// Close leaves the portal where it is.
func (t *taken) Close() {
	if t.current != nil {
		t.current.Release()
		t.current = nil
	}
}
