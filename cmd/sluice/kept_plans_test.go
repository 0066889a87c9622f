package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/gateway"
	"github.com/sluicemesh/sluice/internal/seed"
	"github.com/sluicemesh/sluice/internal/testservers"
)

const keptRows = `
CREATE SCHEMA shop; CREATE SCHEMA farm;
CREATE TABLE shop.people (id integer PRIMARY KEY, region text, email text, note text, until timestamptz);
INSERT INTO shop.people VALUES (1, 'EU', 'a@x', 'n1', '2040-01-01'), (2, 'EU', 'b@x', 'n2', '2030-05-31 14:00+00'),
  (3, 'US', 'c@x', 'n3', '2040-01-01'), (4, 'US', NULL, 'n4', '2030-05-31 12:30+00'), (5, NULL, 'e@x', 'n5', '2040-01-01');
CREATE TABLE farm.people (id integer PRIMARY KEY, region text, email text, note text, until timestamptz);
INSERT INTO farm.people SELECT id + 1, 'farm', upper(email), note, until FROM shop.people;
CREATE TABLE shop.events (at timestamptz PRIMARY KEY, day date, id integer);
INSERT INTO shop.events VALUES ('2024-03-01 12:00+00', '2024-02-03', 1), ('2024-03-01 11:00+00', '2024-03-02', 2), ('2024-03-01 17:00+00', '2024-02-03', 3);
CREATE TABLE shop.loose (id integer, name text);
INSERT INTO shop.loose VALUES (1, 'one'), (1, 'uno'), (2, 'two');
INSERT INTO shop.loose SELECT 3, g::text FROM generate_series(1, 700) g;`

// newKeptMesh publishes tables whose answers depend on everything that a plan may depend on.
func newKeptMesh(t *testing.T) *meshFixture {
	t.Helper()
	pg := testservers.Postgres(t).NewDatabase(t)
	pg.Exec(t, keptRows)
	m := newMesh(t)
	m.user("anna", "{region: EU}", "readers")
	m.user("bert", "{region: US}", "readers", "trusted")
	m.user("carl", "", "late")
	key := "required: true, primaryKey: true, primaryKeyPosition: 1"
	for _, domain := range []string{"shop", "farm"} {
		m.domain(domain, m.serverSource("postgres", pg.Host, pg.Port, pg.Database, pg.User, pg.Password))
		m.productIn(domain, "people", domain, []fixtureColumn{{"id", "integer", key}, {"region", "text", ""},
			{"email", "text", "tags: [pii.email]"}, {"note", "text", ""}, {"until", "timestamptz", ""}})
	}
	m.productIn("shop", "events", "shop", []fixtureColumn{{"at", "timestamptz", key}, {"day", "date", ""}, {"id", "integer", ""}})
	m.productIn("shop", "loose", "shop", []fixtureColumn{{"id", "integer", key}, {"name", "text", ""}})
	m.grant("shop", "people", "readers", "rowFilter: \"region = principal.attributes.region\"\n")
	m.grant("shop", "events", "readers", "")
	m.grant("shop", "loose", "readers", "")
	m.grant("farm", "people", "readers", "expires: \"2030-05-31T13:00:00Z\"\n")
	m.write("domains/shop/grants/audit.grant.yaml", "apiVersion: mesh/v1\nkind: Grant\nid: shop.audit\nto: {groups: [readers]}\nproduct: people\npurpose: auditing\n")
	m.grant("shop", "people", "late", "notBefore: \"2030-05-31T13:00:00Z\"\n")
	m.policy("mail", "match: {tags: [pii.email]}\nexcept: {groups: [trusted]}\nrules: [{mask: partial, args: {keep: domain}}]\n")
	m.policy("recent", "match: {products: [farm.people]}\nrules: [{rowFilter: \"until > now()\"}]\n")
	return m
}

// TestPlansOfOthers tries to get, by a text that has been sent before, the plan of another
// user, purpose, path, zone, table, moment or mesh. Lines of one user after the other; a
// line that begins with + changes the mesh or the time.
func TestPlansOfOthers(t *testing.T) {
	t.Parallel()
	const byKey, all = "SELECT id, email FROM shop.people WHERE id = $1", "SELECT id, email, region FROM shop.people ORDER BY id"
	for _, c := range []struct {
		what  string
		lines []string
	}{
		{"another user's", []string{"anna: " + byKey, "anna: " + byKey, "bert: " + byKey, "bert: " + byKey, "anna: " + byKey, "carl: " + byKey,
			"anna: " + all, "bert: " + all, "carl: " + all, "anna: " + all}},
		{"one under another purpose", []string{"anna: " + all, "anna: SET sluice.purpose = 'auditing'", "anna: " + all, "anna: " + byKey,
			"anna: SET sluice.purpose = 'testing'", "anna: " + byKey, "anna: " + all}},
		{"one of another path", []string{"anna: SET search_path = shop", "anna: SELECT count(*), min(region) FROM people", "anna: SELECT region FROM people WHERE id = $1",
			"anna: SET search_path = farm, shop", "anna: SELECT count(*), min(region) FROM people", "anna: SELECT region FROM people WHERE id = $1",
			"anna: BEGIN", "anna: SET LOCAL search_path = shop", "anna: SELECT region FROM people WHERE id = $1", "anna: ROLLBACK", "anna: SELECT region FROM people WHERE id = $1",
			"anna: SELECT set_config('search_path', 'shop', false)", "anna: SELECT count(*), min(region) FROM people"}},
		{"one of the mesh for a temporary table", []string{"anna: SET search_path = shop", "anna: SELECT id, email FROM people WHERE id = $1", "anna: SELECT count(*) FROM people",
			"anna: CREATE TEMP TABLE people AS SELECT 1 AS id, 'mine' AS email", "anna: SELECT id, email FROM people WHERE id = $1", "anna: SELECT count(*) FROM people",
			"anna: DROP TABLE people", "anna: SELECT id, email FROM people WHERE id = $1", "anna: SELECT count(*) FROM people"}},
		{"one of another zone", []string{"anna: SELECT id, at::date, extract(hour FROM at) FROM shop.events ORDER BY id", "anna: SET TimeZone = 'Asia/Tokyo'",
			"anna: SELECT id, at::date, extract(hour FROM at) FROM shop.events ORDER BY id"}},
		{"one of another order of dates", []string{"anna: SELECT id FROM shop.events WHERE day = '02/03/2024' ORDER BY id", "anna: SET DateStyle = 'ISO, DMY'",
			"anna: SELECT id FROM shop.events WHERE day = '02/03/2024' ORDER BY id"}},
		{"one of another setting", []string{"anna: SET app.x = 'a'", "anna: SELECT id FROM shop.people WHERE region = current_setting('app.x')", "anna: SET app.x = 'EU'",
			"anna: SELECT id FROM shop.people WHERE region = current_setting('app.x') ORDER BY id"}},
		{"one of another moment", []string{"+29m59s", "anna: SELECT count(*) FROM farm.people", "anna: SELECT count(*) FROM farm.people", "anna: SELECT id FROM farm.people WHERE id = 5",
			"+2s", "anna: SELECT count(*) FROM farm.people", "anna: SELECT id FROM farm.people WHERE id = 5"}},
		{"one whose grant has ended", []string{"+59m59s", "anna: SELECT id FROM farm.people WHERE id = $1", "anna: SELECT count(*) FROM farm.people", "+1s",
			"anna: SELECT id FROM farm.people WHERE id = $1", "anna: SELECT count(*) FROM farm.people", "carl: " + byKey}},
		{"one of another mesh", []string{"anna: " + byKey, "anna: " + all, "bert: " + byKey, "+masks", "anna: " + byKey, "anna: " + all, "bert: " + byKey,
			"+columns", "anna: " + byKey, "anna: " + all, "bert: " + byKey}},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			clock, m := newHandClock(), newKeptMesh(t)
			change := func(s *serve) { s.now = clock.now }
			kept, none := m.serveWith(change), m.serveWith(func(s *serve) { change(s); s.keep = gateway.KeepNone })
			conns := map[string][2]*pgx.Conn{}
			for _, user := range []string{"anna", "bert", "carl"} {
				conns[user] = [2]*pgx.Conn{kept.connect(t, user), none.connect(t, user)}
			}
			for i, line := range c.lines {
				if line[0] == '+' {
					if keptChange(t, m, clock, line[1:]) {
						reload(t, kept)
						reload(t, none)
					}
					continue
				}
				user, sql, _ := strings.Cut(line, ": ")
				for _, parameters := range [][]string{nil, {"1"}, {"3"}, {"1"}} {
					text := sql
					if strings.Contains(sql, "$1") == (parameters == nil) {
						if parameters != nil {
							continue
						}
						text = strings.ReplaceAll(sql, "$1", "1")
					}
					got, want := askKept(t, conns[user][0], text, parameters), askKept(t, conns[user][1], text, parameters)
					if got != want {
						t.Errorf("line %d, %s: %s %q\ngives\n%s\nwant\n%s", i, user, text, parameters, got, want)
					}
				}
			}
			if kept.app.gateway.PlansReused() == 0 && c.what != "one of another setting" && c.what != "one of another moment" {
				t.Error("no plan was kept")
			}
		})
	}
}

// keptChange makes one change, and tells whether it is one of the mesh.
func keptChange(t *testing.T, m *meshFixture, clock *handClock, what string) (mesh bool) {
	t.Helper()
	switch what {
	case "masks":
		m.policy("mail", "match: {tags: [pii.email]}\nrules: [{mask: 'null'}]\n")
	case "columns":
		m.grant("shop", "people", "readers", "columns: [id, region]\n")
	default:
		d, err := time.ParseDuration(what)
		must(t, err)
		clock.pass(d)
		return false
	}
	return true
}

// TestKeptPlans walks at random through statements and all that changes what they mean:
// three users, settings, transactions, temporary tables, purposes, reloads that open and
// close, the clock. Gateways that keep plans must answer as one does that keeps none.
func TestKeptPlans(t *testing.T) {
	random := rand.New(rand.NewPCG(seed.For(t), 0))
	clock := newHandClock()
	m := newKeptMesh(t)
	var gateways []*served
	for _, keep := range []gateway.KeepPlans{gateway.KeepNone, gateway.KeepFirst, gateway.KeepSecond} {
		gateways = append(gateways, m.serveWith(func(s *serve) { s.keep, s.now = keep, clock.now }))
	}
	users := map[string][]*pgx.Conn{}
	for _, user := range []string{"anna", "bert", "carl"} {
		for _, g := range gateways {
			users[user] = append(users[user], g.connect(t, user))
		}
	}
	for step := range 1500 {
		if random.IntN(60) == 0 {
			what := changeMesh(t, m, random, clock)
			for _, g := range gateways {
				reload(t, g)
			}
			t.Logf("%d: %s", step, what)
			continue
		}
		user := []string{"anna", "bert", "carl"}[random.IntN(3)]
		sql, parameters := keptStatement(random)
		want := askKept(t, users[user][0], sql, parameters)
		for i, conn := range users[user][1:] {
			if got := askKept(t, conn, sql, parameters); got != want {
				t.Fatalf("step %d, %s asks gateway %d: %s %q\nis told\n%s\nand without kept plans\n%s", step, user, i+1, sql, parameters, got, want)
			}
		}
	}
	for i, g := range gateways {
		n := g.app.gateway.PlansReused()
		t.Logf("gateway %d has run %d kept plans", i, n)
		if (i == 0) != (n == 0) {
			t.Error("that is not what it is there for")
		}
	}
}

// changeMesh changes what governs, or the time.
func changeMesh(t *testing.T, m *meshFixture, random *rand.Rand, clock *handClock) string {
	t.Helper()
	switch random.IntN(6) {
	case 0:
		clock.pass(time.Duration(random.IntN(40)) * time.Minute)
		return "time passes"
	case 1:
		m.grant("shop", "people", "readers", "rowFilter: \"region = principal.attributes.region\"\n")
		return "people of one's region"
	case 2:
		m.grant("shop", "people", "readers", "columns: [id, email]\nrowFilter: \"id < 4\"\n")
		return "two columns of some people"
	case 3:
		m.policy("mail", "match: {tags: [pii.email]}\nexcept: {groups: [trusted]}\nrules: [{mask: partial, args: {keep: domain}}]\n")
		return "mails are masked"
	case 4:
		m.policy("mail", "match: {tags: [pii.email]}\nrules: [{mask: 'null'}]\n")
		return "mails are gone"
	default:
		m.users = slices.DeleteFunc(m.users, func(line string) bool { return strings.Contains(line, "name: anna,") })
		m.user("anna", []string{"{region: EU}", "{region: US}", ""}[random.IntN(3)], "readers")
		return "anna moves"
	}
}

// keptStatement gives a statement: with values apart from it, or nil for the simple protocol.
func keptStatement(random *rand.Rand) (sql string, parameters []string) {
	if random.IntN(6) == 0 {
		return keptSettings[random.IntN(len(keptSettings))], nil
	}
	ask := keptQueries[random.IntN(len(keptQueries))]
	if !strings.Contains(ask, "$1") {
		return ask, nil
	}
	value := []string{"1", "2", "3", "4", "1", "2", "3", "6", "-1", "03", "NULL", "x", "3000000000"}[random.IntN(13)]
	switch {
	case strings.Contains(ask, "at ="):
		value = []string{"2024-03-01 12:00", "2024-03-01 12:00+00", "now", "2024-03-01 17:00:00"}[random.IntN(4)]
	case strings.Contains(ask, "day ="):
		value = []string{"02/03/2024", "2024-03-02"}[random.IntN(2)]
	}
	if random.IntN(2) == 0 {
		return ask, []string{value}
	}
	if strings.ContainsAny(value, " -/x") || value == "now" {
		value = "'" + value + "'"
	}
	return strings.ReplaceAll(ask, "$1", value), nil
}

var keptQueries = []string{
	"SELECT id, email FROM shop.people WHERE id = $1",
	"SELECT id, email, region FROM shop.people WHERE id = $1",
	"SELECT email, note FROM people WHERE id = $1",
	"SELECT note FROM people WHERE $1 = id AND region <> 'farm'",
	"SELECT id, until FROM shop.people WHERE id = $1;",
	"  SELECT id /* = 7 */, 'x = 5' AS c FROM shop.people WHERE id = $1 ; ",
	"SELECT count(*) FROM people",
	"SELECT id, email FROM shop.people ORDER BY id",
	"SELECT id FROM shop.events WHERE at = $1",
	"SELECT id, at FROM shop.events WHERE at = $1 AND day = '02/03/2024'",
	"SELECT id FROM shop.events WHERE day = $1 ORDER BY id",
	"SELECT name FROM shop.loose WHERE id = $1 ORDER BY name",
	"SELECT id, current_setting('app.x', true) FROM shop.people WHERE id = $1",
	"SELECT id, current_user, current_schema FROM shop.people WHERE id = $1",
	"SELECT e.id, p.email FROM shop.events e LEFT JOIN shop.people p ON p.id = e.id ORDER BY 1",
	"SELECT id FROM people WHERE id = $1 AND until > now()",
	"SELECT 1 = 1, id FROM shop.people WHERE id = $1 LIMIT 1",
	"SELECT 10 / (id - $1) FROM shop.people WHERE id = $1",
	"SELECT x.id FROM (SELECT id FROM shop.people WHERE id = $1) x",
	"SELECT count(*), min(id) FROM shop.people WHERE id < $1",
	"SELECT p.id, p.email, e.at FROM shop.people p JOIN farm.people f ON f.id = p.id LEFT JOIN shop.events e ON e.id = p.id WHERE p.id <> $1 ORDER BY 1",
	"SELECT id FROM shop.people WHERE region IS NOT NULL AND id >= $1 ORDER BY id DESC LIMIT 2",
	"SELECT id FROM shop.people WHERE $1::int IS NULL OR id = $1 ORDER BY id",
	"SELECT id + $1, $1 FROM shop.people ORDER BY 1",
	"SELECT id FROM shop.people ORDER BY id LIMIT $1",
	"SELECT id, (SELECT count(*) FROM shop.loose l WHERE l.id = $1) FROM shop.events WHERE id IN (SELECT id FROM shop.people WHERE id > $1) ORDER BY id",
	"SELECT name, count(*) OVER (PARTITION BY id) FROM shop.loose WHERE id IN ($1, 2) AND name LIKE 'o%' || $1 ORDER BY 1",
	"TABLE shop.loose LIMIT 0", "SELECT FROM shop.people WHERE id = $1",
}

var keptSettings = []string{
	"SET search_path = shop", "SET search_path = farm, shop", "SET search_path = shop, farm", "RESET search_path",
	"SET TimeZone = 'UTC'", "SET TimeZone = 'Europe/Berlin'", "SET TimeZone = 'America/New_York'",
	"SET DateStyle = 'ISO, DMY'", "SET DateStyle = 'ISO, MDY'",
	"SET sluice.purpose = 'auditing'", "SET sluice.purpose = ''", "SET sluice.purpose = 'testing'",
	"SET app.x = 'one'", "SET app.x = 'two'", "SET sluice.disabled_rules = 'all'", "SET sluice.disabled_rules = ''",
	"BEGIN", "COMMIT", "ROLLBACK", "SET LOCAL search_path = farm", "SAVEPOINT s", "ROLLBACK TO s", "SET LOCAL sluice.purpose = 'auditing'",
	"CREATE TEMP TABLE people AS SELECT 3 AS id, 'temp' AS email, 'note' AS note, 'T' AS region, now() AS until",
	"DROP TABLE people", "DROP TABLE people", "DROP TABLE people", "DISCARD ALL", "RESET ALL", "RESET ALL", "SET search_path = shop",
	"SET sluice.disabled_rules = ''", "ROLLBACK", "COMMIT", "SET search_path = shop, farm", "SET application_name = 'other'", "SET statement_timeout = '1min'",
	"SELECT set_config('search_path', 'farm', false)", "SELECT set_config('TimeZone', 'Asia/Tokyo', false)",
}

// askKept gives all that a server says, without what differs between two runs.
func askKept(t *testing.T, conn *pgx.Conn, sql string, parameters []string) string {
	t.Helper()
	if parameters == nil {
		return fmt.Sprint(ask(t.Context(), conn, sql))
	}
	values := [][]byte{[]byte(parameters[0])}
	if parameters[0] == "NULL" {
		values[0] = nil
	}
	name := "p" + fmt.Sprint(len(sql))
	if _, err := conn.PgConn().Prepare(t.Context(), name, sql, nil); err != nil {
		var e *pgconn.PgError
		if errors.As(err, &e) && e.Code != "42P05" { // prepared before
			return e.Error()
		}
	}
	r := conn.PgConn().ExecPrepared(context.Background(), name, values, nil, nil).Read()
	if r.Err != nil {
		return r.Err.Error()
	}
	var out strings.Builder
	for _, row := range r.Rows {
		fmt.Fprintf(&out, "%q\n", row)
	}
	return out.String() + r.CommandTag.String()
}

// TestPlansWithParameters: a plan with parameters in it serves other values where none was
// looked at to make it; else each value gets its own.
func TestPlansWithParameters(t *testing.T) {
	t.Parallel()
	m := newKeptMesh(t)
	s := m.serve()
	conn, other := s.connect(t, "bert"), m.serveWith(func(s *serve) { s.keep = gateway.KeepNone }).connect(t, "bert")
	for sql, reused := range map[string]bool{
		"SELECT count(*) FROM shop.events WHERE id < $1":                                                        true,
		"SELECT count(*) FROM shop.people WHERE id < $1":                                                        true,
		"SELECT e.at FROM shop.events e JOIN shop.people p ON p.id = e.id WHERE p.id > $1 ORDER BY 1":           true,
		"SELECT id FROM shop.events WHERE id IN ($1, 2) AND day IS NOT NULL ORDER BY at LIMIT 2":                true,
		"SELECT name FROM shop.loose WHERE id = (SELECT max(id) FROM shop.events WHERE id <= $1) ORDER BY name": true,
		"SELECT id FROM shop.events ORDER BY id LIMIT $1":                                                       false,
		"SELECT id FROM shop.events WHERE $1::int IS NULL OR id = $1 ORDER BY id":                               false, // whether it is NULL decides
		"SELECT 10 / $1 FROM shop.events":                                                                       true,
		"SELECT id FROM shop.events WHERE id = $1 + 1":                                                          true,
	} {
		before := s.app.gateway.PlansReused()
		for _, value := range []string{"1", "2", "3"} {
			if kept, own := askKept(t, conn, sql, []string{value}), askKept(t, other, sql, []string{value}); kept != own {
				t.Errorf("%s with %s: %s, planned by itself %s", sql, value, kept, own)
			}
		}
		if is := s.app.gateway.PlansReused() > before; is != reused {
			t.Errorf("%s: reused %v, want %v", sql, is, reused)
		}
	}
}
