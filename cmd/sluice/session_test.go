package main

import (
	"fmt"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// sessionTables are what the scripts of testdata/session read: a product here, a table there.
const sessionTables = `
CREATE SCHEMA shop;
CREATE TABLE shop.item (id int PRIMARY KEY, name text, price numeric(10,2), added timestamptz, tags text);
INSERT INTO shop.item SELECT n, 'item ' || n, n * 1.25, timestamptz '2024-03-30 22:30:00Z' + n * interval '1 hour',
  CASE WHEN n % 3 = 0 THEN NULL WHEN n % 3 = 1 THEN 'a,"b"' ELSE E'tab\there' END FROM generate_series(1, 12) n;
CREATE TABLE shop.many (n int PRIMARY KEY, filler text NOT NULL);
INSERT INTO shop.many SELECT n, repeat('x', 100) FROM generate_series(1, 20000) n;`

// newSessionMesh serves the tables and gives the PostgreSQL that holds them too.
func newSessionMesh(t testing.TB) (*served, *testservers.PostgresServer) {
	t.Helper()
	oracle := testservers.Postgres(t).NewDatabase(t)
	oracle.Exec(t, sessionTables)
	mesh := newMesh(t)
	mesh.domain("shop", mesh.serverSource("postgres", oracle.Host, oracle.Port, oracle.Database, oracle.User, oracle.Password))
	mesh.productIn("shop", "item", "shop", []fixtureColumn{
		{"id", "int", "required: true, primaryKey: true, primaryKeyPosition: 1"}, {"name", "text", ""}, {"price", "numeric(10,2)", ""},
		{"added", "timestamptz", ""}, {"tags", "text", ""},
	})
	mesh.productIn("shop", "many", "shop", []fixtureColumn{{"n", "int", "required: true"}, {"filler", "text", "required: true"}})
	mesh.user("reader", "", "readers")
	mesh.grant("shop", "item", "readers", "")
	mesh.grant("shop", "many", "readers", "")
	return mesh.serve(), oracle
}

// temporarySchemas are called by a number that is each server's own.
var temporarySchemas = regexp.MustCompile(`pg_temp_\d+`)

// TestSession sends the scripts of testdata/session to the gateway and to PostgreSQL and
// compares every message of the answers:
//
//	query      text for the simple protocol
//	messages   of the extended protocol, one each line; Sync follows
//	ours       a query whose answer differs from PostgreSQL's for a reason that stands beside it
//
// A file is one session. The golden is what the gateway says.
func TestSession(t *testing.T) {
	gateway, oracle := newSessionMesh(t)
	files, err := filepath.Glob("../../testdata/session/*.test")
	must(t, err)
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".test"), func(t *testing.T) {
			ours, theirs := listen(t, gateway.connect(t, "reader")), listen(t, connectTo(t, oracle.DSN))
			for _, c := range []*conversation{ours, theirs} {
				c.query(t, "SET search_path = shop; SET TimeZone = 'UTC'; SET DateStyle = 'ISO, MDY'")
			}
			var wrong []string // told at the end: a file goes on after a difference
			datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
				send := (*conversation).query
				if d.Cmd == "messages" {
					send = (*conversation).messages
				}
				want, got := temporarySchemas.ReplaceAllString(send(theirs, t, d.Input), "pg_temp_N"), temporarySchemas.ReplaceAllString(send(ours, t, d.Input), "pg_temp_N")
				if d.Cmd != "ours" && got != want {
					wrong = append(wrong, fmt.Sprintf("%s:\n%s\ngot\n%swant\n%s", d.Pos, d.Input, got, want))
				}
				if d.Cmd == "ours" && got == want {
					wrong = append(wrong, fmt.Sprintf("%s: answers as PostgreSQL does:\n%s", d.Pos, d.Input))
				}
				return got
			})
			for _, w := range wrong {
				t.Error(w)
			}
		})
	}
}

// TestSessionsAreOnRecord looks for logins, refused ones too, and logouts in the audit.
func TestSessionsAreOnRecord(t *testing.T) {
	gateway, _ := newSessionMesh(t)
	conn := gateway.connect(t, "reader")
	must(t, conn.Close(t.Context()))
	if _, err := pgx.Connect(t.Context(), strings.Replace(gateway.dsn("reader"), testPassword, "wrong", 1)); err == nil {
		t.Fatal("a wrong password is let in")
	}
	count := func() map[string]int {
		kinds := map[string]int{}
		for _, l := range auditLines(t, gateway.auditIn) {
			kinds[l.Kind+" "+l.Outcome]++
		}
		return kinds
	}
	for deadline := time.Now().Add(10 * time.Second); count()["logout ok"] == 0 && time.Now().Before(deadline); {
		runtime.Gosched() // a session ends after its client has left
	}
	got := count()
	for kind, want := range map[string]int{"login ok": 1, "login error": 1, "logout ok": 1} {
		if got[kind] != want {
			t.Errorf("%d records %q, want %d", got[kind], kind, want)
		}
	}
}
