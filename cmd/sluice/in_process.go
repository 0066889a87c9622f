package main

import (
	"context"
	"crypto/rand"
	"net"
	"sync"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/pgwire"
)

// inProcess is a gateway that only this process can reach, over pipes, and in which
// every user has one password that nobody else knows.
type inProcess struct {
	conns    chan net.Conn
	stop     context.CancelFunc
	done     chan struct{}
	password string
}

// serveInProcess serves an assembled gateway so. It speaks the whole protocol: what is
// checked is what clients get.
func serveInProcess(ctx context.Context, app *assembly) (*inProcess, error) {
	password := rand.Text()
	verifier, err := pgwire.MakeVerifier(password)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	p := &inProcess{conns: make(chan net.Conn), stop: stop, done: make(chan struct{}), password: password}
	server := pgwire.NewServer(anyUser{Backend: app.gateway, verifier: verifier}, pgwire.Options{Logger: app.log})
	go func() {
		defer close(p.done)
		if err := server.Serve(ctx, &pipes{conns: p.conns, closed: make(chan struct{})}); err != nil {
			app.log.Error("serving in process", "error", err)
		}
	}()
	return p, nil
}

func (p *inProcess) close() {
	p.stop()
	<-p.done
}

// connect logs a user in.
func (p *inProcess) connect(ctx context.Context, user string) (*pgconn.PgConn, error) {
	config, err := pgconn.ParseConfig("host=in-process port=1 dbname=mesh sslmode=disable")
	if err != nil {
		return nil, err
	}
	config.User, config.Password = user, p.password
	config.LookupFunc = func(context.Context, string) ([]string, error) { return []string{"127.0.0.1"}, nil }
	config.DialFunc = func(ctx context.Context, _, _ string) (net.Conn, error) {
		client, server := net.Pipe()
		select {
		case p.conns <- server:
			return client, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-p.done:
			return nil, net.ErrClosed
		}
	}
	return pgconn.ConnectConfig(ctx, config)
}

// anyUser gives every user of the mesh the same verifier.
type anyUser struct {
	pgwire.Backend
	verifier string
}

// Verifier knows whom the gateway knows; whether they have a password does not matter.
func (a anyUser) Verifier(context.Context, string) (string, bool) { return a.verifier, true }

// pipes is a listener whose connections are handed over.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

// Accept waits for the next connection.
func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

// Addr is no address anybody can dial.
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "in-process", Net: "unix"} }
