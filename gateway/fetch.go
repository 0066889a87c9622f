package gateway

import (
	"context"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
)

// fetchStatement is FETCH or MOVE: a statement whose columns are those of its cursor.
type fetchStatement struct {
	session *session
	fetch   *planner.Fetch
}

var (
	_ pgwire.Statement    = (*fetchStatement)(nil)
	_ pgwire.Portal       = (*fetchPortal)(nil)
	_ pgwire.BinaryPortal = (*fetchPortal)(nil)
)

// Describe gives the columns of the cursor if it is there already.
func (f *fetchStatement) Describe(context.Context) ([]uint32, []pgwire.Column, error) {
	if err := f.session.ready(); err != nil {
		return nil, nil, err
	}
	if p, ok := f.ofPortal(); ok {
		return nil, p.Columns(), nil
	}
	p := &fetchPortal{fetchStatement: f}
	p.cursor, _ = f.session.cursors.find(f.fetch.Cursor)
	return nil, p.Columns(), nil
}

// Bind finds the cursor.
func (f *fetchStatement) Bind(_ context.Context, parameters []pgwire.Parameter) (pgwire.Portal, error) {
	if err := noParameters(parameters); err != nil {
		return nil, err
	}
	if err := f.session.ready(); err != nil {
		return nil, err
	}
	if p, ok := f.ofPortal(); ok {
		return p, nil
	}
	c, err := f.session.cursors.find(f.fetch.Cursor)
	if err != nil {
		return nil, err
	}
	return &fetchPortal{fetchStatement: f, cursor: c}, nil
}

type fetchPortal struct {
	*fetchStatement
	cursor *cursor
}

// Columns are the cursor's; MOVE has none.
func (f *fetchPortal) Columns() []pgwire.Column {
	if f.fetch.Move || f.cursor == nil {
		return nil
	}
	return f.cursor.columns
}

// Binary tells whether the cursor was declared so.
func (f *fetchPortal) Binary() bool { return f.cursor.binary }

// Close frees nothing.
func (f *fetchPortal) Close() {}

// Run goes where the statement says.
func (f *fetchPortal) Run(ctx context.Context) (pgwire.Rows, error) {
	if err := f.session.ready(); err != nil {
		return nil, err
	}
	f.session.begun()
	if err := f.cursor.standing.check(ctx); err != nil {
		f.cursor.failed = true
		return nil, err
	}
	rows, err := f.cursor.fetch(ctx, f.fetch)
	if err != nil {
		f.cursor.failed = true
		return nil, err
	}
	rows.budget(f.session.timeout())
	if !f.fetch.Move {
		rows.verb = "FETCH "
		return rows, rows.peek(ctx)
	}
	return move(ctx, rows)
}

// move passes over rows, counts them and closes them.
func move(ctx context.Context, rows pgwire.Rows) (pgwire.Rows, error) {
	defer rows.Close()
	moved := int64(0)
	for {
		b, err := rows.Next(ctx)
		if err != nil {
			return nil, err
		}
		if b == nil {
			return done("MOVE " + strconv.FormatInt(moved, 10)), nil
		}
		moved += b.NumRows()
	}
}

// fetch finds which rows a FETCH gives: from a row on, one way, so many at most.
func (c *cursor) fetch(ctx context.Context, f *planner.Fetch) (*fetched, error) {
	if err := c.usable(); err != nil {
		return nil, err
	}
	switch f.Direction {
	case planner.Forward:
		if f.Count == 0 {
			return c.again()
		}
		return c.span(c.position+1, 1, f.Count), nil
	case planner.Backward:
		switch {
		case f.Count == 0 && (f.Move || c.goesBack()):
			return c.again()
		case f.Move && f.Count == planner.All && c.position == 0: // PostgreSQL rewinds here, and has nothing to do
			return &fetched{cursor: c, finished: true}, nil
		case !c.goesBack():
			return nil, errForwardOnly
		}
		return c.span(c.position-1, -1, f.Count), nil
	case planner.Relative:
		if f.Count == 0 {
			return c.again()
		}
		if f.Count < 0 && !c.goesBack() { // before the first row too
			return nil, errForwardOnly
		}
		return c.row(c.position + f.Count)
	default:
		return c.absolute(ctx, f.Count)
	}
}

// again gives the present row once more.
func (c *cursor) again() (*fetched, error) {
	if !c.onRow() {
		return &fetched{cursor: c, finished: true}, nil
	}
	if !c.goesBack() {
		return nil, errForwardOnly
	}
	return c.span(c.position, 1, 1), nil
}

// absolute counts from the start, or from the end where negative.
func (c *cursor) absolute(ctx context.Context, n int64) (*fetched, error) {
	if n >= 0 {
		return c.row(n)
	}
	if !c.goesBack() {
		return nil, errForwardOnly
	}
	for c.rows != nil {
		if err := c.pull(ctx); err != nil {
			return nil, err
		}
	}
	if c.kept == nil { // too many rows to keep turned up
		return nil, errForwardOnly
	}
	return c.row(c.read + n + 1)
}

// row gives one row; the start where n is 0 or less.
func (c *cursor) row(n int64) (*fetched, error) {
	if n <= c.position && c.position > 0 && !c.goesBack() {
		return nil, errForwardOnly
	}
	if n <= 0 {
		c.position = 0
		return &fetched{cursor: c, finished: true}, nil
	}
	return c.span(n, 1, 1), nil
}

func (c *cursor) span(first, step, count int64) *fetched {
	return &fetched{cursor: c, next: first, step: step, remaining: count}
}

// fetched are the rows a FETCH gives. The cursor moves along with them.
type fetched struct {
	cursor    *cursor
	next      int64
	step      int64
	remaining int64
	finished  bool
	verb      string
	current   arrow.RecordBatch
	peeked    bool // current has not been given yet
}

var _ pgwire.Rows = (*fetched)(nil)

// budget gives the query as much time as a statement may take.
func (f *fetched) budget(t timeout) {
	if f.cursor.rows != nil {
		f.cursor.rows.timeout = t
	}
}

// Limit bounds the rows that come from here on.
func (f *fetched) Limit(n int64) { f.remaining = min(f.remaining, n) }

// peek gets the first piece, for its error to come before anything is sent.
func (f *fetched) peek(ctx context.Context) error {
	_, err := f.Next(ctx)
	f.peeked = true
	return err
}

// Next gives the next piece of a batch.
func (f *fetched) Next(ctx context.Context) (arrow.RecordBatch, error) {
	if f.peeked {
		f.peeked = false
		return f.current, nil
	}
	f.drop()
	if f.finished || f.remaining == 0 {
		return nil, nil
	}
	var b arrow.RecordBatch
	var first int64
	if f.next > 0 {
		var err error
		if b, first, err = f.cursor.at(ctx, f.next); err != nil {
			return nil, err
		}
	}
	if b == nil {
		f.finished = true
		f.cursor.position = 0
		if f.step > 0 {
			f.cursor.position = f.cursor.read + 1
		}
		return nil, nil
	}
	from, n := f.next-first, int64(1) // backward row by row: a batch shows its rows forward
	if f.step > 0 {
		n = min(f.remaining, b.NumRows()-from)
	}
	f.current = b.NewSlice(from, from+n)
	f.next += f.step * n
	f.remaining -= n
	f.cursor.position = f.next - f.step
	return f.current, nil
}

// Tag counts the rows.
func (f *fetched) Tag(n int64) string { return f.verb + strconv.FormatInt(n, 10) }

// Close leaves the cursor where it is.
func (f *fetched) Close() {
	f.drop()
	f.finished = true
}

func (f *fetched) drop() {
	if f.current != nil {
		f.current.Release()
		f.current = nil
	}
}

// cursorPortal is a cursor as clients of the extended protocol see it: a portal.
type cursorPortal struct{ *cursor }

var _ pgwire.Portal = cursorPortal{}

// Cursor gives an open cursor as a portal.
func (s *session) Cursor(name string) (pgwire.Portal, bool) {
	c, err := s.cursors.find(name)
	return cursorPortal{c}, err == nil
}

// CloseCursor closes a cursor by the protocol's Close.
func (s *session) CloseCursor(name string) { s.cursors.close(name) }

func (c cursorPortal) Columns() []pgwire.Column { return c.columns }
func (c cursorPortal) Close()                   {}

// Run gives the rows from where the cursor stands.
func (c cursorPortal) Run(ctx context.Context) (pgwire.Rows, error) {
	if err := c.standing.check(ctx); err != nil {
		c.failed = true
		return nil, err
	}
	f := c.span(c.position+1, 1, planner.All)
	f.verb = "SELECT "
	return f, nil
}
