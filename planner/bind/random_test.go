package bind

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestRandomQueriesLikePostgres binds queries made at random from a seed and compares
// them with PostgreSQL, errors too, and the rows of those that are valid. What is
// refused with 0A000 counts as neither.
func TestRandomQueriesLikePostgres(t *testing.T) {
	m := mirrored(t)
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, m.dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.PgConn().Exec(ctx, "SET statement_timeout = '3s'").ReadAll(); err != nil {
		t.Fatal(err)
	}
	seed, count := uint64(1), 1500
	if s, err := strconv.ParseUint(os.Getenv("BIND_SEED"), 10, 64); err == nil {
		seed, count = s, 20000
	}
	t.Logf("BIND_SEED=%d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	equal, valid, refused, failures := 0, 0, 0, 0
	for i := 0; i < count && failures < 15; i++ {
		text := (&generator{Rand: r}).query(2, 0)
		got, want := bindText(m, text), prepareText(ctx, conn, text)
		switch {
		case strings.HasPrefix(got, "0A000") && !strings.HasPrefix(want, "0A000"):
			refused++
			continue
		case got != want && !alike(got, want):
			failures++
			t.Errorf("%s\n--- got\n%s\n--- want\n%s", text, got, want)
			continue
		}
		bound, err := bindSQL(m, text)
		if err == nil && len(bound.Query.Output) > 0 && decided(text) {
			valid++
			sql := sqlOf(bound.Query.Root)
			if got, want := rowsText(ctx, conn, sql, false), rowsText(ctx, conn, text, false); got != want && !timedOut(got, want) && !lazy(got, want) {
				failures++
				t.Errorf("%s\n%s\n--- got\n%s\n--- want\n%s", text, sql, got, want)
				continue
			}
		}
		equal++
	}
	t.Logf("%d equal (%d of them valid), %d refused", equal, valid, refused)
}

// decided tells queries whose rows do not depend on the order of equal ones.
func decided(text string) bool {
	return !strings.Contains(text, "DISTINCT ON") && !strings.Contains(text, "ROWS")
}

// alike lets errors pass that differ in which of several columns they name.
func alike(got, want string) bool {
	for _, prefix := range []string{"42803 subquery uses ungrouped column", "42P10 for SELECT DISTINCT, ORDER BY"} {
		if strings.HasPrefix(got, prefix) && strings.HasPrefix(want, prefix) {
			return true
		}
	}
	// A name that is ambiguous among the columns of another UNION branch only.
	return strings.HasPrefix(got, "42703") && strings.HasPrefix(want, "42702")
}

// lazy lets pass an error that PostgreSQL meets or not, depending on how a query is written:
// below EXISTS, or beside a set-returning call that gives no row.
func lazy(got, want string) bool {
	return strings.HasPrefix(got, "21000") || strings.HasPrefix(want, "21000")
}

// timedOut lets pass what says nothing: a timeout, and FULL JOIN, which PostgreSQL's
// planner does or does not manage depending on how the query is written.
func timedOut(texts ...string) bool {
	for _, text := range texts {
		if strings.HasPrefix(text, "57014") || strings.HasPrefix(text, "0A000 FULL JOIN") {
			return true
		}
	}
	return false
}

// generator writes queries over the tables t, u and p. What it writes mostly has the
// right types, and is mostly grouped right; the rest are errors to compare.
type generator struct {
	*rand.Rand
	visible []generated // relations whose columns may be read, of outer queries too
	grouped bool
	windows bool
	aliases int
	ctes    []string
}

type generated struct {
	alias   string
	columns [][2]string // name, type
}

var generatorTables = []generated{
	{"t", [][2]string{{"a", "int"}, {"b", "text"}, {"c", "num"}, {"d", "date"}}},
	{"u", [][2]string{{"a", "int"}, {"b", "text"}, {"e", "num"}, {"f", "bool"}}},
	{"p", [][2]string{{"id", "int"}, {"name", "text"}, {"price", "num"}, {"made", "date"}}},
}

func (g *generator) one(choices ...string) string { return choices[g.IntN(len(choices))] }

func (g *generator) maybe(percent int, text func() string) string {
	if g.IntN(100) < percent {
		return text()
	}
	return ""
}

// query writes a SELECT of columns of the given number (0: any).
func (g *generator) query(depth, width int) string {
	if depth > 0 && g.IntN(8) == 0 {
		if width == 0 {
			width = 1 + g.IntN(3)
		}
		text := g.branch(depth-1, width) + " " + g.one("UNION", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL") + " " + g.branch(depth-1, width)
		return text + g.maybe(40, func() string { return " ORDER BY " + strconv.Itoa(1+g.IntN(width)) })
	}
	outer, grouped, windows, ctes := g.visible, g.grouped, g.windows, g.ctes
	defer func() { g.visible, g.grouped, g.windows, g.ctes = outer, grouped, windows, ctes }()
	with := g.maybe(12, func() string { return g.with(depth) })
	from := g.from(depth)
	where := g.maybe(40, func() string { g.grouped = false; return " WHERE " + g.typed("bool", depth) })
	g.grouped = g.IntN(3) == 0
	g.windows = g.IntN(5) == 0
	group := ""
	var keys []string
	if g.grouped && g.IntN(4) > 0 {
		g.grouped = false
		for range 1 + g.IntN(2) {
			keys = append(keys, g.typed(g.someType(), 0))
		}
		g.grouped = true
		list := strings.Join(keys, ", ")
		group = " GROUP BY " + list
		if list = strings.Join(plainKeys(keys), ", "); g.IntN(2) == 0 && list != "" {
			group = " GROUP BY " + g.one("ROLLUP ("+list+")", "CUBE ("+list+")", "GROUPING SETS (("+list+"), ())")
		}
	}
	if width == 0 {
		width = 1 + g.IntN(3)
	}
	items := make([]string, width)
	for i := range items {
		items[i] = g.typed(g.someType(), depth)
		if len(keys) > 0 && g.IntN(2) == 0 {
			items[i] = keys[g.IntN(len(keys))]
		}
		if g.IntN(25) == 0 {
			items[i] = g.one("generate_series(1, "+g.leaf("int")+")", "unnest(ARRAY["+g.leaf("int")+", 2])", "generate_series(1, 2) + 1")
		}
		items[i] += g.maybe(30, func() string { return " AS " + g.one("x", "y", "a", "b") })
	}
	having := g.maybe(10, func() string { return " HAVING " + g.typed("bool", depth) })
	distinct := g.maybe(15, func() string {
		if g.IntN(3) == 0 {
			return "DISTINCT ON (" + g.one("1", "x", g.leaf(g.someType())) + ") "
		}
		return "DISTINCT "
	})
	order := g.maybe(40, func() string {
		key := g.one("1", strconv.Itoa(width), "x", "a", g.typed(g.someType(), 0), g.typed(g.someType(), 0))
		return " ORDER BY " + key + g.one("", "", " DESC", " NULLS FIRST", " DESC NULLS LAST")
	})
	return with + "SELECT " + distinct + strings.Join(items, ", ") + from + where + group + having + order
}

// plainKeys keeps what is plainly a column: PostgreSQL 15 takes what it can fold to a
// constant out of grouping sets, which is no behaviour to follow.
func plainKeys(keys []string) []string {
	return slices.DeleteFunc(slices.Clone(keys), func(key string) bool {
		return !strings.HasPrefix(key, "r") && !strings.HasPrefix(key, "t.") || strings.ContainsAny(key, " (")
	})
}

func (g *generator) branch(depth, width int) string {
	visible := g.visible
	defer func() { g.visible = visible }()
	return "(" + g.query(depth, width) + ")"
}

func (g *generator) from(depth int) string {
	if g.IntN(15) == 0 {
		return ""
	}
	text := " FROM " + g.relation(depth)
	for range g.IntN(3) {
		kind := g.one(", ", " JOIN ", " LEFT JOIN ", " FULL JOIN ", " RIGHT JOIN ", " CROSS JOIN ", " NATURAL JOIN ")
		text += kind + g.relation(depth)
		switch {
		case strings.Contains(kind, ",") || strings.Contains(kind, "CROSS") || strings.Contains(kind, "NATURAL"):
		case g.IntN(3) == 0:
			text += " USING (" + g.one("a", "b", "a, b") + ")"
		default:
			grouped, windows := g.grouped, g.windows
			g.grouped, g.windows = false, false
			text += " ON " + g.one(g.column("int")+" = "+g.column("int"), g.typed("bool", 0))
			g.grouped, g.windows = grouped, windows
		}
	}
	return text
}

// with writes a WITH query, which relation may then read.
func (g *generator) with(depth int) string {
	if depth == 0 {
		return ""
	}
	g.aliases++
	name := fmt.Sprintf("w%d", g.aliases)
	text := "WITH " + name + " (x, y) AS (" + g.branchQuery(depth, 2) + ") "
	g.ctes = append(g.ctes[:len(g.ctes):len(g.ctes)], name)
	return text
}

// relation writes a table, a subselect or a function, and makes its columns visible.
func (g *generator) relation(depth int) string {
	g.aliases++
	alias := fmt.Sprintf("r%d", g.aliases)
	if depth > 0 && g.IntN(4) == 0 {
		lateral := g.maybe(50, func() string { return "LATERAL " })
		visible := g.visible
		text := lateral + "(" + g.query(depth-1, 2) + ") " + alias + " (x, y)"
		g.visible = append(visible[:len(visible):len(visible)], generated{alias, [][2]string{{"x", "int"}, {"y", "text"}}})
		return text
	}
	if len(g.ctes) > 0 && g.IntN(3) == 0 {
		text := g.ctes[g.IntN(len(g.ctes))] + " " + alias
		g.visible = append(g.visible[:len(g.visible):len(g.visible)], generated{alias, [][2]string{{"x", "int"}, {"y", "text"}}})
		return text
	}
	if g.IntN(8) == 0 {
		text := "generate_series(1, " + g.one("3", g.column("int")) + ") " + alias + g.one(" (x)", " (x)", "")
		g.visible = append(g.visible[:len(g.visible):len(g.visible)], generated{alias, [][2]string{{"x", "int"}}})
		return text
	}
	table := generatorTables[g.IntN(len(generatorTables))]
	text := table.alias
	if g.IntN(4) > 0 {
		text += " " + alias
		table.alias = alias
	}
	g.visible = append(g.visible[:len(g.visible):len(g.visible)], table)
	return text
}

func (g *generator) someType() string { return g.one("int", "text", "num", "bool", "date") }

// column writes a reference to a visible column of a type, or a constant.
func (g *generator) column(of string) string {
	for range 6 {
		if len(g.visible) == 0 {
			break
		}
		r := g.visible[len(g.visible)-1-min(g.IntN(len(g.visible)), g.IntN(len(g.visible)))]
		c := r.columns[g.IntN(len(r.columns))]
		if c[1] == of || g.IntN(60) == 0 {
			if g.IntN(4) == 0 {
				return c[0]
			}
			return r.alias + "." + c[0]
		}
	}
	return g.constant(of)
}

func (g *generator) constant(of string) string {
	switch of {
	case "int":
		return g.one("1", "2", "7", "NULL", "'3'")
	case "text":
		return g.one("'x'", "'y'", "NULL", "'zeta'::varchar(5)")
	case "num":
		return g.one("1.5", "0", "NULL::numeric", "2.25::numeric(6,2)", "1e2::float8")
	case "bool":
		return g.one("true", "false", "NULL")
	}
	return g.one("'2024-01-01'", "date '2024-02-29'", "NULL")
}

// typed writes an expression of a type.
func (g *generator) typed(of string, depth int) string {
	switch n := g.IntN(12); {
	case n < 4:
		if g.grouped && g.IntN(3) > 0 {
			return g.aggregate(of, depth)
		}
		return g.column(of)
	case n < 5:
		return g.constant(of)
	case n < 6 && depth > 0:
		return "(" + g.scalar(of, depth-1) + ")"
	case n < 7 && g.windows:
		return g.window(of)
	case n < 8:
		return "CASE WHEN " + g.leaf("bool") + " THEN " + g.leaf(of) + " ELSE " + g.leaf(of) + " END"
	case n < 9:
		return g.one("coalesce", "greatest") + "(" + g.leaf(of) + ", " + g.leaf(of) + ")"
	}
	return g.operation(of, depth)
}

// leaf writes a small expression.
func (g *generator) leaf(of string) string {
	if g.grouped && g.IntN(2) == 0 {
		return g.aggregate(of, 0)
	}
	return g.column(of)
}

func (g *generator) operation(of string, depth int) string {
	switch of {
	case "int":
		return g.leaf("int") + g.one(" + ", " - ", " * ") + g.leaf("int")
	case "text":
		return g.one("upper("+g.leaf("text")+")", g.leaf("text")+" || "+g.leaf("text"), "substring("+g.leaf("text")+" FROM 1 FOR 2)",
			g.leaf("date")+"::text", "nullif("+g.leaf("text")+", 'x')")
	case "num":
		return g.leaf("num") + g.one(" + ", " * ") + g.leaf(g.one("num", "int"))
	case "date":
		return g.leaf("date") + " + 1"
	}
	if depth > 0 && g.IntN(3) == 0 {
		return g.one("EXISTS ("+g.branchQuery(depth, 1)+")", g.leaf("int")+" IN ("+g.scalar("int", depth-1)+")", "NOT "+g.leaf("bool"))
	}
	t := g.someType()
	switch g.IntN(8) {
	case 0:
		return g.leaf(t) + g.one(" IN (", " NOT IN (") + g.leaf(t) + ", " + g.leaf(t) + ")"
	case 1:
		return g.leaf(t) + " BETWEEN " + g.leaf(t) + " AND " + g.leaf(t)
	case 2:
		return g.leaf("text") + g.one(" LIKE ", " NOT LIKE ") + g.one("'x%'", "'%e_'")
	case 3:
		return g.leaf(t) + g.one(" IS NULL", " IS NOT NULL")
	case 4:
		return "(" + g.leaf("bool") + g.one(" AND ", " OR ") + g.leaf("bool") + ")"
	}
	return g.leaf(t) + g.one(" = ", " < ", " <> ", " IS DISTINCT FROM ") + g.leaf(t)
}

func (g *generator) branchQuery(depth, width int) string {
	visible := g.visible
	defer func() { g.visible = visible }()
	return g.query(depth-1, width)
}

// scalar writes a subquery that gives one row and reads outer columns.
func (g *generator) scalar(of string, depth int) string {
	outer, grouped, windows := g.visible, g.grouped, g.windows
	defer func() { g.visible, g.grouped, g.windows = outer, grouped, windows }()
	g.grouped, g.windows = false, false
	from := g.from(depth)
	where := g.maybe(50, func() string { return " WHERE " + g.leaf("int") + " = " + g.leaf("int") })
	if g.IntN(3) > 0 {
		return "SELECT " + g.aggregate(of, 0) + from + where
	}
	return "SELECT " + g.column(of) + from + where + " ORDER BY 1 LIMIT 1"
}

func (g *generator) aggregate(of string, depth int) string {
	grouped := g.grouped
	defer func() { g.grouped = grouped }()
	g.grouped = g.IntN(40) == 0
	filter := g.maybe(10, func() string { return " FILTER (WHERE " + g.column("bool") + ")" })
	switch of {
	case "int":
		return g.one("count(*)"+filter, "count("+g.column("text")+")"+filter, "max("+g.column("int")+")", "count(DISTINCT "+g.column("int")+")")
	case "bool":
		return "bool_or(" + g.column("bool") + ")" + filter
	case "num":
		return g.one("sum", "avg", "max", "min") + "(" + g.column(g.one("num", "int")) + ")" + filter
	}
	return g.one("max", "min") + "(" + g.column(of) + ")" + filter
}

func (g *generator) window(of string) string {
	windows := g.windows
	defer func() { g.windows = windows }()
	g.windows = g.IntN(40) == 0
	partition := g.maybe(50, func() string { return "PARTITION BY " + g.leaf(g.someType()) })
	order := g.maybe(60, func() string { return " ORDER BY " + g.leaf(g.someType()) })
	call := "max(" + g.leaf(of) + ")"
	switch of {
	case "int":
		call = g.one("rank()", "dense_rank()", "count(*)", "max("+g.leaf("int")+")")
	case "bool":
		call = "bool_and(" + g.leaf("bool") + ")"
	}
	frame := ""
	if order != "" {
		frame = g.one("", "", "", " ROWS 1 PRECEDING", " RANGE 1 PRECEDING", " GROUPS BETWEEN 1 PRECEDING AND 1 FOLLOWING EXCLUDE TIES",
			" RANGE BETWEEN '1 day' PRECEDING AND CURRENT ROW", " ROWS "+g.leaf("int")+" PRECEDING")
	}
	return call + " OVER (" + partition + order + frame + ")"
}
