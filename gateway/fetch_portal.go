package gateway

import (
	"context"
	"strconv"

	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/sqlstate"
)

// wireFetch is FETCH or MOVE on a portal that a Bind message made (asyncpg's cursors
// move so). Such a portal only goes forward (PostgreSQL's CreatePortal).
type wireFetch struct {
	*fetchStatement
	wire    pgwire.PortalNames
	columns []pgwire.Column
}

var _ pgwire.Portal = (*wireFetch)(nil)

// ofPortal gives the statement's portal where its name is a Bind message's.
func (f *fetchStatement) ofPortal() (*wireFetch, bool) {
	wire, ok := f.session.out.(pgwire.PortalNames)
	if !ok {
		return nil, false
	}
	columns, ok := wire.PortalColumns(f.fetch.Cursor)
	return &wireFetch{f, wire, columns}, ok
}

// Columns are the portal's; MOVE has none.
func (f *wireFetch) Columns() []pgwire.Column {
	if f.fetch.Move {
		return nil
	}
	return f.columns
}

// Close frees nothing.
func (f *wireFetch) Close() {}

// Run takes rows from where the portal stands.
func (f *wireFetch) Run(ctx context.Context) (pgwire.Rows, error) {
	if err := f.session.ready(); err != nil {
		return nil, err
	}
	f.session.begun()
	switch {
	case f.columns == nil:
		return nil, sqlstate.New(sqlstate.ObjectNotInPrerequisiteState, "portal %q cannot be run", f.fetch.Cursor)
	case f.fetch.Direction != planner.Forward || f.fetch.Count <= 0:
		return nil, errForwardOnly
	}
	rows, err := f.wire.TakeRows(ctx, f.fetch.Cursor, f.fetch.Count)
	if err != nil || !f.fetch.Move {
		return taggedRows{rows, "FETCH "}, err
	}
	return move(ctx, rows)
}

// taggedRows are rows that a statement gives under its own name.
type taggedRows struct {
	pgwire.Rows
	verb string
}

// Tag counts the rows.
func (t taggedRows) Tag(n int64) string { return t.verb + strconv.FormatInt(n, 10) }
