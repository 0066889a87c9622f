package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// modelRows are the rows of every store of the policy model's tests, and of the one
// PostgreSQL that answers by hand-written views.
const modelRows = `
CREATE SCHEMA raw;
CREATE TABLE raw.orders (id bigint, customer bigint, email text, city text, born date, at timestamptz, score integer, pay numeric(12,2), country text);
INSERT INTO raw.orders VALUES
  (1, 10, 'a@b.example', 'Berlin', '1980-05-17', '2024-02-29 23:30:00+00', 17, 1234.56, 'DE'),
  (2, 10, 'dana@shop.example', 'Paris', '1844-03-15', '2023-12-31 23:59:59.5+00', -17, -99.99, 'DE'),
  (3, 11, 'no-at-sign', 'Rome', '2001-02-03', '2020-01-01 00:00:00+00', 2147483647, 9999999999.99, 'FR'),
  (4, 12, 'q', 'Berlin', '2000-01-01', '1999-02-01 00:00:00+00', -2147483648, 0.01, 'FR'),
  (5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
  (6, 13, 'x', 'Oslo', '1999-12-31', '2024-01-01 00:00:00+00', 0, 5.00, 'DE'),
  (7, 14, 'y@z', 'oslo', '1999-12-30', '2024-06-30 00:00:00+00', 9, 10, 'DE');
CREATE TABLE raw.regions (country text, manager text);
INSERT INTO raw.regions VALUES ('DE', 'ann'), ('FR', 'bob'), (NULL, 'ann');
CREATE TABLE raw.vips (id bigint, owner text, level integer);
INSERT INTO raw.vips VALUES (10, 'ann', 1), (11, 'ann', 0), (12, 'bob', 2), (13, 'bob', NULL), (NULL, 'ann', 3);
CREATE SCHEMA seen;`

var modelTables = map[string][]fixtureColumn{
	"orders": {{"id", "bigint", ""}, {"customer", "bigint", ""}, {"email", "text", "tags: [pii.email]"}, {"city", "text", ""}, {"born", "date", "tags: [pii]"},
		{"at", "timestamptz", ""}, {"score", "integer", ""}, {"pay", "numeric(12,2)", ""}, {"country", "text", ""}},
	"regions": {{"country", "text", ""}, {"manager", "text", ""}},
	"vips":    {{"id", "bigint", ""}, {"owner", "text", ""}, {"level", "integer", ""}},
}

// modelMesh has sales.orders and sales.regions in one kind of store and crm.vips in the other.
func modelMesh(t *testing.T, oracle *testservers.PostgresServer, salesIn string) *meshFixture {
	t.Helper()
	m := newMesh(t)
	m.user("ann", "{country: DE}", "readers")
	m.user("bob", "", "readers")
	m.user("otto", "", "owners", "readers")
	conn := connectTo(t, oracle.DSN)
	for domain, tables := range map[string][]string{"sales": {"orders", "regions"}, "crm": {"vips"}} {
		if (domain == "sales") == (salesIn == "postgres") {
			m.domain(domain, m.serverSource("postgres", oracle.Host, oracle.Port, oracle.Database, oracle.User, oracle.Password))
			for _, name := range tables {
				m.productIn(domain, name, "raw", modelTables[name])
			}
			continue
		}
		must(t, os.MkdirAll(filepath.Join(m.dir, "lake"), 0o755))
		m.domain(domain, "type: files\npath: lake\n")
		for _, name := range tables {
			copyToCSV(t, conn, filepath.Join(m.dir, "lake", name+".csv"), storedTable{schema: "raw", name: name})
			m.product(domain, name, name+".csv", modelTables[name]...)
		}
	}
	m.grant("sales", "orders", "readers", "")
	m.write("domains/crm/grants/sales.grant.yaml", "apiVersion: mesh/v1\nkind: Grant\nid: crm.sales\nto: {domains: [sales, mart]}\nproduct: vips\nrowFilter: level > 0\n")
	m.write("domains/sales/grants/mart.grant.yaml", "apiVersion: mesh/v1\nkind: Grant\nid: sales.mart\nto: {domains: [mart]}\nproduct: orders\n")
	return m
}

// peopleView derives mart.people.
func (m *meshFixture) peopleView(rights, query string) {
	m.write("domains/mart/domain.yaml", "apiVersion: mesh/v1\nkind: Domain\nname: mart\n")
	m.write("domains/mart/products/people.odcs.yaml", `apiVersion: v3.1.0
kind: DataContract
id: people
name: people
version: 1.0.0
status: active
domain: mart
schema:
  - name: people
    customProperties:
      - {property: meshView, value: "`+query+`"}
      - {property: meshRights, value: `+rights+`}
    properties:
      - {name: id, physicalType: bigint}
      - {name: email, physicalType: text}
      - {name: size, physicalType: bigint}
`)
	m.grant("mart", "people", "readers", "")
}

// Each case is one policy over orders (or the derived people), who asks, and the view
// by hand.
var modelCases = []struct {
	name, file, policy string
	relation, user     string
	view               string
}{
	{"lookup in another source", "domains/sales/policies/p.policy.yaml",
		`match: {products: [orders]}` + "\n" + `rules: [{rowFilter: "customer IN (SELECT id FROM crm.vips WHERE owner = principal.user)"}]`, "sales.orders", "ann",
		`SELECT * FROM raw.orders WHERE customer IN (SELECT id FROM raw.vips WHERE owner = 'ann' AND level > 0)`},
	{"correlated lookup in the same source", "domains/sales/policies/p.policy.yaml",
		`match: {products: [orders]}` + "\n" + `rules: [{rowFilter: "EXISTS (SELECT 1 FROM regions r WHERE r.country = orders.country AND r.manager = principal.user)"}]`, "sales.orders", "bob",
		`SELECT * FROM raw.orders WHERE country = 'FR'`},
	{"two lookups and NOT IN", "domains/sales/policies/p.policy.yaml",
		`match: {products: [orders]}` + "\n" + `rules: [{rowFilter: "country IN (SELECT country FROM regions)"}, {rowFilter: "customer NOT IN (SELECT id FROM crm.vips WHERE id IS NOT NULL)"}]`, "sales.orders", "ann",
		`SELECT * FROM raw.orders WHERE country IN ('DE', 'FR') AND customer NOT IN (SELECT id FROM raw.vips WHERE level > 0 AND id IS NOT NULL)`},
	{"generalised", "governance/policies/p.policy.yaml",
		`match: {columns: [born, at, score, pay, city]}` + "\n" + `rules: [{mask: generalise, when: {tags: [pii]}, args: {to: quarter}}]`, "sales.orders", "ann",
		`SELECT id, customer, email, city, date_trunc('quarter', born)::date AS born, at, score, pay, country FROM raw.orders`},
	{"buckets", "governance/policies/p.policy.yaml",
		`match: {columns: [score, pay]}` + "\n" + `rules: [{mask: generalise, args: {bucket: 10}}]`, "sales.orders", "ann",
		`SELECT id, customer, email, city, born, at, score / 10 * 10 AS score, (trunc(pay / 10) * 10)::numeric(12,2) AS pay, country FROM raw.orders`},
	{"regions of places", "governance/policies/p.policy.yaml",
		`match: {columns: [city]}` + "\n" + `rules: [{mask: generalise, args: {map: {Berlin: Germany, Oslo: North}, else: elsewhere}}]`, "sales.orders", "ann",
		`SELECT id, customer, email, CASE WHEN city = 'Berlin' THEN 'Germany' WHEN city = 'Oslo' THEN 'North' WHEN city IS NOT NULL THEN 'elsewhere' END AS city, born, at, score, pay, country FROM raw.orders`},
	{"months of moments", "governance/policies/p.policy.yaml",
		`match: {columns: [at]}` + "\n" + `rules: [{mask: generalise, args: {to: month}}]`, "sales.orders", "ann",
		`SELECT id, customer, email, city, born, date_trunc('month', at, 'UTC') AS at, score, pay, country FROM raw.orders`},
	{"SQL with a lookup in another source", "domains/sales/policies/p.policy.yaml",
		`match: {columns: [email]}` + "\n" + `rules: [{mask: sql, args: {mayFail: true, expression: "CASE WHEN customer IN (SELECT id FROM crm.vips) THEN 'vip' ELSE upper(email) END"}}]`, "sales.orders", "ann",
		`SELECT id, customer, CASE WHEN customer IN (SELECT id FROM raw.vips WHERE level > 0) THEN 'vip' ELSE upper(email) END AS email, city, born, at, score, pay, country FROM raw.orders`},
	{"a hidden column", "governance/policies/p.policy.yaml",
		`match: {columns: [born]}` + "\n" + `rules: [{hideColumn: true}]`, "sales.orders", "ann",
		`SELECT id, customer, email, city, at, score, pay, country FROM raw.orders`},
	{"derived over both sources", "domains/sales/policies/p.policy.yaml",
		`match: {products: [orders]}` + "\nexcept: {domains: [mart]}\n" + `rules: [{rowFilter: "country = principal.attributes.country"}, {mask: partial, when: {tags: [pii.email]}, args: {first: 1}}]`, "mart.people", "ann",
		`SELECT o.id, CASE WHEN length(email) > 1 THEN left(email, 1) || '***' WHEN email IS NOT NULL THEN '***' END AS email, v.level::bigint AS size FROM raw.orders o JOIN raw.vips v ON v.id = o.customer AND v.level > 0 WHERE country = 'DE'`},
}

var modelQuestions = []string{
	"SELECT * FROM sales.orders ORDER BY id",
	"SELECT count(*), count(email), min(email) FROM sales.orders",
	"SELECT id FROM sales.orders WHERE email = 'a@b.example' OR email = 'a***' ORDER BY 1",
	"SELECT a.id, b.id FROM sales.orders a JOIN sales.orders b ON a.email = b.email ORDER BY 1, 2",
	"SELECT id, 1 / (id - 3) FROM sales.orders ORDER BY 1",
	"SELECT id FROM sales.orders WHERE 1 / (id - 4) >= 0 ORDER BY 1",
	"SELECT id, email FROM sales.orders WHERE EXISTS (SELECT 1 FROM sales.orders i WHERE i.id = 7) ORDER BY id DESC LIMIT 2",
	"SELECT email, count(*) FROM sales.orders GROUP BY email ORDER BY 1",
}

// TestPolicyModel serves each case from two kinds of stores and compares with the view,
// with all rules and with none.
func TestPolicyModel(t *testing.T) {
	oracle := testservers.Postgres(t).NewDatabase(t)
	oracle.Exec(t, modelRows)
	conn := connectTo(t, oracle.DSN)
	for _, store := range []string{"postgres", "files"} {
		for _, c := range modelCases {
			t.Run(store+"/"+c.name, func(t *testing.T) {
				m := modelMesh(t, oracle, store)
				m.peopleView("definer", "SELECT o.id, o.email, v.level::bigint AS size FROM sales.orders o JOIN crm.vips v ON v.id = o.customer")
				header := "apiVersion: mesh/v1\nkind: Policy\nid: p\n"
				m.write(c.file, header+c.policy+"\n")
				gateway := m.serve().connect(t, c.user)
				_, err := conn.Exec(t.Context(), "DROP VIEW IF EXISTS seen.t; CREATE VIEW seen.t WITH (security_barrier) AS "+c.view+"; SET TimeZone = 'UTC'")
				must(t, err)
				for _, off := range []string{"", "all"} {
					_, err := gateway.Exec(t.Context(), "SET sluice.disabled_rules = '"+off+"'; SET TimeZone = 'UTC'")
					must(t, err)
					for _, q := range modelQuestions {
						want := ask(t.Context(), conn, strings.ReplaceAll(q, "sales.orders", "seen.t"))
						got := ask(t.Context(), gateway, strings.ReplaceAll(q, "sales.orders", c.relation))
						if want.code != "" && got.code == want.code {
							continue
						}
						if diff := difference(got, want); diff != "" {
							t.Errorf("%s\nwithout [%s]: %s", q, off, diff)
						}
					}
				}
			})
		}
	}
}

// Each case is one policy, a question, and SQL over raw that gives the same answer, or
// the code of the refusal.
var modelUses = []struct{ policy, sql, want string }{
	{"match: {columns: [email]}\nrules: [{noProject: true}]", "SELECT count(*), count(DISTINCT email) FROM sales.orders WHERE email LIKE '%@%'", "SELECT count(*), count(DISTINCT email) FROM raw.orders WHERE email LIKE '%@%'"},
	{"match: {columns: [email]}\nrules: [{noProject: true}]", "SELECT o.id FROM sales.orders o JOIN (VALUES ('x'), ('q')) v(e) ON o.email = v.e ORDER BY 1", "SELECT id FROM raw.orders WHERE email IN ('x', 'q') ORDER BY 1"},
	{"match: {columns: [email]}\nrules: [{noProject: true}]", "SELECT upper(email) FROM sales.orders", "42501"},
	{"match: {columns: [email]}\nrules: [{noProject: true}]", "COPY (SELECT email FROM sales.orders) TO STDOUT", "42501"},
	{"match: {columns: [email]}\nrules: [{noProject: true}]", "SELECT o.* FROM sales.orders o", "42501"},
	{"match: {columns: [email]}\nrules: [{noProject: true}]", "CREATE TEMP TABLE x AS SELECT * FROM sales.orders", "42501"},
	{"match: {columns: [email]}\nrules: [{mask: partial, args: {first: 1}, onPredicate: refuse}]", "SELECT id FROM sales.orders WHERE email = 'x'", "42501"},
	{"match: {columns: [email]}\nrules: [{hideColumn: true}]", "SELECT id FROM sales.orders WHERE email = 'x'", "42703"},
	{"match: {columns: [email]}\nrules: [{hideColumn: true}]", "SELECT count(*) FROM sales.orders NATURAL JOIN sales.orders x", "SELECT count(*) FROM (SELECT id, customer, city, born, at, score, pay, country FROM raw.orders) a NATURAL JOIN (SELECT id, customer, city, born, at, score, pay, country FROM raw.orders) b"},
	{"match: {products: [sales.orders]}\nrules: [{aggregateOnly: {minGroup: 2, dimensions: [country, born]}}]", "SELECT country, count(*), avg(score), sum(pay) FROM sales.orders GROUP BY country ORDER BY 1", "SELECT country, count(*), avg(score), sum(pay) FROM raw.orders GROUP BY country HAVING count(*) >= 2 ORDER BY 1"},
	{"match: {products: [sales.orders]}\nrules: [{aggregateOnly: {minGroup: 2, dimensions: [country, born]}}]", "SELECT n.country, n.c FROM (SELECT country, count(*) AS c FROM sales.orders WHERE born > '1900-01-01' GROUP BY country) n WHERE n.c < 3 ORDER BY 1", "SELECT country, count(*) FROM raw.orders WHERE born > '1900-01-01' GROUP BY country HAVING count(*) = 2 ORDER BY 1"},
	{"match: {products: [sales.orders]}\nrules: [{aggregateOnly: {minGroup: 2, of: city, dimensions: [country]}}, {rowFilter: \"country = principal.attributes.country\"}]", "SELECT country, count(*) FROM sales.orders GROUP BY country ORDER BY 1", "SELECT 'DE', count(*) FROM raw.orders WHERE country = 'DE'"},
	{"match: {products: [sales.orders]}\nrules: [{aggregateOnly: {minGroup: 2, dimensions: [country]}}]", "SELECT id FROM sales.orders", "42501"},
	{"match: {products: [sales.orders]}\nrules: [{aggregateOnly: {minGroup: 2, dimensions: [country]}}]", "TABLE sales.orders", "42501"},
}

// TestPolicyUses asks each with all rules and with none, from two kinds of stores.
func TestPolicyUses(t *testing.T) {
	oracle := testservers.Postgres(t).NewDatabase(t)
	oracle.Exec(t, modelRows)
	conn := connectTo(t, oracle.DSN)
	for _, store := range []string{"postgres", "files"} {
		for _, c := range modelUses {
			m := modelMesh(t, oracle, store)
			m.write("governance/policies/p.policy.yaml", "apiVersion: mesh/v1\nkind: Policy\nid: p\n"+c.policy+"\n")
			gateway := m.serve().connect(t, "ann")
			for _, off := range []string{"", "all"} {
				_, err := gateway.Exec(t.Context(), "SET sluice.disabled_rules = '"+off+"'")
				must(t, err)
				got := ask(t.Context(), gateway, c.sql)
				if len(c.want) == 5 {
					if got.code != c.want {
						t.Errorf("%s from %s: got %s, want %s", c.sql, store, got, c.want)
					}
					continue
				}
				want := ask(t.Context(), conn, c.want)
				got.columns, want.columns = nil, nil
				if diff := difference(got, want); diff != "" {
					t.Errorf("%s from %s without [%s]: %s", c.sql, store, off, diff)
				}
			}
		}
	}
}
