package pgwire

import (
	"context"
	"crypto/tls"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/sqlstate"
)

func TestPgx(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	address := startServer(t, newFakeBackend(), Options{TLS: testTLS(t)})
	config, err := pgx.ParseConfig(dsnOf(address, "sslmode=require&channel_binding=require"))
	if err != nil {
		t.Fatal(err)
	}
	config.TLSConfig = &tls.Config{InsecureSkipVerify: true} //nolint:gosec // a test
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec} {
		for range 2 {
			var n int
			if err := conn.QueryRow(ctx, echo, mode, 42).Scan(&n); err != nil || n != 42 {
				t.Errorf("%v: %d, %v", mode, n, err)
			}
		}
	}
	batch := &pgx.Batch{}
	for i := range 100 {
		batch.Queue(echo, i)
	}
	results := conn.SendBatch(ctx, batch)
	for i := range 100 {
		var n int
		if err := results.QueryRow().Scan(&n); err != nil || n != i {
			t.Fatalf("batch %d: %d, %v", i, n, err)
		}
	}
	if err := results.Close(); err != nil {
		t.Error(err)
	}
}

// All fields of an error reach the client.
func TestErrorFields(t *testing.T) {
	t.Parallel()
	e := &sqlstate.Error{
		Code: "23505", Message: "m", Detail: "d", Hint: "h", Where: "w", Position: 7,
		Schema: "s", Table: "t", Column: "c", DataType: "y", Constraint: "n\x00ul",
	}
	b, err := errorResponse(e).Encode(nil)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.ReplaceAll(string(b[5:]), "\x00", "|")
	want := "SERROR|VERROR|C23505|Mm|Dd|Hh|P7|Ww|ss|tt|cc|dy|nnul||"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// DEALLOCATE and DISCARD ALL reach the statements of Parse messages.
func TestDeallocator(t *testing.T) {
	t.Parallel()
	c := &conn{statements: map[string]*preparedStatement{"a": {}, "b": {}, "c": {}}}
	if !c.Deallocate("a") || c.Deallocate("a") || len(c.statements) != 2 {
		t.Errorf("left: %v", c.statements)
	}
	if c.DeallocateAll(); len(c.statements) != 0 {
		t.Errorf("left: %v", c.statements)
	}
}

// A client that does not read holds the rows back: what is produced stays near what
// it has taken.
func TestBackpressure(t *testing.T) {
	t.Parallel()
	backend := newFakeBackend()
	server := NewServer(backend, Options{})
	life := newLifetime(context.Background(), 0)
	defer life.end()
	near, far := net.Pipe()
	handled := make(chan struct{})
	go func() {
		defer close(handled)
		server.handle(life, far)
	}()
	c := &rawClient{t, near, pgproto3.NewFrontend(near, near)}
	c.login(uint32(protocol30))
	c.query("SELECT generate_series(1, 1000000) AS n")
	const ahead = 2*flushBytes/11 + 2*1000 // rows in both sides' buffers (11 bytes at least), two batches
	for read := int64(0); ; {
		switch c.receive().(type) {
		case *pgproto3.DataRow:
			read++
			if produced := backend.produced.Load(); produced > read+ahead {
				t.Fatalf("%d rows produced, %d read", produced, read)
			}
		case *pgproto3.CommandComplete:
			if read != 1000000 {
				t.Errorf("%d rows", read)
			}
			_ = near.Close()
			<-handled
			return
		}
	}
}

// The first rows reach the client while the others are still being waited for.
func TestFirstRowsDoNotWait(t *testing.T) {
	t.Parallel()
	backend := newFakeBackend()
	backend.held = make(chan struct{})
	c := dial(t, startServer(t, backend, Options{}))
	c.login(uint32(protocol30))
	c.query("SELECT generate_series(1, 1000000) AS n")
	for read := 0; read < 1000; {
		if _, ok := c.receive().(*pgproto3.DataRow); ok {
			read++
		}
	}
	if produced := backend.produced.Load(); produced != 1000 {
		t.Errorf("%d rows were produced before the first were sent", produced)
	}
	close(backend.held)
	for {
		if _, ok := c.receive().(*pgproto3.ReadyForQuery); ok {
			return
		}
	}
}

// Rows and portals are closed however a statement ends.
func TestEverythingIsClosed(t *testing.T) {
	t.Parallel()
	backend := &closingBackend{fakeBackend: newFakeBackend()}
	t.Cleanup(func() { // runs after the server has ended
		if open := backend.open.Load(); open != 0 {
			t.Errorf("%d portals and rows are open", open)
		}
		if opened, closed := backend.opened.Load(), backend.closed.Load(); opened == 0 || opened != closed {
			t.Errorf("%d sessions opened, %d closed", opened, closed)
		}
	})
	address := startServer(t, backend, Options{})
	for _, s := range wireScripts() {
		runScript(t, dsnOf(address, "sslmode=disable"), s.messages)
	}
	c := dial(t, address)
	c.login(uint32(protocol30))
	for _, m := range messages(query(begin), parseMessage("", three), bindMessage("p", ""), executeMessage("p", 1), syncMessage) {
		c.Send(m)
	}
	_ = c.Flush()
	c.answers()
	c.answers()
	_ = c.Conn.Close()
}

// closingBackend counts portals and rows that are open.
type closingBackend struct {
	*fakeBackend
	open atomic.Int64
}

func (b *closingBackend) Open(ctx context.Context, login Login, out Notifier) (Session, error) {
	s, err := b.fakeBackend.Open(ctx, login, out)
	return &closingSession{s, b}, err
}

type closingSession struct {
	Session
	backend *closingBackend
}

func (s *closingSession) Parse(ctx context.Context, text string, types []uint32) ([]Statement, error) {
	statements, err := s.Session.Parse(ctx, text, types)
	for i := range statements {
		statements[i] = &closingStatement{statements[i], s.backend}
	}
	return statements, err
}

type closingStatement struct {
	Statement
	backend *closingBackend
}

func (s *closingStatement) Bind(ctx context.Context, parameters []Parameter) (Portal, error) {
	p, err := s.Statement.Bind(ctx, parameters)
	if err != nil {
		return nil, err
	}
	s.backend.open.Add(1)
	return &closingPortal{p, s.backend}, nil
}

type closingPortal struct {
	Portal
	backend *closingBackend
}

func (p *closingPortal) Close() { p.backend.open.Add(-1) }
func (p *closingPortal) Run(ctx context.Context) (Rows, error) {
	r, err := p.Portal.Run(ctx)
	if err != nil {
		return nil, err
	}
	p.backend.open.Add(1)
	return &closingRows{r, p.backend}, nil
}

type closingRows struct {
	rows    Rows
	backend *closingBackend
}

func (r *closingRows) Next(ctx context.Context) (arrow.RecordBatch, error) { return r.rows.Next(ctx) }
func (r *closingRows) Tag(n int64) string                                  { return r.rows.Tag(n) }
func (r *closingRows) Close() {
	r.rows.Close()
	r.backend.open.Add(-1)
}
