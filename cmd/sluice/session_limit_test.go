package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// code gives the SQLSTATE of an error.
func code(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// TestStatementTimeLimits proves that statement_timeout ends what runs, a FETCH too, and
// that a client which takes its time does not use it up.
func TestStatementTimeLimits(t *testing.T) {
	gateway, _ := newSessionMesh(t)
	conn := gateway.connect(t, "reader")
	endless := "SELECT count(*) FROM shop.many a, shop.many b, shop.many c WHERE a.n + b.n + c.n < 0"
	exec := func(sql string) string {
		_, err := conn.Exec(t.Context(), sql)
		return code(err)
	}
	exec("SET statement_timeout = '300ms'")
	if got := exec(endless); got != "57014" {
		t.Errorf("an endless query gives %q", got)
	}
	exec("BEGIN")
	if got := exec("DECLARE c CURSOR FOR SELECT n FROM shop.many ORDER BY n"); got != "" {
		t.Errorf("DECLARE gives %q", got)
	}
	for range 3 {
		time.Sleep(200 * time.Millisecond) // the client thinks
		if got := exec("FETCH 100 FROM c"); got != "" {
			t.Fatalf("FETCH by a slow client gives %q", got)
		}
	}
	exec("ROLLBACK")
	exec("SET statement_timeout = 0")
}

// TestSessionsEndInTime proves that a client which says nothing for longer than the session's
// settings allow is told so as by PostgreSQL.
func TestSessionsEndInTime(t *testing.T) {
	gateway, oracle := newSessionMesh(t)
	const endless = "SELECT count(*) FROM shop.many a, shop.many b, shop.many c WHERE a.n + b.n + c.n < 0"
	for _, c := range []struct {
		set, then string
		own       string // where the oracle waits: a 15 for a transaction, all for data, after which they see that the time is up
	}{
		{"SET idle_session_timeout = '100ms'", "SELECT 1", ""},
		{"SET idle_in_transaction_session_timeout = '100ms'", "BEGIN", ""},
		{"SET idle_in_transaction_session_timeout = '100ms'; SET idle_session_timeout = '1h'", "BEGIN; SELECT 1/0", ""},
		{"SET statement_timeout = '200ms'; CREATE TEMP TABLE t (a int)", "COPY t FROM STDIN", "ERROR 57014"},
		{"SET transaction_timeout = '200ms'", "BEGIN", "FATAL 25P04"},
		{"SET transaction_timeout = '200ms'; SET statement_timeout = '1h'", endless, "FATAL 25P04"},
		{"SET transaction_timeout = '1h'; SET statement_timeout = '200ms'", endless, "ERROR 57014"},
	} {
		ours := lastError(t, gateway.connect(t, "reader"), c.set, c.then)
		want := c.own
		if want == "" {
			want = lastError(t, connectTo(t, oracle.DSN), c.set, c.then)
		}
		if !strings.HasPrefix(ours, want) {
			t.Errorf("%s; %s: got %q, want %q", c.set, c.then, ours, want)
		}
	}
}

// lastError sends two texts and gives the error that the second ends with, or that comes
// unasked after it; a division by zero is none.
func lastError(t *testing.T, conn *pgx.Conn, set, then string) string {
	t.Helper()
	c := listen(t, conn)
	c.query(t, set)
	c.wire.SendQuery(&pgproto3.Query{String: then})
	must(t, c.wire.Flush())
	for {
		m, err := c.wire.Receive()
		if err != nil {
			t.Fatalf("%s; %s: %v", set, then, err)
		}
		if e, ok := m.(*pgproto3.ErrorResponse); ok && e.Code != "22012" {
			return e.Severity + " " + e.Code + " " + e.Message
		}
	}
}

// TestCancelReachesCursors proves that a CancelRequest ends the query of a cursor while a
// FETCH waits for it.
func TestCancelReachesCursors(t *testing.T) {
	gateway, _ := newSessionMesh(t)
	conn := gateway.connect(t, "reader")
	_, err := conn.Exec(t.Context(), "BEGIN")
	must(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	done := make(chan string, 1)
	go func() {
		_, err := conn.Exec(t.Context(), "DECLARE c CURSOR FOR SELECT a.n FROM shop.many a, shop.many b, shop.many c WHERE a.n + b.n + c.n < 0; FETCH ALL FROM c")
		done <- code(err)
	}()
	<-ctx.Done()
	must(t, conn.PgConn().CancelRequest(t.Context()))
	select {
	case got := <-done:
		if got != "57014" {
			t.Errorf("a cancelled FETCH gives %q", got)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("a FETCH goes on after it was cancelled")
	}
}

// TestManyRowsSpill keeps more rows in a cursor and a temporary table than a session may
// hold in memory.
func TestManyRowsSpill(t *testing.T) {
	gateway, oracle := newSessionMesh(t)
	conn, plain := gateway.connect(t, "reader"), connectTo(t, oracle.DSN)
	for _, sql := range []string{
		"BEGIN",
		"DECLARE c SCROLL CURSOR FOR SELECT a.n * 100 + b.n AS n, a.filler, b.filler AS again FROM shop.many a JOIN shop.many b ON b.n <= 25 ORDER BY 1",
		"MOVE ALL FROM c", "FETCH ABSOLUTE 450000 FROM c", "FETCH ABSOLUTE 3 FROM c", "FETCH BACKWARD 2 FROM c", "MOVE BACKWARD ALL FROM c", "COMMIT",
		"CREATE TEMP TABLE t AS SELECT a.n, a.filler || b.n AS s FROM shop.many a JOIN shop.many b ON b.n <= 25",
		"SELECT count(*), sum(n), min(s), max(length(s)) FROM t", "DROP TABLE t",
	} {
		if diff := difference(ask(t.Context(), conn, sql), ask(t.Context(), plain, sql)); diff != "" {
			t.Errorf("%s:\n%s", sql, diff)
		}
	}
	if strings.Contains(ask(t.Context(), conn, "SELECT 1").String(), "error") {
		t.Error("the session has ended")
	}
}
