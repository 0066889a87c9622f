package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// asking draws queries over what a reader of the non-interference tests may see, and
// over what they may not.
type asking struct {
	*rand.Rand
	aliases int
	columns []scopeColumn // in sight
	// risk is how many more expressions that can fail a query may hold.
	risk int
}

type scopeColumn struct{ name, of string }

// probe is what a client sends, and whether the rows of its answer have an order.
type probe struct {
	sql        string
	ordered    bool
	parameters []string
}

var kindOf = map[string]string{
	"integer": "int", "bigint": "big", "text": "text", "varchar(12)": "text", "numeric(10,2)": "numeric", "numeric(12,3)": "numeric",
	"date": "date", "timestamp": "timestamp", "double precision": "float",
}

func (a *asking) pick(of ...string) string { return of[a.IntN(len(of))] }

func (a *asking) alias() string {
	a.aliases++
	return fmt.Sprintf("q%d", a.aliases)
}

// question draws one.
func (a *asking) question() probe {
	a.aliases, a.columns, a.risk = 0, nil, a.IntN(4)
	switch a.IntN(24) {
	case 20, 21:
		return probe{sql: a.limited()}
	case 22:
		return probe{sql: a.prepared()}
	case 23:
		return probe{sql: "EXPLAIN (ANALYZE" + a.pick("", ", FORMAT JSON", ", TRACE", ", COSTS") + ") " + a.sql(2), ordered: true}
	case 0:
		return probe{sql: a.forbidden()}
	case 1:
		return probe{sql: a.catalogQuery(), ordered: true}
	case 2:
		return probe{sql: "EXPLAIN " + a.pick("", "(FORMAT JSON) ", "(TRACE) ", "(COSTS) ") + a.sql(2), ordered: true}
	case 3:
		sql, ordered := a.sorted()
		return probe{sql: "COPY (" + sql + ") TO STDOUT" + a.pick("", " (FORMAT csv)", " (FORMAT binary)"), ordered: ordered}
	case 4:
		sql, ordered := a.sorted()
		return probe{sql: "BEGIN; DECLARE c CURSOR FOR " + sql + "; FETCH 2 FROM c; FETCH ALL FROM c; COMMIT", ordered: ordered}
	case 5, 6, 7, 8:
		sql, ordered := a.sorted()
		return probe{sql: sql, ordered: ordered}
	case 9:
		return a.withParameters()
	}
	return probe{sql: a.sql(2)}
}

// withParameters draws a query of the extended protocol.
func (a *asking) withParameters() probe {
	from := a.from(1)
	value := a.pick("5", "0", "1", "-1", "x", "")
	return probe{
		sql:        fmt.Sprintf("SELECT %s FROM %s WHERE %s > $1::integer OR %s = $2", a.items(2), from, a.expr("int", 1), a.expr("text", 1)),
		parameters: []string{value, a.pick("a", "v1", "'", "%")},
	}
}

// sql draws a SELECT without an order.
func (a *asking) sql(depth int) string {
	outer := a.columns
	defer func() { a.columns = outer }()
	switch a.IntN(9) {
	case 0:
		return a.aggregated(depth)
	case 1:
		left := a.flat(depth-1, "int", "text")
		return left + a.pick(" UNION ", " UNION ALL ", " EXCEPT ", " INTERSECT ") + a.flat(depth-1, "int", "text")
	case 2:
		name := a.alias()
		inner := a.flat(depth-1, "int", "text", "numeric")
		a.columns = []scopeColumn{{name + ".c1", "int"}, {name + ".c2", "text"}, {name + ".c3", "numeric"}}
		return fmt.Sprintf("WITH %s(c1, c2, c3) AS %s(%s) SELECT %s FROM %s%s", name, a.pick("", "MATERIALIZED ", "NOT MATERIALIZED "), inner, a.items(2), name, a.where(depth-1))
	case 3:
		from := a.from(depth)
		return fmt.Sprintf("SELECT %s, %s FROM %s%s", a.items(1), a.window(), from, a.where(depth-1))
	case 4:
		from := a.from(1)
		one := a.columns[a.IntN(len(a.columns))].name
		return fmt.Sprintf("SELECT %s FROM %s, LATERAL (SELECT %s AS v, %s AS w) l%s", one+", l.v, l.w", from, a.expr("int", 1), a.expr("text", 1), a.where(depth-1))
	case 5:
		from := a.from(1)
		return fmt.Sprintf("SELECT %s FROM %s, LATERAL generate_series(1, least(3, %s)) AS g(i)%s", a.items(2)+", g.i", from, a.expr("int", 1), a.where(0))
	}
	from := a.from(depth)
	return fmt.Sprintf("SELECT %s%s FROM %s%s", a.pick("", "", "", "DISTINCT "), a.items(1+a.IntN(3)), from, a.where(depth))
}

// flat draws a SELECT with columns of given types.
func (a *asking) flat(depth int, types ...string) string {
	outer := a.columns
	defer func() { a.columns = outer }()
	from := a.from(max(depth, 0))
	items := make([]string, len(types))
	for i, t := range types {
		items[i] = a.expr(t, 1)
	}
	return fmt.Sprintf("SELECT %s FROM %s%s", strings.Join(items, ", "), from, a.where(depth))
}

// sorted draws a SELECT whose rows have one order, mostly.
func (a *asking) sorted() (string, bool) {
	inner := a.flat(1, "int", "text", "numeric")
	if a.IntN(5) == 0 {
		return "SELECT * FROM (" + inner + ") s(a, b, c)", false
	}
	distinct := a.pick("", "", "DISTINCT ", "DISTINCT ON (a) ")
	limit := a.pick("", " LIMIT 3", " LIMIT 1 OFFSET 2", " FETCH FIRST 2 ROWS ONLY", " FETCH FIRST 1 ROW WITH TIES")
	direction := a.pick("", " DESC", " NULLS FIRST")
	return fmt.Sprintf("SELECT %s* FROM (%s) s(a, b, c) ORDER BY a%s, b, c%s", distinct, inner, direction, limit), true
}

// from draws relations and puts their columns in sight.
func (a *asking) from(depth int) string {
	if depth <= 0 || a.IntN(3) > 0 {
		return a.relation(depth)
	}
	left := a.relation(depth - 1)
	first := len(a.columns)
	right := a.relation(depth - 1)
	l, r := a.columnOf(a.columns[:first], "int"), a.columnOf(a.columns[first:], "int")
	on := l + " = " + r
	switch a.IntN(5) {
	case 0:
		on = a.columnOf(a.columns[:first], "text") + " = " + a.columnOf(a.columns[first:], "text")
	case 1:
		on += " AND " + a.predicate(0)
	}
	return left + a.pick(" JOIN ", " JOIN ", " LEFT JOIN ", " RIGHT JOIN ", " FULL JOIN ") + right + " ON " + on
}

// relation draws a table or a subquery.
func (a *asking) relation(depth int) string {
	alias := a.alias()
	if depth > 0 && a.IntN(4) == 0 {
		outer := a.columns
		a.columns = nil
		inner := a.flat(depth-1, "int", "text", "numeric")
		a.columns = append(outer, scopeColumn{alias + ".c1", "int"}, scopeColumn{alias + ".c2", "text"}, scopeColumn{alias + ".c3", "numeric"})
		return "(" + inner + ") " + alias + "(c1, c2, c3)"
	}
	name, columns := a.named()
	for _, c := range columns {
		if kind := kindOf[c.of]; a.inSight(c) {
			a.columns = append(a.columns, scopeColumn{alias + "." + c.name, kind})
		}
	}
	return name + " " + alias
}

// named picks a table or a derived product.
func (a *asking) named() (string, []secretColumn) {
	if a.IntN(8) == 0 {
		v := secretViews[a.IntN(len(secretViews))]
		return "mart." + v.name, v.columns
	}
	table := secretTables[[]int{0, 0, 0, 1, 1, 2, 2, 4, 5}[a.IntN(9)]]
	return a.pick(secretDomains...) + "." + table.name, table.columns
}

// inSight: what does not exist is asked for elsewhere (forbidden), and what is mostly
// refused only now and then.
func (a *asking) inSight(c secretColumn) bool {
	switch c.name {
	case "hid", "gone":
		return false
	case "held", "guarded":
		return a.IntN(5) == 0
	}
	return true
}

// columnOf gives a column of a kind; an expression where there is none.
func (a *asking) columnOf(columns []scopeColumn, of string) string {
	var fit []string
	for _, c := range columns {
		if c.of == of {
			fit = append(fit, c.name)
		}
	}
	if len(fit) == 0 {
		return constants[of][0]
	}
	return a.pick(fit...)
}

var constants = map[string][]string{
	"int": {"5", "0", "1", "2147483647", "NULL::integer"}, "text": {"'a'", "'v%'", "'5'", "E'\\\\'", "NULL::text"}, "numeric": {"1.5", "0.00", "99999999.99"},
	"date": {"date '2024-02-29'"}, "timestamp": {"timestamp '2024-03-31 02:30:00'"}, "float": {"0.5::float8"}, "big": {"5::bigint"}, "bool": {"true", "false", "NULL::boolean"},
}

func (a *asking) items(n int) string {
	items := make([]string, n)
	for i := range items {
		items[i] = a.expr(a.pick("int", "text", "numeric", "date", "timestamp", "float", "bool", "any"), 2)
	}
	return strings.Join(items, ", ")
}

func (a *asking) where(depth int) string {
	if a.IntN(4) == 0 {
		return ""
	}
	w := " WHERE " + a.predicate(depth)
	if a.IntN(3) == 0 {
		w += a.pick(" AND ", " OR ") + a.predicate(depth-1)
	}
	return w
}

func (a *asking) aggregated(depth int) string {
	from := a.from(depth)
	key := a.columnOf(a.columns, a.pick("int", "text", "date"))
	where := a.where(depth - 1)
	text, number := a.expr("text", 1), a.expr("int", 1)
	aggregate := a.pick("count(*)", "count(DISTINCT "+text+")", "sum("+a.expr("numeric", 1)+")", "min("+number+")", "max("+text+")",
		"avg("+a.expr("numeric", 0)+")", "count(*) FILTER (WHERE "+a.predicate(0)+")", "string_agg("+text+", ',' ORDER BY "+text+")", "bool_or("+a.predicate(0)+")",
		"array_agg("+number+" ORDER BY "+number+")")
	if a.IntN(4) == 0 {
		return fmt.Sprintf("SELECT %s FROM %s%s", aggregate, from, where)
	}
	return fmt.Sprintf("SELECT %s, %s FROM %s%s GROUP BY %s%s", key, aggregate, from, where, a.pick(key, "1", "ROLLUP (1)"), a.pick("", "", " HAVING count(*) > 1"))
}

func (a *asking) window() string {
	by := a.columnOf(a.columns, "int")
	return a.pick("count(*)", "sum("+a.columnOf(a.columns, "int")+")", "rank()", "dense_rank()", "max("+a.columnOf(a.columns, "text")+")") +
		" OVER (" + a.pick("", "PARTITION BY "+a.columnOf(a.columns, "text")+" ") + "ORDER BY " + by + ")"
}

// predicate draws a condition.
func (a *asking) predicate(depth int) string {
	n := 9
	if depth > 0 {
		n = 12
	}
	switch a.IntN(n) {
	case 0, 1:
		return a.expr("int", 1) + a.pick(" = ", " > ", " <> ", " <= ") + a.expr("int", 1)
	case 2:
		return a.expr("text", 1) + a.pick(" = ", " < ", " >= ") + a.expr("text", 1)
	case 3:
		return a.columnOf(a.columns, a.pick("int", "text", "date", "numeric", "float")) + a.pick(" IS NULL", " IS NOT NULL")
	case 4:
		return a.expr("text", 1) + a.pick(" LIKE ", " NOT LIKE ") + a.pick("'v%'", "'%a%'", "'_'")
	case 5:
		return a.expr("int", 1) + " IN (1, 5, 7)"
	case 6:
		return a.expr("numeric", 1) + a.pick(" > ", " = ") + a.expr("numeric", 1)
	case 7:
		return "(" + a.predicate(depth-1) + a.pick(" AND ", " OR ") + "NOT " + a.predicate(depth-1) + ")"
	case 8:
		return a.risky("bool", a.expr("int", 1)+" IS DISTINCT FROM "+a.columnOf(a.columns, "int"))
	case 9:
		return a.pick("EXISTS", "NOT EXISTS") + " (" + a.flat(depth-1, "int") + ")"
	case 10:
		return a.expr("int", 0) + a.pick(" IN ", " NOT IN ", " = ANY ", " > ALL ") + "(" + a.flat(depth-1, "int") + ")"
	default:
		return a.expr("int", 0) + " = (SELECT max(m.v) FROM (" + a.flat(depth-1, "int") + ") m(v))"
	}
}

// risky draws an expression that fails on some values, while the query may hold one more.
func (a *asking) risky(of, otherwise string) string {
	if a.risk == 0 || len(a.columns) == 0 {
		return otherwise
	}
	a.risk--
	i, t := a.columnOf(a.columns, "int"), a.columnOf(a.columns, "text")
	switch of {
	case "bool":
		return a.pick("1 / ("+i+" - 5) > 0", t+"::integer > 3", t+" ~ "+t, "'abc' ~ "+t, t+" LIKE "+t, i+" + 1 > 0", t+"::date > '2024-01-01'", t+"::boolean",
			"(SELECT "+i+" FROM pg.open) = 1", "sqrt("+i+") > 1", "substr('abc', 1, "+i+") = 'a'")
	case "int":
		return a.pick("1 / ("+i+" - 5)", t+"::integer", i+" * 2", "("+a.columnOf(a.columns, "float")+")::integer", i+" % (1 - "+i+")", "length(substr('abc', 1, "+i+"))", "-"+i)
	case "text":
		return a.pick("repeat('a', 10 / ("+i+" - 1))", "chr("+i+")", "substr("+t+", 1, "+i+")", "("+t+"::date)::text", "("+t+"::numeric)::text")
	case "numeric":
		return a.pick(t+"::numeric", "1.0 / ("+i+" - 5)", a.columnOf(a.columns, "numeric")+"::numeric(3,1)", "ln("+a.columnOf(a.columns, "numeric")+")")
	}
	return otherwise
}

// expr draws an expression of a kind.
func (a *asking) expr(of string, depth int) string {
	if of == "any" {
		return a.pick("coalesce("+a.columnOf(a.columns, "int")+", 0)", a.columns[a.IntN(len(a.columns))].name)
	}
	if of == "bool" {
		return "(" + a.predicate(0) + ")"
	}
	column := a.columnOf(a.columns, of)
	if depth <= 0 || a.IntN(2) == 0 {
		return column
	}
	if a.IntN(3) == 0 {
		return a.risky(of, column)
	}
	if a.IntN(4) == 0 {
		return a.pick(constants[of]...)
	}
	switch of {
	case "int":
		return a.pick("length("+a.columnOf(a.columns, "text")+")", "coalesce("+column+", 0)", "CASE WHEN "+a.predicate(0)+" THEN "+column+" ELSE 1 END", "nullif("+column+", 5)")
	case "text":
		return a.pick("upper("+column+")", column+" || 'x'", "left("+column+", 2)", "md5("+column+")", a.columnOf(a.columns, a.pick("int", "numeric", "date"))+"::text", "coalesce("+column+", '-')")
	case "numeric":
		return a.pick("round("+column+", 1)", "abs("+column+")", "greatest("+column+", "+a.columnOf(a.columns, of)+")")
	case "date":
		return a.pick("date_trunc('month', "+column+")::date", "coalesce("+column+", date '2000-01-01')")
	case "float":
		return a.pick("abs("+column+")", "coalesce("+column+", 0)")
	}
	return column
}

// limited draws statements over a table that may only be aggregated: what they tell of
// the groups that are too small is nothing.
func (a *asking) limited() string {
	table := a.pick(secretDomains...) + ".pays"
	aggregate := a.pick("count(*)", "count(person)", "count(DISTINCT person)", "sum(amount)", "avg(amount)", "stddev(amount)", "variance(amount)", "count(amount), sum(amount)")
	where := a.pick("", "", " WHERE dep IN ('a', 'b')", " WHERE dep = 's1'", " WHERE dep LIKE 's%'", " WHERE dep IS NOT NULL", " WHERE 1 / (length(dep) - 2) < 0", " WHERE dep::integer > 0",
		" WHERE dep < 's' OR dep = 's1' AND dep = 's2'")
	having := a.pick("", "", " HAVING count(*) < 3", " HAVING 1 / (count(*) - 3) > 0", " HAVING sum(amount) > 5")
	return strings.NewReplacer("TABLE", table, "AGGREGATE", aggregate).Replace(a.pick(
		"SELECT dep, AGGREGATE FROM TABLE"+where+" GROUP BY dep"+having, "SELECT dep, AGGREGATE FROM TABLE"+where+" GROUP BY dep"+having+" ORDER BY 2, 1 LIMIT 2",
		"SELECT AGGREGATE FROM TABLE"+where+" GROUP BY dep", "SELECT s.d, o.t FROM (SELECT dep, count(*) FROM TABLE GROUP BY dep) s(d, n) LEFT JOIN pg.open o ON o.k = s.n",
		"SELECT dep, AGGREGATE, 10 / (count(*) - 4) FROM TABLE GROUP BY dep", "SELECT AGGREGATE FROM TABLE", "SELECT upper(dep), AGGREGATE FROM TABLE GROUP BY upper(dep)",
		"SELECT * FROM TABLE", "SELECT person FROM TABLE", "SELECT max(amount) FROM TABLE", "SELECT dep, AGGREGATE FROM TABLE WHERE amount > 5 GROUP BY dep",
		"SELECT dep, AGGREGATE FILTER (WHERE dep = 's1') FROM TABLE GROUP BY dep", "SELECT dep, AGGREGATE FROM TABLE GROUP BY ROLLUP (dep)",
		"SELECT count(*) FROM TABLE a JOIN TABLE b ON a.dep = b.dep", "SELECT string_agg(dep, ',') FROM TABLE", "SELECT DISTINCT dep FROM TABLE",
		"SELECT person, count(*) FROM TABLE GROUP BY person", "SELECT dep, sum(amount) OVER () FROM TABLE", "SELECT 1 WHERE EXISTS (SELECT FROM TABLE WHERE dep = 's1')"))
}

// prepared draws a statement that is prepared by name and run twice.
func (a *asking) prepared() string {
	from := a.from(1)
	name := a.alias()
	return fmt.Sprintf("PREPARE %s(integer, text) AS SELECT %s FROM %s WHERE %s > $1 OR %s = $2; EXECUTE %s(%s, %s); EXECUTE %s(NULL, 'a')", name, a.items(2), from,
		a.expr("int", 1), a.expr("text", 1), name, a.pick("0", "5", "1 + 1", "'x'"), a.pick("'v1'", "NULL", "'%'"), name)
}

// forbidden draws statements over what the reader must not even know of.
func (a *asking) forbidden() string {
	d := a.pick(secretDomains...)
	return strings.ReplaceAll(a.pick("SELECT hid FROM DOMAIN.people", "SELECT * FROM DOMAIN.people", "SELECT count(*) FROM DOMAIN.people p WHERE p.hid = 'a'", "SELECT * FROM DOMAIN.closed",
		"SELECT v FROM DOMAIN.closed WHERE id / 0 = 1", "SELECT p FROM DOMAIN.people p", "SELECT row_to_json(p) FROM DOMAIN.people p", "SELECT 1 FROM DOMAIN.another_DOMAIN",
		"SELECT id FROM DOMAIN.people ORDER BY hid", "SELECT id FROM DOMAIN.people GROUP BY id, hid", "SELECT max(hid) FROM DOMAIN.people", "SELECT nope FROM DOMAIN.closed",
		"EXPLAIN SELECT hid FROM DOMAIN.people", "SELECT 1 FROM DOMAIN.open WHERE EXISTS (SELECT FROM DOMAIN.closed)", "TABLE DOMAIN.closed", "SELECT 'DOMAIN.closed'::regclass",
		"SELECT has_table_privilege('DOMAIN.closed', 'SELECT')", "COPY DOMAIN.closed TO STDOUT", "SELECT region, hid IS NULL FROM DOMAIN.people", "SELECT id FROM DOMAIN.people NATURAL JOIN DOMAIN.closed",
		"PREPARE aDOMAIN AS SELECT hid FROM DOMAIN.people", "SELECT pg_relation_size('DOMAIN.people')", "SHOW ALL", "ANALYZE DOMAIN.people", "SELECT id FROM DOMAIN.people FOR UPDATE", "SELECT ctid FROM DOMAIN.people",
		"SELECT gone FROM DOMAIN.staff", "SELECT * FROM DOMAIN.staff", "SELECT id FROM DOMAIN.staff WHERE gone = 'a'", "SELECT held FROM DOMAIN.staff", "SELECT max(held) FROM DOMAIN.staff",
		"SELECT id FROM DOMAIN.staff WHERE held::integer = 1", "SELECT id FROM DOMAIN.staff ORDER BY held", "SELECT s FROM DOMAIN.staff s", "SELECT id FROM DOMAIN.staff WHERE guarded > 5",
		"SELECT guarded, count(*) FROM DOMAIN.staff GROUP BY guarded", "SELECT * FROM DOMAIN.owners", "SELECT 1 FROM DOMAIN.visits v JOIN DOMAIN.owners k ON k.k = v.person",
		"SELECT count(*), count(DISTINCT held) FROM DOMAIN.staff WHERE held LIKE 'wza%'", "SELECT id FROM DOMAIN.staff NATURAL JOIN DOMAIN.people"), "DOMAIN", d)
}

// catalogQuery draws a question about the system catalog, each with one order.
func (a *asking) catalogQuery() string {
	return a.pick(
		"SELECT table_schema, table_name FROM information_schema.tables ORDER BY 1, 2",
		"SELECT table_schema, table_name, column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema IN ('pg', 'my', 'fs') ORDER BY 1, 2, 3",
		"SELECT n.nspname, c.relname, c.oid, c.reltuples, c.relpages FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname IN ('pg', 'my', 'fs') ORDER BY 1, 2",
		"SELECT attrelid::regclass::text, attname, attnum, attnotnull FROM pg_attribute WHERE attrelid >= 16384 ORDER BY 1, 3",
		"SELECT count(*) FROM pg_class", "SELECT count(*) FROM pg_attribute", "SELECT * FROM pg_stats ORDER BY 1, 2, 3",
		"SELECT relname, n_live_tup FROM pg_stat_user_tables ORDER BY 1", "SELECT oid::bigint, nspname FROM pg_namespace ORDER BY 1", "SELECT conname FROM pg_constraint ORDER BY 1",
		"SELECT obj_description(oid) FROM pg_class WHERE relname = 'closed'", "SELECT pg_total_relation_size('pg.people')", "SELECT to_regclass('pg.closed')", "SELECT rolname FROM pg_roles ORDER BY 1",
		"SELECT max(oid) FROM pg_class", "SELECT nspname FROM pg_namespace ORDER BY 1", "SELECT count(*) FROM pg_type", "SELECT * FROM mesh.products ORDER BY 1, 2", "SELECT * FROM mesh.columns ORDER BY 1, 2, 3",
	)
}
