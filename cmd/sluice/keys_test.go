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

// TestKeysOfEveryType joins a small table of one store to a large one of another by columns of
// every type of key, and integers of different sizes with each other, and expects what one
// PostgreSQL says, whether keys were sent or not.
func TestKeysOfEveryType(t *testing.T) {
	t.Parallel()
	pg, my, oracle := testservers.Postgres(t).NewDatabase(t), testservers.MariaDB(t).NewDatabase(t), testservers.Postgres(t).NewDatabase(t)
	m := newMesh(t)
	m.user("reader", "", "readers")
	m.domain("pg", m.serverSource("postgres", pg.Host, pg.Port, pg.Database, pg.User, pg.Password))
	m.domain("my", m.serverSource(my.Kind(), my.Host, my.Port, my.Database, my.User, my.Password))
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
	reduced := 0
	for _, k := range keyTypes {
		for _, other := range keyTypes {
			if k.name != other.name && (k.family != "whole" || other.family != "whole") {
				continue
			}
			for _, stores := range [][2]string{{"pg", "my"}, {"my", "pg"}} {
				sql := fmt.Sprintf("SELECT count(*), sum(m.id), sum(f.id) FROM %s.few f JOIN %s.many m ON m.%s = f.%s WHERE f.id < 12", stores[0], stores[1], other.name, k.name)
				expected := ask(t.Context(), want, sql)
				for _, off := range []string{"", "all"} {
					must(t, set(t.Context(), conn, off))
					if d := difference(ask(t.Context(), conn, sql), expected); d != "" {
						t.Errorf("%s without [%s]: %s", sql, off, d)
					}
				}
				must(t, set(t.Context(), conn, ""))
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
