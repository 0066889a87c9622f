package gateway

import (
	"context"
	"strings"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors/pgcatalog"
	"github.com/sluicemesh/sluice/gateway/temporary"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/sqlstate"
)

// session is one connection: who, which settings, which transaction, which prepared
// queries. pgwire calls it from one goroutine.
type session struct {
	gateway   *Gateway
	life      context.Context // ends with the client; for queries that outlive a message
	login     pgwire.Login
	out       pgwire.Notifier
	settings  *settings
	tx        transaction
	several   bool // the message in progress holds several statements
	prepared  map[string]*prepared
	cursors   cursors
	temporary *temporary.Space
	records   uint64 // statements on record
	audited   audited
	known     *basis // that was taken last
	own       ownView
	random    *pgcatalog.Random
	named
}

var (
	_ pgwire.Session       = (*session)(nil)
	_ pgwire.CursorSession = (*session)(nil)
)

// Settings gives the reported settings.
func (s *session) Settings() map[string]string { return s.settings.reported() }

// Format gives the settings values are shown by.
func (s *session) Format() pgwire.TextFormat { return s.settings.textFormat() }

// Status is the transaction state as ReadyForQuery tells it.
func (s *session) Status() byte { return s.tx.status() }

// Close frees what the session holds and records its end.
func (s *session) Close() {
	s.cursors.closeAll()
	s.tx.marks = nil
	s.temporary.Close()
	if err := s.gateway.audit.Logout(auditSession(s.login, s.settings.value("application_name"))); err != nil {
		s.gateway.log.Error("logout not recorded", "error", err)
	}
}

// Parse splits text; each statement is analysed when it is first described or bound,
// since one before it may change what it means.
func (s *session) Parse(_ context.Context, text string, parameterTypes []uint32) ([]pgwire.Statement, error) {
	if err := s.current(); err != nil {
		return nil, err
	}
	if parameterTypes == nil {
		if known := s.sentBefore(text); known != nil {
			s.several = false
			return []pgwire.Statement{known}, nil
		}
	}
	parsed, err := planner.Parse(text)
	if err != nil {
		return nil, s.refusedHere(text, err)
	}
	s.several = len(parsed) > 1
	all := make([]pgwire.Statement, len(parsed))
	for i, p := range parsed {
		all[i] = onRecord{s.statement(p, parameterTypes), s, p.Source()}
	}
	return all, nil
}

// statement gives the wire's view of a parsed statement.
func (s *session) statement(p planner.Statement, parameterTypes []uint32) pgwire.Statement {
	switch p := p.(type) {
	case *planner.Select:
		return newQuery(s, p, parameterTypes)
	case *planner.Explain:
		if p.Execute != nil {
			return &explainStatement{session: s, explain: p, execute: &executeStatement{session: s, execute: p.Execute}}
		}
		return &explainStatement{session: s, explain: p, query: newQuery(s, p.Query, parameterTypes)}
	case *planner.Execute:
		return &executeStatement{session: s, execute: p}
	case *planner.Fetch:
		return &fetchStatement{session: s, fetch: p}
	case *planner.Copy:
		return s.copyStatement(p)
	case *planner.CopyFrom:
		return &copyFrom{session: s, copy: p}
	case *planner.DeclareCursor:
		return s.declareStatement(p, parameterTypes)
	case *planner.CreateTableAs:
		return s.createTableAsStatement(p, parameterTypes)
	case *planner.Edit:
		return s.editStatement(p, parameterTypes)
	case *planner.Insert:
		return s.insertStatement(p, parameterTypes)
	default:
		return &command{session: s, statement: p}
	}
}

// ready refuses to go on in a failed transaction block.
func (s *session) ready() error {
	if s.tx.failed {
		return sqlstate.New(sqlstate.InFailedSQLTransaction, "current transaction is aborted, commands ignored until end of transaction block")
	}
	return nil
}

// environment is what binding sees of the session at this moment.
func (s *session) environment(b *basis) bind.Environment {
	env := bind.Environment{
		Resolve: func(schema, name string) (*catalog.Table, error) {
			if t, own := s.temporary.Find(schema, name); own {
				return t.Catalog(), nil
			}
			return b.epoch.resolve(b.who, b.path, schema, name)
		},
		Hidden:  func(t *catalog.Table, c *catalog.Column) bool { return auth.Hidden(b.who, t, c) },
		Setting: s.settings.Value,
		User:    s.login.User, Database: s.login.Database, Version: version,
		SearchPath:       b.path,
		ProcessID:        s.login.ProcessID,
		TransactionStart: s.begun().start, StatementStart: s.gateway.now(),
		TimeZone:  b.zone,
		DateOrder: b.order,
	}
	if !s.temporary.Tables().Empty() {
		env.TemporarySchema = catalog.TemporarySchema
	}
	env.Function = explainAccess(b.who, env)
	return env
}

// warn sends a WARNING.
func (s *session) warn(code sqlstate.Code, format string, args ...any) {
	s.notice("WARNING", code, format, args...)
}

// notice sends a notice, unless the client asked not to hear of such (client_min_messages).
func (s *session) notice(severity string, code sqlstate.Code, format string, args ...any) {
	if quiet[s.settings.value("client_min_messages")] > quiet[strings.ToLower(severity)] {
		return
	}
	e := sqlstate.New(code, format, args...)
	e.Severity = severity
	s.out.Notice(e)
}

// quiet orders the levels of client_min_messages as far as notices go.
var quiet = map[string]int{"notice": 1, "warning": 2, "error": 3}
