package pgwire

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluicemesh/sluice/internal/socket"
)

// Options says how a Server listens. The zero value serves without TLS, with
// PostgreSQL's usual limits.
type Options struct {
	TLS              *tls.Config   // nil: SSLRequest is answered N
	Logger           *slog.Logger  // nil: slog.Default()
	MaxMessageBytes  int           // longest message of an authenticated client; 0: 64 MiB
	MaxConnections   int           // sessions at once; 0: 100 (PostgreSQL's default)
	HandshakeTimeout time.Duration // until ReadyForQuery; 0: 60 s (authentication_timeout)
	IdleTimeout      time.Duration // between messages; 0: none
	ShutdownGrace    time.Duration // for running statements once ctx is done; 0: 10 s
	// MockSecret feeds the salts shown to unknown users. Keep it over restarts,
	// else a client can tell real users (salt stays) from unknown ones. nil: random.
	MockSecret []byte
}

// withDefaults fills what is left zero.
func (o Options) withDefaults() Options {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.MaxMessageBytes == 0 {
		o.MaxMessageBytes = 64 << 20
	}
	if o.MaxConnections == 0 {
		o.MaxConnections = 100
	}
	if o.HandshakeTimeout == 0 {
		o.HandshakeTimeout = time.Minute
	}
	if o.ShutdownGrace == 0 {
		o.ShutdownGrace = 10 * time.Second
	}
	if o.MockSecret == nil {
		o.MockSecret = make([]byte, 32)
		_, _ = rand.Read(o.MockSecret) // never fails (crypto/rand)
	}
	return o
}

// Server accepts connections and runs a session of its Backend on each.
type Server struct {
	backend  Backend
	options  Options
	log      *slog.Logger
	cancels  *cancelKeys
	sessions atomic.Int64
}

// NewServer returns a server of backend.
func NewServer(backend Backend, options Options) *Server {
	options = options.withDefaults()
	return &Server{backend: backend, options: options, log: options.Logger, cancels: newCancelKeys()}
}

// Serve accepts connections until ctx is done, then drains: idle sessions end at
// once, running statements have the grace period and are cancelled after it.
// It returns when the last connection is closed; nil after a drain.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	life := newLifetime(ctx, s.options.ShutdownGrace)
	defer life.end()
	stop := context.AfterFunc(ctx, func() { _ = listener.Close() })
	defer stop()

	var connections sync.WaitGroup
	err := s.accept(ctx, listener, func(c net.Conn) {
		connections.Go(func() { s.handle(life, c) })
	})
	if err != nil {
		life.drain()
	}
	connections.Wait()
	return err
}

// accept hands over each new connection; it returns nil once ctx is done.
func (s *Server) accept(ctx context.Context, listener net.Listener, start func(net.Conn)) error {
	for {
		c, err := listener.Accept()
		if err == nil {
			start(c)
			continue
		}
		if ctx.Err() != nil {
			return nil
		}
		var temporary interface{ Temporary() bool }
		if !errors.As(err, &temporary) || !temporary.Temporary() {
			return err
		}
		// Out of file descriptors and the like: wait for connections to end.
		s.log.Warn("accept failed, trying again", "error", err)
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// handle serves one connection from its first byte to its last.
func (s *Server) handle(life *lifetime, raw net.Conn) {
	defer func() { _ = raw.Close() }()
	defer func() {
		if p := recover(); p != nil {
			logPanic(s.log, p)
		}
	}()
	stop := context.AfterFunc(life.forced, func() { _ = raw.Close() })
	defer stop()

	_ = raw.SetDeadline(time.Now().Add(s.options.HandshakeTimeout))
	start, err := s.negotiate(socket.Direct(raw))
	if err != nil || start == nil {
		s.logEnd(raw, err)
		return
	}
	s.logEnd(raw, s.serveSession(life, start))
}

// logEnd tells why a connection ended, quietly: anyone can cause these lines.
func (s *Server) logEnd(raw net.Conn, err error) {
	if err != nil {
		s.log.Debug("connection ended", "remote", raw.RemoteAddr(), "reason", err)
	}
}
