package auth_test

import (
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/connectors/sqlwriter"
)

// useCases ask one question under one policy. want is the refusal, or SQL over raw that
// gives the same answer.
var useCases = []struct{ policy, sql, want string }{
	// noProject
	{withheld, "SELECT count(*) FROM sales.orders WHERE email = 'x'", "SELECT count(*) FROM raw.orders WHERE email = 'x'"},
	{withheld, "SELECT a.id FROM sales.orders a JOIN sales.orders b ON a.email = b.email", "SELECT id FROM raw.orders WHERE email IS NOT NULL"},
	{withheld, "SELECT count(DISTINCT email), count(email) FROM sales.orders", "SELECT count(DISTINCT email), count(email) FROM raw.orders"},
	{withheld, "SELECT count(*) FROM sales.orders GROUP BY email", "SELECT count(*) FROM raw.orders GROUP BY email"},
	{withheld, "SELECT id FROM sales.orders WHERE email IN (SELECT email FROM sales.orders WHERE id > 3)", "SELECT id FROM raw.orders WHERE id > 3 AND email IS NOT NULL"},
	{withheld, "SELECT id FROM sales.orders o WHERE EXISTS (SELECT email FROM sales.orders i WHERE i.email = o.email AND i.id <> o.id)", "SELECT id FROM raw.orders WHERE false"},
	{withheld, "SELECT id, email FROM sales.orders", noShow},
	{withheld, "SELECT * FROM sales.orders", noShow},
	{withheld, "SELECT left(email, 1) FROM sales.orders", noShow},
	{withheld, "SELECT CASE WHEN email = 'x' THEN 1 END FROM sales.orders", noShow},
	{withheld, "SELECT max(email) FROM sales.orders", noShow},
	{withheld, "SELECT string_agg(email, ',') FROM sales.orders", noShow},
	{withheld, "SELECT id FROM sales.orders ORDER BY email", noShow},
	{withheld, "SELECT DISTINCT ON (email) id FROM sales.orders", noShow},
	{withheld, "SELECT id, rank() OVER (ORDER BY email) FROM sales.orders", noShow},
	{withheld, "SELECT email FROM (SELECT email FROM sales.orders) x GROUP BY 1", noShow},
	{withheld, "WITH x AS (SELECT email AS e FROM sales.orders) SELECT e FROM x", noShow},
	{withheld, "SELECT (SELECT email FROM sales.orders i WHERE i.id = o.id) FROM sales.orders o", noShow},
	{withheld, "SELECT ARRAY(SELECT email FROM sales.orders)", noShow},
	{withheld, "SELECT 'x' UNION SELECT email FROM sales.orders", noShow},
	{withheld, "SELECT u FROM sales.orders, LATERAL unnest(string_to_array(email, '@')) u", noShow},
	{withheld, "WITH RECURSIVE r(n, e) AS (SELECT 1, 'a' UNION ALL SELECT n + 1, email FROM r, sales.orders WHERE n < 2) SELECT e FROM r", noShow},
	{withheld, "SELECT v FROM sales.orders, LATERAL (VALUES (email)) x(v)", noShow},
	{withheld, "SELECT id FROM sales.orders WHERE email::int = 1", noShow},
	{withheld, "SELECT id FROM sales.orders WHERE 1 / (length(email) - 1) > 0", noShow},
	{withheld, "SELECT count(1 / length(email)) FROM sales.orders", noShow},
	{withheld, "SELECT id FROM sales.orders WHERE id = (SELECT max(i.id) FROM sales.orders i WHERE i.email::date < '2020-01-01')", noShow},

	// onPredicate
	{unasked, "SELECT email FROM sales.orders", "SELECT CASE WHEN length(email) > 3 THEN left(email, 3) || '***' WHEN email IS NOT NULL THEN '***' END FROM raw.orders"},
	{unasked, "SELECT email FROM sales.orders WHERE email = 'x'", noPredicate},
	{unasked, "SELECT e FROM (SELECT upper(email) AS e FROM sales.orders) x WHERE e = 'x'", noPredicate},
	{unasked, "SELECT a.id FROM sales.orders a JOIN sales.orders b USING (email)", noPredicate},
	{unasked, "SELECT id FROM sales.orders WHERE id IN (SELECT id FROM sales.orders WHERE email > 'a')", noPredicate},
	{unasked, "SELECT country FROM sales.orders GROUP BY country HAVING max(email) > 'a'", noPredicate},
	{unasked, "SELECT count(*) FILTER (WHERE email > 'a') FROM sales.orders", noPredicate},
	{unasked, "SELECT CASE WHEN email > 'a' THEN 1 END FROM sales.orders", noPredicate},
	{unasked, "SELECT email FROM sales.orders INTERSECT SELECT 'x'", noPredicate},

	// hideColumn: binding does not show it (see the gateway's test); a plan that was bound for another is refused
	{hidden, "SELECT email FROM sales.orders", "42703 column \"email\" does not exist\n"},
	{hidden, "SELECT count(*) FROM sales.orders WHERE email = 'x'", "42703 column \"email\" does not exist\n"},
	{hidden, "SELECT id FROM sales.orders", "SELECT id FROM raw.orders"},

	// aggregateOnly
	{large, "SELECT country, count(*), sum(score::int8), avg(pay) FROM sales.orders GROUP BY country", noRows("an aggregate's argument is more than a column")},
	{large, "SELECT country, count(*), avg(pay), count(DISTINCT city) FROM sales.orders GROUP BY country",
		"SELECT country, count(*), avg(pay), count(DISTINCT city) FROM raw.orders GROUP BY country HAVING count(*) >= 2"},
	{large, "SELECT count(*), avg(score) FROM sales.orders", "SELECT count(*), avg(score) FROM raw.orders"},
	{large, "SELECT count(*) FROM sales.orders WHERE country = 'FR' AND born < '2000-01-01'", "SELECT 1::bigint WHERE false"},
	{large, "SELECT count(*) FROM sales.orders WHERE country = 'DE'", "SELECT count(*) FROM raw.orders WHERE country = 'DE'"},
	{large, "SELECT upper(c), n + 1 FROM (SELECT country AS c, count(*) AS n FROM sales.orders WHERE country IS NOT NULL GROUP BY country HAVING avg(pay) > 0) x ORDER BY 1",
		"SELECT upper(country), count(*) + 1 FROM raw.orders WHERE country IS NOT NULL GROUP BY country HAVING avg(pay) > 0 AND count(*) >= 2"},
	{large, "SELECT extract(year FROM born), count(*) FROM sales.orders GROUP BY 1", "SELECT extract(year FROM born), count(*) FROM raw.orders GROUP BY 1 HAVING count(*) >= 2"},
	{large, "WITH x AS (SELECT country, count(*) AS n FROM sales.orders GROUP BY country) SELECT a.n FROM x a, x b", "WITH x AS (SELECT count(*) AS n FROM raw.orders GROUP BY country HAVING count(*) > 1) SELECT a.n FROM x a, x b"},
	{large, "SELECT * FROM sales.orders", noRows("here its rows are read otherwise")},
	{large, "SELECT country FROM sales.orders", noRows("here its rows are read otherwise")},
	{large, "SELECT count(*) FROM sales.orders GROUP BY id", noRows("what is grouped by is no dimension")},
	{large, "SELECT count(*) FROM sales.orders WHERE id = 1", noRows("a condition compares what is no dimension")},
	{large, "SELECT count(*) FROM sales.orders WHERE country = 'DE' OR id = 1", noRows("a condition compares what is no dimension")},
	{large, "SELECT count(*) FROM (SELECT id + 1 AS x FROM sales.orders) o WHERE x = 1", noRows("a condition compares what is no dimension")},
	{large, "SELECT sum(CASE WHEN id = 1 THEN score END) FROM sales.orders", noRows("an aggregate's argument is more than a column")},
	{large, "SELECT max(pay) FROM sales.orders", noRows("an aggregate would show values")},
	{large, "SELECT array_agg(pay) FROM sales.orders", noRows("an aggregate would show values")},
	{large, "SELECT count(*) FILTER (WHERE country = 'DE') FROM sales.orders", noRows("an aggregate has a FILTER or an order of its own")},
	{large, "SELECT country, count(*) FROM sales.orders GROUP BY ROLLUP (country)", noRows("grouping sets would tell the groups that are too small")},
	{large, "SELECT count(*) FROM sales.orders UNION ALL SELECT count(*) FROM sales.orders WHERE country = 'DE'", noRows("a statement reads such a table once")},
	{large, "SELECT count(*) FROM sales.orders o JOIN (VALUES (1)) v(id) ON v.id = o.id", noRows("here its rows are read otherwise")},
	{large, "SELECT x, (SELECT count(*) FROM sales.orders WHERE country = x) FROM (VALUES ('DE')) v(x)", noRows("a condition compares what is no dimension")},
	{large, "SELECT count(*) FROM (SELECT DISTINCT country FROM sales.orders) o", noRows("here its rows are read otherwise")},
	{large, "SELECT count(*) FROM (SELECT * FROM sales.orders LIMIT 1) o", noRows("here its rows are read otherwise")},
	{large, "SELECT sum(pay) OVER () FROM sales.orders", noRows("here its rows are read otherwise")},
	{large, "SELECT EXISTS (SELECT FROM sales.orders WHERE country = 'DE')", noRows("here its rows are read otherwise")},
	{people, "SELECT country, count(*) FROM sales.orders GROUP BY country", "SELECT country, count(*) FROM raw.orders GROUP BY country HAVING count(DISTINCT customer) >= 3"},
	{people, "SELECT c, count(*) FROM (SELECT country AS c, id FROM sales.orders) o GROUP BY c", "SELECT country, count(*) FROM raw.orders GROUP BY country HAVING count(DISTINCT customer) >= 3"},
}

const (
	withheld = "match: {columns: [email]}\nrules: [{noProject: true}]"
	unasked  = "match: {columns: [email]}\nrules: [{mask: partial, onPredicate: refuse, args: {first: 3}}]"
	hidden   = "match: {columns: [email]}\nrules: [{hideColumn: true}]"
	large    = "match: {products: [sales.orders]}\nrules: [{aggregateOnly: {minGroup: 2, dimensions: [country, born]}}]"
	people   = "match: {products: [sales.orders]}\nrules: [{aggregateOnly: {minGroup: 3, of: customer, dimensions: [country]}}]"

	noShow      = "42501 permission denied for column email of table orders\ndetail: The policy p "
	noPredicate = "42501 permission denied for column email of table orders\ndetail: The column is masked"
)

func noRows(why string) string {
	return "42501 permission denied for table orders\ndetail: It may only be read through aggregates over groups of at least 2; " + why + ".\n"
}

func TestUses(t *testing.T) {
	t.Parallel()
	conn := modelOracle(t)
	for _, c := range useCases {
		m := mustModel(t, map[string]string{"governance/policies/p.policy.yaml": c.policy})
		s, err := secure(t, m, principal(t, m, "ann"), c.sql)
		if strings.HasPrefix(c.want, "42") {
			if err == nil || !strings.HasPrefix(describe(err), c.want) {
				t.Errorf("%s: got %v, want %s", c.sql, err, c.want)
			}
			if s.Query().Root != nil || s.Decision().Allowed {
				t.Errorf("%s: refused, and has a plan", c.sql)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %s", c.sql, describe(err))
			continue
		}
		text, err := sqlwriter.Postgres(s.Query().Root, sqlwriter.Options{}.ForQuery(s.Query()))
		if err != nil {
			t.Errorf("%s: %v", c.sql, err)
			continue
		}
		got, want := answer(t, conn.PgConn(), "SET search_path = raw; "+text), answer(t, conn.PgConn(), c.want)
		if got != want {
			t.Errorf("%s\n--- got\n%s--- want\n%s--- by\n%s", c.sql, got, want, text)
		}
	}
}
