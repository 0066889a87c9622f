package main

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
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
