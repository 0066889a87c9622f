package auth_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/auth"
	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/planner"
)

// viewFiles publish mart.people, which is derived from sales.orders and crm.vips.
func viewFiles(rights, query string, more map[string]string) map[string]string {
	files := map[string]string{
		"domains/mart/domain.yaml": "apiVersion: mesh/v1\nkind: Domain\nname: mart\n",
		"domains/mart/products/people.odcs.yaml": fmt.Sprintf(`apiVersion: v3.1.0
kind: DataContract
id: people
name: people
version: 1.0.0
status: active
domain: mart
schema:
  - name: people
    customProperties:
      - {property: meshView, value: %q}
      - {property: meshRights, value: %s}
    properties:
      - {name: id, physicalType: bigint, classification: internal}
      - {name: email, physicalType: text, classification: internal}
      - {name: size, physicalType: bigint, classification: internal}
`, query, rights),
		"domains/mart/grants/people.grant.yaml":    "to: {groups: [readers]}\nproduct: people\n",
		"domains/sales/grants/mart.grant.yaml":     "to: {domains: [mart]}\nproduct: orders\n",
		"domains/crm/grants/mart-vips.grant.yaml":  "to: {domains: [mart]}\nproduct: vips\n",
		"domains/sales/grants/regions.grant.yaml":  "to: {groups: [owners]}\nproduct: regions\n",
		"governance/policies/pii.policy.yaml":      "match: {tags: [pii]}\nexcept: {groups: [owners], domains: [mart]}\nrules: [{mask: partial, when: {tags: [pii.email]}, args: {first: 1}}, {mask: \"null\"}]\n",
		"domains/sales/policies/own.policy.yaml":   "match: {products: [orders]}\nexcept: {groups: [owners], domains: [mart]}\nrules: [{rowFilter: \"country = principal.attributes.country\"}]\n",
		"domains/sales/policies/score.policy.yaml": "match: {columns: [score]}\nexcept: {domains: [mart]}\nrules: [{mask: generalise, args: {bucket: 10}}]\n",
	}
	maps.Copy(files, more)
	return files
}

const handOn = "SELECT o.id, o.email, v.level::bigint AS size FROM sales.orders o LEFT JOIN crm.vips v ON v.id = o.customer"

func releases(policies string) map[string]string {
	return map[string]string{"domains/sales/domain.yaml": "apiVersion: mesh/v1\nkind: Domain\nname: sales\nrelease: [{product: orders, policies: [" + policies + "], to: [mart.people], reason: agreed}]\n"}
}

// Each case is a derived product, who reads it, and what it should be to them over raw.
var viewCases = []struct {
	name, rights, query string
	more                map[string]string
	user, view          string
}{
	{"policies of the inputs carry over", "definer", handOn, nil, "ann",
		"SELECT o.id, CASE WHEN length(email) > 1 THEN left(email, 1) || '***' WHEN email IS NOT NULL THEN '***' END AS email, v.level::bigint AS size FROM raw.orders o LEFT JOIN raw.vips v ON v.id = o.customer WHERE o.country = 'DE'"},
	{"not to whom they do not bind", "definer", handOn, nil, "otto",
		"SELECT o.id, o.email, v.level::bigint AS size FROM raw.orders o LEFT JOIN raw.vips v ON v.id = o.customer"},
	{"no attribute, no rows", "definer", handOn, nil, "bob", "SELECT 1::bigint AS id, ''::text AS email, 1::bigint AS size WHERE false"},
	{"released from its own policy", "definer", handOn, releases("own"), "bob",
		"SELECT o.id, CASE WHEN length(email) > 1 THEN left(email, 1) || '***' WHEN email IS NOT NULL THEN '***' END AS email, v.level::bigint AS size FROM raw.orders o LEFT JOIN raw.vips v ON v.id = o.customer"},
	{"what is computed from a masked column is NULL", "definer",
		"SELECT o.id, upper(o.email) AS email, count(*) OVER () AS size FROM sales.orders o", releases("own"), "ann",
		"SELECT id, NULL::text AS email, count(*) OVER () AS size FROM raw.orders"},
	{"an aggregate of a masked column is NULL, a count of rows is not", "definer",
		"SELECT customer AS id, max(o.city)::text AS email, sum(o.score) AS size FROM sales.orders o GROUP BY 1", releases("own"), "ann",
		"SELECT customer AS id, max(city)::text AS email, NULL::bigint AS size FROM raw.orders GROUP BY 1"},
	{"released from the mask of a column", "definer",
		"SELECT customer AS id, max(o.city)::text AS email, sum(o.score) AS size FROM sales.orders o GROUP BY 1", releases("own, score"), "ann",
		"SELECT customer AS id, max(city)::text AS email, sum(score) AS size FROM raw.orders GROUP BY 1"},
	{"over a union each side's mask counts", "definer",
		"SELECT id, email, 1::bigint AS size FROM sales.orders UNION ALL SELECT id, owner, level FROM crm.vips", releases("own"), "ann",
		"SELECT id, CASE WHEN length(email) > 1 THEN left(email, 1) || '***' WHEN email IS NOT NULL THEN '***' END AS email, size FROM (SELECT id, email, 1::bigint AS size FROM raw.orders UNION ALL SELECT id, owner, level FROM raw.vips) x"},
	{"a CTE hands on", "definer", "WITH x AS (SELECT id, email AS e FROM sales.orders) SELECT id, e AS email, id AS size FROM x", nil, "ann",
		"SELECT id, CASE WHEN length(email) > 1 THEN left(email, 1) || '***' WHEN email IS NOT NULL THEN '***' END AS email, id AS size FROM raw.orders WHERE country = 'DE'"},
	{"a policy of its own on top", "definer", handOn, map[string]string{"domains/mart/policies/m.policy.yaml": "match: {products: [people]}\nrules: [{rowFilter: id < 3}]\n"}, "otto",
		"SELECT o.id, o.email, v.level::bigint AS size FROM raw.orders o LEFT JOIN raw.vips v ON v.id = o.customer WHERE o.id < 3"},
	{"invoker: the reader's own grants and masks", "invoker", "SELECT id, email, score::bigint AS size FROM sales.orders", nil, "ann",
		"SELECT id, CASE WHEN length(email) > 1 THEN left(email, 1) || '***' WHEN email IS NOT NULL THEN '***' END AS email, (score / 10 * 10)::bigint AS size FROM raw.orders WHERE country = 'DE'"},
	{"over another view", "definer", "SELECT id, email, size FROM mart.base", baseView(), "ann",
		"SELECT id, CASE WHEN length(email) > 1 THEN left(email, 1) || '***' WHEN email IS NOT NULL THEN '***' END AS email, score::bigint AS size FROM raw.orders WHERE country = 'DE' AND id > 1"},
}

func baseView() map[string]string {
	base := strings.NewReplacer("people", "base").Replace(viewFiles("definer", "SELECT id, email, (score / 1)::bigint AS size FROM sales.orders WHERE id > 1", nil)["domains/mart/products/people.odcs.yaml"])
	files := map[string]string{"domains/mart/products/base.odcs.yaml": base}
	files["domains/sales/domain.yaml"] = "apiVersion: mesh/v1\nkind: Domain\nname: sales\nrelease: [{product: orders, columns: [score], to: [mart.base], reason: agreed}]\n"
	return files
}

var viewQuestions = []string{
	"SELECT * FROM mart.people",
	"SELECT count(*), count(email), max(email), sum(size) FROM mart.people",
	"SELECT count(*) FROM mart.people WHERE email = 'x' OR email = 'x***'",
	"SELECT id FROM mart.people WHERE size > 0 AND id < 6",
	"SELECT a.id FROM mart.people a JOIN mart.people b ON a.id = b.id AND a.email = b.email",
	"SELECT email, count(*) FROM mart.people GROUP BY email HAVING count(*) > 0",
	"SELECT p.id, o.email FROM mart.people p JOIN sales.orders o ON o.id = p.id",
}

func TestDerivedProducts(t *testing.T) {
	t.Parallel()
	conn := modelOracle(t)
	for _, c := range viewCases {
		t.Run(c.name, func(t *testing.T) {
			m := mustModel(t, viewFiles(c.rights, c.query, c.more))
			if _, err := conn.Exec(t.Context(), "DROP VIEW IF EXISTS seen.people; CREATE VIEW seen.people WITH (security_barrier) AS "+c.view); err != nil {
				t.Fatal(err)
			}
			who := principal(t, m, c.user)
			for _, question := range viewQuestions {
				if strings.Contains(question, "sales.orders") {
					question = strings.Replace(question, "o.email", "o.id", 1)
				}
				s, err := secure(t, m, who, question)
				if err != nil {
					t.Errorf("%s: %s", question, describe(err))
					continue
				}
				text, err := sqlwriter.Postgres(s.Query().Root, sqlwriter.Options{}.ForQuery(s.Query()))
				if err != nil {
					t.Errorf("%s: %v", question, err)
					continue
				}
				orders := "(SELECT * FROM raw.orders WHERE country = 'DE')"
				switch c.user {
				case "otto":
					orders = "raw.orders"
				case "bob":
					orders = "(SELECT * FROM raw.orders WHERE false)"
				}
				want := answer(t, conn.PgConn(), strings.NewReplacer("mart.people", "seen.people", "sales.orders", orders).Replace(question))
				if got := answer(t, conn.PgConn(), "SET search_path = raw; "+text); got != want {
					t.Errorf("%s\n--- got\n%s--- want\n%s--- by\n%s", question, got, want, text)
				}
			}
		})
	}
}

func TestViewsThatCannotBeServed(t *testing.T) {
	t.Parallel()
	position := "domains/mart/products/people.odcs.yaml:"
	for _, c := range []struct{ rights, query, want string }{
		{"definer", "SELECT id, email FROM sales.orders", position + "16:9 the view of mart.people gives no column size"},
		{"definer", "SELECT id, email, score AS size FROM sales.orders", position + "16:9 the view of mart.people gives size as integer, the contract says bigint"},
		{"definer", "SELECT id, email, id AS size FROM sales.regions", position + `11:37 the view of mart.people: relation "sales.regions" does not exist`},
		{"definer", "SELECT id, email, size FROM people", position + "9:5 infinite recursion: what governs mart.people reads mart.people"},
		{"definer", "SELECT 1; SELECT 2", position + "11:37 the view of mart.people: a view is one SELECT"},
		{"definer", "DROP TABLE x", position + "11:37 the view of mart.people: a view is one SELECT"},
		{"definer", "SELECT $1::bigint AS id, '' AS email, 1::bigint AS size", position + "11:37 the view of mart.people: there is no parameter $1"},
	} {
		m, ds := modelMesh(t, viewFiles(c.rights, c.query, nil))
		if m == nil || ds.Failed() {
			t.Fatal(ds)
		}
		got := ""
		for _, p := range auth.CheckConditions(m, planner.Predicates{Environment: environment(m)}) {
			got += p.Position + " " + p.Message + "\n"
		}
		if got != c.want+"\n" {
			t.Errorf("%s:\n got %s\nwant %s", c.query, got, c.want)
		}
		if s, err := secure(t, m, principal(t, m, "otto"), "SELECT id, size FROM mart.people"); err == nil || s.Query().Root != nil {
			t.Errorf("%s is served", c.query)
		} else if e := describe(err); !strings.HasPrefix(e, "42501 permission denied for table people\ndetail: The rule mart.people cannot be applied.") {
			t.Errorf("%s: %s", c.query, e)
		}
	}
}

// TestViewsThatCouldTellByFailing refuses a view to those who see masked what it may fail over.
func TestViewsThatCouldTellByFailing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query   string
		warning string
		served  bool
	}{
		{"SELECT id, email, (100 / score)::bigint AS size FROM sales.orders", "column score of sales.orders", false},
		{"SELECT id, email, 1::bigint AS size FROM sales.orders WHERE email::date > '2020-01-01'", "column email of sales.orders", false},
		{"SELECT id, email, count(*) AS size FROM sales.orders GROUP BY 1, 2 HAVING sum(score) / 2 > 1", "column score of sales.orders", false},
		{"SELECT id, email, (100 / id)::bigint AS size FROM sales.orders", "", true},
		{"SELECT id, email, score::bigint AS size FROM sales.orders WHERE score > 3", "", true},
		{"SELECT id, email, sum(score) AS size FROM sales.orders GROUP BY 1, 2", "", true},
	} {
		m := mustModel(t, viewFiles("definer", c.query, nil))
		found := fmt.Sprint(auth.CheckConditions(m, planner.Predicates{Environment: environment(m)}))
		if c.warning == "" && found != "[]" || !strings.Contains(found, c.warning) {
			t.Errorf("%s: found %s", c.query, found)
		}
		if _, err := secure(t, m, principal(t, m, "otto"), "SELECT id FROM mart.people"); (err == nil) != (c.served || strings.Contains(c.query, "email::date")) {
			t.Errorf("%s for otto: %v", c.query, err)
		}
		if _, err := secure(t, m, principal(t, m, "ann"), "SELECT id FROM mart.people"); (err == nil) != c.served {
			t.Errorf("%s for ann: %v", c.query, err)
		}
	}
}

func TestInvokerNeedsGrants(t *testing.T) {
	t.Parallel()
	m := mustModel(t, viewFiles("invoker", "SELECT 1::bigint AS id, manager AS email, 1::bigint AS size FROM sales.regions", nil))
	if _, err := secure(t, m, principal(t, m, "otto"), "SELECT id FROM mart.people"); err != nil {
		t.Errorf("otto: %v", err)
	}
	if _, err := secure(t, m, principal(t, m, "ann"), "SELECT id FROM mart.people"); err == nil {
		t.Error("ann reads what she has no grant for")
	}
}

func TestPoliciesThatReadInCircles(t *testing.T) {
	t.Parallel()
	for _, files := range []map[string]string{
		{"domains/sales/policies/p.policy.yaml": "match: {products: [orders]}\nrules: [{rowFilter: \"id IN (SELECT max(id) FROM sales.orders)\"}]\n"},
		{
			"domains/sales/policies/p.policy.yaml": "match: {products: [orders]}\nrules: [{rowFilter: \"customer IN (SELECT id FROM crm.vips)\"}]\n",
			"domains/crm/policies/q.policy.yaml":   "match: {products: [vips]}\nrules: [{rowFilter: \"id IN (SELECT customer FROM sales.orders)\"}]\n",
			"domains/sales/grants/crm.grant.yaml":  "to: {domains: [crm]}\nproduct: orders\n",
		},
	} {
		m, ds := modelMesh(t, files)
		if m == nil || ds.Failed() {
			t.Fatal(ds)
		}
		found := fmt.Sprint(auth.CheckConditions(m, planner.Predicates{Environment: environment(m)}))
		if !strings.Contains(found, "infinite recursion: what governs sales.orders reads") {
			t.Errorf("found %s", found)
		}
		_, err := secure(t, m, principal(t, m, "ann"), "SELECT id FROM sales.orders")
		if err == nil || describe(err) != "42501 permission denied for table orders\ndetail: The rule p cannot be applied.\nhint: Its author finds out why with sluice check.\n" {
			t.Errorf("got %v", err)
		}
	}
}
