package main

import (
	"fmt"
)

// noProjectAsks are questions to a product whose t and i4 may be compared, joined on and
// counted, not shown.
var noProjectAsks = []useQuestion{
	{"SELECT id, n, country FROM TABLE ORDER BY id", ""},
	{"SELECT count(*), count(t), count(DISTINCT t), sum(i4::bigint), avg(i4), count(DISTINCT i4) FROM TABLE", ""},
	{"SELECT id FROM TABLE WHERE t = 'alpha' OR i4 = 17 ORDER BY 1", ""},
	{"SELECT id FROM TABLE WHERE t LIKE '%a%' AND i4 IS NOT NULL ORDER BY 1", ""},
	{"SELECT a.id, b.id FROM TABLE a JOIN TABLE b ON a.t = b.t AND a.i4 = b.i4 ORDER BY 1, 2", ""},
	{"SELECT count(*) FROM TABLE GROUP BY t ORDER BY 1", ""},
	{"SELECT country, stddev(i2), count(i4) FROM TABLE WHERE i4 < 100 GROUP BY country ORDER BY 1", ""},
	{"SELECT count(*) FROM TABLE WHERE abs(i4) < 100", "42501"}, // abs of the least integer fails
	{"SELECT id FROM TABLE x WHERE EXISTS (SELECT FROM TABLE y WHERE y.i4 = x.i4 AND y.id <> x.id) ORDER BY 1", ""},
	{"SELECT id FROM TABLE WHERE t IN ('alpha', 'é') UNION SELECT id FROM TABLE WHERE i4 < 0 ORDER BY 1", ""},
	{"SELECT * FROM TABLE", "42501"},
	{"SELECT x FROM TABLE x", "42501"},
	{"SELECT row_to_json(x) FROM TABLE x", "42501"},
	{"SELECT t FROM TABLE WHERE id = 1", "42501"},
	{"SELECT t, count(*) FROM TABLE GROUP BY t", "42501"},
	{"SELECT DISTINCT t FROM TABLE", "42501"},
	{"SELECT max(t), min(i4) FROM TABLE", "42501"},
	{"SELECT string_agg(t, ',' ORDER BY id) FROM TABLE", "42501"},
	{"SELECT id FROM TABLE ORDER BY t, id", "42501"},
	{"SELECT id, rank() OVER (ORDER BY i4) FROM TABLE ORDER BY id", "42501"},
	{"SELECT id FROM TABLE WHERE 10 / i4 > 0", "42501"},
	{"SELECT id FROM TABLE WHERE t::integer > 0", "42501"},
	{"SELECT (SELECT t FROM TABLE WHERE id = 1)", "42501"},
	{"SELECT upper(s.x) FROM (SELECT t AS x FROM TABLE) s", "42501"},
	{"SELECT i4 FROM TABLE EXCEPT SELECT 17", "42501"},
}

// onPredicateAsks are questions to a product whose t and i4 are masked and may not be
// compared.
var onPredicateAsks = []useQuestion{
	{"SELECT * FROM TABLE ORDER BY id", ""},
	{"SELECT id, t, i4, upper(t) FROM TABLE ORDER BY id", ""},
	{"SELECT t, count(*), max(i4) FROM TABLE GROUP BY t ORDER BY 1", ""},
	{"SELECT DISTINCT t, country FROM TABLE ORDER BY 2, 1", ""},
	{"SELECT id FROM TABLE ORDER BY t, id", ""},
	{"SELECT count(t), count(*) FROM TABLE WHERE n > 1", ""},
	{"SELECT id, lag(t) OVER (ORDER BY id) FROM TABLE ORDER BY id", ""},
	{"SELECT t FROM TABLE UNION ALL SELECT country FROM TABLE ORDER BY 1", ""},
	{"SELECT id FROM TABLE WHERE t = 'alpha'", "42501"},
	{"SELECT id FROM TABLE WHERE t IS NULL", "42501"},
	{"SELECT id FROM TABLE WHERE length(t) > 2 OR id = 1", "42501"},
	{"SELECT count(*) FROM TABLE GROUP BY country HAVING max(i4) > 1", "42501"},
	{"SELECT a.id FROM TABLE a JOIN TABLE b ON a.t = b.t", "42501"},
	{"SELECT a.id FROM TABLE a JOIN TABLE b USING (i4)", "42501"},
	{"SELECT count(*) FROM TABLE NATURAL JOIN TABLE b", "42501"},
	{"SELECT count(*) FILTER (WHERE i4 > 0) FROM TABLE", "42501"},
	{"SELECT CASE WHEN t = 'alpha' THEN 1 END FROM TABLE", "42501"},
	{"SELECT id FROM TABLE WHERE id IN (SELECT i4 FROM TABLE)", "42501"},
	{"SELECT s.x FROM (SELECT t AS x, id FROM TABLE) s WHERE s.x = 'alpha'", "42501"},
	{"SELECT t FROM TABLE EXCEPT SELECT 'alpha'", "42501"},
	{"SELECT t FROM TABLE INTERSECT SELECT 'alpha'", "42501"},
}

// aggregateAsks are questions to a product that gives aggregates over groups of two rows or
// more; over the view by hand that is a HAVING.
var aggregateAsks = []useQuestion{
	grouped("country, count(*)", "country", "country"),
	grouped("country, b, count(*), sum(i2), avg(n)", "country, b", "country, b"),
	grouped("boss, count(n), sum(f)", "boss", "boss"),
	grouped("country, count(DISTINCT i4), sum(i8)", "country", "country"),
	grouped("coalesce(country, '-'), count(*)", "coalesce(country, '-')", "1"),
	grouped("b, count(*), regr_slope(f, i2)", "b", "b"),
	{"SELECT count(*), sum(n) FROM TABLE WHERE country = 'DE'", "SELECT * FROM (SELECT count(*) AS count, sum(n) AS sum FROM TABLE WHERE country = 'DE') s WHERE count >= 2"},
	{"SELECT country, count(*) FROM TABLE WHERE b OR boss = 'ann' GROUP BY country ORDER BY 1", "SELECT country, count(*) FROM TABLE WHERE b OR boss = 'ann' GROUP BY country HAVING count(*) >= 2 ORDER BY 1"},
	{"SELECT country, count(*) FROM TABLE GROUP BY country HAVING count(*) < 3 ORDER BY 1", "SELECT country, count(*) FROM TABLE GROUP BY country HAVING count(*) >= 2 AND count(*) < 3 ORDER BY 1"},
	{"SELECT max(s.c) FROM (SELECT country, count(*) AS c FROM TABLE GROUP BY country) s", "SELECT max(s.c) FROM (SELECT country, count(*) AS c FROM TABLE GROUP BY country HAVING count(*) >= 2) s"},
	{"SELECT * FROM TABLE", "42501"},
	{"SELECT id FROM TABLE", "42501"},
	{"SELECT country FROM TABLE", "42501"},
	{"SELECT DISTINCT country FROM TABLE", "42501"},
	{"SELECT id, count(*) FROM TABLE GROUP BY id", "42501"},
	{"SELECT country, count(*) FROM TABLE WHERE id = 1 GROUP BY country", "42501"},
	{"SELECT country, max(n) FROM TABLE GROUP BY country", "42501"},
	{"SELECT country, sum(CASE WHEN id = 1 THEN n END) FROM TABLE GROUP BY country", "42501"},
	{"SELECT country, sum(n) FILTER (WHERE id > 1) FROM TABLE GROUP BY country", "42501"},
	{"SELECT country, count(*) FROM TABLE GROUP BY ROLLUP (country)", "42501"},
	{"SELECT a.country, count(*) FROM TABLE a JOIN TABLE b ON a.country = b.country GROUP BY a.country", "42501"},
	{"SELECT count(*) FROM TABLE HAVING max(id) > 1", "42501"},
	{"SELECT country, array_agg(id) FROM TABLE GROUP BY country", "42501"},
	{"SELECT sum(n) OVER () FROM TABLE", "42501"},
	{"SELECT count(*) - (SELECT count(*) FROM TABLE WHERE country = 'DE') FROM TABLE", "42501"},
}

// aggregateOfAsks are the same where groups are counted by the people in them.
var aggregateOfAsks = []useQuestion{
	{"SELECT country, count(*), sum(n) FROM TABLE GROUP BY country ORDER BY 1", "SELECT country, count(*), sum(n) FROM TABLE GROUP BY country HAVING count(DISTINCT boss) >= 2 ORDER BY 1"},
	{"SELECT b, avg(i2) FROM TABLE GROUP BY b ORDER BY 1", "SELECT b, avg(i2) FROM TABLE GROUP BY b HAVING count(DISTINCT boss) >= 2 ORDER BY 1"},
	{"SELECT count(boss), count(DISTINCT boss) FROM TABLE", ""},
	{"SELECT boss, count(*) FROM TABLE GROUP BY boss", "42501"},
	{"SELECT count(*) FROM TABLE WHERE boss = 'ann'", "42501"},
}

// grouped asks for a list by groups; by hand groups of fewer than two rows are left out.
func grouped(list, by, order string) useQuestion {
	return useQuestion{
		fmt.Sprintf("SELECT %s FROM TABLE GROUP BY %s ORDER BY %s", list, by, order),
		fmt.Sprintf("SELECT %s FROM TABLE GROUP BY %s HAVING count(*) >= 2 ORDER BY %s", list, by, order),
	}
}

// derive publishes a derived product of the columns of raw.kinds.
func (m *meshFixture) derive(domain, name, rights, query string) {
	text := fmt.Sprintf("apiVersion: v3.1.0\nkind: DataContract\nid: %s.%s\nname: %s\nversion: 1.0.0\nstatus: active\ndomain: %s\nschema:\n  - name: %s\n", domain, name, name, domain, name)
	text += fmt.Sprintf("    customProperties:\n      - {property: meshView, value: %q}\n      - {property: meshRights, value: %s}\n    properties:\n", query, rights)
	for _, c := range kindColumns {
		text += fmt.Sprintf("      - {name: %s, customProperties: [{property: pgType, value: %q}]}\n", c.name, c.pgType)
	}
	m.write(fmt.Sprintf("domains/%s/products/%s/%s.v1.odcs.yaml", domain, name, name), text)
}
