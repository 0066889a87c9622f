package pgwire

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

const sleep = "SELECT pg_sleep(60)"

func TestWrongPasswordAndUnknownUserFailAlike(t *testing.T) {
	t.Parallel()
	backend := newFakeBackend()
	v, _ := MakeVerifier(fakePassword)
	backend.verifiers = map[string]string{"alice": v, "broken": "not a verifier"}
	address := startServer(t, backend, Options{})
	for _, user := range []string{"alice", "mallory", "broken"} {
		c := dial(t, address)
		c.send(startupBytes(uint32(protocol30), "user", user))
		client := &scramClient{password: "wrong"}
		c.receive()
		c.Send(&pgproto3.SASLInitialResponse{AuthMechanism: scramSHA256, Data: []byte(client.first())})
		_ = c.Flush()
		challenge := string(c.receive().(*pgproto3.AuthenticationSASLContinue).Data)
		if !strings.HasSuffix(challenge, ",i=4096") || strings.Index(challenge, ",i=")-strings.Index(challenge, ",s=") != len(",s=")+24 {
			t.Errorf("%s: challenge %s", user, challenge)
		}
		c.Send(&pgproto3.SASLResponse{Data: []byte(client.final(challenge))})
		_ = c.Flush()
		want := `ErrorResponse FATAL FATAL 28P01 "password authentication failed for user \"` + user + `\"" at 0`
		if got := render(c.receive()); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		c.expectClosed()
	}
	if backend.opened.Load() != 0 {
		t.Error("a session was opened")
	}
}

func TestOpenRefused(t *testing.T) {
	t.Parallel()
	c := dial(t, startServer(t, newFakeBackend(), Options{}))
	c.send(startupBytes(uint32(protocol30), "user", "alice", "database", "missing"))
	c.receive()
	client := &scramClient{password: fakePassword}
	c.Send(&pgproto3.SASLInitialResponse{AuthMechanism: scramSHA256, Data: []byte(client.first())})
	_ = c.Flush()
	challenge := string(c.receive().(*pgproto3.AuthenticationSASLContinue).Data)
	c.Send(&pgproto3.SASLResponse{Data: []byte(client.final(challenge))})
	_ = c.Flush()
	c.expectEnd("3D000")
}

func TestCancelRequest(t *testing.T) {
	t.Parallel()
	backend := newFakeBackend()
	address := startServer(t, backend, Options{})
	sleeping, other := dial(t, address), dial(t, address)
	key, otherKey := sleeping.login(uint32(protocol32)), other.login(uint32(protocol30))
	for range 2 { // the session goes on after it
		sleeping.query(sleep)
		<-backend.started
		cancel(t, address, key.ProcessID, otherKey.SecretKey)
		cancel(t, address, otherKey.ProcessID, key.SecretKey)
		cancel(t, address, key.ProcessID, key.SecretKey[:4])
		cancel(t, address, key.ProcessID, nil)
		cancel(t, address, otherKey.ProcessID, otherKey.SecretKey) // idle: nothing
		cancel(t, address, key.ProcessID, key.SecretKey)
		want := "RowDescription pg_sleep:2278,4,-1,0,0,0\nErrorResponse ERROR ERROR 57014 \"canceling statement due to user request\" at 0\nReadyForQuery I\n"
		if got := sleeping.answers(); got != want {
			t.Errorf("got:\n%swant:\n%s", got, want)
		}
	}
	other.query(one)
	if got := other.answers(); !strings.Contains(got, "SELECT 1") {
		t.Errorf("the other session: %s", got)
	}
}

func TestCancelOfAPortal(t *testing.T) {
	t.Parallel()
	backend := newFakeBackend()
	address := startServer(t, backend, Options{})
	c := dial(t, address)
	key := c.login(uint32(protocol30))
	for _, m := range statement(sleep) {
		c.Send(m)
	}
	c.Send(syncMessage)
	_ = c.Flush()
	<-backend.started
	cancel(t, address, key.ProcessID, key.SecretKey)
	if got := c.answers(); !strings.Contains(got, "57014") {
		t.Errorf("got:\n%s", got)
	}
}

func TestDisconnectCancels(t *testing.T) {
	t.Parallel()
	backend := newFakeBackend()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	listener, _ := net.Listen("tcp", "127.0.0.1:0")
	served := make(chan error, 1)
	go func() { served <- NewServer(backend, Options{ShutdownGrace: time.Hour}).Serve(ctx, listener) }()
	c := dial(t, listener.Addr().String())
	c.login(uint32(protocol30))
	c.query(sleep)
	<-backend.started
	_ = c.Conn.Close()
	stop() // returns at once only if the statement has ended
	if err := <-served; err != nil {
		t.Error(err)
	}
	if backend.closed.Load() != 1 {
		t.Error("the session is not closed")
	}
}

func TestShutdown(t *testing.T) {
	t.Parallel()
	backend := newFakeBackend()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	listener, _ := net.Listen("tcp", "127.0.0.1:0")
	served := make(chan error, 1)
	go func() {
		served <- NewServer(backend, Options{ShutdownGrace: 50 * time.Millisecond}).Serve(ctx, listener)
	}()
	idle, running := dial(t, listener.Addr().String()), dial(t, listener.Addr().String())
	idle.login(uint32(protocol30))
	running.login(uint32(protocol30))
	running.query(sleep)
	<-backend.started
	stop()
	idle.expectEnd("57P01")
	running.expectEnd("57P01")
	if err := <-served; err != nil {
		t.Error(err)
	}
	if backend.closed.Load() != 2 {
		t.Errorf("%d sessions closed", backend.closed.Load())
	}
}

// A running statement finishes within the grace period.
func TestShutdownLetsStatementsFinish(t *testing.T) {
	t.Parallel()
	backend := newFakeBackend()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	listener, _ := net.Listen("tcp", "127.0.0.1:0")
	address := listener.Addr().String()
	served := make(chan error, 1)
	server := NewServer(backend, Options{ShutdownGrace: time.Hour})
	go func() { served <- server.Serve(ctx, listener) }()
	c := dial(t, address)
	key := c.login(uint32(protocol30))
	c.query(sleep)
	<-backend.started
	stop()
	server.cancels.cancel(key.ProcessID, key.SecretKey) // the listener is closed; this ends the statement
	if got := c.answers(); !strings.Contains(got, "57014") || !strings.Contains(got, "ReadyForQuery") {
		t.Errorf("got:\n%s", got)
	}
	c.expectEnd("57P01")
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// Panics and unknown errors are logged, and say nothing to the client.
func TestPanicsStayInside(t *testing.T) {
	t.Parallel()
	var log lockedBuffer
	c := dial(t, startServer(t, newFakeBackend(), Options{Logger: slog.New(slog.NewTextHandler(&log, nil))}))
	c.login(uint32(protocol30))
	for _, text := range []string{"SELECT panic AS n", "SELECT panic later AS n", "SELECT secret AS n"} {
		c.query(text)
		got := c.answers()
		if !strings.Contains(got, `ERROR XX000 "internal error"`) || !strings.HasSuffix(got, "ReadyForQuery I\n") {
			t.Errorf("%s: got:\n%s", text, got)
		}
	}
	for _, m := range statement("SELECT panic later AS n") {
		c.Send(m)
	}
	c.Send(syncMessage)
	_ = c.Flush()
	if got := c.answers(); !strings.Contains(got, "XX000") {
		t.Errorf("got:\n%s", got)
	}
	c.query(one)
	if got := c.answers(); !strings.Contains(got, "SELECT 1") {
		t.Errorf("the session is broken: %s", got)
	}
	for _, want := range []string{"the session panics", "the rows panic", "fake_session_test.go", "hunter2"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q", want)
		}
	}
}

func TestGarbageEndsTheConnection(t *testing.T) {
	t.Parallel()
	backend := newFakeBackend()
	address := startServer(t, backend, Options{MaxMessageBytes: 1 << 20})
	healthy := dial(t, address)
	healthy.login(uint32(protocol30))
	for _, garbage := range []string{
		"\x00\x00\x00\x00\x00",                      // unknown type
		"zzzzzzzzzzzzzzzz",                          // unknown type
		"p\x00\x00\x00\x04",                         // password message out of turn
		"Q\x00\x00\x00\x03",                         // length shorter than itself
		"Q\xff\xff\xff\xff",                         // negative length
		"Q\x00\x10\x00\x05",                         // longer than allowed
		"S\x00\x01\x00\x00",                         // longer than a Sync can be
		"Q\x00\x00\x00\x07abc",                      // not terminated
		"Q\x00\x00\x00\x08a\x00bc",                  // terminated early
		"P\x00\x00\x00\x05\x00",                     // truncated inside
		"B\x00\x00\x00\x06\x00\x00",                 // truncated inside
		"D\x00\x00\x00\x05S",                        // truncated inside
		"E\x00\x00\x00\x06\x00\x00",                 // truncated inside
		"B\x00\x00\x00\x0a\x00\x00\xff\xff\xff\xff", // too many formats
	} {
		c := dial(t, address)
		c.login(uint32(protocol30))
		c.send([]byte(garbage))
		c.expectEnd("08P01")
	}
	// A message cut off by the end of the connection.
	c := dial(t, address)
	c.login(uint32(protocol30))
	c.send([]byte("Q\x00\x00\x00\xffSELECT"))
	_ = c.Conn.(*net.TCPConn).CloseWrite()
	c.expectClosed()

	healthy.query(one)
	if got := healthy.answers(); !strings.Contains(got, "SELECT 1") {
		t.Errorf("another session: %s", got)
	}
}

func TestInvalidTextIsAnError(t *testing.T) {
	t.Parallel()
	c := dial(t, startServer(t, newFakeBackend(), Options{}))
	c.login(uint32(protocol30))
	c.query("SELECT '\xc3('")
	if got := c.answers(); !strings.Contains(got, `ERROR 22021 "invalid byte sequence for encoding \"UTF8\": 0xc3 0x28"`) {
		t.Errorf("got:\n%s", got)
	}
}

func TestFunctionCallIsRefused(t *testing.T) {
	t.Parallel()
	c := dial(t, startServer(t, newFakeBackend(), Options{}))
	c.login(uint32(protocol30))
	c.Send(&pgproto3.FunctionCall{Function: 1})
	_ = c.Flush()
	if got := c.answers(); !strings.Contains(got, "ERROR 0A000") || !strings.HasSuffix(got, "ReadyForQuery I\n") {
		t.Errorf("got:\n%s", got)
	}
}

// Flush brings the answers so far without a Sync.
func TestFlush(t *testing.T) {
	t.Parallel()
	c := dial(t, startServer(t, newFakeBackend(), Options{}))
	c.login(uint32(protocol30))
	c.Send(parseMessage("", one))
	c.Send(&pgproto3.Flush{})
	_ = c.Flush()
	if got := render(c.receive()); got != "ParseComplete" {
		t.Errorf("got %s", got)
	}
}

func TestNotices(t *testing.T) {
	t.Parallel()
	c := dial(t, startServer(t, newFakeBackend(), Options{}))
	c.login(uint32(protocol30))
	c.query("NOTICE")
	if got := c.answers(); got != "NoticeResponse NOTICE 00000 \"take note\"\nCommandComplete NOTICE\nReadyForQuery I\n" {
		t.Errorf("got:\n%s", got)
	}
}

func TestTimeouts(t *testing.T) {
	t.Parallel()
	address := startServer(t, newFakeBackend(), Options{IdleTimeout: 20 * time.Millisecond, HandshakeTimeout: 20 * time.Millisecond})
	c := dial(t, address)
	c.expectClosed() // said nothing
	c = dial(t, address)
	c.send(startupBytes(uint32(protocol30), "user", "alice"))
	c.receive()
	c.expectClosed() // authenticated too slowly
	address = startServer(t, newFakeBackend(), Options{IdleTimeout: 20 * time.Millisecond})
	c = dial(t, address)
	c.login(uint32(protocol30))
	c.expectEnd("57P05")
}

func TestMaxConnections(t *testing.T) {
	t.Parallel()
	backend := newFakeBackend()
	address := startServer(t, backend, Options{MaxConnections: 1})
	first := dial(t, address)
	key := first.login(uint32(protocol30))
	second := dial(t, address)
	second.send(startupBytes(uint32(protocol30), "user", "alice"))
	second.expectEnd("53300")
	first.query(sleep)
	<-backend.started
	cancel(t, address, key.ProcessID, key.SecretKey) // works when the server is full
	if got := first.answers(); !strings.Contains(got, "57014") {
		t.Errorf("got:\n%s", got)
	}
}

// Many rows in both formats, and pgx's way to give up a query.
func TestBigResults(t *testing.T) {
	t.Parallel()
	backend := newFakeBackend()
	conn, err := pgconn.Connect(context.Background(), dsnOf(startServer(t, backend, Options{}), "sslmode=disable"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	rows := 0
	reader := conn.ExecParams(context.Background(), "SELECT generate_series(1, 300000) AS n", nil, nil, nil, []int16{1})
	for reader.NextRow() {
		rows++
	}
	tag, err := reader.Close()
	if rows != 300000 || err != nil || tag.String() != "SELECT 300000" {
		t.Errorf("%d rows, %v, %s", rows, err, tag)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		<-backend.started
		stop()
	}()
	if _, err := conn.Exec(ctx, sleep).ReadAll(); !errors.Is(err, context.Canceled) {
		t.Errorf("sleep: %v", err)
	}
	<-conn.CleanupDone() // the client cancels and leaves in the background
}

func (c *rawClient) query(text string) {
	c.t.Helper()
	c.Send(query(text))
	if err := c.Flush(); err != nil {
		c.t.Fatal(err)
	}
}

// answers prints all messages up to ReadyForQuery.
func (c *rawClient) answers() string {
	c.t.Helper()
	var out strings.Builder
	for {
		m := c.receive()
		out.WriteString(render(m) + "\n")
		if _, ok := m.(*pgproto3.ReadyForQuery); ok {
			return out.String()
		}
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
