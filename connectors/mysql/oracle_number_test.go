package mysql

import (
	"fmt"
	"testing"

	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/internal/testservers"
)

// numberOracle has boundaries and NULLs of the other types.
func numberOracle(t *testing.T, server *testservers.MySQLServer) *oracle {
	t.Helper()
	rows := [][]string{
		{"1", "0", "0", "0", "0.00", "0", "0", "1970-01-01", "1970-01-01 00:00:00", "00:00:00", "f", "0", "2000-01-01 00:00:00+00"},
		{"2", "-32768", "-2147483648", "-9223372036854775808", "-9999999999999.99", "-1.5", "-0.1", "0001-01-01", "0001-01-01 00:00:00", "23:59:59.999999", "t", "18446744073709551615", "2024-02-29 12:30:00.25+00"},
		{"3", "32767", "2147483647", "9223372036854775807", "9999999999999.99", "3.5", "1.7976931348623157e+308", "9999-12-31", "9999-12-31 23:59:59.999999", "12:00:00", "t", "1", "2037-12-31 23:59:59+00"},
		{"4", "1", "1", "1", "0.01", "0.1", "0.1", "1995-06-17", "1995-06-17 23:59:59.5", "12:00:00.5", "f", "9223372036854775808", "1999-12-31 23:59:59.999999+00"},
		{"5", "-1", "-1", "-1", "-0.01", "-0.1", "5e-324", "2024-02-29", "2024-02-29 00:00:00", "00:00:00.000001", "t", "100", "2000-01-01 00:00:00+00"},
		{"6", "7", "5", "100", "2.50", "16777217", "0.30000000000000004", "2024-12-30", "2024-12-30 10:20:30", "24:00:00", "f", "5", "2024-02-29 12:30:00+00"},
		{"7", conntest.Null, conntest.Null, conntest.Null, conntest.Null, conntest.Null, conntest.Null, conntest.Null, conntest.Null, conntest.Null, conntest.Null, conntest.Null, conntest.Null},
		{"8", "7", "5", "100", "2.50", "2.5", "2.5", "2025-01-01", "2025-01-01 10:20:30", "10:20:30", "t", "5", "2024-02-29 12:30:00+00"},
	}
	table := conntest.NewTable(t, "numbers", []string{
		"id integer not null", "s smallint", "i integer", "b bigint", "d numeric(15,2)", "f real", "g double precision", "day date", "at timestamp", "clock time", "ok boolean", "u numeric(20,0)", "moment timestamptz",
	}, rows)
	return newOracle(t, server, []*conntest.Table{table}, "ALTER TABLE numbers ADD wide bigint unsigned", "UPDATE numbers SET wide = u", "ALTER TABLE numbers DROP u", "ALTER TABLE numbers RENAME COLUMN wide TO u",
		"ALTER TABLE numbers ADD INDEX (s), ADD INDEX (i), ADD INDEX (b), ADD INDEX (d), ADD INDEX (day), ADD INDEX (at), ADD INDEX (moment), ADD INDEX (u)",
		"UPDATE numbers SET ok = 2 WHERE id = 8")
}

func TestNumberPredicates(t *testing.T) { testservers.MySQLFamily(t, testNumberPredicates) }

func testNumberPredicates(t *testing.T, server *testservers.MySQLServer) {
	t.Parallel()
	o := numberOracle(t, server)
	constants := map[string][]string{
		"s": {"0", "-32768", "40000", "1.5", "9223372036854775807"}, "i": {"0", "5", "-2147483648", "3000000000", "0.5", "5.0"},
		"b": {"0", "100", "-9223372036854775808", "9223372036854775807", "9223372036854775808", "0.1"},
		"d": {"0", "0.01", "2.5", "2.500", "-9999999999999.99", "0.005", "12345678901234567890.5", "100"},
		"f": {"real '0.1'", "real '16777217'", "0.1::float8", "1.5::float8", "real '0'"}, "g": {"0.1::float8", "float8 '5e-324'", "0.30000000000000004::float8", "float8 '1e308'", "real '2.5'"},
		"day":   {"date '1970-01-01'", "date '2024-02-29'", "timestamp '1995-06-17 00:00:00.000001'", "timestamp '1995-06-17 00:00:00'", "date '9999-12-31'"},
		"at":    {"timestamp '1970-01-01'", "timestamp '1995-06-17 23:59:59.5'", "date '2024-02-29'", "timestamp '9999-12-31 23:59:59.999999'"},
		"clock": {"time '12:00'", "time '24:00'", "time '00:00:00.000001'"}, "ok": {"true", "false"},
		"u":      {"0", "18446744073709551615", "9223372036854775808", "-1", "5.5"},
		"moment": {"timestamptz '2000-01-01 00:00:00+00'", "timestamptz '2024-02-29 13:30:00+01'", "timestamptz '1900-01-01 00:00:00+00'", "timestamptz '2500-01-01 00:00:00+00'"},
	}
	for c, list := range constants {
		for _, k := range list {
			for _, op := range []string{"=", "<>", "<", "<=", ">", ">="} {
				o.mustSame(t, fmt.Sprintf("SELECT id FROM numbers WHERE %s %s %s ORDER BY id", c, op, k))
				o.mustSame(t, fmt.Sprintf("SELECT id FROM numbers WHERE NOT (%s %s %s) ORDER BY id", k, op, c))
			}
			o.mustSame(t, fmt.Sprintf("SELECT id FROM numbers WHERE %s IN (%s, NULL) ORDER BY id", c, k))
			o.mustSame(t, fmt.Sprintf("SELECT id FROM numbers WHERE %s NOT IN (%s) ORDER BY id", c, k))
			o.mustSame(t, fmt.Sprintf("SELECT id FROM numbers WHERE %s IS NOT DISTINCT FROM %s ORDER BY id", c, k))
			o.mustSame(t, fmt.Sprintf("SELECT id, %s BETWEEN %s AND %[2]s, nullif(%[1]s, %[2]s) IS NULL FROM numbers ORDER BY id", c, k))
		}
		for _, order := range []string{"%s", "%s DESC", "%s NULLS FIRST", "%s DESC NULLS LAST"} {
			o.mustSame(t, "SELECT id, "+c+" FROM numbers ORDER BY "+fmt.Sprintf(order, c)+", id DESC")
			o.mustSame(t, "SELECT id FROM numbers ORDER BY "+fmt.Sprintf(order, c)+", id LIMIT 4 OFFSET 1")
		}
		if c != "f" && c != "g" {
			o.mustSame(t, fmt.Sprintf("SELECT %s, count(*) FROM numbers GROUP BY 1 ORDER BY 1", c))
			o.mustSame(t, fmt.Sprintf("SELECT DISTINCT %s FROM numbers ORDER BY 1", c))
			o.mustSame(t, fmt.Sprintf("SELECT count(DISTINCT %s), count(%[1]s) FILTER (WHERE id < 5) FROM numbers", c))
		}
		if c != "ok" && c != "f" && c != "g" {
			o.mustSame(t, fmt.Sprintf("SELECT min(%s), max(%[1]s) FROM numbers", c))
		}
		if c == "day" {
			for _, op := range []string{"=", "<", ">=", "<>"} {
				o.mustSame(t, "SELECT a.id, b.id FROM numbers a JOIN numbers b ON a.day "+op+" b.at ORDER BY a.id, b.id")
			}
		}
		o.mustSame(t, fmt.Sprintf("SELECT a.id, b.id FROM numbers a JOIN numbers b ON a.%s = b.%[1]s ORDER BY a.id, b.id", c))
	}
}

func TestNumberExpressions(t *testing.T) { testservers.MySQLFamily(t, testNumberExpressions) }

func testNumberExpressions(t *testing.T, server *testservers.MySQLServer) {
	t.Parallel()
	o := numberOracle(t, server)
	for _, e := range []string{
		"d + 1", "d - 0.005", "d * d", "d * (1 - 0.05)", "1 - d", "d * 0", "u + 1", "u - 20", "u * u", "b::numeric", "i::numeric * 1.50", "b::numeric * 10000000000",
		"i / 2", "b / 3", "i % 3", "mod(b, 7)", "s / 2::smallint", "ok::int4", "i::bool", "s::int8", "i::text", "b::varchar",
		"extract(year FROM day)", "extract(month FROM day)", "extract(day FROM day)", "extract(quarter FROM day)", "extract(doy FROM day)", "extract(dow FROM day)", "extract(isodow FROM day)",
		"extract(week FROM day)", "date_part('year', day)", "extract(year FROM at)", "extract(hour FROM at)", "extract(minute FROM at)", "extract(week FROM at)",
		"day - date '2000-01-01'", "date '2000-01-01' - day", "at::date", "day::timestamp",
		"CASE WHEN ok THEN d ELSE -1.00 END", "CASE WHEN ok THEN i END", "coalesce(d, 0.00)", "coalesce(i, -1)", "coalesce(day, date '2000-01-01')", "nullif(d, 2.5)", "NOT ok", "ok IS NOT FALSE", "ok AND i > 0 OR s IS NULL",
		"ok = (i > 0)", "(i > 0) IS UNKNOWN", "(i IS NULL) = ok", "(ok OR s > 0) = (i < 5)", "NOT (NOT ok)", "(i = 5) = (s = 7)", "i = 5 IS TRUE", "ok < (i > 0)",
		"exists (SELECT 1 FROM numbers n WHERE n.i = numbers.i AND n.id <> numbers.id)", "i IN (SELECT s FROM numbers)", "i NOT IN (SELECT s FROM numbers WHERE s > 0)",
		"(SELECT sum(n.d) FROM numbers n WHERE n.id <= numbers.id)", "(SELECT n.b FROM numbers n WHERE n.id = numbers.s)",
		"f::float8", "g", "-i", "i + 1", "d / 3", "greatest(i, s)", "g * 2", "i::smallint", "CASE WHEN ok THEN d ELSE 0 END", "coalesce(d, 0)", "d::numeric(10,1)", "round(d)",
	} {
		pushed := o.same(t, "SELECT id, "+e+" FROM numbers ORDER BY id")
		t.Logf("pushed %v: %s", pushed, e)
	}
}

func TestAggregates(t *testing.T) { testservers.MySQLFamily(t, testAggregates) }

func testAggregates(t *testing.T, server *testservers.MySQLServer) {
	t.Parallel()
	o := numberOracle(t, server)
	for _, query := range []string{
		"SELECT sum(s), sum(i), sum(b), sum(d), sum(u), count(*), count(d) FROM numbers",
		"SELECT sum(s), sum(d), count(*), min(day), bool_and(ok) FROM numbers WHERE id > 100",
		"SELECT ok, sum(d * (1 - 0.5)), sum(d) FILTER (WHERE i > 0), count(*) FILTER (WHERE i > 0) FROM numbers GROUP BY ok ORDER BY ok",
		"SELECT ok, sum(DISTINCT i) FROM numbers GROUP BY ok HAVING count(*) > 1 ORDER BY 2 DESC",
		"SELECT extract(year FROM day), count(*) FROM numbers GROUP BY 1 ORDER BY 1 NULLS FIRST",
		"SELECT bool_or(ok), bool_and(ok), every(ok) FROM numbers",
		"SELECT n, count(*) FROM (SELECT i, count(*) AS n FROM numbers GROUP BY i) x GROUP BY n ORDER BY n",
		"SELECT max(n) FROM (SELECT sum(d) AS n FROM numbers GROUP BY i) x",
		"SELECT * FROM (SELECT id, d FROM numbers ORDER BY d LIMIT 3) x WHERE d < 0 ORDER BY id",
		"SELECT a.id, x.n FROM numbers a LEFT JOIN (SELECT i, count(*) AS n FROM numbers WHERE ok GROUP BY i) x ON x.i = a.i ORDER BY a.id",
		"SELECT a.id, b.id FROM numbers a LEFT JOIN (SELECT * FROM numbers WHERE ok) b ON a.i = b.i AND b.d > 0 ORDER BY 1, 2",
		"SELECT a.id, b.id FROM numbers a RIGHT JOIN numbers b ON a.i = b.s ORDER BY 2, 1",
		"SELECT a.id, b.id, c.id FROM numbers a LEFT JOIN (numbers b JOIN numbers c ON b.i = c.i) ON a.s = b.s ORDER BY 1, 2, 3",
		"SELECT id FROM numbers a WHERE NOT EXISTS (SELECT 1 FROM numbers b JOIN numbers c ON b.id = c.id WHERE c.i = a.i AND b.d > a.d) ORDER BY id",
		"SELECT count(*) FROM numbers a, numbers b WHERE a.d < b.d",
		"SELECT d FROM numbers WHERE d = (SELECT max(d) FROM numbers)",
		"SELECT id FROM numbers OFFSET 3",
		"SELECT count(*) FROM (SELECT 1 FROM numbers LIMIT 3) x",
		"SELECT count(*) FROM (SELECT DISTINCT i, ok FROM numbers) x",
		"SELECT id FROM numbers WHERE id IN (SELECT id FROM numbers ORDER BY id LIMIT 4) ORDER BY id",
	} {
		o.mustSame(t, query)
	}
	for _, query := range []string{
		"SELECT avg(d) FROM numbers", "SELECT sum(f) FROM numbers", "SELECT ok, 1 FROM numbers GROUP BY ok, 2", "SELECT g, count(*) FROM numbers GROUP BY g ORDER BY 1",
		"SELECT sum(n) FROM (SELECT sum(d) AS n FROM numbers GROUP BY i) x", "SELECT id FROM numbers WHERE i = ANY (ARRAY[1, 5])",
	} {
		t.Logf("pushed %v: %s", o.same(t, query), query)
	}
}
