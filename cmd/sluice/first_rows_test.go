package main

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// TestFirstRowsComeEarly: where nothing must be sorted, the first rows of a source that
// stops after some megabytes reach the client, streamed through and merged.
func TestFirstRowsComeEarly(t *testing.T) {
	t.Parallel()
	pg := testservers.Postgres(t).NewDatabase(t)
	// Row 50,000 waits for a lock that the test holds.
	pg.Exec(t, `CREATE FUNCTION waits(i int) RETURNS int LANGUAGE plpgsql AS
			'BEGIN IF i = 50000 THEN PERFORM pg_advisory_xact_lock_shared(1); END IF; RETURN i; END'`,
		"CREATE VIEW slow AS SELECT waits(i) AS n, repeat('x', 100) AS pad FROM generate_series(1, 60000) AS i")
	m := newMesh(t)
	m.user("reader", "", "readers")
	m.domain("trade", m.serverSource("postgres", pg.Host, pg.Port, pg.Database, pg.User, pg.Password))
	m.domain("lake", "type: files\npath: data\n")
	m.product("trade", "slow", "", fixtureColumn{"n", "integer", ""}, fixtureColumn{"pad", "text", ""})
	m.product("lake", "few", "few.csv", fixtureColumn{"n", "integer", ""}, fixtureColumn{"pad", "text", ""})
	m.write("data/few.csv", "n,pad\n1,a\n2,b\n3,c\n")
	m.grant("trade", "slow", "readers", "")
	m.grant("lake", "few", "readers", "")
	conn := m.serve().connect(t, "reader")
	for _, c := range []struct {
		sql  string
		rows int
	}{
		{"SELECT n, pad FROM trade.slow", 60_000},
		{"SELECT s.n, s.pad, f.pad FROM trade.slow s LEFT JOIN lake.few f ON f.n = s.n", 60_000},
	} {
		unlock := lockedBy(t, pg.DSN)
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		rows, err := conn.Query(ctx, c.sql)
		must(t, err)
		got := 0
		for rows.Next() {
			if got++; got == 1 {
				unlock()
			}
		}
		if rows.Err() != nil || got != c.rows {
			t.Errorf("%s: %d rows, %v", c.sql, got, rows.Err())
		}
		cancel()
	}
}

// lockedBy holds advisory lock 1 until it is let go.
func lockedBy(t *testing.T, dsn string) (unlock func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	must(t, err)
	_, err = conn.Exec(t.Context(), "SELECT pg_advisory_lock(1)")
	must(t, err)
	return func() { must(t, conn.Close(context.Background())) }
}
