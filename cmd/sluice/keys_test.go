package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// keyTypes are the types of columns whose values are sent as keys, as PostgreSQL and MySQL
// have them, with values that are easily taken for each other, or for text of SQL.
var keyTypes = []struct {
	name, family, postgres, mysql, values string
}{
	{"word", "text", "varchar(40)", "varchar(40)", `a|A|a |ä|Ä|ae||'|"|\|a\|{a,b}|NULL|null|%|a'b"c\d`},
	{"padded", "text", "char(8)", "char(8)", `a|A|a b|ä|ß|'`},
	{"day", "day", "date", "date", "2024-02-29|1999-12-31|0001-01-01|9999-12-31|1970-01-01"},
	{"amount", "amount", "numeric(12,3)", "decimal(12,3)", "0|1.5|1.50|-0.001|999999999.999|-7"},
	{"small", "whole", "smallint", "smallint", "0|-1|32767|-32768"},
	{"whole", "whole", "integer", "int", "0|-1|32767|32768|2147483647|-2147483648"},
	{"big", "whole", "bigint", "bigint", "0|-1|32767|32768|2147483647|2147483648|-9223372036854775808"},
}

// newTwoStores is a mesh of a PostgreSQL, domain pg, and a MariaDB, domain my, and an empty
// database for what one PostgreSQL says.
func newTwoStores(t *testing.T) (m *meshFixture, pg *testservers.PostgresServer, my *testservers.MySQLServer, oracle *testservers.PostgresServer) {
	t.Helper()
	pg, my, oracle = testservers.Postgres(t).NewDatabase(t), testservers.MariaDB(t).NewDatabase(t), testservers.Postgres(t).NewDatabase(t)
	m = newMesh(t)
	m.user("reader", "", "readers")
	m.domain("pg", m.serverSource("postgres", pg.Host, pg.Port, pg.Database, pg.User, pg.Password))
	m.domain("my", m.serverSource(my.Kind(), my.Host, my.Port, my.Database, my.User, my.Password))
	return m, pg, my, oracle
}

// TestKeysOfEveryType joins a small table of one store to a large one of another by columns of
// every type of key, and integers of different sizes with each other, and expects what one
// PostgreSQL says, whether keys were sent or not.
func TestKeysOfEveryType(t *testing.T) {
	t.Parallel()
	m, pg, my, oracle := newTwoStores(t)
	columns := []fixtureColumn{{"id", "integer", "required: true, primaryKey: true, primaryKeyPosition: 1"}}
	pgTypes, myTypes := []string{"id integer PRIMARY KEY"}, []string{"id int PRIMARY KEY"}
	for _, k := range keyTypes {
		columns = append(columns, fixtureColumn{k.name, k.postgres, ""})
		pgTypes, myTypes = append(pgTypes, k.name+" "+k.postgres), append(myTypes, k.name+" "+k.mysql)
	}
	for _, table := range []struct {
		name string
		rows int
	}{{"few", 40}, {"many", 1500}} {
		rows := keyRows(table.rows)
		create := "CREATE TABLE " + table.name + " (" + strings.Join(pgTypes, ", ") + ")"
		pg.Exec(t, create, rows.into(table.name, false), "ANALYZE "+table.name)
		oracle.Exec(t, "CREATE SCHEMA IF NOT EXISTS pg", "CREATE SCHEMA IF NOT EXISTS my")
		for _, schema := range []string{"pg", "my"} {
			oracle.Exec(t, strings.Replace(create, table.name, schema+"."+table.name, 1), rows.into(schema+"."+table.name, false))
		}
		my.Exec(t, "CREATE TABLE "+table.name+" ("+strings.Join(myTypes, ", ")+") CHARACTER SET utf8mb4", rows.into(table.name, true), "ANALYZE TABLE "+table.name)
		for _, domain := range []string{"pg", "my"} {
			m.product(domain, table.name, "", columns...)
			m.grant(domain, table.name, "readers", "")
		}
	}
	want, conn := connectTo(t, oracle.DSN), m.serve().connect(t, "reader")
	same := func(sql string) {
		t.Helper()
		expected := ask(t.Context(), want, sql)
		for _, off := range []string{"all", ""} {
			must(t, set(t.Context(), conn, off))
			if d := difference(ask(t.Context(), conn, sql), expected); d != "" {
				t.Errorf("%s without [%s]: %s", sql, off, d)
			}
		}
	}
	reduced := 0
	for _, k := range keyTypes {
		for _, other := range keyTypes {
			if k.name != other.name && (k.family != "whole" || other.family != "whole") {
				continue
			}
			for _, stores := range [][2]string{{"pg", "my"}, {"my", "pg"}} {
				sql := fmt.Sprintf("SELECT count(*), sum(m.id), sum(f.id) FROM %s.few f JOIN %s.many m ON m.%s = f.%s WHERE f.id < 12", stores[0], stores[1], other.name, k.name)
				same(sql)
				if strings.Contains(ask(t.Context(), conn, "EXPLAIN (ANALYZE) "+sql).String(), "(reduced: "+other.name) {
					reduced++
				} else {
					t.Logf("not reduced: %s", sql)
				}
			}
		}
	}
	if reduced < 2*len(keyTypes) {
		t.Errorf("only %d joins were reduced", reduced)
	}
}

// TestKeysOfTwoColumns: a large table is asked for the pairs that a small one of another store has,
// not for each value of one with each of the other, unless they may be of two rows.
func TestKeysOfTwoColumns(t *testing.T) {
	t.Parallel()
	m, pg, my, oracle := newTwoStores(t)
	oracle.Exec(t, "CREATE SCHEMA pg", "CREATE SCHEMA my")
	create := "CREATE TABLE %s (id integer PRIMARY KEY, a integer, b varchar(40))"
	rows := "SELECT i, nullif(i * 7 %% 31, 5), CASE WHEN i %% 13 > 0 THEN 'v' || i %% 60 END FROM generate_series(1, %d) AS i"
	for table, n := range map[string]int{"few": 30, "many": 3000} {
		for _, schema := range []string{"pg", "my"} {
			oracle.Exec(t, fmt.Sprintf(create, schema+"."+table), "INSERT INTO "+schema+"."+table+" "+fmt.Sprintf(rows, n))
			m.product(schema, table, "", fixtureColumn{"id", "integer", "required: true, primaryKey: true"}, fixtureColumn{"a", "integer", ""}, fixtureColumn{"b", "varchar(40)", ""})
			m.grant(schema, table, "readers", "")
		}
		pg.Exec(t, fmt.Sprintf(create, table), "INSERT INTO "+table+" "+fmt.Sprintf(rows, n), "ANALYZE "+table)
		text := strings.NewReplacer("generate_series(1, ", "(SELECT seq AS i FROM seq_1_to_", ") AS i", ") AS s", "'v' || i % 60", "concat('v', i % 60)").Replace(fmt.Sprintf(rows, n))
		my.Exec(t, fmt.Sprintf(create, table)+" CHARACTER SET utf8mb4", "INSERT INTO "+table+" "+text, "ANALYZE TABLE "+table)
	}
	want, conn := connectTo(t, oracle.DSN), m.serve().connect(t, "reader")
	for _, test := range []struct{ sql, told string }{
		{"SELECT m.id, f.id FROM my.few f JOIN pg.many m ON m.a = f.a AND m.b = f.b WHERE f.id < 20 ORDER BY 1, 2", "(reduced: (a, b) in 17 keys)"},
		{"SELECT f.id, sum(m.id) FROM my.few f JOIN pg.many m ON m.a = f.a AND m.b = f.b WHERE f.id < 20 GROUP BY f.id ORDER BY 1", "(reduced: (a, b) in 17 keys)"},
		{"SELECT f.id FROM my.few f WHERE f.id < 20 AND EXISTS (SELECT FROM pg.many m WHERE m.a = f.a AND m.b = f.b AND m.id > 50) ORDER BY 1", "(reduced: (a, b) in 17 keys)"},
		{"SELECT m.id FROM my.few f, my.few g, pg.many m WHERE m.a = f.a AND m.b = g.b AND f.id < 20 AND g.id < 20 ORDER BY 1", "(reduced: a in "},
		{"SELECT m.id FROM my.few f, pg.few g, pg.many m WHERE m.a = f.a AND m.b = g.b AND f.id < 20 AND g.id < 20 ORDER BY 1", "(reduced: a in "},
		{"SELECT m.id FROM pg.few f JOIN my.many m ON m.a = f.a AND m.b = f.b WHERE f.id < 20 ORDER BY 1", "(reduced: a in "},
	} {
		expected := ask(t.Context(), want, test.sql)
		for _, off := range []string{"all", ""} {
			must(t, set(t.Context(), conn, off))
			if d := difference(ask(t.Context(), conn, test.sql), expected); d != "" {
				t.Errorf("%s without [%s]: %s", test.sql, off, d)
			}
		}
		if explained := ask(t.Context(), conn, "EXPLAIN (ANALYZE) "+test.sql).String(); !strings.Contains(explained, test.told) {
			t.Errorf("%s: not %s\n%s", test.sql, test.told, explained)
		}
	}
}

// keyRows is that many rows of values of every type; NULL now and then.
type keyRows int

// into writes the rows as a statement; for MySQL, backslashes are escapes.
func (n keyRows) into(table string, mysql bool) string {
	var rows []string
	for i := range int(n) {
		row := []string{fmt.Sprint(i)}
		for k, of := range keyTypes {
			values := strings.Split(of.values, "|")
			at := (i*7 + i/len(values) + k) % (2*len(values) + 1)
			var text string
			switch {
			case at < len(values) && (i%5 == 0 || n < 100):
				text = values[at]
			case of.family == "text":
				text = fmt.Sprintf("x%d", i)
			case of.name == "day":
				text = fmt.Sprintf("%d-%02d-%02d", 2000+i%20, 1+i%12, 1+i%28)
			default:
				text = fmt.Sprint(i + 10)
			}
			text = "'" + strings.ReplaceAll(text, "'", "''") + "'"
			if mysql {
				text = strings.ReplaceAll(text, `\`, `\\`)
			}
			if i%17 == 3 {
				text = "NULL"
			}
			row = append(row, text)
		}
		rows = append(rows, "("+strings.Join(row, ", ")+")")
	}
	return "INSERT INTO " + table + " VALUES " + strings.Join(rows, ", ")
}
