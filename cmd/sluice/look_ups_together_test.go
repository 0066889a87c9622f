package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/gateway"
	"github.com/sluicemesh/sluice/internal/seed"
	"github.com/sluicemesh/sluice/internal/testservers"
)

// TestSessionsTogether has sessions of three users walk at random through statements at
// once, most of them the same look-ups, some of which fail: what is sent to a source
// together must be answered as by a gateway that keeps no plan and so sends each alone.
func TestSessionsTogether(t *testing.T) {
	clock, m := newHandClock(), newKeptMesh(t)
	change := func(s *serve) { s.now = clock.now }
	kept, none := m.serveWith(change), m.serveWith(func(s *serve) { change(s); s.keep = gateway.KeepNone })
	from := seed.For(t)
	var conns [12][2]*pgx.Conn
	for i := range conns {
		user := []string{"anna", "anna", "bert", "carl"}[i%4]
		conns[i] = [2]*pgx.Conn{kept.connect(t, user), none.connect(t, user)}
	}
	random := rand.New(rand.NewPCG(from, 0))
	for round := range 8 {
		var sessions sync.WaitGroup
		for i, pair := range conns {
			random := rand.New(rand.NewPCG(from, uint64(1+round*len(conns)+i)))
			sessions.Go(func() {
				for range 60 {
					sql, parameters := togetherStatement(random)
					got, want := askKept(t, pair[0], sql, parameters), askKept(t, pair[1], sql, parameters)
					if got != want {
						t.Errorf("round %d, session %d: %s %q\nis told\n%s\nand alone\n%s", round, i, sql, parameters, got, want)
					}
				}
			})
		}
		sessions.Wait()
		t.Log(changeMesh(t, m, random, clock))
		reload(t, kept)
		reload(t, none)
	}
}

// togetherStatement gives most often one of a few look-ups.
func togetherStatement(random *rand.Rand) (sql string, parameters []string) {
	if random.IntN(8) == 0 {
		return keptStatement(random)
	}
	sql = []string{
		"SELECT id, email FROM shop.people WHERE id = $1", "SELECT 10 / ($1 - 2), email FROM shop.people WHERE id = $1",
		"SELECT name FROM shop.loose WHERE id = $1 ORDER BY name",
	}[random.IntN(3)]
	return sql, []string{fmt.Sprint(1 + random.IntN(4))}
}

// lookingUpAlways are sessions that look up rows without a pause until stop is called.
// check judges each answer, with what was given before the question was sent.
func lookingUpAlways(t *testing.T, s *served, before func() bool, check func(before bool, id int, value string, err error)) (stop func()) {
	var ended atomic.Bool
	var sessions sync.WaitGroup
	for n := range 12 {
		conn := s.connect(t, "reader")
		sessions.Go(func() {
			for id := n; !ended.Load(); id = (id + 7) % 100 {
				var value string
				was := before()
				err := conn.QueryRow(context.Background(), "SELECT name FROM shop.numbers WHERE id = $1", id).Scan(&value)
				check(was, id, value, err)
			}
		})
	}
	return func() { ended.Store(true); sessions.Wait() }
}

func numbersMesh(t *testing.T) (*meshFixture, *testservers.PostgresServer) {
	t.Helper()
	pg := testservers.Postgres(t).NewDatabase(t)
	pg.Exec(t, "CREATE TABLE numbers (id integer PRIMARY KEY, name text)", "INSERT INTO numbers SELECT n, 'number ' || n FROM generate_series(0, 99) n")
	m := newMesh(t)
	m.user("reader", "", "readers")
	m.domain("shop", m.serverSource("postgres", pg.Host, pg.Port, pg.Database, pg.User, pg.Password))
	m.product("shop", "numbers", "", fixtureColumn{"id", "integer", "required: true, primaryKey: true, primaryKeyPosition: 1"}, fixtureColumn{"name", "text", ""})
	m.grant("shop", "numbers", "readers", "")
	return m, pg
}

// TestRevokedWhileLookingUp: what begins after a reload has revoked a grant gives no row,
// whatever it is sent together with.
func TestRevokedWhileLookingUp(t *testing.T) {
	t.Parallel()
	m, _ := numbersMesh(t)
	s := m.serve()
	var revoked, granted atomic.Bool
	var refused, answered atomic.Int64
	stop := lookingUpAlways(t, s, revoked.Load, func(was bool, id int, value string, err error) {
		var e *pgconn.PgError
		switch {
		case err == nil && (was && !granted.Load() || value != fmt.Sprintf("number %d", id)):
			t.Errorf("%d gives %q (revoked before: %t)", id, value, was)
		case err == nil:
			answered.Add(1)
		case errors.As(err, &e) && (e.Code == "42501" || e.Code == "42P01"):
			refused.Add(1)
		default:
			t.Errorf("%d: %v", id, err)
		}
	})
	defer stop()
	grow(t, &answered)
	m.remove("domains/shop/grants/numbers-readers.grant.yaml")
	reload(t, s)
	revoked.Store(true)
	grow(t, &refused)
	granted.Store(true) // again
	m.grant("shop", "numbers", "readers", "")
	reload(t, s)
	grow(t, &answered)
}

// TestSourceLostWhileLookingUp: sessions whose look-ups are at a source when it ends the
// connections are told so, and go on.
func TestSourceLostWhileLookingUp(t *testing.T) {
	t.Parallel()
	m, pg := numbersMesh(t)
	var lost, answered atomic.Int64
	stop := lookingUpAlways(t, m.serve(), func() bool { return false }, func(_ bool, id int, value string, err error) {
		var e *pgconn.PgError
		switch {
		case err == nil && value == fmt.Sprintf("number %d", id):
			answered.Add(1)
		case errors.As(err, &e) && (e.Code == "08006" || e.Code == "08001"):
			lost.Add(1)
		default:
			t.Errorf("%d gives %q, %v", id, value, err)
		}
	})
	defer stop()
	for range 3 {
		grow(t, &answered)
		pg.Exec(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'sluice'")
		grow(t, &answered)
	}
	t.Logf("%d were lost, %d answered", lost.Load(), answered.Load())
}

// grow waits until a count is higher by what all sessions do twice.
func grow(t *testing.T, count *atomic.Int64) {
	t.Helper()
	from := count.Load()
	for deadline := time.Now().Add(30 * time.Second); count.Load() < from+24; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("nothing is answered any more")
		}
	}
}
