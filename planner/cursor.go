package planner

import (
	"math"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/sqlstate"
)

// DeclareCursor is DECLARE … CURSOR FOR a query.
type DeclareCursor struct {
	source
	Name             string
	Query            *Select
	Binary, Hold     bool
	Scroll, NoScroll bool
}

// Fetch is FETCH or MOVE.
type Fetch struct {
	source
	Cursor    string
	Direction Direction
	Count     int64 // All: everything in that direction
	Move      bool
}

// All is the count of FETCH ALL.
const All = math.MaxInt64

// Direction is where FETCH goes.
type Direction uint8

// The directions of FETCH. PRIOR is one backward, FIRST and LAST are absolute.
const (
	Forward Direction = iota
	Backward
	Absolute
	Relative
)

// CloseCursor is CLOSE; ALL where Name is empty.
type CloseCursor struct {
	source
	Name string
}

// Options of DECLARE (nodes/parsenodes.h, CURSOR_OPT_…).
const (
	cursorBinary   = 1 << 0
	cursorScroll   = 1 << 1
	cursorNoScroll = 1 << 2
	cursorHold     = 1 << 5
)

func declare(at source, text string, n *pg_query.DeclareCursorStmt) (Statement, error) {
	query := n.Query.GetSelectStmt()
	if query == nil {
		return nil, refused(n.Query)
	}
	if query.IntoClause != nil {
		return nil, sqlstate.New(sqlstate.InvalidCursorDefinition, "DECLARE CURSOR must not contain SELECT INTO")
	}
	d := &DeclareCursor{
		source: at, Name: n.Portalname, Query: &Select{source: at, whole: text, tree: query},
		Binary: n.Options&cursorBinary != 0, Hold: n.Options&cursorHold != 0,
		Scroll: n.Options&cursorScroll != 0, NoScroll: n.Options&cursorNoScroll != 0,
	}
	if d.Scroll && d.NoScroll {
		return nil, sqlstate.New(sqlstate.InvalidCursorDefinition, "cannot specify both SCROLL and NO SCROLL")
	}
	return d, nil
}

var directions = map[pg_query.FetchDirection]Direction{
	pg_query.FetchDirection_FETCH_FORWARD:  Forward,
	pg_query.FetchDirection_FETCH_BACKWARD: Backward,
	pg_query.FetchDirection_FETCH_ABSOLUTE: Absolute,
	pg_query.FetchDirection_FETCH_RELATIVE: Relative,
}

func fetch(at source, n *pg_query.FetchStmt) Statement {
	f := &Fetch{source: at, Cursor: n.Portalname, Direction: directions[n.Direction], Count: n.HowMany, Move: n.Ismove}
	if f.Count < 0 && f.Direction <= Backward { // FORWARD -5 is BACKWARD 5
		f.Direction, f.Count = Backward-f.Direction, -f.Count
	}
	return f
}
