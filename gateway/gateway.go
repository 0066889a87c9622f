// Package gateway is one session's road: settings, transaction state, prepared
// queries, and for each query the steps in order: bind, secure, record, optimize, run.
//
// In: what pgwire hands over. Out: columns and Arrow batches. It knows no protocol
// bytes, no syntax, no policy and no source; it only calls the next step.
package gateway

import (
	"cmp"
	"context"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/auth/login"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors/pgcatalog"
	"github.com/sluicemesh/sluice/executor"
	"github.com/sluicemesh/sluice/gateway/temporary"
	"github.com/sluicemesh/sluice/internal/spool"
	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/sqlstate"
)

// version is what version() answers.
const version = "PostgreSQL " + ServerVersion + " (Sluice)"

// Gateway serves sessions over the snapshot of the mesh in force.
type Gateway struct {
	epoch       atomic.Pointer[Epoch]
	executor    *executor.Executor
	audit       *audit.Log
	log         *slog.Logger
	database    string
	sessions    *pgcatalog.Sessions
	secret      func(catalog.SecretRef) (string, error)
	kept        *spool.Budget
	login       *login.Authenticator
	now         func() time.Time
	underway    underway
	keep        KeepPlans
	connections int
	reused      atomic.Uint64
}

var (
	_ pgwire.Backend       = (*Gateway)(nil)
	_ pgwire.Witness       = (*Gateway)(nil)
	_ pgwire.Authenticator = (*Gateway)(nil)
)

// Options are what a gateway is made of.
type Options struct {
	Executor *executor.Executor
	Sessions *pgcatalog.Sessions // those the executor's engines ask
	Audit    *audit.Log
	Log      *slog.Logger
	Secret   func(catalog.SecretRef) (string, error)
	// Kept is what rows of cursors and temporary tables may take, of all sessions together.
	Kept *spool.Budget
	Keep KeepPlans
	// Connections is how many sessions the server takes, which max_connections shows; 0: 100.
	Connections int
	// Now is the clock by which grants begin and end, tokens expire and statements start;
	// nil: the system's.
	Now func() time.Time
}

// New makes a gateway over a first snapshot.
func New(mesh *catalog.Mesh, o Options) *Gateway {
	g := &Gateway{executor: o.Executor, audit: o.Audit, log: o.Log, secret: o.Secret, kept: o.Kept, database: "mesh", sessions: o.Sessions, now: o.Now, keep: o.Keep, connections: cmp.Or(o.Connections, 100)}
	if g.now == nil {
		g.now = time.Now
	}
	g.login = login.New(login.Options{Secret: o.Secret, Now: g.now})
	if g.sessions == nil {
		g.sessions = &pgcatalog.Sessions{}
	}
	g.Swap(mesh)
	return g
}

// Swap puts another snapshot in force: statements that begin from now on see it whole.
// Running ones finish under the one they began with, or where that says so are cancelled
// if the new one takes away what they run by.
func (g *Gateway) Swap(mesh *catalog.Mesh) {
	g.epoch.Store(newEpoch(mesh, g.database, g.now))
	g.underway.judge()
}

// Verifier gives a user's SCRAM verifier.
func (g *Gateway) Verifier(_ context.Context, user string) (string, bool) {
	u, ok := g.epoch.Load().Mesh.User(user)
	if !ok {
		return "", false
	}
	if u.Verifier != "" {
		return u.Verifier, true
	}
	if u.Scram == (catalog.SecretRef{}) {
		return "", false // this user proves itself otherwise
	}
	v, err := g.secret(u.Scram)
	if err != nil {
		g.log.Error("verifier cannot be read", "user", user)
		return "", false
	}
	return v, true
}

// Open begins a session. A login that cannot be recorded is refused.
func (g *Gateway) Open(ctx context.Context, who pgwire.Login, out pgwire.Notifier) (pgwire.Session, error) {
	s, err := g.open(ctx, who, out)
	if failed := g.recordLogin(who, err); failed != nil {
		return nil, failed
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

func (g *Gateway) open(ctx context.Context, login pgwire.Login, out pgwire.Notifier) (*session, error) {
	if login.Database != g.database {
		return nil, sqlstate.Fatal(sqlstate.InvalidCatalogName, "database %q does not exist", login.Database).
			WithHint("The mesh is one database; connect to %q.", g.database)
	}
	if err := g.complete(login); err != nil {
		return nil, err
	}
	budget := spool.Within(g.kept, sessionMemory, sessionDisk)
	s := &session{
		gateway: g, life: ctx, login: login, out: out, prepared: map[string]*prepared{},
		cursors: cursors{open: map[string]*cursor{}, budget: budget}, temporary: temporary.NewSpace(budget), random: pgcatalog.NewRandom(),
	}
	var err error
	wrong := func(err error) {
		e := *sqlstate.From(err)
		e.Severity = "WARNING"
		out.Notice(&e)
	}
	if s.settings, err = newSettings(g.epoch.Load().Mesh.Settings.Session, login.Parameters, wrong, out.ParameterStatus); err != nil {
		return nil, err
	}
	s.settings.present("max_connections", strconv.Itoa(g.connections))
	s.settings.present("session_authorization", login.User)
	s.settings.present("ssl", map[bool]string{true: "on", false: "off"}[login.TLS != nil])
	if err := s.mayDeclare(s.settings.value("sluice.purpose")); err != nil {
		return nil, err
	}
	s.Sync(ctx)
	return s, nil
}

// What cursors and temporary tables of one session may hold, in memory and in files, as
// far as those of others leave room.
const (
	sessionMemory = 32 << 20
	sessionDisk   = 4 << 30
)
