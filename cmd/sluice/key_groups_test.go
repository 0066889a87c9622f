package main

import (
	"strings"
	"testing"
)

// TestKeysLeadToGroups: a large table of PostgreSQL whose keys lead to rows of MariaDB is added up by
// groups of these rows, and the answer is what one PostgreSQL says, whatever the keys are like.
func TestKeysLeadToGroups(t *testing.T) {
	t.Parallel()
	m, pg, my, oracle := newTwoStores(t)
	oracle.Exec(t, "CREATE SCHEMA pg", "CREATE SCHEMA my")
	few := "SELECT KEY AS id, nullif(i % 5, 0) AS a, CASE WHEN i % 7 > 0 THEN concat('v', i % 7) END AS b, i * 13 % 100 AS c FROM "
	many := "SELECT i AS id, CASE WHEN i % 19 > 0 THEN KEY END AS key, CASE WHEN i % 23 > 0 THEN i % 290 END AS other, i % 3 AS g, round(i / 7.0, 2) AS x FROM generate_series(1, 6000) AS i"
	// Keys of both tables as expressions of i: those that have no partner, negative ones, gaps, the ends of types.
	for _, k := range []struct{ name, few, many, of, fewOf string }{
		{"plain", "i", "1 + i * 7 % 330", "integer", "integer"},
		{"small", "i - 150", "i % 400 - 180", "smallint", "smallint"},
		{"gaps", "i * 9 - 1300", "i % 2700 - 1300", "integer", "bigint"},
		{"low", "-2147483648 + i", "-2147483648 + i % 310", "integer", "integer"},
		{"high", "9223372036854775507 + i", "9223372036854775500 + i % 307", "bigint", "bigint"},
		{"beyond", "2147483500 + 1.0 * i", "2147483400 + i % 247", "integer", "bigint"},
		{"far", "i * 100000", "i % 310 * 100000", "integer", "integer"},
	} {
		columns := map[string]string{"many_": "(id integer, key " + k.of + ", other integer, g integer, x numeric(12,2))", "few_": "(id " + k.fewOf + ", a integer, b varchar(10), c integer)"}
		rows := map[string]string{"many_": strings.ReplaceAll(many, "KEY", k.many), "few_": strings.ReplaceAll(few, "KEY", k.few)}
		pg.Exec(t, "CREATE TABLE many_"+k.name+columns["many_"], "INSERT INTO many_"+k.name+" "+rows["many_"], "ANALYZE many_"+k.name)
		my.Exec(t, "CREATE TABLE few_"+k.name+columns["few_"], "INSERT INTO few_"+k.name+" "+rows["few_"]+"(SELECT CAST(seq AS signed) AS i FROM seq_1_to_300) AS s",
			"ANALYZE TABLE few_"+k.name+" PERSISTENT FOR ALL")
		oracle.Exec(t, "CREATE TABLE pg.many_"+k.name+columns["many_"], "INSERT INTO pg.many_"+k.name+" "+rows["many_"],
			"CREATE TABLE my.few_"+k.name+columns["few_"], "INSERT INTO my.few_"+k.name+" "+rows["few_"]+"generate_series(1, 300) AS i")
		m.product("pg", "many_"+k.name, "", fixtureColumn{"id", "integer", ""}, fixtureColumn{"key", k.of, ""}, fixtureColumn{"other", "integer", ""},
			fixtureColumn{"g", "integer", ""}, fixtureColumn{"x", "numeric(12,2)", ""})
		m.product("my", "few_"+k.name, "", fixtureColumn{"id", k.fewOf, ""}, fixtureColumn{"a", "integer", ""}, fixtureColumn{"b", "varchar(10)", ""}, fixtureColumn{"c", "integer", ""})
		m.grant("pg", "many_"+k.name, "readers", "")
		m.grant("my", "few_"+k.name, "readers", "")
	}
	want, conn := connectTo(t, oracle.DSN), m.serve().connect(t, "reader")
	both := "FROM pg.many_plain m JOIN my.few_plain f ON m.key = f.id"
	for _, test := range []struct{ of, sql, told string }{
		{"plain", "SELECT f.a, count(*), sum(m.x), max(m.id) " + both + " GROUP BY f.a ORDER BY 1", "key in 5 groups of 300 keys"},
		{"plain", "SELECT f.a, f.b, m.g, count(m.key), avg(m.x) " + both + " GROUP BY f.a, f.b, m.g ORDER BY 1, 2, 3", "key in 35 groups of 300 keys"},
		{"plain", "SELECT f.b, count(*), count(DISTINCT m.g), max(f.a) " + both + " WHERE f.a > 2 GROUP BY f.b ORDER BY 1", "key in 14 groups of 120 keys"},
		{"plain", "SELECT m.g, sum(m.x) " + both + " WHERE f.b = 'v3' GROUP BY m.g ORDER BY 1", "key in 1 groups of 43 keys"},
		{"plain", "SELECT sum(m.x), count(*) " + both + " WHERE f.c < 50", "key in 1 groups of 150 keys"},
		{"plain", "SELECT f.a, h.b, sum(m.x) " + both + " JOIN my.few_small h ON h.id = m.other GROUP BY f.a, h.b ORDER BY 1, 2", "key in 5 groups of 300 keys, other in 7 groups of 300 keys"},
		{"plain", "SELECT f.a, sum(m.x) " + both + " AND m.g = f.a GROUP BY f.a ORDER BY 1", "key in 5 groups of 300 keys"},
		{"plain", "SELECT f.c, f.b, sum(m.x) " + both + " GROUP BY f.c, f.b ORDER BY 1, 2", ""},                               // too many groups
		{"plain", "SELECT f.a, sum(m.x) FROM pg.many_plain m JOIN my.few_plain f ON m.key = f.c GROUP BY f.a ORDER BY 1", ""}, // no key
		{"plain", "SELECT f.a, sum(m.x) FROM my.few_plain f LEFT JOIN pg.many_plain m ON m.key = f.id GROUP BY f.a ORDER BY 1", ""},
		{"small", "SELECT f.a, count(*), sum(m.x) " + both + " GROUP BY f.a ORDER BY 1", "key in 5 groups of 300 keys"},
		{"gaps", "SELECT f.a, count(*), sum(m.x) " + both + " GROUP BY f.a ORDER BY 1", "key in 5 groups of 300 keys"},
		{"low", "SELECT f.a, count(*), sum(m.x) " + both + " GROUP BY f.a ORDER BY 1", "key in 5 groups of 300 keys"},
		{"high", "SELECT f.a, count(*), sum(m.x) " + both + " WHERE f.b = 'v2' GROUP BY f.a ORDER BY 1", "key in 5 groups of 43 keys"},
		{"beyond", "SELECT f.a, count(*), sum(m.x) " + both + " GROUP BY f.a ORDER BY 1", "key in 5 groups of 300 keys"},
		{"far", "SELECT f.a, count(*), sum(m.x) " + both + " GROUP BY f.a ORDER BY 1", ""},
	} {
		sql := strings.NewReplacer("many_plain", "many_"+test.of, "few_plain", "few_"+test.of).Replace(test.sql)
		expected := ask(t.Context(), want, sql)
		for _, off := range []string{"all", "MapKeysToGroups", ""} {
			must(t, set(t.Context(), conn, off))
			if d := difference(ask(t.Context(), conn, sql), expected); d != "" {
				t.Errorf("%s without [%s]: %s", sql, off, d)
			}
		}
		explained := ask(t.Context(), conn, "EXPLAIN (ANALYZE) "+sql).String()
		if told := strings.Contains(explained, " groups of "); told != (test.told != "") || !strings.Contains(explained, test.told) {
			t.Errorf("%s: not %q\n%s", sql, test.told, explained)
		}
	}
}
