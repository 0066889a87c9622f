package main

import (
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// TestExplainAgrees asks mesh.explain_access of everything that each principal of the policy
// mesh may know of, and holds every column's state to what a statement is told.
func TestExplainAgrees(t *testing.T) {
	t.Parallel()
	gateway := newPolicyMesh(t, "").serve()
	states := map[string]int{}
	for _, who := range policyPrincipals {
		conn := gateway.connect(t, who.name)
		tables := ask(t.Context(), conn, "SELECT table_schema || '.' || table_name FROM information_schema.tables WHERE table_schema IN ('shop', 'ware', 'lake') ORDER BY 1")
		for _, table := range tables.rows {
			explained := ask(t.Context(), conn, "SELECT name, state FROM mesh.explain_access('"+table[0]+"') WHERE object = 'column'")
			if explained.code != "" || len(explained.rows) == 0 {
				t.Errorf("%s, %s: %s", who.name, table[0], explained)
			}
			for _, column := range explained.rows {
				states[column[1]]++
				for _, sql := range []string{"SELECT %c FROM %t LIMIT 0", "SELECT count(%c) FROM %t"} {
					sql = strings.NewReplacer("%c", `"`+column[0]+`"`, "%t", table[0]).Replace(sql)
					got := ask(t.Context(), conn, sql)
					want := map[string]string{"denied": "42501", "withheld": "42501"}[column[1]]
					if strings.Contains(sql, "count") && column[1] == "withheld" {
						want = ""
					}
					if got.code != want {
						t.Errorf("%s is explained %s as %s; %s: %s", who.name, strings.Join(column, " as "), table[0], sql, got)
					}
				}
			}
		}
	}
	t.Logf("%v", states)
	for _, state := range []string{"visible", "masked", "denied"} {
		if states[state] == 0 {
			t.Errorf("no column was %s", state)
		}
	}
}

// TestExplainOfEachKind changes one thing at a time and reads what ann is told of it, by SQL and by
// `sluice explain-access`, which alone shows what conditions say.
func TestExplainOfEachKind(t *testing.T) {
	t.Parallel()
	db := testservers.Postgres(t).NewDatabase(t)
	db.Exec(t, "CREATE TABLE orders (id bigint, email text, pay bigint, secret text, note text, country text)")
	const grantFile, file = "domains/sales/grants/readers.grant.yaml", "domains/sales/grants/one.grant.yaml"
	grant := func(more string) string {
		return "apiVersion: mesh/v1\nkind: Grant\nid: one\nto: {users: [ann]}\nproduct: orders\n" + more
	}
	for _, c := range []struct {
		what   string
		change func(m *meshFixture)
		ask    string // of mesh.explain_access('sales.orders') where nothing else is said
		want   string // the first row
		hidden string // what only explain-access shows; "": nothing
	}{
		{"a grant", func(m *meshFixture) {}, "SELECT state FROM % WHERE object = 'grant' AND name = 'readers'", "in force", ""},
		{"an expired grant", func(m *meshFixture) {}, "SELECT state FROM % WHERE object = 'grant' AND name = 'old'", "expired 2020-01-02T00:00:00Z", ""},
		{"a grant not in force yet", func(m *meshFixture) { m.write(file, grant("notBefore: \"2099-01-01\"\n")) }, "SELECT state FROM % WHERE name = 'one'", "not before 2099-01-01T00:00:00Z", ""},
		{"a grant for other versions", func(m *meshFixture) { m.write(file, grant("versions: \">=2\"\n")) }, "SELECT state FROM % WHERE name = 'one'", "for other versions: >=2", ""},
		{"a grant with a role", func(m *meshFixture) { m.write(file, grant("role: clerk\n")) }, "SELECT state FROM % WHERE name = 'one'", "in force, role clerk", ""},
		{"a grant for another purpose", func(m *meshFixture) {
			m.write(file, grant("purpose: fraud\n"))
			m.write(grantFile, readFile(t, m.dir+"/"+grantFile)+"purpose: sales\n")
		}, "SET sluice.purpose = 'sales'; SELECT state FROM % WHERE name = 'one'", "for another purpose: fraud", ""},
		{"denied columns", func(m *meshFixture) { m.write(file, grant("deny: true\ncolumns: [id]\n")) }, "SELECT reason FROM % WHERE name = 'id'", "grant one denies it", ""},
		{"denied rows", func(m *meshFixture) { m.write(file, grant("deny: true\nrowFilter: country = 'NO'\n")) }, "SELECT reason FROM % WHERE state = 'deny'", "only rows for which its condition is false", "country = 'NO'"},
		{"rows of a grant", func(m *meshFixture) {
			m.remove(grantFile)
			m.write(file, grant("rowFilter: country = 'NO'\n"))
		}, "SELECT reason FROM % WHERE state = 'scope'", "the rows for which its condition is true", "country = 'NO'"},
		{"a row filter", func(m *meshFixture) {}, "SELECT reason FROM % WHERE state = 'filter'", "binds", "country = principal.attributes.country"},
		{"a role's exception", func(m *meshFixture) {
			m.write(grantFile, readFile(t, m.dir+"/"+grantFile)+"role: clerk\n")
			m.policy("pii", "match: {tags: [pii]}\nexcept: {roles: [clerk]}\nrules: [{mask: \"null\"}]\n")
		}, "SELECT reason FROM % WHERE name = 'email'", "policy pii does not bind: it excepts role clerk of grant readers", ""},
		{"a purpose's exception", func(m *meshFixture) {
			m.write(grantFile, readFile(t, m.dir+"/"+grantFile)+"purpose: fraud\n")
			m.policy("pii", "match: {tags: [pii]}\nexcept: {purposes: [fraud]}\nrules: [{mask: \"null\"}]\n")
		}, "SET sluice.purpose = 'fraud'; SELECT reason FROM % WHERE name = 'email'", "policy pii does not bind: it excepts purpose fraud of grant readers", ""},
		{"a bypass", func(m *meshFixture) {
			m.policy("pay", "match: {columns: [pay]}\nbypass: {users: [ann], reason: payroll}\nrules: [{noProject: true}]\n")
		}, "SELECT reason FROM % WHERE name = 'pay'", "policy pay bypassed: payroll", ""},
		{"a withheld column", func(m *meshFixture) {}, "SELECT reason FROM % WHERE name = 'pay'", "policy pay lets it be compared and aggregated only", ""},
		{"a mask that refuses conditions", func(m *meshFixture) {
			m.policy("pii", "match: {tags: [pii]}\nrules: [{mask: partial, args: {first: 2}, onPredicate: refuse}]\n")
		}, "SELECT reason FROM % WHERE name = 'email'", "policy pii masks it, and refuses conditions on it", "first: 2"},
		{"a constant", func(m *meshFixture) {
			m.policy("pii", "match: {tags: [pii]}\nrules: [{mask: constant, args: {value: withheld from you}}]\n")
		}, "SELECT mask || ' of ' || policy FROM % WHERE name = 'email'", "constant of pii", "withheld from you"},
		{"a map", func(m *meshFixture) {
			m.policy("pii", "match: {tags: [pii]}\nrules: [{mask: generalise, args: {map: {a: b}}}]\n")
		}, "SELECT mask FROM % WHERE name = 'email'", "generalise", "map of 1 values"},
		{"SQL", func(m *meshFixture) {
			m.policy("pii", "match: {tags: [pii]}\nrules: [{mask: sql, args: {expression: \"upper(country)\"}}]\n")
		}, "SELECT mask FROM % WHERE name = 'email'", "sql", "expression: upper(country)"},
		{"a hash without a key", func(m *meshFixture) {
			m.policy("pii", "match: {tags: [pii]}\nrules: [{mask: hash, args: {key: mesh}}]\n")
		},
			"SELECT state FROM % WHERE name = 'email'", "masked", "key: mesh"},
		{"a mask that the type cannot carry", func(m *meshFixture) {
			m.policy("pii", "match: {columns: [id]}\nrules: [{mask: partial, args: {first: 2}}]\n")
		}, "SELECT mask FROM % WHERE name = 'id'", "null", "first: 2"},
		{"aggregates only", func(m *meshFixture) {
			m.policy("agg", "match: {products: [sales.orders]}\nrules: [{aggregateOnly: {minGroup: 3, of: id, dimensions: [country]}}]\n")
		}, "SELECT reason FROM % WHERE state = 'aggregate only'", "binds", "groups of at least 3 different id"},
		{"a definer's view", func(m *meshFixture) {}, "SELECT reason FROM mesh.explain_access('mart.mails') WHERE name = 'email'", "policy pii masks it, carried over from sales.orders", ""},
		{"the rows of a definer's view", func(m *meshFixture) {}, "SELECT reason FROM mesh.explain_access('mart.mails') WHERE state = 'filter'", "binds, carried over from sales.orders", ""},
		{"a release", func(m *meshFixture) {
			m.write("domains/sales/policies/rows.policy.yaml", "apiVersion: mesh/v1\nkind: Policy\nid: sales.rows\nmatch: {products: [orders]}\nrules: [{rowFilter: id > 0}]\n")
			m.write("domains/sales/domain.yaml", salesDomain+"someone\nrelease: [{product: orders, policies: [sales.rows], to: [mart.mails], reason: agreed}]\n")
		}, "SELECT reason FROM mesh.explain_access('mart.mails') WHERE policy = 'sales.rows'", "does not bind: domain sales releases mart.mails from it, carried over from sales.orders", ""},
		{"an invoker's view", func(m *meshFixture) { m.view("SELECT id, email FROM sales.orders", "invoker") },
			"SELECT state || ': ' || reason FROM mesh.explain_access('mart.mails') WHERE name = 'email'", "masked: policy pii masks it of sales.orders.email", ""},
		{"what an invoker's view computes", func(m *meshFixture) { m.view("SELECT id, upper(email) AS email FROM sales.orders", "invoker") },
			"SELECT state || ': ' || reason FROM mesh.explain_access('mart.mails') WHERE name = 'email'", "masked: it is computed from what is masked: policy pii masks it of sales.orders.email", ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			m := diffedMesh(t)
			m.domain("sales", m.serverSource("postgres", db.Host, db.Port, db.Database, db.User, db.Password))
			c.change(m)
			gateway := m.serve()
			if got := firstValue(t, gateway, "ann", strings.ReplaceAll(c.ask, "%", "mesh.explain_access('sales.orders')")); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if c.hidden == "" {
				return
			}
			if shown := explained(t, m, "ann"); !strings.Contains(shown, c.hidden) {
				t.Errorf("%q is not in\n%s", c.hidden, shown)
			}
			all := ask(t.Context(), gateway.connect(t, "ann"), "SELECT * FROM mesh.explain_access('sales.orders')").String()
			if strings.Contains(all, c.hidden) {
				t.Errorf("%q is told by SQL:\n%s", c.hidden, all)
			}
		})
	}
}
