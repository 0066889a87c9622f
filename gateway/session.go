package gateway

import (
	"context"
	"strings"
	"time"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/planner"
	"github.com/sluicemesh/sluice/planner/bind"
	"github.com/sluicemesh/sluice/sqlstate"
)

// session is one connection: who, which settings, which transaction, which prepared
// queries. pgwire calls it from one goroutine.
type session struct {
	gateway  *Gateway
	login    pgwire.Login
	out      pgwire.Notifier
	settings *settings
	tx       transaction
	prepared map[string]*prepared
	named
}

var _ pgwire.Session = (*session)(nil)

// Settings gives the reported settings.
func (s *session) Settings() map[string]string { return s.settings.reported() }

// Format gives the settings values are shown by.
func (s *session) Format() pgwire.TextFormat { return s.settings.textFormat() }

// Status is the transaction state as ReadyForQuery tells it.
func (s *session) Status() byte { return s.tx.status() }

// Close has nothing to free: results own what they hold.
func (s *session) Close() {}

// Parse splits text; each statement is analysed when it is first described or bound,
// since one before it may change what it means.
func (s *session) Parse(_ context.Context, text string, parameterTypes []uint32) ([]pgwire.Statement, error) {
	parsed, err := planner.Parse(text)
	if err != nil {
		return nil, err
	}
	all := make([]pgwire.Statement, len(parsed))
	for i, p := range parsed {
		all[i] = s.statement(p, parameterTypes)
	}
	return all, nil
}

// statement gives the wire's view of a parsed statement.
func (s *session) statement(p planner.Statement, parameterTypes []uint32) pgwire.Statement {
	switch p := p.(type) {
	case *planner.Select:
		return newQuery(s, p, parameterTypes)
	case *planner.Explain:
		return &explainStatement{session: s, explain: p, query: newQuery(s, p.Query, parameterTypes)}
	case *planner.Execute:
		return &executeStatement{session: s, execute: p}
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
func (s *session) environment(epoch *Epoch, who auth.Principal) (bind.Environment, error) {
	zone, err := location(s.settings.value("timezone"))
	if err != nil {
		return bind.Environment{}, err
	}
	path, err := schemas(s.settings.value("search_path"), s.login.User)
	if err != nil {
		return bind.Environment{}, err
	}
	path = existing(epoch.views.of(who), path)
	_, order, _ := strings.Cut(s.settings.value("datestyle"), ", ")
	now := time.Now()
	return bind.Environment{
		Resolve: func(schema, name string) (*catalog.Table, error) { return epoch.resolve(who, path, schema, name) },
		Hidden:  func(t *catalog.Table, c *catalog.Column) bool { return auth.Hidden(who, t, c) },
		Setting: s.settings.Value,
		User:    s.login.User, Database: s.login.Database, Version: version,
		SearchPath:       path,
		ProcessID:        s.login.ProcessID,
		TransactionStart: s.tx.started(now), StatementStart: now,
		TimeZone:  zone,
		DateOrder: order,
	}, nil
}

// warn sends a WARNING.
func (s *session) warn(code sqlstate.Code, format string, args ...any) {
	e := sqlstate.New(code, format, args...)
	e.Severity = "WARNING"
	s.out.Notice(e)
}
