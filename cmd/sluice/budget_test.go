package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// pairsMesh publishes two tables of two sources, which only the gateway can join.
func pairsMesh(t testing.TB, rows int) *meshFixture {
	t.Helper()
	m := newMesh(t)
	m.user("ada", "", "readers")
	m.user("bob", "", "readers")
	for _, name := range []string{"left", "right"} {
		pg := testservers.Postgres(t).NewDatabase(t)
		pg.Exec(t, fmt.Sprintf("CREATE TABLE pairs AS SELECT i AS id, md5(i::text) AS word FROM generate_series(1, %d) AS i", rows), "ANALYZE pairs")
		m.domain(name, m.serverSource("postgres", pg.Host, pg.Port, pg.Database, pg.User, pg.Password))
		m.product(name, "pairs", "", fixtureColumn{"id", "integer", ""}, fixtureColumn{"word", "text", ""})
		m.grant(name, "pairs", "readers", "")
	}
	return m
}

// mergeSQL joins and sorts all rows of both tables: more than small engines hold.
const mergeSQL = `SELECT l.id, l.word, r.word FROM "left".pairs l JOIN "right".pairs r ON r.word = l.word ORDER BY r.word, l.id`

// countRows reads a statement to its end.
func countRows(ctx context.Context, conn *pgx.Conn, sql string) (int, error) {
	rows, err := conn.Query(ctx, sql)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	n := 0
	for rows.Next() {
		n++
	}
	return n, rows.Err()
}

// TestMergesShareMemory: eight merges at once on little memory all end, each in its own
// part of it, and leave no file.
func TestMergesShareMemory(t *testing.T) {
	const rows = 100_000
	spill := t.TempDir()
	s := pairsMesh(t, rows).serveWith(func(f *serve) { f.Memory, f.Spill, f.Threads = "700MiB", spill, 2 })
	var all sync.WaitGroup
	for i := range 8 {
		conn := s.connect(t, []string{"ada", "bob"}[i%2])
		all.Go(func() {
			if n, err := countRows(t.Context(), conn, mergeSQL); n != rows || err != nil {
				t.Errorf("merge %d: %d rows, %v", i, n, err)
			}
		})
	}
	all.Wait()
	stats := s.app.engines.budget.Stats()
	if stats.Running != 0 || stats.Waiting != 0 || stats.Reserved != 0 || stats.Queued == 0 {
		t.Errorf("afterwards: %+v", stats)
	}
	if files, _ := filepath.Glob(filepath.Join(spill, "*", "engine-*", "*")); len(files) > 0 {
		t.Errorf("files are left: %v", files)
	}
}

// TestStatementOverItsBudget: it fails by itself, with 53200, while others go on.
func TestStatementOverItsBudget(t *testing.T) {
	const rows = 100_000
	s := pairsMesh(t, rows).serveWith(func(f *serve) { f.Memory, f.StatementMemory, f.SpillLimit = "512MiB", "32MiB", "1MiB" })
	large, small := s.connect(t, "ada"), s.connect(t, "bob")
	// Arrays cannot be spilled.
	const hoard = `SELECT cardinality(array_agg(l.word || r.word || l.word || r.word || l.word || r.word ORDER BY l.id)) FROM "left".pairs l JOIN "right".pairs r USING (id)`
	var all sync.WaitGroup
	all.Go(func() {
		for range 3 {
			if a := ask(t.Context(), large, hoard); a.code != "53200" || a.message != "the statement needs more memory than it may use" {
				t.Errorf("got %s", a)
			}
		}
	})
	all.Go(func() {
		for range 10 {
			if n, err := countRows(t.Context(), small, `SELECT count(*) FROM "left".pairs l JOIN "right".pairs r USING (id) WHERE l.id < 100`); n != 1 || err != nil {
				t.Errorf("%d rows, %v", n, err)
			}
		}
	})
	all.Wait()
}

// TestWaitingForMemory: a statement that must wait can be cancelled, runs out of its
// session's time, or of the gateway's, and runs once there is room; look-ups and the
// catalog need not wait.
func TestWaitingForMemory(t *testing.T) {
	s := pairsMesh(t, 20_000).serveWith(func(f *serve) { f.Memory, f.StatementMemory, f.QueueWait = "100MiB", "64MiB", 300*time.Millisecond })
	holder, waiter := s.connect(t, "ada"), s.connect(t, "bob")
	hold := func() {
		t.Helper()
		send(t, holder, "BEGIN")
		send(t, holder, "DECLARE c NO SCROLL CURSOR FOR "+mergeSQL)
		send(t, holder, "FETCH 1 FROM c")
	}
	hold()
	const merge = `SELECT count(*) FROM "left".pairs l JOIN "right".pairs r ON r.word = l.word`
	if a := ask(t.Context(), waiter, merge); a.code != "57014" || !strings.Contains(a.message, "300ms of waiting for memory") {
		t.Errorf("got %s", a)
	}
	send(t, waiter, "SET statement_timeout = 50")
	if a := ask(t.Context(), waiter, merge); a.code != "57014" || !strings.Contains(a.message, "statement timeout") {
		t.Errorf("got %s", a)
	}
	send(t, waiter, "RESET statement_timeout")
	for _, sql := range []string{"SELECT count(*) FROM pg_class", "SELECT 1", `SELECT word FROM "left".pairs WHERE id = 7`} {
		if n, err := countRows(t.Context(), waiter, sql); n != 1 || err != nil {
			t.Errorf("%s: %d rows, %v", sql, n, err)
		}
	}
	send(t, holder, "ROLLBACK")
	if n, err := countRows(t.Context(), waiter, merge); n != 1 || err != nil {
		t.Errorf("%d rows, %v", n, err)
	}
}

// TestAbandonedSpillGoes: what a killed process has left is removed, what a living one
// uses is not.
func TestAbandonedSpillGoes(t *testing.T) {
	t.Parallel()
	parent := t.TempDir()
	first, err := openSpillDirectory(parent)
	must(t, err)
	second, err := openSpillDirectory(parent)
	must(t, err)
	must(t, first.lock.Close()) // as the end of its process does
	third, err := openSpillDirectory(parent)
	must(t, err)
	for path, there := range map[string]bool{first.path: false, second.path: true, third.path: true} {
		if _, err := os.Stat(path); (err == nil) != there {
			t.Errorf("%s: %v", path, err)
		}
	}
	must(t, second.close())
	must(t, third.close())
	if left, _ := os.ReadDir(parent); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

func send(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	_, err := conn.Exec(t.Context(), sql)
	must(t, err)
}
