package gateway

import (
	"context"
	"fmt"
	"strings"

	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/sqlstate"
)

// command is a statement that is not a query: it changes or shows the session.
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
	if show, ok := c.statement.(*planner.Show); ok {
		if _, err := c.session.show(show); err != nil {
			return nil, nil, err
		}
	}
	return nil, c.Columns(), nil
}

// Bind gives the command itself: it has no parameters.
func (c *command) Bind(_ context.Context, parameters []pgwire.Parameter) (pgwire.Portal, error) {
	if len(parameters) > 0 {
		return nil, sqlstate.New(sqlstate.ProtocolViolation, "bind message supplies %d parameters, but the statement requires 0", len(parameters))
	}
	return c, nil
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

// Run does it.
func (c *command) Run(context.Context) (pgwire.Rows, error) {
	s := c.session
	if t, ok := c.statement.(*planner.Transaction); ok {
		tag, err := s.transact(t)
		return done(tag), err
	}
	if err := s.ready(); err != nil {
		return nil, err
	}
	switch st := c.statement.(type) {
	case *planner.Refused:
		return nil, st.Reason
	case *planner.Set:
		return done("SET"), s.set(st)
	case *planner.SetTransaction:
		return done("SET"), s.setTransaction(st)
	case *planner.Reset:
		return done("RESET"), s.settings.Reset(st.Name)
	case *planner.Show:
		rows, err := s.show(st)
		return newTextRows("SHOW", rows), err
	case *planner.Prepare:
		return done("PREPARE"), s.prepare(st)
	case *planner.Deallocate:
		return s.deallocate(st)
	case *planner.Discard:
		return done("DISCARD " + st.Target), s.discard(st)
	default:
		panic(fmt.Sprintf("gateway: unhandled statement %T", st))
	}
}

func (s *session) set(st *planner.Set) error {
	if st.Local && !s.tx.open {
		s.warn(sqlstate.NoActiveSQLTransaction, "SET LOCAL can only be used in transaction blocks")
	}
	switch {
	case st.Default:
		if p, ok := parameters[st.Name]; ok {
			return s.settings.Set(st.Name, p.initial, st.Local)
		}
		return s.settings.Reset(st.Name)
	case st.Name == "sluice.purpose":
		return s.setPurpose(strings.Join(st.Values, ", "), st.Local)
	case st.Name == "session_authorization" || st.Name == "role":
		if len(st.Values) == 1 && (st.Values[0] == s.login.User || st.Values[0] == "none") {
			return nil
		}
		return sqlstate.New(sqlstate.InsufficientPrivilege, "permission denied to set %s", strings.ReplaceAll(st.Name, "_", " "))
	case st.Name == "search_path":
		return s.settings.Set(st.Name, quoteList(st.Values), st.Local)
	default:
		return s.settings.Set(st.Name, strings.Join(st.Values, ", "), st.Local)
	}
}

func (s *session) setTransaction(st *planner.SetTransaction) error {
	if st.Session {
		return s.setModes(st.Modes, "default_transaction_", false)
	}
	if !s.tx.open {
		s.warn(sqlstate.NoActiveSQLTransaction, "SET TRANSACTION can only be used in transaction blocks")
	}
	return s.setModes(st.Modes, "transaction_", true)
}

func (s *session) show(st *planner.Show) ([][]string, error) {
	if st.Name == "all" {
		return s.settings.all(), nil
	}
	value, ok := s.settings.Value(st.Name)
	if !ok {
		return nil, sqlstate.New(sqlstate.UndefinedObject, "unrecognized configuration parameter %q", st.Name)
	}
	return [][]string{{value}}, nil
}

func (s *session) discard(st *planner.Discard) error {
	if st.Target != "ALL" {
		return nil
	}
	if s.tx.open {
		return sqlstate.New(sqlstate.ActiveSQLTransaction, "DISCARD ALL cannot run inside a transaction block")
	}
	s.prepared = map[string]*prepared{}
	return s.settings.Reset("")
}

// quoteList writes names as search_path shows them.
func quoteList(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n
		if n != strings.ToLower(n) || strings.ContainsAny(n, ` ,"$`) || n == "" {
			out[i] = `"` + strings.ReplaceAll(n, `"`, `""`) + `"`
		}
	}
	return strings.Join(out, ", ")
}
