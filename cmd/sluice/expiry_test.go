package main

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"
)

// handClock is a clock that a test moves on.
type handClock struct{ at atomic.Int64 }

func newHandClock() *handClock {
	c := &handClock{}
	c.at.Store(time.Date(2030, 5, 31, 12, 0, 0, 0, time.UTC).UnixMicro())
	return c
}

func (c *handClock) now() time.Time       { return time.UnixMicro(c.at.Load()) }
func (c *handClock) pass(d time.Duration) { c.at.Add(d.Microseconds()) }

// newTimedMesh publishes lake.pets, which readers may read until 13:00 and owls from 13:00 on.
func newTimedMesh(t *testing.T) *meshFixture {
	m := newMesh(t)
	m.user("reader", "", "readers")
	m.user("owl", "", "owls")
	m.domain("lake", "type: files\npath: lake\n")
	m.write("lake/pets.csv", "id\n1\n2\n3\n")
	m.product("lake", "pets", "pets.csv", fixtureColumn{"id", "integer", ""})
	m.grant("lake", "pets", "readers", "expires: \"2030-05-31T13:00:00Z\"\n")
	m.grant("lake", "pets", "owls", "notBefore: \"2030-05-31T13:00:00Z\"\n")
	return m
}

// TestTimeCloses lets a grant expire in the middle of everything that lasts longer than a
// statement: the next Execute or Fetch finds the product gone, and a microsecond earlier
// it does not.
func TestTimeCloses(t *testing.T) {
	t.Parallel()
	m := newTimedMesh(t)
	const gone = `42P01: relation "lake.pets" does not exist` + "\n"
	parse := func(name string) pgproto3.FrontendMessage {
		return &pgproto3.Parse{Name: name, Query: "SELECT id FROM lake.pets ORDER BY id"}
	}
	run := func(portal string, rows uint32) pgproto3.FrontendMessage {
		return &pgproto3.Execute{Portal: portal, MaxRows: rows}
	}
	for _, c := range []struct {
		what       string
		first      script // before the end of the grant
		then       script // once before, once after it
		open, shut string
	}{
		{"a statement", nil, simple("SELECT count(*) FROM lake.pets"), "  3\nSELECT 1\n", gone},
		{"a statement whose plan is kept", simple(strings.Repeat("SELECT count(*) FROM lake.pets;", 3)), simple("SELECT count(*) FROM lake.pets"), "  3\nSELECT 1\n", gone},
		{"EXECUTE of a plan that is kept", simple("PREPARE p AS SELECT id FROM lake.pets WHERE id = $1; EXECUTE p(1); EXECUTE p(2); EXECUTE p(3)"), simple("EXECUTE p(2)"), "  2\nSELECT 1\n", gone},
		{"PREPARE", simple("PREPARE p AS SELECT id FROM lake.pets ORDER BY id"), simple("EXECUTE p"), "  1\n  2\n  3\nSELECT 3\n", gone},
		{"Parse", script{parse("s"), &pgproto3.Describe{ObjectType: 'S', Name: "s"}, &pgproto3.Sync{}},
			script{&pgproto3.Bind{DestinationPortal: "", PreparedStatement: "s"}, run("", 0), &pgproto3.Sync{}}, "  1\n  2\n  3\nSELECT 3\n", gone},
		{"a suspended portal", script{parse("t"), &pgproto3.Bind{DestinationPortal: "q", PreparedStatement: "t"}, run("q", 1), &pgproto3.Sync{}},
			script{run("q", 1), &pgproto3.Sync{}}, "  2\nsuspended\n", gone},
		{"a cursor", simple("DECLARE c CURSOR FOR SELECT id FROM lake.pets ORDER BY id; FETCH 1 FROM c"), simple("FETCH 1 FROM c"), "  2\nFETCH 1\n", gone},
		{"rows a cursor keeps", simple("DECLARE c SCROLL CURSOR FOR SELECT id FROM lake.pets ORDER BY id; FETCH ALL FROM c"),
			simple("FETCH FIRST FROM c"), "  1\nFETCH 1\n", gone},
		{"a held cursor", simple("DECLARE h CURSOR WITH HOLD FOR SELECT id FROM lake.pets ORDER BY id"), simple("FETCH 1 FROM h"), "  1\nFETCH 1\n", gone},
		{"a held cursor's MOVE", simple("DECLARE h CURSOR WITH HOLD FOR SELECT id FROM lake.pets ORDER BY id"), simple("MOVE 1 FROM h"), "MOVE 1\n", gone},
		{"COPY", nil, simple("COPY lake.pets TO STDOUT"), "  1\n  2\n  3\nCOPY 3\n", `3F000: schema "lake" does not exist` + "\n"},
		{"EXPLAIN", nil, simple("EXPLAIN ANALYZE SELECT FROM lake.pets LIMIT 0"), "", gone},
		{"the catalog", nil, simple("SELECT count(*) FROM pg_class WHERE relname = 'pets'"), "  1\nSELECT 1\n", "  0\nSELECT 1\n"},
		{"explain_access", nil, simple("SELECT state FROM mesh.explain_access('lake.pets') WHERE object = 'grant'"), "  in force\nSELECT 1\n", gone},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			clock := newHandClock()
			w := tap(t, m.serveWith(func(s *serve) { s.now = clock.now }), "reader", strings.NewReplacer())
			told(t, w, simple("BEGIN"))
			if c.first != nil {
				told(t, w, c.first)
			}
			clock.pass(time.Hour - time.Microsecond)
			if got := told(t, w, c.then); c.open != "" && got != c.open || c.open == "" && strings.Contains(got, "42P01") {
				t.Errorf("before the grant ends: %s", got)
			}
			clock.pass(time.Microsecond)
			if got := told(t, w, c.then); got != c.shut {
				t.Errorf("after it: %s", got)
			}
		})
	}
}

// TestTimeOpens lets a grant begin.
func TestTimeOpens(t *testing.T) {
	t.Parallel()
	clock := newHandClock()
	w := tap(t, newTimedMesh(t).serveWith(func(s *serve) { s.now = clock.now }), "owl", strings.NewReplacer())
	ask := simple("SELECT count(*) FROM lake.pets")
	clock.pass(time.Hour - time.Microsecond)
	if got := told(t, w, ask); !strings.HasPrefix(got, "42P01") {
		t.Errorf("too early: %s", got)
	}
	clock.pass(time.Microsecond)
	if got := told(t, w, ask); got != "  3\nSELECT 1\n" {
		t.Errorf("from its beginning on: %s", got)
	}
}

// TestTimeOfDomains ends the grant by which a domain's policy looks things up, and the one
// by which its view reads: what rests on them closes for everybody.
func TestTimeOfDomains(t *testing.T) {
	t.Parallel()
	clock := newHandClock()
	m := newTimedMesh(t)
	m.domain("farm", "type: files\npath: farm\n")
	m.write("farm/cows.csv", "id\n1\n2\n")
	m.product("farm", "cows", "cows.csv", fixtureColumn{"id", "integer", ""})
	m.write("domains/farm/policies/rows.policy.yaml", "apiVersion: mesh/v1\nkind: Policy\nid: farm.rows\nmatch: {products: [cows]}\nrules: [{rowFilter: \"id IN (SELECT id FROM lake.pets)\"}]\n")
	m.write("domains/farm/products/view.odcs.yaml", `apiVersion: v3.1.0
kind: DataContract
id: herd
name: herd
version: 1.0.0
status: active
domain: farm
schema:
  - name: herd
    customProperties: [{property: meshView, value: SELECT id FROM lake.pets}, {property: meshRights, value: definer}]
    properties: [{name: id, customProperties: [{property: pgType, value: integer}]}]
`)
	m.write("domains/lake/grants/farm.grant.yaml", "apiVersion: mesh/v1\nkind: Grant\nid: lake.farm\nto: {domains: [farm]}\nproduct: pets\nexpires: \"2030-05-31T13:00:00Z\"\n")
	m.grant("farm", "cows", "owls", "")
	m.grant("farm", "herd", "owls", "")
	w := tap(t, m.serveWith(func(s *serve) { s.now = clock.now }), "owl", strings.NewReplacer())
	cows, herd := simple("FETCH 1 FROM cows"), simple("SELECT count(*) FROM farm.herd")
	told(t, w, simple("DECLARE cows SCROLL CURSOR WITH HOLD FOR SELECT id FROM farm.cows ORDER BY id"))
	if got := told(t, w, cows) + told(t, w, herd); got != "  1\nFETCH 1\n  3\nSELECT 1\n" {
		t.Errorf("while the domain may read: %s", got)
	}
	clock.pass(time.Hour)
	if got := told(t, w, cows) + told(t, w, herd); strings.Contains(got, "FETCH") || strings.Contains(got, "SELECT 1") {
		t.Errorf("after that: %s", got)
	}
}

// TestVersionsClose publishes a new major version in the middle of a session: a grant on
// versions below it no longer opens the bare address, only the pinned one.
func TestVersionsClose(t *testing.T) {
	t.Parallel()
	m := newMesh(t)
	m.user("reader", "", "readers")
	m.domain("lake", "type: files\npath: lake\n")
	m.write("lake/pets.csv", "id\n1\n2\n3\n")
	publish := func(version string) {
		m.write("domains/lake/products/pets/pets.v"+version[:1]+".odcs.yaml", fmt.Sprintf(`apiVersion: v3.1.0
kind: DataContract
id: pets.%s
name: pets
version: %s
status: active
domain: lake
dataProduct: pets
servers: [{server: origin, type: custom, customProperties: [{property: meshSource, value: origin}]}]
schema:
  - name: pets
    customProperties: [{property: meshPath, value: pets.csv}]
    properties: [{name: id, customProperties: [{property: pgType, value: integer}]}]
`, version, version))
	}
	publish("1.4.0")
	m.grant("lake", "pets", "readers", "versions: \">=1.2 <2\"\n")
	gateway := m.serve()
	w := tap(t, gateway, "reader", strings.NewReplacer())
	told(t, w, simple("PREPARE p AS SELECT count(*) FROM lake.pets"))
	told(t, w, simple("PREPARE q AS SELECT count(*) FROM lake.pets_v1"))
	told(t, w, simple("DECLARE c SCROLL CURSOR WITH HOLD FOR SELECT id FROM lake.pets ORDER BY id"))
	steps := script(nil)
	for _, sql := range []string{"EXECUTE p", "EXECUTE q", "FETCH FIRST FROM c"} {
		steps = append(steps, simple(sql)...)
	}
	each := func() (got string) {
		for _, s := range steps {
			got += told(t, w, script{s})
		}
		return got
	}
	if got := each(); got != "  3\nSELECT 1\n  3\nSELECT 1\n  1\nFETCH 1\n" {
		t.Errorf("of version 1: %s", got)
	}
	publish("2.0.0")
	reload(t, gateway)
	const gone = `42P01: relation "lake.pets" does not exist` + "\n"
	if got := each(); got != gone+"  3\nSELECT 1\n"+gone {
		t.Errorf("with version 2 published: %s", got)
	}
}

// reload does what SIGHUP does.
func reload(t testing.TB, s *served) {
	t.Helper()
	s.app.epoch++
	mesh, err := s.app.load()
	must(t, err)
	s.app.gateway.Swap(mesh)
}
