package main

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/seed"
)

var randomQueries = flag.Int("random-queries", 60, "how many random queries TestRandomQueries asks")

// TestRandomQueries asks queries over all three stores that nobody thought of, with all
// rules, none and random halves, and compares with PostgreSQL.
func TestRandomQueries(t *testing.T) {
	c := newCaseFiles(t)
	random := rand.New(rand.NewPCG(seed.For(t), 1))
	fail := map[string]int{}
	defer func() { t.Logf("of %d queries these fail in PostgreSQL too: %v", *randomQueries, fail) }()
	for range *randomQueries {
		q := (&queryMaker{random: random}).query()
		want := ask(t.Context(), c.oracle, q)
		if want.code != "" {
			fail[want.code]++
		}
		decides := strings.Contains(q, "CASE")
		if decides {
			want = want.untyped()
		}
		for _, off := range []string{"", "all", half(random)} {
			got := timed(t, c.gateway, off, q)
			if decides {
				got = got.untyped()
			}
			if got.code == "0A000" {
				t.Logf("refused: %s\n%s", q, got)
				break
			}
			if diff := difference(got.sorted(), want.sorted()); diff != "" && (want.code == "" || got.code != want.code) {
				t.Errorf("%s\nwithout [%s]: %s", q, off, diff)
				break
			}
		}
	}
}

func timed(t *testing.T, conn *pgx.Conn, off, q string) answer {
	must(t, set(t.Context(), conn, off))
	return ask(t.Context(), conn, q)
}

// column is one that a random query may use: an expression of a kind.
type randomColumn struct{ sql, kind string }

// randomTables are the tables of the cases with the columns that compare across stores.
var randomTables = map[string][]randomColumn{
	"customers": {{"id", "int"}, {"name", "text"}, {"email", "text"}, {"region", "text"}, {"born", "date"}, {"credit", "numeric"}, {"active", "bool"}, {"note", "text"}, {"code", "char"}},
	"orders":    {{"id", "int"}, {"customer_id", "int"}, {"total", "numeric"}, {"quantity", "int"}, {"status", "text"}, {"item_id", "int"}, {"ratio", "float"}, {"placed", "timestamptz"}},
	"items":     {{"id", "int"}, {"label", "text"}, {"kind", "text"}, {"price", "numeric"}, {"stock", "int"}, {"added", "date"}},
	"moves":     {{"id", "int"}, {"item_id", "int"}, {"moved_on", "date"}, {"pieces", "int"}, {"cost", "numeric"}},
	"regions":   {{"code", "text"}, {"title", "text"}, {"population", "int"}, {"founded", "date"}},
	"events":    {{"id", "int"}, {"customer_id", "int"}, {"kind", "text"}, {"at", "timestamp"}, {"weight", "float"}, {"amount", "numeric"}},
}

var randomTableNames = []string{"customers", "orders", "items", "moves", "regions", "events"}

var randomConstants = map[string][]string{
	"int": {"1", "3", "7", "12", "-5", "100", "0"}, "text": {"'EU'", "'paid'", "'Paid'", "'lamp'", "'lamp '", "'bell'", "'Ada'", "''", "'part'", "'click'", "'b%'"},
	"date": {"date '2023-05-17'", "date '1980-02-29'", "date '2024-01-01'"}, "numeric": {"10.5", "0", "24.00", "100", "-3.3"}, "bool": {"true", "false"},
	"char": {"'A1'", "'a1  '", "'Z'"}, "float": {"1.5", "0", "'NaN'"}, "timestamptz": {"timestamptz '2024-02-01 00:00+00'"}, "timestamp": {"timestamp '2024-03-31 02:00'"},
}

// queryMaker makes one query; names are those in sight.
type queryMaker struct {
	random  *rand.Rand
	aliases int
	depth   int
}

func pick[T any](m *queryMaker, from []T) T { return from[m.random.IntN(len(from))] }

func (m *queryMaker) chance(of int) bool { return m.random.IntN(of) == 0 }

// from gives a FROM clause and the columns it brings.
func (m *queryMaker) from(outer []randomColumn) (string, []randomColumn) {
	sql, columns := m.relation()
	for range m.random.IntN(3) {
		right, more := m.relation()
		kind := pick(m, []string{"JOIN", "JOIN", "LEFT JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"})
		left, other := m.pair(columns, more)
		on := left + " = " + other
		if m.chance(3) && kind != "FULL JOIN" {
			on += " AND " + m.predicate(append(append([]randomColumn{}, columns...), more...), nil)
		}
		sql += " " + kind + " " + right + " ON " + on
		columns = append(columns, more...)
	}
	if m.depth == 0 && m.chance(5) {
		right, more := m.beside(columns)
		sql += pick(m, []string{" CROSS JOIN LATERAL " + right, " LEFT JOIN LATERAL " + right + " ON true"})
		columns = append(columns, more...)
	}
	return sql, columns
}

// pair gives two columns of one kind to join by.
func (m *queryMaker) pair(a, b []randomColumn) (string, string) {
	for range 50 {
		x, y := pick(m, a), pick(m, b)
		if x.kind == y.kind && x.kind != "bool" && x.kind != "float" {
			return x.sql, y.sql
		}
	}
	return a[0].sql + "::text", b[0].sql + "::text"
}

func (m *queryMaker) relation() (string, []randomColumn) {
	m.aliases++
	alias := fmt.Sprintf("t%d", m.aliases)
	if m.depth < 2 && m.chance(5) {
		m.depth++
		sql, kinds := m.selectOf(nil)
		m.depth--
		var columns []randomColumn
		for i, k := range kinds {
			columns = append(columns, randomColumn{fmt.Sprintf("%s.c%d", alias, i), k})
		}
		return "(" + sql + ") " + alias, columns
	}
	name := pick(m, randomTableNames)
	var columns []randomColumn
	for _, c := range randomTables[name] {
		columns = append(columns, randomColumn{alias + "." + c.sql, c.kind})
	}
	return name + " " + alias, columns
}

// predicate gives a condition over columns, perhaps with a subquery that sees them.
func (m *queryMaker) predicate(columns, outer []randomColumn) string {
	c := pick(m, columns)
	constant := pick(m, randomConstants[c.kind])
	switch m.random.IntN(15) {
	case 9, 10, 11:
		return m.truth(columns, 2)
	case 0:
		return c.sql + " IS " + pick(m, []string{"NULL", "NOT NULL"})
	case 1:
		return c.sql + " IN (" + constant + ", " + pick(m, randomConstants[c.kind]) + ")"
	case 2:
		return "NOT (" + m.predicate(columns, outer) + ")"
	case 3:
		return "(" + m.predicate(columns, outer) + " OR " + m.predicate(columns, outer) + ")"
	case 4:
		return c.sql + " IS DISTINCT FROM " + constant
	case 5:
		if c.kind == "text" {
			return c.sql + pick(m, []string{" LIKE 'b%'", " LIKE '%a%'", " NOT LIKE '_a%'", " ILIKE 'P%'"})
		}
	case 6:
		if m.depth < 2 {
			return m.subquery(columns, c)
		}
	case 7:
		for _, o := range columns {
			if o.kind == c.kind && o.sql != c.sql {
				return c.sql + pick(m, []string{" = ", " < ", " <> ", " >= "}) + o.sql
			}
		}
	case 8:
		return c.sql + " BETWEEN " + constant + " AND " + pick(m, randomConstants[c.kind])
	}
	return c.sql + pick(m, []string{" = ", " < ", " <= ", " > ", " >= ", " <> "}) + constant
}

// subquery gives a condition with a subquery, correlated or not.
func (m *queryMaker) subquery(columns []randomColumn, c randomColumn) string {
	m.depth++
	defer func() { m.depth-- }()
	from, inner := m.from(nil)
	where := ""
	if m.chance(2) {
		l, r := m.pair(columns, inner)
		where = " WHERE " + l + " = " + r
	}
	for _, i := range inner {
		if i.kind != c.kind {
			continue
		}
		switch m.random.IntN(3) {
		case 0:
			return c.sql + pick(m, []string{" IN ", " NOT IN "}) + "(SELECT " + i.sql + " FROM " + from + where + ")"
		case 1:
			if c.kind != "bool" {
				return c.sql + " <= (SELECT " + pick(m, []string{"max", "min"}) + "(" + i.sql + ") FROM " + from + where + ")"
			}
		}
	}
	return pick(m, []string{"EXISTS", "NOT EXISTS"}) + " (SELECT 1 FROM " + from + where + ")"
}

// item gives a value of the SELECT list with its kind.
func (m *queryMaker) item(columns []randomColumn) (string, string) {
	c := pick(m, columns)
	if m.chance(3) {
		if kind := pick(m, []string{"int", "text", "numeric", "date", "bool"}); c.kind != "float" {
			return m.value(kind, columns, 3), kind
		}
	}
	switch c.kind {
	case "int":
		return pick(m, []string{c.sql, c.sql + " * 2", "coalesce(" + c.sql + ", 0)", c.sql + " / 3", c.sql + " % 5"}), "int"
	case "text":
		return pick(m, []string{c.sql, "upper(" + c.sql + ")", c.sql + " || '!'", "coalesce(" + c.sql + ", 'none')", "substr(" + c.sql + ", 2, 3)", "nullif(" + c.sql + ", 'EU')"}), "text"
	case "numeric":
		return pick(m, []string{c.sql, c.sql + " * 1.5", "round(" + c.sql + ", 1)", c.sql + " / 7", "-" + c.sql}), "numeric"
	case "date":
		return pick(m, []string{c.sql, c.sql + " + 1"}), "date"
	}
	return c.sql, c.kind
}

func (m *queryMaker) aggregate(columns []randomColumn) (string, string) {
	c := pick(m, columns)
	filter := ""
	if m.chance(4) {
		filter = " FILTER (WHERE " + m.simple(columns) + ")"
	}
	switch c.kind {
	case "int":
		return pick(m, []string{"count(" + c.sql + ")", "sum(" + c.sql + " % 1000)", "count(DISTINCT " + c.sql + ")", "min(" + c.sql + ")", "max(" + c.sql + ")"}) + filter, "int"
	case "numeric":
		return pick(m, []string{"sum(" + c.sql + ")", "avg(" + c.sql + ")", "min(" + c.sql + ")", "max(" + c.sql + ")", "sum(DISTINCT " + c.sql + ")"}) + filter, "numeric"
	case "text", "date", "timestamp", "timestamptz":
		return pick(m, []string{"min(", "max("}) + c.sql + ")" + filter, c.kind
	}
	return "count(*)" + filter, "int"
}

// simple is a condition without subqueries.
func (m *queryMaker) simple(columns []randomColumn) string {
	c := pick(m, columns)
	return c.sql + pick(m, []string{" = ", " < ", " > ", " <> "}) + pick(m, randomConstants[c.kind])
}

// selectOf gives a SELECT and the kinds of its columns, named c0, c1, …
func (m *queryMaker) selectOf(outer []randomColumn) (string, []string) {
	from, columns := m.from(outer)
	where := ""
	if !m.chance(4) {
		where = " WHERE " + m.predicate(columns, outer)
		if m.chance(2) {
			where += " AND " + m.predicate(columns, outer)
		}
	}
	var items, kinds []string
	add := func(sql, kind string) {
		items = append(items, fmt.Sprintf("%s AS c%d", sql, len(items)))
		kinds = append(kinds, kind)
	}
	if !m.chance(3) {
		for range 1 + m.random.IntN(4) {
			add(m.item(columns))
		}
		if m.depth == 0 && m.chance(4) {
			add(m.overWindow(columns))
		}
		distinct := ""
		if m.chance(6) {
			distinct = "DISTINCT "
		}
		return "SELECT " + distinct + strings.Join(items, ", ") + " FROM " + from + where, kinds
	}
	var keys []string
	for range m.random.IntN(3) {
		sql, kind := m.item(columns)
		if kind == "float" || kind == "char" {
			continue
		}
		add(sql, kind)
		keys = append(keys, fmt.Sprint(len(items)))
	}
	for range 1 + m.random.IntN(3) {
		add(m.aggregate(columns))
	}
	sql := "SELECT " + strings.Join(items, ", ") + " FROM " + from + where
	if len(keys) > 0 {
		sql += " GROUP BY " + strings.Join(keys, ", ")
		if m.chance(3) {
			sql += " HAVING count(*) > 1"
		}
	}
	return sql, kinds
}

// query gives a whole query, perhaps a set operation, ordered by everything.
func (m *queryMaker) query() string {
	sql, kinds := m.selectOf(nil)
	order := make([]string, len(kinds))
	for i := range kinds {
		order[i] = fmt.Sprintf("%d%s", i+1, pick(m, []string{"", " DESC", " NULLS FIRST", " DESC NULLS LAST"}))
	}
	sql += " ORDER BY " + strings.Join(order, ", ")
	if m.chance(3) {
		sql += fmt.Sprintf(" LIMIT %d", 1+m.random.IntN(20))
	}
	return sql
}
