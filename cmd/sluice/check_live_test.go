package main

import (
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// TestCheckLive checks a mesh with its source: what differs, what looks untagged, and
// which of the policies' tests fail.
func TestCheckLive(t *testing.T) {
	t.Parallel()
	db := testservers.Postgres(t).NewDatabase(t)
	db.Exec(t, "CREATE TABLE orders (id bigint, email text, contact text, total integer, country text)",
		"INSERT INTO orders VALUES (1, 'a@b.example', 'c@d.example', 5, 'DE'), (2, 'e@f.example', NULL, 6, 'FR'), (3, 'g@h.example', 'none', 7, 'DE')")
	m := newMesh(t)
	m.write("governance/tags.yaml", strings.Replace(readFile(t, m.dir+"/governance/tags.yaml"), "pii.email: {parent: pii,", "pii.email: {parent: pii, detect: {name: 'e?mail', sample: '^[^@]+@[^@]+$'},", 1))
	m.user("ann", "{country: DE}", "readers")
	m.user("bob", "", "readers")
	m.domain("sales", m.serverSource("postgres", db.Host, db.Port, db.Database, db.User, db.Password))
	m.product("sales", "orders", "", fixtureColumn{"id", "bigint", ""}, fixtureColumn{"email", "text", "tags: [pii.email]"},
		fixtureColumn{"contact", "text", ""}, fixtureColumn{"total", "date", ""}, fixtureColumn{"country", "text", ""}, fixtureColumn{"old_mail", "text", "physicalName: email"})
	m.grant("sales", "orders", "readers", "")
	m.policy("pii", `match: {tags: [pii]}
rules: [{mask: partial, args: {keep: domain}}]
tests:
  - {as: ann, query: "SELECT email FROM sales.orders", expect: {matches: '^\*\*\*@'}}
  - {as: ann, query: "SELECT count(*) FROM sales.orders WHERE email = 'a@b.example'", expect: {value: 0, rows: 1}}
  - {as: ann, query: "SELECT nope FROM sales.orders", expect: {error: 42703}}
  - {as: ann, purpose: testing, query: "SELECT 1", expect: {value: 1}}
  - {as: ann, query: "SELECT email FROM sales.orders", expect: {matches: '^a'}}
  - {as: ann, query: "SELECT count(*) FROM sales.orders", expect: {value: 7}}
  - {as: bob, query: "SELECT id FROM sales.orders", expect: {rows: 2}}
  - {as: bob, query: "SELECT id FROM sales.orders", expect: {error: 42501}}
  - {as: ann, purpose: spying, query: "SELECT 1"}
`)
	var out strings.Builder
	err := (&check{Mesh: m.dir, Live: true}).run(t.Context(), &out)
	got := out.String()
	if err == nil || !strings.HasPrefix(err.Error(), "5 errors in ") {
		t.Errorf("got %v\n%s", err, got)
	}
	for _, want := range []string{
		"warning: column old_mail looks like pii.email by its name and does not carry the tag",
		"column contact holds values that look like pii.email and does not carry the tag",
		"column total is integer, the contract says date",
		"governance/policies/pii.policy.yaml:12:5: test of policy pii as ann: a value does not match ^a",
		"governance/policies/pii.policy.yaml:13:5: test of policy pii as ann: the first value is not the one expected",
		"governance/policies/pii.policy.yaml:14:5: test of policy pii as bob: it gives 3 rows, 2 were expected",
		"governance/policies/pii.policy.yaml:15:5: test of policy pii as bob: it is answered, 42501 was expected",
		"governance/policies/pii.policy.yaml:16:5: test of policy pii as ann: ",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.Contains(got, "@d.example") {
		t.Errorf("a value is shown:\n%s", got)
	}
	if n := strings.Count(got, "test of policy"); n != 5 {
		t.Errorf("%d tests failed\n%s", n, got)
	}
}
