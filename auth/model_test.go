package auth_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/meshdir"
	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/planner"
)

// modelMesh is the mesh of testdata/model with more files; a name ending in .policy.yaml
// or .grant.yaml gets its header.
func modelMesh(t testing.TB, files map[string]string) (*catalog.Mesh, meshdir.Diagnostics) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/model")); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		switch {
		case strings.HasSuffix(name, ".policy.yaml"):
			text = "apiVersion: mesh/v1\nkind: Policy\nid: " + policyID(name) + "\n" + unwrapped(text)
		case strings.HasSuffix(name, ".grant.yaml"):
			text = "apiVersion: mesh/v1\nkind: Grant\nid: " + policyID(name) + "\n" + text
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return meshdir.Load(dir, meshdir.Options{Now: moment})
}

// unwrapped takes the braces off "{match: {…}, rules: […]}".
func unwrapped(text string) string {
	if !strings.HasPrefix(text, "{") {
		return text
	}
	text = strings.TrimSuffix(strings.TrimPrefix(text, "{"), "}")
	for _, key := range []string{"except:", "bypass:", "rules:", "domainsMay:"} {
		text = strings.Replace(text, ", "+key, "\n"+key, 1)
	}
	return text
}

func policyID(name string) string {
	id, _, _ := strings.Cut(filepath.Base(name), ".")
	return id
}

func mustModel(t testing.TB, files map[string]string) *catalog.Mesh {
	t.Helper()
	m, ds := modelMesh(t, files)
	if m == nil || ds.Failed() {
		t.Fatal(ds)
	}
	for _, p := range auth.CheckConditions(m, planner.Predicates{Environment: environment(m)}) {
		if !p.Warning {
			t.Fatal(p)
		}
	}
	return m
}

// Each case is one policy, who asks, and what of raw.orders they should see, as a view
// written by hand.
var modelCases = []struct{ name, file, policy, user, view string }{
	{"lookup in another domain by the author's grant", "domains/sales/policies/p.policy.yaml",
		`{match: {products: [orders]}, rules: [{rowFilter: "customer IN (SELECT id FROM crm.vips WHERE owner = principal.user)"}]}`, "ann",
		`SELECT * FROM raw.orders WHERE customer IN (SELECT id FROM raw.vips WHERE owner = 'ann' AND level > 0)`},
	{"the same for somebody else", "domains/sales/policies/p.policy.yaml",
		`{match: {products: [orders]}, rules: [{rowFilter: "customer IN (SELECT id FROM crm.vips WHERE owner = principal.user)"}]}`, "bob",
		`SELECT * FROM raw.orders WHERE customer IN (SELECT id FROM raw.vips WHERE owner = 'bob' AND level > 0)`},
	{"negated lookup: NULL is not true", "domains/sales/policies/p.policy.yaml",
		`{match: {products: [orders]}, rules: [{rowFilter: "customer NOT IN (SELECT id FROM crm.vips WHERE owner = principal.user)"}]}`, "ann",
		`SELECT * FROM raw.orders WHERE customer NOT IN (SELECT id FROM raw.vips WHERE owner = 'ann' AND level > 0)`},
	{"correlated lookup in the own domain, without its name", "domains/sales/policies/p.policy.yaml",
		`{match: {products: [orders]}, rules: [{rowFilter: "EXISTS (SELECT 1 FROM regions r WHERE r.country = orders.country AND r.manager = principal.user)"}]}`, "ann",
		`SELECT o.* FROM raw.orders o WHERE EXISTS (SELECT 1 FROM raw.regions r WHERE r.country = o.country AND r.manager = 'ann')`},
	{"governance looks up everything as it is stored", "governance/policies/p.policy.yaml",
		`{match: {products: [sales.orders]}, rules: [{rowFilter: "customer IN (SELECT id FROM crm.vips)"}]}`, "ann",
		`SELECT * FROM raw.orders WHERE customer IN (SELECT id FROM raw.vips)`},
	{"lookup by WITH, twice", "domains/sales/policies/p.policy.yaml",
		`{match: {products: [orders]}, rules: [{rowFilter: "country IN (WITH r AS (SELECT country FROM regions WHERE manager = principal.user) SELECT country FROM r) OR customer = (SELECT min(id) FROM crm.vips)"}]}`, "bob",
		`SELECT * FROM raw.orders WHERE country = 'FR' OR customer = (SELECT min(id) FROM raw.vips WHERE level > 0)`},
	{"lookup in a grant's scope", "domains/sales/grants/readers.grant.yaml",
		"to: {groups: [readers]}\nproduct: orders\nrowFilter: country IN (SELECT country FROM regions WHERE manager = principal.user)\n", "ann",
		`SELECT * FROM raw.orders WHERE country = 'DE'`},
	{"generalise a date to its month", "governance/policies/p.policy.yaml",
		`{match: {tags: [pii.birth]}, rules: [{mask: generalise, args: {to: month}}]}`, "ann",
		`SELECT id, customer, email, city, CASE WHEN born BETWEEN '0001-01-01' AND '9999-12-31' THEN make_date(extract(year FROM born)::int, extract(month FROM born)::int, 1) END AS born, at, seen, score, pay, weight, country FROM raw.orders`},
	{"generalise moments to quarters and days, in UTC", "governance/policies/p.policy.yaml",
		`{match: {columns: [at, seen]}, rules: [{mask: generalise, args: {to: quarter}}]}`, "ann",
		`SELECT id, customer, email, city, born,
		   CASE WHEN at BETWEEN '0001-01-01 00:00+00' AND '9999-12-31 00:00+00' THEN date_trunc('quarter', at, 'UTC') END AS at,
		   CASE WHEN seen BETWEEN '0001-01-01' AND '9999-12-31' THEN date_trunc('quarter', seen) END AS seen, score, pay, weight, country FROM raw.orders`},
	{"generalise an integer to buckets", "governance/policies/p.policy.yaml",
		`{match: {columns: [score]}, rules: [{mask: generalise, args: {bucket: 10}}]}`, "ann",
		`SELECT id, customer, email, city, born, at, seen, score / 10 * 10 AS score, pay, weight, country FROM raw.orders`},
	{"generalise a numeric to buckets", "governance/policies/p.policy.yaml",
		`{match: {columns: [pay]}, rules: [{mask: generalise, args: {bucket: 1000}}]}`, "ann",
		`SELECT id, customer, email, city, born, at, seen, score, (trunc(pay / 1000) * 1000)::numeric(12,2) AS pay, weight, country FROM raw.orders`},
	{"generalise a float to buckets", "governance/policies/p.policy.yaml",
		`{match: {columns: [weight]}, rules: [{mask: generalise, args: {bucket: 10}}]}`, "ann",
		`SELECT id, customer, email, city, born, at, seen, score, pay,
		   CASE WHEN weight > -10 AND weight < 10 THEN 0 WHEN abs(weight) < 1e15 THEN trunc(weight / 10) * 10 END::float8 AS weight, country FROM raw.orders`},
	{"generalise places to regions", "governance/policies/p.policy.yaml",
		`{match: {columns: [city]}, rules: [{mask: generalise, args: {map: {Berlin: Germany, Oslo: North}, else: elsewhere}}]}`, "ann",
		`SELECT id, customer, email, coalesce(CASE city WHEN 'Berlin' THEN 'Germany' WHEN 'Oslo' THEN 'North' END, CASE WHEN city IS NOT NULL THEN 'elsewhere' END)::varchar(20) AS city,
		   born, at, seen, score, pay, weight, country FROM raw.orders`},
	{"places without a region are NULL", "governance/policies/p.policy.yaml",
		`{match: {columns: [city]}, rules: [{mask: generalise, args: {map: {Berlin: Germany}}}]}`, "ann",
		`SELECT id, customer, email, CASE WHEN city = 'Berlin' THEN 'Germany' END::varchar(20) AS city, born, at, seen, score, pay, weight, country FROM raw.orders`},
	{"mask by SQL over the row", "governance/policies/p.policy.yaml",
		`{match: {columns: [email]}, rules: [{mask: sql, args: {expression: "CASE WHEN country = principal.attributes.country THEN email ELSE upper(city) END"}}]}`, "ann",
		`SELECT id, customer, CASE WHEN country = 'DE' THEN email ELSE upper(city) END AS email, city, born, at, seen, score, pay, weight, country FROM raw.orders`},
	{"mask by SQL with a lookup, which may fail", "domains/sales/policies/p.policy.yaml",
		`{match: {columns: [score, email]}, rules: [{mask: sql, when: {tags: [pii]}, args: {mayFail: true, expression: "(SELECT max(manager) FROM regions r WHERE r.country = orders.country)"}}, {mask: sql, args: {expression: "length(email)"}}]}`, "ann",
		`SELECT id, customer, (SELECT max(manager) FROM raw.regions r WHERE r.country = o.country) AS email, city, born, at, seen, length(email) AS score, pay, weight, country FROM raw.orders o`},
	{"the stronger of two masks", "governance/policies/p.policy.yaml",
		`{match: {columns: [email, score]}, rules: [{mask: partial, when: {tags: [pii]}, args: {first: 1}}, {mask: generalise, args: {bucket: 100}}]}`, "ann",
		`SELECT id, customer, CASE WHEN length(email) > 1 THEN left(email, 1) || '***' WHEN email IS NOT NULL THEN '***' END AS email, city, born, at, seen, score / 100 * 100 AS score, pay, weight, country FROM raw.orders`},
	{"a bypass", "governance/policies/p.policy.yaml",
		`{match: {tags: [pii]}, bypass: {groups: [owners], reason: they collect it}, rules: [{mask: "null"}]}`, "otto",
		`SELECT * FROM raw.orders`},
	{"nobody else bypasses", "governance/policies/p.policy.yaml",
		`{match: {tags: [pii]}, bypass: {groups: [owners], reason: they collect it}, rules: [{mask: "null"}]}`, "ann",
		`SELECT id, customer, NULL::text AS email, city, NULL::date AS born, at, seen, score, pay, weight, country FROM raw.orders`},
}

// What is asked in each case.
var modelQuestions = []string{
	"SELECT * FROM sales.orders",
	"SELECT count(*), count(email), min(email), max(born), sum(score), min(pay), max(at), max(city), count(weight) FROM sales.orders",
	"SELECT id, born FROM sales.orders WHERE born < '2000-01-02' OR email = 'a@b.example'",
	"SELECT id, email FROM sales.orders WHERE score > 9 AND weight IS NOT NULL",
	"SELECT id FROM sales.orders WHERE city = 'Berlin' OR city = 'Germany'",
	"SELECT a.id, b.id FROM sales.orders a JOIN sales.orders b ON a.email = b.email AND a.id < b.id",
	"SELECT country, count(*), max(pay) FROM sales.orders GROUP BY country",
	"SELECT id, 100 / (score - 17) FROM sales.orders WHERE country = 'DE'",
	"SELECT id, 1 / (id - 3) FROM sales.orders",
	"WITH x AS (SELECT id, email FROM sales.orders WHERE id < 4) SELECT a.id, b.email FROM x a LEFT JOIN x b ON a.id = b.id + 1",
	"SELECT id, (SELECT max(i.email) FROM sales.orders i WHERE i.customer = o.customer) FROM sales.orders o ORDER BY id LIMIT 3",
	"SELECT DISTINCT seen, at FROM sales.orders",
}

func TestPolicyModelLikeViews(t *testing.T) {
	t.Parallel()
	conn := modelOracle(t)
	for _, c := range modelCases {
		t.Run(c.name, func(t *testing.T) {
			m := mustModel(t, map[string]string{c.file: c.policy})
			if _, err := conn.Exec(t.Context(), "DROP VIEW IF EXISTS seen.orders; CREATE VIEW seen.orders WITH (security_barrier) AS "+c.view); err != nil {
				t.Fatal(err)
			}
			who := principal(t, m, c.user)
			for _, question := range modelQuestions {
				want := answer(t, conn.PgConn(), strings.ReplaceAll(question, "sales.orders", "seen.orders"))
				s, err := secure(t, m, who, question)
				if err != nil {
					t.Errorf("%s: %v", question, err)
					continue
				}
				text, err := sqlwriter.Postgres(s.Query().Root, sqlwriter.Options{}.ForQuery(s.Query()))
				if err != nil {
					t.Errorf("%s: %v", question, err)
					continue
				}
				if got := answer(t, conn.PgConn(), "SET search_path = raw; "+text); got != want {
					t.Errorf("%s\n--- got\n%s--- want\n%s--- by\n%s", question, got, want, text)
				}
			}
		})
	}
}

// modelOracle is a PostgreSQL with the rows of testdata/model.sql.
func modelOracle(t testing.TB) *pgx.Conn {
	t.Helper()
	script, err := os.ReadFile("testdata/model.sql")
	if err != nil {
		t.Fatal(err)
	}
	db := testservers.Postgres(t).NewDatabase(t)
	db.Exec(t, string(script))
	conn, err := pgx.Connect(t.Context(), db.DSN)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	if _, err := conn.Exec(t.Context(), "SET TimeZone = 'UTC'"); err != nil {
		t.Fatal(err)
	}
	return conn
}
