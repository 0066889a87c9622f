package gateway

import (
	"context"
	"fmt"

	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/sqlstate"
)

// command is a statement that runs no query: it changes or shows the session.
type command struct {
	session   *session
	statement planner.Statement
}

var (
	_ pgwire.Statement = (*command)(nil)
	_ pgwire.Portal    = (*command)(nil)
)

// Describe gives the columns of SHOW; other commands return no rows.
func (c *command) Describe(context.Context) ([]uint32, []pgwire.Column, error) {
	if _, ends := c.statement.(*planner.Transaction); !ends {
		if err := c.session.ready(); err != nil {
			return nil, nil, err
		}
	}
	if err := c.refusal(); err != nil {
		return nil, nil, err
	}
	if show, ok := c.statement.(*planner.Show); ok {
		if _, err := c.session.show(show); err != nil {
			return nil, nil, err
		}
	}
	return nil, c.Columns(), nil
}

// refusal tells what always fails before anybody counts its parameters.
func (c *command) refusal() (err error) {
	switch st := c.statement.(type) {
	case *planner.Refused:
		return st.Reason
	case *planner.Change:
		_, err = c.session.change(st)
	}
	return err
}

// Bind gives the command itself: it has no parameters.
func (c *command) Bind(_ context.Context, parameters []pgwire.Parameter) (pgwire.Portal, error) {
	if err := noParameters(parameters); err != nil {
		return nil, err
	}
	return c, nil
}

func noParameters(given []pgwire.Parameter) error {
	if len(given) > 0 {
		return sqlstate.New(sqlstate.ProtocolViolation, "bind message supplies %d parameters, but the statement requires 0", len(given))
	}
	return nil
}

// Columns are those of SHOW.
func (c *command) Columns() []pgwire.Column {
	show, ok := c.statement.(*planner.Show)
	switch {
	case !ok:
		return nil
	case show.Name == "all":
		return []pgwire.Column{textColumn("name"), textColumn("setting"), textColumn("description")}
	default:
		name := show.Name
		if p, ok := parameters[name]; ok {
			name = p.name
		}
		return []pgwire.Column{textColumn(name)}
	}
}

// Close frees nothing.
func (c *command) Close() {}

// takesSnapshot tells the commands after which a transaction's characteristics are fixed
// (PostgreSQL's PlannedStmtRequiresSnapshot).
func takesSnapshot(st planner.Statement) bool {
	switch st.(type) {
	case *planner.Set, *planner.SetTransaction, *planner.Reset, *planner.Show, *planner.Lock, *planner.Accepted, *planner.Refused:
		return false
	}
	return true
}

// Run does it.
func (c *command) Run(ctx context.Context) (pgwire.Rows, error) {
	s := c.session
	if t, ok := c.statement.(*planner.Transaction); ok {
		tag, err := s.transact(ctx, t)
		return done(tag), err
	}
	if err := s.ready(); err != nil {
		return nil, err
	}
	tx := s.begun()
	tx.queried = tx.queried || takesSnapshot(c.statement)
	switch st := c.statement.(type) {
	case *planner.Refused:
		return nil, st.Reason
	case *planner.Accepted:
		if st.Tag == "SET CONSTRAINTS" && !s.tx.inBlock() {
			s.warn(sqlstate.NoActiveSQLTransaction, "SET CONSTRAINTS can only be used in transaction blocks")
		}
		return done(st.Tag), nil
	case *planner.Set:
		return done("SET"), s.set(st)
	case *planner.SetTransaction:
		return done("SET"), s.setTransaction(st)
	case *planner.Reset:
		return done("RESET"), s.reset(st)
	case *planner.Show:
		rows, err := s.show(st)
		return newTextRows("SHOW", rows), err
	case *planner.Prepare:
		return done("PREPARE"), s.prepare(st)
	case *planner.Deallocate:
		return s.deallocate(st)
	case *planner.Discard:
		return done("DISCARD " + st.Target), s.discard(st)
	case *planner.CloseCursor:
		return s.closeCursor(st.Name)
	case *planner.CreateTable:
		return done("CREATE TABLE"), s.createTable(ctx, st)
	case *planner.Drop:
		return done("DROP TABLE"), s.drop(st)
	case *planner.Truncate:
		return done("TRUNCATE TABLE"), s.truncate(st)
	case *planner.AlterTable:
		return done("ALTER TABLE"), s.alterTable(ctx, st)
	case *planner.Change:
		return s.change(st)
	case *planner.Lock:
		return done("LOCK TABLE"), s.lock(st)
	default:
		panic(fmt.Sprintf("gateway: unhandled statement %T", st))
	}
}
