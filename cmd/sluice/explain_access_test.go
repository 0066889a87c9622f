package main

import (
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/meshdir"
	"github.com/sluicemesh/sluice/planner"
)

// explainedMesh is a small mesh with a policy of each kind.
func explainedMesh(t *testing.T) *meshFixture {
	t.Helper()
	m := newMesh(t)
	m.user("ann", "{country: DE}", "readers")
	m.user("otto", "", "owners", "readers")
	m.user("eve", "")
	m.domain("sales", m.serverSource("postgres", "localhost", 5432, "x", "y", "z"))
	m.product("sales", "orders", "", fixtureColumn{"id", "bigint", ""}, fixtureColumn{"email", "text", "tags: [pii.email]"},
		fixtureColumn{"pay", "bigint", ""}, fixtureColumn{"secret", "text", ""}, fixtureColumn{"note", "text", ""}, fixtureColumn{"country", "text", ""})
	m.write("domains/sales/grants/readers.grant.yaml", "apiVersion: mesh/v1\nkind: Grant\nid: readers\nto: {groups: [readers]}\nproduct: orders\ncolumns: [id, email, pay, secret, country]\n")
	m.write("domains/sales/grants/old.grant.yaml", "apiVersion: mesh/v1\nkind: Grant\nid: old\nto: {groups: [readers]}\nproduct: orders\nexpires: \"2020-01-01\"\n")
	m.policy("pii", "match: {tags: [pii]}\nexcept: {groups: [owners]}\nrules: [{mask: partial, args: {keep: domain}}]\n")
	m.policy("pay", "match: {columns: [pay]}\nbypass: {users: [otto], reason: payroll}\nrules: [{noProject: true}]\n")
	m.policy("secret", "match: {columns: [secret]}\nrules: [{hideColumn: true}]\n")
	m.policy("rows", "match: {products: [sales.orders]}\nexcept: {groups: [owners]}\nrules: [{rowFilter: \"country = principal.attributes.country\"}]\n")
	return m
}

func explained(t *testing.T, m *meshFixture, user string) string {
	t.Helper()
	mesh, ds := meshdir.Load(m.dir, meshdir.Options{})
	if mesh == nil {
		t.Fatal(ds)
	}
	who, err := asPrincipal(mesh, user)
	must(t, err)
	table, ok := mesh.Table(catalog.Address{Schema: "sales", Name: "orders"})
	if !ok {
		t.Fatal(ds)
	}
	access, err := auth.Explain(who, table, planner.Predicates{Environment: authorEnvironment()})
	must(t, err)
	var out strings.Builder
	must(t, printAccess(&out, user, access))
	return out.String()
}

func TestExplainAccess(t *testing.T) {
	t.Parallel()
	m := explainedMesh(t)
	for user, want := range map[string]string{
		"ann": `
sales.orders 1.0.0 for ann: visible

GRANT    STATE
old      expired 2020-01-02T00:00:00Z
readers  in force

ROWS    BY       REASON    CONDITION
scope   readers  all rows  
filter  rows     binds     country = principal.attributes.country

COLUMN   STATE     MASK                    GRANTS   REASON
id       visible   -                       readers  no policy is about it
email    masked    partial (keep: domain)  readers  policy pii masks it
pay      withheld  -                       readers  policy pay lets it be compared and aggregated only
secret   hidden    -                       readers  policy secret hides it
note     denied    -                       -        no grant opens it
country  visible   -                       readers  no policy is about it
`,
		"otto": `
sales.orders 1.0.0 for otto: visible

GRANT    STATE
old      expired 2020-01-02T00:00:00Z
readers  in force

ROWS    BY       REASON                                 CONDITION
scope   readers  all rows                               
filter  rows     does not bind: it excepts group owners  country = principal.attributes.country

COLUMN   STATE    MASK  GRANTS   REASON
id       visible  -     readers  no policy is about it
email    visible  -     readers  policy pii does not bind: it excepts group owners
pay      visible  -     readers  policy pay bypassed: payroll
secret   hidden   -     readers  policy secret hides it
note     denied   -     -        no grant opens it
country  visible  -     readers  no policy is about it
`,
		"eve": `
sales.orders 1.0.0 for eve: does not exist

GRANT   STATE
(none)  

ROWS    BY    REASON  CONDITION
filter  rows  binds   country = principal.attributes.country

COLUMN   STATE   MASK  GRANTS  REASON
id       denied  -     -       no grant opens it
email    denied  -     -       no grant opens it
pay      denied  -     -       no grant opens it
secret   denied  -     -       no grant opens it
note     denied  -     -       no grant opens it
country  denied  -     -       no grant opens it
`,
	} {
		if got := "\n" + explained(t, m, user); strings.Join(strings.Fields(got), " ") != strings.Join(strings.Fields(want), " ") {
			t.Errorf("%s: got%s\nwant%s", user, got, want)
		}
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	old, next := explainedMesh(t), explainedMesh(t)
	before, err := accessOf(old.dir)
	must(t, err)
	var same strings.Builder
	printDiff(&same, before, before)
	if same.String() != "nobody gains or loses anything\n" {
		t.Errorf("without a change: %s", same.String())
	}
	next.policy("pii", "match: {tags: [pii]}\nrules: [{mask: \"null\"}]\n")
	next.policy("secret", "match: {columns: [secret]}\nexcept: {users: [ann]}\nrules: [{hideColumn: true}]\n")
	next.policy("rows", "match: {products: [sales.orders]}\nrules: [{rowFilter: \"country = 'DE'\"}]\n")
	next.write("domains/sales/grants/eve.grant.yaml", "apiVersion: mesh/v1\nkind: Grant\nid: eve\nto: {users: [eve]}\nproduct: orders\nversions: \"=1\"\ncolumns: [id, email]\n")
	after, err := accessOf(next.dir)
	must(t, err)
	var out strings.Builder
	printDiff(&out, before, after)
	want := `
ann sales.orders ~ column email: masked by partial of pii (keep: domain) -> masked by null of pii
ann sales.orders + column secret: hidden -> visible
ann sales.orders ~ rows: scope readers [] filter rows [country = principal.attributes.country; country = DE] -> scope readers [] filter rows [country = 'DE']
eve sales.orders + the product
eve sales.orders + column email: none -> masked by null of pii
eve sales.orders + column id: none -> visible
eve sales.orders ~ rows: none -> scope eve [] filter rows [country = 'DE']
otto sales.orders - column email: visible -> masked by null of pii
otto sales.orders ~ rows: scope readers [] -> scope readers [] filter rows [country = 'DE']
`
	got := "\n"
	for _, line := range strings.SplitAfter(out.String(), "\n") {
		if !strings.Contains(line, "orders_v1") {
			got += line
		}
	}
	if got != want {
		t.Errorf("got%s\nwant%s", got, want)
	}
	if strings.Count(out.String(), "\n") != 2*(strings.Count(want, "\n")-1) {
		t.Errorf("the pinned address differs:\n%s", out.String())
	}
	var back strings.Builder
	printDiff(&back, after, before)
	if !strings.Contains(back.String(), "eve sales.orders - the product\n") || !strings.Contains(back.String(), "ann sales.orders - column secret: visible -> hidden\n") {
		t.Errorf("the other way round:\n%s", back.String())
	}
}
