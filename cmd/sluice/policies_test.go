package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
)

const policyDirectory = "../../testdata/policies"

// policyTags are the tags that the policies of testdata/policies speak of.
var policyTags = map[string]string{
	"shop.customers.name": "pseudonym", "shop.customers.email": "pii.email", "shop.customers.born": "pii",
	"shop.customers.credit": "pii.money", "shop.customers.region": "region",
	"ware.items.price": "cost", "ware.moves.cost": "cost",
}

// policyPrincipals are those that ask; what each may see says a script of views,
// testdata/policies/principals/<name>.sql.
var policyPrincipals = []struct {
	name, attributes string
	groups           []string
}{
	{"steward", "{region: EU}", []string{"stewards"}},
	{"analyst_eu", "{region: EU}", []string{"analysts"}},
	{"analyst_us", "{region: NA}", []string{"analysts"}},
	{"analyst_lost", "", []string{"analysts"}}, // of no region
	{"column_limited", "{region: EU}", []string{"clerks"}},
	{"scoped", "{region: APAC}", []string{"scoped", "buyers"}},
	{"nobody", "{region: EU}", []string{"guests"}},
}

// newPolicyMesh is the federation under the policies and grants of testdata/policies.
// more is further lines of mesh.yaml.
func newPolicyMesh(t *testing.T, more string) *meshFixture {
	t.Helper()
	return newPolicyMeshOver(t, testservers.MariaDB(t), more)
}

func newPolicyMeshOver(t *testing.T, my *testservers.MySQLServer, more string) *meshFixture {
	t.Helper()
	m := newFederation(t, my, policyTags).mesh
	for _, p := range policyPrincipals {
		m.user(p.name, p.attributes, p.groups...)
	}
	m.user("head", "", "stewards", "analysts", "buyers", "clerks", "scoped", "guests")
	from := filepath.Join(policyDirectory, "mesh")
	must(t, filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			m.write(strings.TrimPrefix(path, from+"/"), readFile(t, path))
		}
		return err
	}))
	key := filepath.Join(t.TempDir(), "hash.key")
	must(t, os.WriteFile(key, []byte("key of the tests"), 0o600))
	m.write("mesh.yaml", "apiVersion: mesh/v1\nkind: Mesh\nname: test\ndefaults: {access: deny, unknownClassification: internal}\nhashKeyRef: {file: "+key+"}\n"+more)
	return m
}

// policyViews is a PostgreSQL that shows what one principal may see, under a role that
// may read the views only.
func policyViews(t *testing.T, principal string) *pgx.Conn {
	t.Helper()
	db := testservers.Postgres(t).NewDatabase(t)
	db.Exec(t, readFile(t, "../../testdata/cases/tables.sql"),
		"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'policy_reader') THEN CREATE ROLE policy_reader; END IF; END $$",
		readFile(t, policyDirectory+"/principals/common.sql"), "GRANT USAGE ON SCHEMA shop, ware, lake TO policy_reader",
		readFile(t, policyDirectory+"/principals/"+principal+".sql"))
	conn := connectTo(t, db.DSN)
	_, err := conn.Exec(t.Context(), "SET ROLE policy_reader; SET search_path = shop, ware, lake; SET TimeZone = 'UTC'")
	must(t, err)
	return conn
}

// asked is one principal's two servers.
type asked struct {
	name           string
	views, gateway *pgx.Conn
}

// TestPolicies asks every query as every principal and compares with the views.
func TestPolicies(t *testing.T) { testservers.MySQLFamily(t, testPolicies) }

func testPolicies(t *testing.T, my *testservers.MySQLServer) {
	gateway := newPolicyMeshOver(t, my, "").serve()
	p := &policyCases{random: seededRandom(t)}
	for _, who := range policyPrincipals {
		a := asked{who.name, policyViews(t, who.name), gateway.connect(t, who.name)}
		_, err := a.gateway.Exec(t.Context(), "SET search_path = shop, ware, lake; SET TimeZone = 'UTC'")
		must(t, err)
		p.principals = append(p.principals, a)
	}
	for _, path := range caseFilesIn(t, policyDirectory) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".test"), func(t *testing.T) {
			p.complaints = nil
			datadriven.RunTest(t, path, p.run)
			for _, complaint := range p.complaints {
				t.Error(complaint)
			}
		})
	}
}

type policyCases struct {
	principals []asked
	random     *rand.Rand
	complaints []string
}

// run gives how many rows each principal gets, or why none.
func (p *policyCases) run(t *testing.T, d *datadriven.TestData) string {
	var golden strings.Builder
	for _, who := range p.principals {
		if d.HasArg("except") && slices.Contains(d.CmdArgs[slices.IndexFunc(d.CmdArgs, isExcept)].Vals, who.name) {
			continue // PostgreSQL asks for the right to every column of a row of which one is read
		}
		want := ask(t.Context(), who.views, d.Input)
		fmt.Fprintf(&golden, "%s: %s\n", who.name, summary(want))
		for _, off := range []string{"", "all", half(p.random), half(p.random)} {
			must(t, set(t.Context(), who.gateway, off))
			got := ask(t.Context(), who.gateway, d.Input)
			if diff := p.difference(d, got, want); diff != "" {
				p.complaints = append(p.complaints, fmt.Sprintf("%s:\n%s\nas %s without [%s]: %s", d.Pos, d.Input, who.name, off, diff))
				break
			}
		}
	}
	return golden.String()
}

func isExcept(a datadriven.CmdArg) bool { return a.Key == "except" }

// difference compares answers. Of errors only the code counts: PostgreSQL speaks of views.
func (p *policyCases) difference(d *datadriven.TestData, got, want answer) string {
	switch {
	case want.code != "" && got.code == want.code:
		return ""
	case d.HasArg("unordered"):
		got, want = got.sorted(), want.sorted()
	}
	return difference(got, want)
}

func summary(a answer) string {
	if a.code != "" {
		return a.code
	}
	if len(a.rows) == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", len(a.rows))
}

// TestUngrantedIsMissing proves that what is not granted answers as what does not exist.
func TestUngrantedIsMissing(t *testing.T) {
	gateway := newPolicyMesh(t, "").serve()
	conn := gateway.connect(t, "nobody")
	for _, c := range []struct{ granted, missing string }{
		{"SELECT * FROM shop.customers", "SELECT * FROM shop.customerz"},
		{"SELECT id FROM ware.items WHERE id = 1", "SELECT id FROM ware.itemz WHERE id = 1"},
		{"SELECT nope FROM lake.events", "SELECT nope FROM lake.eventz"},
		{"EXPLAIN SELECT * FROM lake.regions", "EXPLAIN SELECT * FROM lake.regionz"},
		{"SELECT 1 FROM shop.customers_v1", "SELECT 1 FROM shop.customerz_v1"},
		{"SELECT 1 FROM shop.orders__x", "SELECT 1 FROM shop.orderz__x"},
		{"SELECT 1 FROM ware.items", "SELECT 1 FROM wares.items"},
	} {
		got, want := ask(t.Context(), conn, c.granted), ask(t.Context(), conn, c.missing)
		address := strings.NewReplacer("customerz", "customers", "itemz", "items", "eventz", "events", "regionz", "regions", "orderz", "orders", "wares", "ware")
		want.message = address.Replace(want.message)
		if got.code != "42P01" || got.String() != want.String() {
			t.Errorf("%s: %s but %s: %s", c.granted, got, c.missing, want)
		}
	}
}

// TestDiscovery lets what is not granted be known, but not read.
func TestDiscovery(t *testing.T) {
	conn := newPolicyMesh(t, "discovery: true\n").serve().connect(t, "nobody")
	for sql, code := range map[string]string{
		"SELECT * FROM shop.customers": "42501", "SELECT id FROM ware.items": "42501",
		"SELECT 1 FROM lake.events, shop.orders": "42501", "SELECT * FROM shop.nosuch": "42P01",
	} {
		if got := ask(t.Context(), conn, sql); got.code != code {
			t.Errorf("%s: %s, want %s", sql, got, code)
		}
	}
}

// measuredTime is told by EXPLAIN, and may have the digits of anything.
var measuredTime = regexp.MustCompile(`[0-9.]+ ms`)

// TestExplainHidesConstants proves that EXPLAIN names policies and never says what
// their filters compare with.
func TestExplainHidesConstants(t *testing.T) {
	gateway := newPolicyMesh(t, "").serve()
	for _, c := range []struct{ who, sql, names, hidden string }{
		{"analyst_eu", "SELECT id FROM shop.customers", "shop.region", "'EU'"},
		{"analyst_eu", "SELECT credit FROM shop.customers", "global.pii", "0.00"},
		{"analyst_eu", "SELECT id FROM lake.events", "lake.views", "'view'"},
		{"analyst_us", "SELECT id FROM ware.items", "ware.stocked", "'misc'"},
		{"column_limited", "SELECT id FROM shop.orders", "shop.big", "120"},
		{"scoped", "SELECT id FROM shop.orders", "shop.orders-paid", "'paid'"},
		{"scoped", "SELECT id FROM ware.items", "ware.items-scoped", "100"},
	} {
		conn := gateway.connect(t, c.who)
		for _, options := range []string{"", "(FORMAT JSON) ", "(ANALYZE) ", "(TRACE) "} {
			for _, off := range []string{"", "all"} {
				must(t, set(t.Context(), conn, off))
				text := measuredTime.ReplaceAllString(ask(t.Context(), conn, "EXPLAIN "+options+c.sql).String(), "")
				if !strings.Contains(text, c.names) {
					t.Errorf("EXPLAIN %s%s as %s does not name %s:\n%s", options, c.sql, c.who, c.names, text)
				}
				if strings.Contains(text, c.hidden) {
					t.Errorf("EXPLAIN %s%s as %s tells %s:\n%s", options, c.sql, c.who, c.hidden, text)
				}
			}
		}
	}
}

// auditLine is what these tests read of a record.
type auditLine struct {
	Kind      string
	Seq       uint64
	Completes uint64
	Outcome   string
	SQLState  string
	Rows      *int64
	Session   *struct{ User string }
	Statement json.RawMessage
}

// auditLines reads the log once each decision in it has its completion, which may be 100 ms
// after the statement (docs/audit.md), or when those of statements that still run are all that is missing.
func auditLines(t *testing.T, directory string) []auditLine {
	t.Helper()
	for late := time.Now().Add(300 * time.Millisecond); ; time.Sleep(2 * time.Millisecond) {
		lines := auditLinesNow(t, directory)
		open := map[uint64]bool{}
		for _, l := range lines {
			if l.Kind == "decision" {
				open[l.Seq] = true
			}
			delete(open, l.Completes)
		}
		if len(open) == 0 || time.Now().After(late) {
			return lines
		}
	}
}

func auditLinesNow(t *testing.T, directory string) []auditLine {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(directory, "*"))
	must(t, err)
	var lines []auditLine
	for _, path := range paths {
		f, err := os.Open(path)
		must(t, err)
		scanner := bufio.NewScanner(f)
		scanner.Buffer(nil, 1<<20)
		for scanner.Scan() {
			var l auditLine
			if json.Unmarshal(scanner.Bytes(), &l) == nil && l.Kind != "" {
				lines = append(lines, l)
			}
		}
		_ = f.Close()
	}
	return lines
}

// TestAudit proves that each statement leaves a decision before it runs and a
// completion after, without the literals of its text.
func TestAudit(t *testing.T) {
	gateway := newPolicyMesh(t, "").serve()
	conn := gateway.connect(t, "analyst_eu")
	for _, c := range []struct {
		sql, code string
		rows      int64
	}{
		{"SELECT id FROM shop.customers WHERE name = 'a literal of the test'", "", 0},
		{"SELECT id FROM shop.customers", "", 3},
		{"SELECT 1 / (id - 2) FROM shop.customers", "22012", 0},
		{"SELECT id, 'a literal of the test' FROM ware.items i JOIN lake.regions r ON true", "", 32},
	} {
		before := len(auditLines(t, gateway.auditIn))
		if got := ask(t.Context(), conn, c.sql); got.code != c.code {
			t.Fatalf("%s: %s", c.sql, got)
		}
		lines := auditLines(t, gateway.auditIn)[before:]
		decision, completion := pairOf(lines)
		if decision == nil || completion == nil || completion.Completes != decision.Seq {
			t.Errorf("%s left %d records, not a decision and its completion: %+v", c.sql, len(lines), lines)
			continue
		}
		if completion.SQLState != c.code || c.code == "" && (completion.Rows == nil || *completion.Rows != c.rows) {
			t.Errorf("%s: completion %+v", c.sql, completion)
		}
		if decision.Session == nil || decision.Session.User != "analyst_eu" {
			t.Errorf("%s: decision of nobody: %+v", c.sql, decision)
		}
		if text := string(decision.Statement); strings.Contains(text, "a literal of the test") || !strings.Contains(text, "FROM") {
			t.Errorf("%s: recorded as %s", c.sql, text)
		}
	}
}

func pairOf(lines []auditLine) (decision, completion *auditLine) {
	for i, l := range lines {
		switch {
		case l.Kind == "decision" && decision == nil:
			decision = &lines[i]
		case l.Kind == "completion" && decision != nil:
			completion = &lines[i]
		}
	}
	return decision, completion
}

// TestNoAuditNoAnswer refuses statements once their records cannot be written.
func TestNoAuditNoAnswer(t *testing.T) {
	gateway := newPolicyMesh(t, "").serve()
	conn := gateway.connect(t, "steward")
	statements := []string{"SELECT count(*) FROM shop.customers", "SELECT name FROM shop.customers WHERE id = 3"} // the second is a look-up by a kept plan
	for _, sql := range statements {
		if got := ask(t.Context(), conn, sql); got.code != "" {
			t.Fatal(got)
		}
	}
	must(t, gateway.app.audit.Close())
	for _, sql := range statements {
		if got := ask(t.Context(), conn, sql); got.code != "58030" {
			t.Errorf("answered without a record: %s", got)
		}
	}
}
