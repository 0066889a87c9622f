package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/seed"
	"github.com/sluicemesh/sluice/internal/testservers"
)

// topTables are tables with few values, many NULLs and many ties, each in both stores.
var topTables = []struct {
	name string
	rows int
}{{"few", 30}, {"several", 400}, {"many", 3000}}

// topQueries is how many are asked.
const topQueries = 120

const topColumns = "id integer PRIMARY KEY, k integer, g integer, word varchar(9), amount numeric(9,2), day date"

// topRows makes rows of a table: k leads to the ids of others, or nowhere. Those that come first
// by g or word lead nowhere more often than statistics tell.
func topRows(random *rand.Rand, rows int) []string {
	all := make([]string, rows)
	maybe := func(text string) string {
		if random.IntN(6) == 0 {
			return "NULL"
		}
		return text
	}
	words := []string{"''", "'A'", "'B'", "'a'", "'ab'", "'ä'"}
	for i := range all {
		g, word, k := random.IntN(7)-3, random.IntN(6), random.IntN(rows+rows/2)
		if g < 0 || word == 0 {
			k += rows * random.IntN(9)
		}
		all[i] = fmt.Sprintf("(%d, %s, %s, %s, %s, %s)", i, maybe(fmt.Sprint(k)), maybe(fmt.Sprint(g)), maybe(words[word]),
			maybe(fmt.Sprintf("%d.%d0", random.IntN(5), random.IntN(3))), maybe(fmt.Sprintf("'2024-01-%02d'", 1+random.IntN(28))))
	}
	return all
}

// topQuery makes a limited order over joins of both stores: inner, outer, semi- and anti-joins,
// windows, ties, and orders that go on with columns of the other side.
type topQuery struct{ *rand.Rand }

func (q topQuery) of(all ...string) string { return all[q.IntN(len(all))] }

func (q topQuery) table() string {
	return q.of("pg.", "my.") + topTables[q.IntN(len(topTables))].name
}

func (q topQuery) key() string { return q.of("id", "k", "k", "g") }

func (q topQuery) sql() string {
	from, partners := q.of(q.table(), "pg.many", "my.many")+" a", []string{"a"}
	on := func(name string) string { return name + "." + q.of("id", "k") + " = a." + q.key() }
	for _, name := range []string{"b", "c"}[:q.IntN(3)] {
		from += q.of(" JOIN ", " JOIN ", " LEFT JOIN ") + q.table() + " " + name + " ON " + on(name)
		partners = append(partners, name)
	}
	where := []string{"true"}
	for _, name := range []string{"d", "e"}[:q.IntN(3)] {
		inner := on(name)
		if q.IntN(2) == 0 {
			inner += " AND " + name + "." + q.condition()
		}
		where = append(where, q.of("", "NOT ")+"EXISTS (SELECT 1 FROM "+q.table()+" "+name+" WHERE "+inner+")")
	}
	if q.IntN(4) == 0 {
		where = append(where, "a."+q.key()+" IN (SELECT k FROM "+q.table()+")")
	}
	if q.IntN(3) == 0 {
		where = append(where, q.of(partners...)+"."+q.condition())
	}
	columns, keys := []string{}, []string{}
	for _, p := range partners {
		columns = append(columns, p+".id", p+".g", p+".word")
		keys = append(keys, p+".id")
	}
	order := q.of("a.g", "a.word", "a.amount", "a.day", "a.k", "a.id") + q.of("", " DESC", " NULLS FIRST", " DESC NULLS LAST")
	lead, _, _ := strings.Cut(order, " ")
	if q.IntN(3) == 0 {
		order += ", a." + q.of("g", "word", "day") + q.of("", " DESC")
	}
	if q.IntN(4) == 0 {
		order += ", " + q.of(partners...) + ".amount" + q.of("", " DESC")
	}
	for range q.IntN(3) {
		partition := q.of(lead, lead, lead+", "+q.of(partners...)+".word", "a.word, "+lead, "a.g", q.of(partners...)+".k")
		call := q.of("row_number()", "rank()", "count(*)", "sum(a.id)", "lag(a.id, 2)", "first_value(a.word)", "max("+q.of(partners...)+".day)")
		columns = append(columns, call+" OVER (PARTITION BY "+partition+" ORDER BY "+strings.Join(keys, ", ")+")")
	}
	limit := fmt.Sprintf(" LIMIT %d OFFSET %d", q.IntN(12), q.IntN(2)*q.IntN(9))
	if q.IntN(6) == 0 {
		return "SELECT " + lead + " FROM " + from + " WHERE " + strings.Join(where, " AND ") + " ORDER BY " + lead + fmt.Sprintf(" FETCH FIRST %d ROWS WITH TIES", q.IntN(9))
	}
	return "SELECT " + strings.Join(columns, ", ") + " FROM " + from + " WHERE " + strings.Join(where, " AND ") + " ORDER BY " + order + ", " + strings.Join(keys, ", ") + limit
}

func (q topQuery) condition() string {
	return q.of("g > 0", "g < -1", "word = 'a'", "amount >= 2", "day < '2024-01-05'", "id % 3 = 1", "g IS NULL")
}

// topReader asks the gateway, and a PostgreSQL that shows the same rows and values.
type topReader struct{ oracle, gateway *pgx.Conn }

// newTopReaders loads the tables and gives a reader of all, and one who has a row filter on each and
// a mask on amount; PostgreSQL has views for these.
func newTopReaders(t *testing.T, random *rand.Rand) []topReader {
	t.Helper()
	m, pg, my, all := newTwoStores(t)
	some := testservers.Postgres(t).NewDatabase(t)
	all.Exec(t, "CREATE SCHEMA pg", "CREATE SCHEMA my")
	some.Exec(t, "CREATE SCHEMA pg", "CREATE SCHEMA my", "CREATE SCHEMA stored_pg", "CREATE SCHEMA stored_my")
	m.user("bounded", "", "bounded")
	m.policy("amounts", "match: {columns: [amount]}\nexcept: {groups: [readers]}\nrules: [{mask: \"null\"}]\n")
	columns := []fixtureColumn{{"id", "integer", "required: true, primaryKey: true, primaryKeyPosition: 1"}, {"k", "integer", ""}, {"g", "integer", ""},
		{"word", "varchar(9)", ""}, {"amount", "numeric(9,2)", ""}, {"day", "date", ""}}
	for _, table := range topTables {
		for _, domain := range []string{"pg", "my"} {
			rows := " VALUES " + strings.Join(topRows(random, table.rows), ", ")
			create := func(name, more string) []string {
				return []string{"CREATE TABLE " + name + " (" + topColumns + ")" + more, "INSERT INTO " + name + rows}
			}
			name := domain + "." + table.name
			all.Exec(t, create(name, "")...)
			some.Exec(t, append(create("stored_"+name, ""), "CREATE VIEW "+name+" AS SELECT id, k, g, word, NULL::numeric(9,2) AS amount, day FROM stored_"+name+" WHERE g <= 1")...)
			if domain == "pg" {
				pg.Exec(t, append(create(table.name, ""), "ANALYZE "+table.name)...)
			} else {
				my.Exec(t, append(create(table.name, " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"), "ANALYZE TABLE "+table.name)...)
			}
			m.product(domain, table.name, "", columns...)
			m.grant(domain, table.name, "readers", "")
			m.grant(domain, table.name, "bounded", "rowFilter: \"g <= 1\"\n")
		}
	}
	served := m.serve()
	return []topReader{{connectTo(t, all.DSN), served.connect(t, "reader")}, {connectTo(t, some.DSN), served.connect(t, "bounded")}}
}

// otherWays are the same statement through a cursor, and with parameters in its limit.
func otherWays(sql string) []string {
	ways := []string{"BEGIN; DECLARE c CURSOR FOR " + sql + "; FETCH 2 FROM c; FETCH ALL FROM c"}
	if before, limit, ok := strings.Cut(sql, " LIMIT "); ok {
		limit, offset, _ := strings.Cut(limit, " OFFSET ")
		ways = append(ways, "PREPARE p AS "+before+" LIMIT $1 OFFSET $2; EXECUTE p("+limit+", "+offset+")")
	}
	return ways
}

// TestRandomTops compares limited orders of rows full of NULLs and ties with one PostgreSQL, with
// all rules and without those that read first rows, of whole tables and of what policies leave.
func TestRandomTops(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(seed.For(t), 0))
	readers := newTopReaders(t, random)
	early, several := 0, 0
	for i := range topQueries {
		q, who := topQuery{random}, readers[i%len(readers)]
		sql := q.sql()
		want := ask(t.Context(), who.oracle, sql)
		if want.code != "" {
			t.Fatalf("%s: %s", sql, want)
		}
		for _, off := range []string{q.of("all", "PushTopThroughJoin,PushTopThroughWindow,TurnSubqueryIntoJoin,PullSubqueryThroughJoin", half(random)), ""} {
			must(t, set(t.Context(), who.gateway, off))
			if d := difference(ask(t.Context(), who.gateway, sql), want); d != "" {
				t.Errorf("%s without [%s]: %s", sql, off, d)
			}
		}
		if i%6 < 2 {
			for _, other := range otherWays(sql) {
				want, got := ask(t.Context(), who.oracle, other), ask(t.Context(), who.gateway, other)
				if d := difference(got, want); d != "" {
					t.Errorf("%s: %s", other, d)
				}
				ask(t.Context(), who.oracle, "ROLLBACK; DEALLOCATE ALL")
				ask(t.Context(), who.gateway, "ROLLBACK; DEALLOCATE ALL")
			}
		}
		explained := ask(t.Context(), who.gateway, "EXPLAIN (ANALYZE) "+sql).String()
		switch tries := strings.Count(explained, "first "); {
		case tries > 1:
			several++
			fallthrough
		case tries > 0:
			early++
			if !strings.Contains(explained, "First rows may do, by: ") {
				t.Errorf("%s: not told before:\n%s", sql, explained)
			}
		}
	}
	t.Logf("%d of %d queries read first rows, %d in several tries", early, topQueries, several)
	if early == 0 {
		t.Error("none read first rows")
	}
}
