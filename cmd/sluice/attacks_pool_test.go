package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// pooledMesh publishes people, of whom two users see different ones, and what a session of
// the source is like at this moment, over one connection to the source. It takes sources
// where a view can tell that.
func pooledMesh(t *testing.T, source string) *served {
	t.Helper()
	m := newMesh(t)
	m.user("anna", "{region: EU}", "readers")
	m.user("bert", "{region: US}", "readers")
	m.domain("shop", strings.Replace(source, "connections: 8", "connections: 1", 1))
	m.product("shop", "people", "", fixtureColumn{"id", "integer", "required: true, primaryKey: true, primaryKeyPosition: 1"}, fixtureColumn{"region", "text", "tags: [region]"})
	m.product("shop", "state", "", fixtureColumn{"pid", "bigint", ""}, fixtureColumn{"settings", "text", ""})
	m.grant("shop", "people", "readers", "")
	m.grant("shop", "state", "readers", "")
	m.policy("own_region", "match: {tags: [region]}\nrules: [{rowFilter: \"region = principal.attributes.region\"}]\n")
	return m.serve()
}

// pooledPostgres has a view of what statements could leave in their session: settings,
// prepared statements that hold a value of somebody, cursors, temporary objects, a transaction.
func pooledPostgres(t *testing.T) *served {
	pg := testservers.Postgres(t).NewDatabase(t)
	pg.Exec(t, "CREATE TABLE people (id integer PRIMARY KEY, region text)",
		"INSERT INTO people SELECT i, CASE WHEN i % 2 = 0 THEN 'EU' ELSE 'US' END FROM generate_series(1, 1000) i",
		`CREATE VIEW state AS SELECT pg_backend_pid()::bigint AS pid, concat_ws(' ',
			(SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings
			  WHERE name IN ('search_path', 'TimeZone', 'DateStyle', 'IntervalStyle', 'statement_timeout', 'role', 'session_authorization', 'row_security',
				'default_transaction_read_only', 'default_transaction_isolation', 'work_mem', 'application_name', 'extra_float_digits', 'bytea_output')),
			(SELECT count(*) FROM pg_prepared_statements WHERE statement ~ '42|43|4711'),
			(SELECT count(*) FROM pg_cursors WHERE name <> ''), pg_my_temp_schema(), current_user) AS settings`)
	m := &meshFixture{t: t}
	return pooledMesh(t, m.serverSource("postgres", pg.Host, pg.Port, pg.Database, pg.User, pg.Password))
}

func pooledMySQL(t *testing.T, my *testservers.MySQLServer) *served {
	own := my.NewDatabase(t)
	own.Exec(t, "CREATE TABLE people (id integer PRIMARY KEY, region varchar(9))",
		"INSERT INTO people WITH RECURSIVE s AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM s WHERE i < 1000) SELECT i, CASE WHEN i % 2 = 0 THEN 'EU' ELSE 'US' END FROM s",
		"SET GLOBAL log_bin_trust_function_creators = 1",
		`CREATE FUNCTION settings() RETURNS text READS SQL DATA RETURN concat_ws(' ', @@sql_mode, @@time_zone, @@character_set_connection, @@collation_connection,
			@@autocommit, @@sql_safe_updates, @@sql_select_limit, current_user())`)
	own.Exec(t, "CREATE VIEW state AS SELECT connection_id() AS pid, settings() AS settings")
	m := &meshFixture{t: t}
	return pooledMesh(t, m.serverSource(own.Kind(), own.Host, own.Port, own.Database, own.User, own.Password))
}

// TestPooledConnections lets two users take turns over one connection to a source. What the
// one does to its own session, fails at or cancels, must leave nothing in that connection,
// nor reach the other.
func TestPooledConnections(t *testing.T) {
	t.Parallel()
	t.Run("PostgreSQL", func(t *testing.T) { t.Parallel(); takeTurns(t, pooledPostgres(t)) })
	t.Run("MySQL", func(t *testing.T) {
		testservers.MySQLFamily(t, func(t *testing.T, my *testservers.MySQLServer) { takeTurns(t, pooledMySQL(t, my)) })
	})
}

func takeTurns(t *testing.T, gateway *served) {
	anna, bert := gateway.connect(t, "anna"), gateway.connect(t, "bert")
	state := func(conn *pgx.Conn) string {
		t.Helper()
		_, err := conn.Exec(t.Context(), "SET TimeZone = 'UTC'")
		must(t, err)
		return ask(t.Context(), conn, "SELECT pid, settings FROM shop.state").String()
	}
	fresh := state(bert)
	for _, steps := range [][]string{
		{"SET search_path = shop", "SELECT count(*) FROM people"},
		{"SET TimeZone = 'Asia/Tokyo'", "SET DateStyle = 'German'", "SET IntervalStyle = 'iso_8601'", "SELECT count(*) FROM shop.people"},
		{"SET statement_timeout = '1h'", "SET work_mem = '64kB'", "SET application_name = 'x''; DROP TABLE people'", "SET extra_float_digits = 0", "SET bytea_output = 'escape'", "SELECT max(id) FROM shop.people"},
		{"SET LOCAL search_path = shop", "SELECT set_config('search_path', 'shop', false)", "SELECT count(*) FROM people"},
		{"BEGIN", "SELECT count(*) FROM shop.people"}, // and stays open
		{"SELECT 1/0 FROM shop.people", "SELECT count(*) FROM shop.people"},
		{"ROLLBACK", "BEGIN ISOLATION LEVEL SERIALIZABLE READ ONLY", "DECLARE c CURSOR FOR SELECT id FROM shop.people", "FETCH 3 FROM c", "ROLLBACK"},
		{"CREATE TEMP TABLE people AS SELECT * FROM shop.people", "SELECT count(*) FROM people", "CREATE TEMP TABLE state AS SELECT 1 AS pid"},
		{"PREPARE p AS SELECT region FROM shop.people WHERE id = $1", "EXECUTE p(42)", "EXECUTE p(43)", "SELECT region FROM shop.people WHERE id = 4711"},
		{"SELECT 1 / (id - 500) FROM shop.people", "SELECT region::integer FROM shop.people", "SELECT id FROM shop.people LIMIT 1"},
		{"EXPLAIN ANALYZE SELECT count(*) FROM shop.people", "COPY (SELECT id FROM shop.people WHERE region = 'EU') TO STDOUT"},
		{"DISCARD ALL", "RESET ALL"},
	} {
		for _, sql := range steps {
			_ = ask(t.Context(), anna, sql)
		}
		if got := state(bert); got != fresh {
			t.Errorf("after %q the connection is\n%s\nwas\n%s", steps, got, fresh)
		}
		for conn, want := range map[*pgx.Conn]string{anna: "EU", bert: "US"} {
			_ = ask(t.Context(), conn, "ROLLBACK")
			got := ask(t.Context(), conn, "SELECT min(region), max(region), count(*) FROM shop.people").String()
			if !strings.Contains(got, want) || strings.Count(got, want) != 2 || !strings.Contains(got, "500") {
				t.Errorf("after %q %s's people are %s", steps, want, got)
			}
		}
	}
}

// TestCancelReachesNobodyElse cancels statements of one user at moments all over their
// run while another waits for the same connection to the source: that one's statements end
// as they would.
func TestCancelReachesNobodyElse(t *testing.T) {
	t.Parallel()
	t.Run("PostgreSQL", func(t *testing.T) { t.Parallel(); cancelOverAPool(t, pooledPostgres(t)) })
	t.Run("MySQL", func(t *testing.T) {
		testservers.MySQLFamily(t, func(t *testing.T, my *testservers.MySQLServer) { cancelOverAPool(t, pooledMySQL(t, my)) })
	})
}

func cancelOverAPool(t *testing.T, gateway *served) {
	anna, bert := gateway.connect(t, "anna"), gateway.connect(t, "bert")
	texts := []string{"SELECT count(*), min(region) FROM shop.people", "SELECT region FROM shop.people WHERE id = %d", "SELECT id, region FROM shop.people ORDER BY id"}
	cancelled := 0
	for i := range 60 {
		sql := texts[i%len(texts)]
		if strings.Contains(sql, "%d") {
			sql = fmt.Sprintf(sql, 2*i+2)
		}
		done := make(chan answer, 1)
		go func() { done <- ask(context.WithoutCancel(t.Context()), anna, sql) }()
		other := make(chan answer, 1)
		go func() {
			other <- ask(context.WithoutCancel(t.Context()), bert, "SELECT min(region), max(region), count(*) FROM shop.people")
		}()
		time.Sleep(time.Duration(i*50) * time.Microsecond) // the moment is what is tried
		must(t, anna.PgConn().CancelRequest(t.Context()))
		got := <-done
		if got.code == "57014" {
			cancelled++
		} else if got.code != "" || strings.Contains(got.String(), "US") {
			t.Fatalf("%s: %s", sql, got)
		}
		if got := (<-other).String(); strings.Count(got, "US") != 2 || !strings.Contains(got, "500") {
			t.Fatalf("beside a cancelled %s: %s", sql, got)
		}
	}
	t.Logf("%d of 60 statements were cancelled", cancelled)
}
