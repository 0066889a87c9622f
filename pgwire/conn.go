package pgwire

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/internal/charset"
	"github.com/sluicemesh/sluice/sqlstate"
)

// conn is one authenticated connection and its session.
type conn struct {
	server  *Server
	log     *slog.Logger
	life    *lifetime
	ahead   *readAhead
	in      *messageReader
	out     *writeBuffer
	key     *cancelKey
	session Session

	reported *reportedSettings
	charset  *charset.Set // of the client; nil: UTF-8

	ctx context.Context // parent of every statement; ends with the client

	statements map[string]*preparedStatement
	portals    map[string]*portal
	inBatch    bool // extended messages since the last Sync
	skipping   bool // one of them failed: ignore all until Sync

	location     *time.Location // of the TimeZone setting last seen
	locationName string
}

// serveSession authenticates, opens a session and runs it to its end.
func (s *Server) serveSession(life *lifetime, at *started) error {
	ctx, cancel := context.WithCancelCause(life.statements)
	defer cancel(nil)
	c := &conn{
		server: s, log: s.log, life: life, ctx: ctx, out: &writeBuffer{w: at.conn},
		statements: map[string]*preparedStatement{}, portals: map[string]*portal{},
		reported: newReportedSettings(),
	}
	c.ahead = newReadAhead(at.conn, func(error) { cancel(errClientGone) })
	c.in = &messageReader{r: c.ahead, max: s.options.MaxMessageBytes}
	defer func() {
		_ = at.conn.Close()
		c.ahead.stop()
	}()
	defer s.sessions.Add(-1)
	if s.sessions.Add(1) > int64(s.options.MaxConnections) {
		return c.end(sqlstate.Fatal(sqlstate.TooManyConnections, "sorry, too many clients already"))
	}
	return c.end(c.runSession(at))
}

// runSession is a session from authentication to Terminate. A panic outside of a
// message ends it.
func (c *conn) runSession(at *started) (err error) {
	defer func() {
		if p := recover(); p != nil {
			logPanic(c.log, p)
			err = sqlstate.Fatal(sqlstate.InternalError, "internal error")
		}
	}()
	login, err := c.authenticate(c.ctx, at)
	if err != nil {
		c.log.Info("login failed", "user", at.startup.user, "remote", at.conn.RemoteAddr(), "reason", err)
		if w, ok := c.server.backend.(Witness); ok {
			c.protect(func() { w.Refused(login, err) })
		}
		return err
	}
	c.key = c.server.cancels.add(secretBytes(at.version))
	defer c.server.cancels.remove(c.key)
	login.ProcessID = c.key.processID
	if err := c.open(login); err != nil {
		return err
	}
	defer c.close()
	_ = at.conn.SetDeadline(time.Time{})
	return c.serve()
}

func secretBytes(version protocolVersion) int {
	if version >= protocol32 {
		return secretBytes32
	}
	return secretBytes30
}

// open begins the session and greets the client.
func (c *conn) open(login Login) error {
	session, err := c.server.backend.Open(c.ctx, login, c)
	if err != nil {
		return fatal(err)
	}
	c.session = session
	for name, value := range session.Settings() {
		c.ParameterStatus(name, value)
	}
	c.reportSettings()
	c.out.send(&pgproto3.BackendKeyData{ProcessID: c.key.processID, SecretKey: c.key.secret})
	c.readyForQuery()
	return c.out.flush()
}

// login is who connects as they say.
func (at *started) login() Login {
	login := Login{
		User: at.startup.user, Database: at.startup.database, Parameters: at.startup.parameters, Remote: at.conn.RemoteAddr(),
	}
	if at.tls != nil {
		login.TLS = &at.tls.state
	}
	return login
}

// fatal makes an error one that ends the connection.
func fatal(err error) error {
	e := *sqlstate.From(err)
	e.Severity = "FATAL"
	return &e
}

// close frees what the session holds.
func (c *conn) close() {
	c.closePortals()
	c.protect(c.session.Close)
}

// end sends the error that ends the connection; a client that is gone hears nothing.
func (c *conn) end(err error) error {
	var e *sqlstate.Error
	if errors.As(err, &e) {
		c.out.rewind()
		c.out.send(errorResponse(e))
		_ = c.out.flush()
	}
	return err
}

// serve handles messages until the client leaves. The error tells why it ended;
// nil after Terminate.
func (c *conn) serve() error {
	for {
		if err := c.awaitMessage(); err != nil {
			return err
		}
		kind, body, err := c.in.next()
		if err != nil {
			return err
		}
		if kind == 'X' {
			return nil
		}
		if err := c.handle(kind, body); err != nil {
			return err
		}
		if err := c.out.flushIfFull(); err != nil {
			return err
		}
	}
}

// awaitMessage waits for the first byte of the next message, a drain of the server
// or the idle timeout. The drain does not cut into a batch.
func (c *conn) awaitMessage() error {
	draining := c.life.draining.Done()
	if c.inBatch {
		draining = c.life.statements.Done()
	}
	select {
	case <-draining:
		return shutdownError()
	default:
	}
	if c.ahead.ready() {
		return nil
	}
	var idle <-chan time.Time
	timeout, silent := c.idle()
	if timeout > 0 {
		t := time.NewTimer(timeout)
		defer t.Stop()
		idle = t.C
	}
	select {
	case chunk, ok := <-c.ahead.filled:
		return c.ahead.take(chunk, ok)
	case <-draining:
		return shutdownError()
	case <-idle:
		return silent
	}
}

// idle tells how long a client may say nothing, and what it is told then: by the server's
// options or by the session's settings, whichever is less.
func (c *conn) idle() (time.Duration, error) {
	after := c.server.options.IdleTimeout
	if session, ok := c.session.(IdleSession); ok && !c.inBatch {
		if own, then := session.Idle(); own > 0 && (after <= 0 || own < after) {
			return own, then
		}
	}
	return after, sqlstate.Fatal(sqlstate.IdleSessionTimeout, "terminating connection due to idle-session timeout")
}

func shutdownError() error {
	return sqlstate.Fatal(sqlstate.AdminShutdown, "terminating connection due to administrator command")
}
