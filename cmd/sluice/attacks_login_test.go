package main

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// TestSessionAttacks tries what a client can do around its statements.
func TestSessionAttacks(t *testing.T) {
	gateway := newPolicyMesh(t, "").serve()
	t.Run("startup parameters", func(t *testing.T) {
		for _, c := range []struct{ name, value, code string }{
			{"options", "-c role=steward", "55P02"}, {"options", "-c session_authorization=steward", "55P02"}, {"options", "-c is_superuser=on", "55P02"},
			{"options", "--role=steward", "55P02"}, {"role", "steward", "55P02"}, {"session_authorization", "steward", "55P02"}, {"is_superuser", "on", "55P02"},
			{"options", "-c sluice.purpose=fraud", "42501"}, {"sluice.purpose", "fraud", "42501"}, {"options", "-c no_such_parameter=1", "42704"}, {"no_such_parameter", "1", "42704"},
			{"options", "-c search_path=shop", ""}, {"options", "-csluice.disabled_rules=all", ""}, {"options", `-c application_name=a\ b`, ""}, {"replication", "database", "0A000"},
		} {
			config, err := pgconn.ParseConfig(gateway.dsn("analyst_eu"))
			must(t, err)
			config.RuntimeParams[c.name] = c.value
			conn, err := pgconn.ConnectConfig(t.Context(), config)
			code := ""
			var e *pgconn.PgError
			if errors.As(err, &e) {
				code = e.Code
			} else if err != nil {
				code = err.Error()
			}
			if code != c.code {
				t.Errorf("%s=%s: %q, want %q", c.name, c.value, code, c.code)
			}
			if conn == nil {
				continue
			}
			result := conn.ExecParams(t.Context(), "SELECT current_user || ':' || count(*) || ':' || count(born) FROM shop.customers", nil, nil, nil, nil).Read()
			if result.Err != nil || string(result.Rows[0][0]) != "analyst_eu:3:0" {
				t.Errorf("%s=%s: %s %v", c.name, c.value, result.Rows, result.Err)
			}
			_ = conn.Close(t.Context())
		}
	})
	t.Run("names of users", func(t *testing.T) {
		for _, user := range []string{"ANALYST_EU", "analyst_eu ", " analyst_eu", "analyst_eu\t", "аnalyst_eu", "ａnalyst_eu", "analyst_eu\u200b", `"analyst_eu"`, "analyst_eu;", "steward' --", strings.Repeat("a", 5000)} {
			config, err := pgconn.ParseConfig(gateway.dsn("analyst_eu"))
			must(t, err)
			config.User = user
			conn, err := pgconn.ConnectConfig(t.Context(), config)
			var e *pgconn.PgError
			if conn != nil || !errors.As(err, &e) || e.Code != "28P01" {
				t.Errorf("%.40q: %v", user, err)
			}
		}
	})
	t.Run("cancelling another's statement", func(t *testing.T) { cancelOthers(t, gateway) })
}

// cancelOthers guesses the key of a session whose number is known: nothing must come of
// it, nor be told by how the server answers.
func cancelOthers(t *testing.T, gateway *served) {
	conn, err := pgconn.Connect(t.Context(), gateway.dsn("analyst_eu"))
	must(t, err)
	defer conn.Close(context.Background())
	running := make(chan error, 1)
	go func() {
		_, err := conn.Exec(t.Context(), "SELECT count(*) FROM shop.orders a, shop.orders b, shop.orders c, shop.customers d").ReadAll()
		running <- err
	}()
	key := uint32(0)
	if k := conn.SecretKey(); len(k) >= 4 {
		key = binary.BigEndian.Uint32(k)
	}
	for _, guess := range []uint32{0, 1, 0xffffffff, key + 1, key - 1, key ^ 1, key ^ 0x80000000} {
		if answer := cancelRequest(t, gateway, conn.PID(), guess); answer != "" {
			t.Errorf("a guess was answered: %q", answer)
		}
	}
	for _, pid := range []uint32{0, conn.PID() + 1, conn.PID() - 1} {
		if answer := cancelRequest(t, gateway, pid, key); answer != "" {
			t.Errorf("a number that is nobody's was answered: %q", answer)
		}
	}
	other, err := pgconn.Connect(t.Context(), gateway.dsn("analyst_us"))
	must(t, err)
	defer other.Close(context.Background())
	if answer := cancelRequest(t, gateway, conn.PID(), binary.BigEndian.Uint32(other.SecretKey())); answer != "" {
		t.Errorf("another session's key was answered: %q", answer)
	}
	if answer := cancelRequest(t, gateway, other.PID(), key); answer != "" {
		t.Errorf("a key for another session was answered: %q", answer)
	}
	if err := <-running; err != nil {
		t.Errorf("the statement ended: %v", err)
	}
	if answer := cancelRequest(t, gateway, conn.PID(), key); answer != "" { // the right one, between statements
		t.Errorf("the right key was answered: %q", answer)
	}
	if _, err := conn.Exec(t.Context(), "SELECT count(*) FROM shop.customers").ReadAll(); err != nil {
		t.Errorf("a cancel that came between statements reached the next: %v", err)
	}
}

func cancelRequest(t *testing.T, gateway *served, pid, key uint32) string {
	t.Helper()
	conn, err := net.Dial("tcp", gateway.address.String())
	must(t, err)
	defer conn.Close()
	message := binary.BigEndian.AppendUint32(nil, 16)
	for _, word := range []uint32{80877102, pid, key} {
		message = binary.BigEndian.AppendUint32(message, word)
	}
	_, err = conn.Write(message)
	must(t, err)
	_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	answer, _ := io.ReadAll(conn)
	return string(answer)
}

// TestEveryStatementIsOnRecord sends statements of every kind, well-formed or not: each
// that reads a product, or tries to, leaves a record.
func TestEveryStatementIsOnRecord(t *testing.T) {
	gateway := newPolicyMesh(t, "").serve()
	w := tap(t, gateway, "analyst_eu", strings.NewReplacer())
	w.exec(t, "SET search_path = shop, ware, lake")
	w.exec(t, "BEGIN")
	for _, c := range []struct {
		what string
		ask  script
		want int // decisions
	}{
		{"simple", simple("SELECT id FROM customers"), 1},
		{"two in one", simple("SELECT id FROM customers; SELECT id FROM items"), 2},
		{"extended", extended("SELECT id FROM customers", 0), 1},
		{"in pieces", extended("SELECT id FROM customers", 1), 1},
		{"with parameters", extended("SELECT id FROM customers WHERE id = $1", 0, "1"), 1},
		{"a cursor", simple("DECLARE c CURSOR FOR SELECT id FROM customers; FETCH ALL FROM c; CLOSE c"), 1},
		{"COPY", simple("COPY (SELECT id FROM customers) TO STDOUT"), 1},
		{"COPY of a table", simple("COPY regions TO STDOUT"), 1},
		{"a temporary table", simple("CREATE TEMP TABLE t AS SELECT id FROM customers"), 1},
		{"INSERT … SELECT", simple("INSERT INTO t SELECT id FROM customers"), 1},
		{"EXPLAIN", simple("EXPLAIN SELECT id FROM customers"), 1},
		{"EXPLAIN ANALYZE", simple("EXPLAIN ANALYZE SELECT id FROM customers"), 1},
		{"PREPARE and EXECUTE", simple("PREPARE p AS SELECT id FROM customers; EXECUTE p; EXECUTE p"), 2},
		{"EXPLAIN EXECUTE", simple("EXPLAIN EXECUTE p"), 1},
		{"no rows", simple("SELECT id FROM customers WHERE false"), 1},
		{"LIMIT 0", simple("SELECT id FROM customers LIMIT 0"), 1},
		{"TABLE", simple("TABLE regions"), 1},
		{"in a dead branch", simple("SELECT CASE WHEN false THEN (SELECT max(id) FROM customers) END"), 1},
		{"very long", simple("SELECT id FROM customers WHERE name = '" + strings.Repeat("x", 1<<20) + "'"), 1},
		{"very long comment", simple("SELECT id FROM customers /* " + strings.Repeat("x", 1<<20) + " */"), 1},
		{"odd signs", simple("SELECT id FROM customers WHERE name = E'\\n\\r\\t\\x01\u2028{\"kind\":\"decision\"}'"), 1},
		{"a failing one", simple("SAVEPOINT s; SELECT 1 / (id - 1) FROM customers"), 1},
		{"a refused one", simple("ROLLBACK TO s; SELECT * FROM no_such_product"), 1},
		{"a hidden one", simple("ROLLBACK TO s; SELECT 1 FROM shop.customers_v9"), 1},
		{"an unsupported one", simple("ROLLBACK TO s; SELECT lo_import('/etc/passwd') FROM customers"), 1},
		{"after that", simple("ROLLBACK TO s; SELECT id FROM customers"), 1},
	} {
		before := countKind(auditLines(t, gateway.auditIn), "decision")
		said, err := w.hear(c.ask)
		must(t, err)
		if got := countKind(auditLines(t, gateway.auditIn), "decision") - before; got != c.want {
			t.Errorf("%s: %d decisions on record, want %d (%s)", c.what, got, c.want, failed(said))
		}
	}
	lines := auditLines(t, gateway.auditIn)
	if d, c := countKind(lines, "decision"), countKind(lines, "completion"); d == 0 || c == 0 || c > d {
		t.Errorf("%d decisions, %d completions", d, c)
	}
}

func countKind(lines []auditLine, kind string) int {
	n := 0
	for _, l := range lines {
		if l.Kind == kind {
			n++
		}
	}
	return n
}
