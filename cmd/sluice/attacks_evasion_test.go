package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/auth/audit"
	"github.com/sluicemesh/sluice/internal/testservers"
)

// TestAuditEvasion tries to read without a record, to get into the record of another, or to
// write into the log what is no record. Each attempt says which records it leaves: decisions
// as allowed or refused, and after them what each came to, with the rows it gave.
func TestAuditEvasion(t *testing.T) {
	gateway := newPolicyMesh(t, "").serve()
	w := tap(t, gateway, "analyst_eu", strings.NewReplacer())
	w.exec(t, "SET search_path = shop, ware, lake")
	parse := func(sql string) pgproto3.FrontendMessage { return &pgproto3.Parse{Query: sql} }
	describe, bind, sync := &pgproto3.Describe{ObjectType: 'S'}, &pgproto3.Bind{}, &pgproto3.Sync{}
	some := func(n uint32) pgproto3.FrontendMessage { return &pgproto3.Execute{MaxRows: n} }
	for _, c := range []struct {
		name string
		ask  script
		want string
	}{
		{"nothing", simple(""), ""},
		{"semicolons", simple(" ; ;; "), ""},
		{"a comment", simple("/* SELECT id FROM customers */"), ""},
		{"what cannot be parsed", simple("SELEC id FROM customers"), "refused 42601"},
		{"a good one before what cannot be parsed", simple("SELECT id FROM customers; SELEC"), "refused 42601"},
		{"several", simple("SELECT id FROM customers; SELECT 1; TABLE regions"), "allowed, ok 3; allowed, ok 1; allowed, ok 4"},
		{"after one that fails", simple("SELECT id FROM customers LIMIT 1; SELECT 1/0; SELECT id FROM customers"), "allowed, ok 1; allowed, 22012 0"},
		{"Parse alone", script{parse("SELECT id FROM customers"), sync}, ""},
		{"Describe alone", script{parse("SELECT id FROM customers"), describe, sync}, ""},
		{"Describe of what is hidden", script{parse("SELECT ssn FROM customers_v9"), describe, sync}, "refused 42P01"},
		{"Bind without Execute", script{parse("SELECT id FROM customers"), bind, sync}, ""},
		{"Bind of what is hidden", script{parse("SELECT ssn FROM customers_v9"), bind, sync}, "refused 42P01"},
		{"a portal that is not fetched to its end", script{parse("SELECT id FROM customers"), bind, some(1), sync}, "allowed, ok 1"},
		{"a portal of which nothing is taken", script{parse("SELECT id FROM customers LIMIT 0"), bind, some(1), sync}, "allowed, ok 0"},
		{"a portal that is run twice", script{parse("SELECT id FROM customers"), bind, some(0), some(0), sync}, "allowed, ok 3"},
		{"a statement that is bound twice", script{parse("SELECT id FROM customers"), bind, some(0), bind, some(0), sync}, "allowed, ok 3; allowed, ok 3"},
		{"after an error in the batch", script{parse("SELEC"), bind, some(0), parse("SELECT id FROM customers"), bind, some(0), sync}, "refused 42601"},
		{"a cursor that is not read", simple("BEGIN; DECLARE c CURSOR FOR SELECT id FROM customers; ROLLBACK"), "allowed, ok 0"},
		{"a cursor read by another statement", simple("BEGIN; DECLARE c CURSOR FOR SELECT id FROM customers; FETCH 1 FROM c; MOVE 1 FROM c; FETCH 1 FROM c; COMMIT"), "allowed, ok 3"},
		{"a cursor that outlives its transaction", simple("DECLARE c CURSOR WITH HOLD FOR SELECT id FROM customers; FETCH ALL FROM c; CLOSE c"), "allowed, ok 3"},
		{"COPY", simple("COPY (SELECT id FROM customers) TO STDOUT"), "allowed, ok 3"},
		{"COPY to a file", simple("COPY customers TO '/tmp/x'"), "refused 42501"},
		{"PREPARE alone", simple("PREPARE e AS SELECT id FROM customers"), ""},
		{"PREPARE of what is hidden", simple("PREPARE f AS SELECT ssn FROM customers_v9"), "refused 42P01"},
		{"EXECUTE", simple("EXECUTE e; EXECUTE e"), "allowed, ok 3; allowed, ok 3"},
		{"DEALLOCATE", simple("DEALLOCATE e; EXECUTE e"), "refused 26000"},
		{"EXPLAIN", simple("EXPLAIN SELECT id FROM customers"), "allowed, ok 0"},
		{"EXPLAIN ANALYZE", simple("EXPLAIN ANALYZE SELECT id FROM customers"), "allowed, ok 3"},
		{"EXPLAIN of what is hidden", simple("EXPLAIN SELECT ssn FROM customers_v9"), "refused 42P01"},
		{"a temporary table", simple("CREATE TEMP TABLE kept AS SELECT id FROM customers"), "allowed, ok 3"},
		{"its rows", simple("SELECT count(*) FROM kept"), "allowed, ok 1"},
		{"DELETE by what is read", simple("DELETE FROM kept WHERE id IN (SELECT id FROM customers WHERE id > 2)"), "allowed, ok 1"},
		{"DELETE USING", simple("DELETE FROM kept USING customers c WHERE c.id = kept.id AND c.id = 2"), "allowed, ok 1"},
		{"UPDATE by what is read", simple("UPDATE kept SET id = (SELECT max(id) FROM customers)"), "allowed, ok 1"},
		{"UPDATE FROM", simple("UPDATE kept SET id = c.id + 1 FROM customers c WHERE c.id = 7"), "allowed, ok 1"},
		{"UPDATE … RETURNING", simple("UPDATE kept SET id = 1 RETURNING (SELECT max(name) FROM customers)"), "refused 0A000"},
		{"INSERT … RETURNING", simple("INSERT INTO kept SELECT id FROM customers RETURNING id"), "allowed, ok 3; allowed, ok 3"},
		{"UPDATE by what is hidden", simple("UPDATE kept SET id = (SELECT max(ssn) FROM customers_v9)"), "refused 42P01"},
		{"INSERT of what is hidden", simple("INSERT INTO kept SELECT ssn FROM customers_v9"), "refused 42P01"},
		{"COPY of a temporary table", simple("COPY kept TO STDOUT"), "allowed, ok 4"},
		{"another's name", simple("SET ROLE steward"), "refused 42501"},
		{"the catalog", simple("SELECT count(*) > 0 FROM pg_class"), "allowed, ok 1"},
		{"a function", simple("SELECT count(*) > 0 FROM pg_get_keywords()"), "allowed, ok 1"},
		{"DO", simple("DO $x$ BEGIN PERFORM 1; END $x$"), "refused 0A000"},
		{"a purpose", simple("SET sluice.purpose = 'testing'"), "allowed, ok 0"},
		{"no purpose", simple("RESET sluice.purpose"), ""},
		{"a purpose by a function", simple("SELECT set_config('sluice.purpose', 'testing', false)"), "allowed, ok 1; allowed, ok 0"},
		{"somebody else's purpose", simple("SET sluice.purpose = 'fraud'"), "refused 42501"},
		{"settings", simple("SET TimeZone = 'UTC'; SHOW TimeZone; BEGIN; COMMIT"), ""},
	} {
		before := len(auditLines(t, gateway.auditIn))
		said, err := w.hear(c.ask)
		must(t, err)
		if got := tellRecords(auditLines(t, gateway.auditIn)[before:]); got != c.want {
			t.Errorf("%s leaves %q, want %q (%s)", c.name, got, c.want, failed(said))
		}
		_, err = w.hear(simple("ROLLBACK"))
		must(t, err)
	}
}

// tellRecords pairs decisions with their completions.
func tellRecords(lines []auditLine) string {
	ends := map[uint64]auditLine{}
	for _, l := range lines {
		ends[l.Completes] = l
	}
	var all []string
	for _, l := range lines {
		end, ended := ends[l.Seq]
		switch {
		case l.Kind != "decision":
		case l.Outcome == "refused":
			all = append(all, "refused "+l.SQLState)
		case !ended:
			all = append(all, "allowed, open")
		default:
			outcome := end.Outcome
			if end.SQLState != "" {
				outcome = end.SQLState
			}
			all = append(all, fmt.Sprintf("allowed, %s %d", outcome, *end.Rows))
		}
	}
	return strings.Join(all, "; ")
}

// TestUnfinishedIsOnRecord ends statements in their middle: by a cancel, by leaving, by
// leaving while rows are still to be taken. Each has its two records.
func TestUnfinishedIsOnRecord(t *testing.T) {
	m, source := smallMesh(t)
	gateway := m.serve()
	const sql = "SELECT id FROM shop.things"
	since := func(before int) string { return tellRecords(auditLines(t, gateway.auditIn)[before:]) }

	conn := gateway.connect(t, "reader")
	before := len(auditLines(t, gateway.auditIn))
	release := locked(t, source, "things")
	done := make(chan answer, 1)
	go func() { done <- ask(context.WithoutCancel(t.Context()), conn, sql) }()
	waiting(t, source, 1)
	if got := since(before); got != "allowed, open" {
		t.Errorf("while it runs there is %q", got)
	}
	must(t, conn.PgConn().CancelRequest(t.Context()))
	<-done
	if got := since(before); got != "allowed, 57014 0" {
		t.Errorf("cancelled: %q", got)
	}

	raw, err := gateway.connect(t, "reader").PgConn().Hijack()
	must(t, err)
	before = len(auditLines(t, gateway.auditIn))
	query, err := (&pgproto3.Query{String: sql}).Encode(nil)
	must(t, err)
	_, err = raw.Conn.Write(query)
	must(t, err)
	waiting(t, source, 1)
	_ = raw.Conn.Close()
	waiting(t, source, 0)
	if got := since(before); !strings.HasPrefix(got, "allowed, ") || strings.Contains(got, "open") || strings.Contains(got, "ok") {
		t.Errorf("left: %q", got)
	}
	release()

	w := tap(t, gateway, "reader", strings.NewReplacer())
	before = len(auditLines(t, gateway.auditIn))
	_, err = w.hear(script{&pgproto3.Query{String: "BEGIN"}})
	must(t, err)
	_, err = w.hear(script{&pgproto3.Parse{Query: sql}, &pgproto3.Bind{DestinationPortal: "p"}, &pgproto3.Execute{Portal: "p", MaxRows: 2}, &pgproto3.Sync{}})
	must(t, err)
	w.frontend.Send(&pgproto3.Terminate{})
	must(t, w.frontend.Flush())
	for range 100 { // the session's end is not waited for by the client
		if got := since(before); got != "" && !strings.Contains(got, "open") {
			break
		}
	}
	if got := since(before); got != "allowed, ok 2" {
		t.Errorf("left before the end of a portal: %q", got)
	}
}

// TestLogInjection puts into all that a client can name what would be a record of its own if
// it were written as it is. Every line stays one record, and the log verifies.
func TestLogInjection(t *testing.T) {
	source := testservers.Postgres(t).NewDatabase(t)
	source.Exec(t, "CREATE TABLE things (id integer PRIMARY KEY)")
	m := newMesh(t)
	m.user("reader", "", "readers")
	m.domain("shop", m.serverSource("postgres", source.Host, source.Port, source.Database, source.User, source.Password))
	m.product("shop", "things", "", fixtureColumn{"id", "integer", ""})
	m.grant("shop", "things", "readers", "")
	gateway := m.serve()
	marks := []string{
		"x\n{\"kind\":\"decision\",\"seq\":1}", "x\r\n\r\n", "\x01\x02\x1b[2J\x7f", "\",\"kind\":\"login\",\"outcome\":\"ok\",\"x\":\"", "\\", "\\\"", "\u2028\u2029\u202e\ufeff", "</script>&<>",
		"\xff\xfe", "\xc0\xaf", "\xed\xa0\x80", strings.Repeat("é", 4000),
	}
	for i, mark := range marks {
		config, err := pgconn.ParseConfig(gateway.dsn("reader"))
		must(t, err)
		config.RuntimeParams["application_name"] = mark
		if conn, err := pgconn.ConnectConfig(t.Context(), config); err == nil {
			for _, sql := range []string{
				"SELECT id FROM shop.things WHERE id::text = '" + strings.ReplaceAll(mark, "'", "''") + "'", `SELECT id AS "` + strings.ReplaceAll(mark, `"`, `""`) + `" FROM shop.things`,
				`SELECT * FROM "` + strings.ReplaceAll(mark, `"`, `""`) + `"`, "SELEC " + mark, "SELECT 1 /* " + mark + " */", "SET application_name = '" + mark + "'", "SET sluice.purpose = '" + mark + "'",
			} {
				_, _ = conn.Exec(t.Context(), sql).ReadAll()
			}
			_ = conn.Close(t.Context())
		}
		for _, change := range []func(*pgconn.Config){func(c *pgconn.Config) { c.User = mark }, func(c *pgconn.Config) { c.Database = mark }, func(c *pgconn.Config) { c.RuntimeParams["sluice.purpose"] = mark }} {
			config, err := pgconn.ParseConfig(gateway.dsn("reader"))
			must(t, err)
			change(config)
			if conn, err := pgconn.ConnectConfig(t.Context(), config); err == nil {
				t.Errorf("mark %d logs in", i)
				_ = conn.Close(t.Context())
			}
		}
	}
	lines := auditLines(t, gateway.auditIn)
	names, err := filepath.Glob(filepath.Join(gateway.auditIn, "audit-*.jsonl"))
	must(t, err)
	slices.Sort(names)
	var seq, whole uint64
	for _, name := range names {
		text, err := os.ReadFile(name)
		must(t, err)
		for _, line := range strings.SplitAfter(strings.TrimSuffix(string(text), "\n"), "\n") {
			var r struct {
				Seq  uint64
				Kind string
			}
			if err := json.Unmarshal([]byte(line), &r); err != nil || r.Kind == "" || r.Seq != seq+1 {
				t.Fatalf("after record %d the log holds %q (%v)", seq, line, err)
			}
			seq, whole = r.Seq, whole+1
		}
	}
	if whole < uint64(len(marks))*10 || len(lines) != int(whole) {
		t.Errorf("%d lines, %d records", whole, len(lines))
	}
	if _, err := audit.Verify(gateway.auditIn, nil, nil); err != nil {
		t.Error(err)
	}
}
