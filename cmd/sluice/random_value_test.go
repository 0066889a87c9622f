package main

import (
	"fmt"
	"strings"
)

// value gives an expression of a kind over columns: one that never fails on the rows of the
// cases, so that what it answers does not depend on who computes it first.
func (m *queryMaker) value(kind string, columns []randomColumn, depth int) string {
	if depth <= 0 || m.chance(3) {
		return m.leaf(kind, columns)
	}
	of := func(kind string) string { return m.value(kind, columns, depth-1) }
	if m.chance(6) {
		return pick(m, []func() string{
			func() string { return "coalesce(" + of(kind) + ", " + of(kind) + ")" },
			func() string { return "nullif(" + of(kind) + ", " + m.leaf(kind, columns) + ")" },
			func() string { return "CASE WHEN " + of("bool") + " THEN " + of(kind) + " ELSE " + of(kind) + " END" },
			func() string { return "greatest(" + of(kind) + ", " + of(kind) + ")" },
			func() string { return "least(" + of(kind) + ", " + of(kind) + ", " + m.leaf(kind, columns) + ")" },
			func() string {
				return "(ARRAY[" + of(kind) + ", " + of(kind) + "])[1 + (abs(" + of("int") + ") % 3)::int]"
			},
			func() string { return m.scalar(kind, columns) },
		})()
	}
	switch kind {
	case "int":
		return pick(m, []func() string{
			func() string { return "(" + of("int") + pick(m, []string{" + ", " - "}) + of("int") + ")" },
			func() string { return "(" + of("int") + " / (abs(" + of("int") + ") + 1))" },
			func() string { return "(" + of("int") + " % (abs(" + of("int") + ") + 2))" },
			func() string { return "length(" + of("text") + ")" },
			func() string { return "strpos(" + of("text") + ", " + of("text") + ")" },
			func() string { return "(" + of("date") + " - " + of("date") + ")" },
			func() string { return "extract(month FROM " + of("date") + ")::int" },
			func() string { return "sign(" + of("numeric") + ")::int" },
			func() string { return "cardinality(string_to_array(" + of("text") + ", 'a'))" },
		})()
	case "text":
		return pick(m, []func() string{
			func() string { return "(" + of("text") + " || " + of("text") + ")" },
			func() string {
				return pick(m, []string{"upper(", "lower(", "trim(", "reverse(", "md5("}) + of("text") + ")"
			},
			func() string {
				return "substr(" + of("text") + ", (abs(" + of("int") + ") % 4)::int + 1, " + pick(m, []string{"2", "3"}) + ")"
			},
			func() string { return "replace(" + of("text") + ", 'a', " + of("text") + ")" },
			func() string { return of(pick(m, []string{"int", "date", "numeric", "bool"})) + "::text" },
			func() string { return "chr(65 + (abs(" + of("int") + ") % 26)::int)" },
			func() string { return "concat(" + of("text") + ", " + of("int") + ")" },
			func() string { return "regexp_replace(" + of("text") + ", '[aeiou]+', '-')" },
		})()
	case "numeric":
		return pick(m, []func() string{
			func() string {
				return "(" + of("numeric") + pick(m, []string{" + ", " - ", " * "}) + of("numeric") + ")"
			},
			func() string { return "(" + of("numeric") + " / (abs(" + of("int") + ") + 1))" },
			func() string { return pick(m, []string{"round(", "trunc("}) + of("numeric") + ", 1)" },
			func() string { return pick(m, []string{"ceil(", "floor(", "abs("}) + of("numeric") + ")" },
			func() string { return of("int") + "::numeric(20,2)" },
		})()
	case "date":
		return pick(m, []func() string{
			func() string { return "(" + of("date") + " + " + pick(m, []string{"1", "30", "-365"}) + ")" },
			func() string { return "(" + of("date") + " + interval '1 month')::date" },
			func() string { return "date_trunc('year', " + of("date") + ")::date" },
			func() string { return of("timestamp") + "::date" },
		})()
	case "timestamp":
		return "(" + of("timestamp") + " + " + pick(m, []string{"interval '1 day'", "interval '-3 hours'"}) + ")"
	case "bool":
		return m.truth(columns, depth-1)
	}
	return m.leaf(kind, columns)
}

// leaf gives a column of a kind, or a constant.
func (m *queryMaker) leaf(kind string, columns []randomColumn) string {
	var fit []string
	for _, c := range columns {
		if c.kind == kind {
			fit = append(fit, c.sql)
		}
	}
	if len(fit) > 0 && !m.chance(4) {
		return pick(m, fit)
	}
	return pick(m, randomConstants[kind])
}

// truth gives a condition over values.
func (m *queryMaker) truth(columns []randomColumn, depth int) string {
	kind := pick(m, []string{"int", "text", "numeric", "date", "timestamp"})
	of := func(kind string) string { return m.value(kind, columns, depth) }
	compare := pick(m, []string{" = ", " < ", " <= ", " > ", " >= ", " <> "})
	return pick(m, []func() string{
		func() string { return "(" + of(kind) + compare + of(kind) + ")" },
		func() string { return "(" + of(kind) + compare + of(kind) + ")" },
		func() string { return "(" + of(kind) + pick(m, []string{" IS NULL", " IS NOT NULL"}) + ")" },
		func() string { return "(" + of("bool") + " AND " + of("bool") + ")" },
		func() string { return "(" + of("bool") + " OR " + of("bool") + ")" },
		func() string { return "(NOT " + of("bool") + ")" },
		func() string {
			return "(" + of("bool") + pick(m, []string{" IS TRUE", " IS NOT FALSE", " IS UNKNOWN"}) + ")"
		},
		func() string { return "(" + of(kind) + " IS DISTINCT FROM " + of(kind) + ")" },
		func() string { return "(" + of(kind) + " IN (" + of(kind) + ", " + of(kind) + "))" },
		func() string { return "(" + of(kind) + " BETWEEN " + of(kind) + " AND " + of(kind) + ")" },
		func() string { return "(" + of(kind) + compare + "ANY (ARRAY[" + of(kind) + ", " + of(kind) + "]))" },
		func() string {
			return "(" + of("text") + pick(m, []string{" LIKE '%a%'", " NOT LIKE '_'", " ILIKE 'b%'", " ~ '[a-f]'"}) + ")"
		},
		func() string {
			return "((" + of("int") + ", " + of("text") + ")" + compare + "(" + of("int") + ", " + of("text") + "))"
		},
		func() string { return m.exists(columns) },
	})()
}

// about gives a FROM clause and a condition that joins it to the columns around it.
func (m *queryMaker) about(columns []randomColumn) (from, where string, inner []randomColumn) {
	m.depth++
	defer func() { m.depth-- }()
	from, inner = m.relation()
	left, right := m.pair(inner, columns)
	where = left + " = " + right
	if m.chance(2) {
		where += " AND " + m.truth(append(append([]randomColumn{}, inner...), columns...), 1)
	}
	return from, where, inner
}

// exists gives a condition with a subquery that sees the columns around it.
func (m *queryMaker) exists(columns []randomColumn) string {
	if m.depth > 1 {
		return m.leaf("bool", columns)
	}
	from, where, inner := m.about(columns)
	c := pick(m, inner)
	switch {
	case c.kind == "float" || m.chance(2):
		return pick(m, []string{"EXISTS", "NOT EXISTS"}) + " (SELECT 1 FROM " + from + " WHERE " + where + ")"
	default:
		return "(" + m.leaf(c.kind, columns) + pick(m, []string{" IN ", " NOT IN ", " = ANY ", " < ALL "}) + "(SELECT " + c.sql + " FROM " + from + " WHERE " + where + "))"
	}
}

// scalar gives a subquery that is one value.
func (m *queryMaker) scalar(kind string, columns []randomColumn) string {
	if m.depth > 1 || kind == "bool" || kind == "char" {
		return m.leaf(kind, columns)
	}
	from, where, inner := m.about(columns)
	both := append(append([]randomColumn{}, inner...), columns...)
	return fmt.Sprintf("(SELECT %s(%s) FROM %s WHERE %s)", pick(m, []string{"max", "min"}), m.value(kind, both, 1), from, where)
}

// beside gives a LATERAL subquery and the columns it brings: the first few rows that go with
// those around it, in an order that leaves no choice, or what they come to.
func (m *queryMaker) beside(columns []randomColumn) (string, []randomColumn) {
	from, where, inner := m.about(columns)
	m.aliases++
	alias := fmt.Sprintf("t%d", m.aliases)
	both := append(append([]randomColumn{}, inner...), columns...)
	var items, order []string
	var brought []randomColumn
	for i, kind := range []string{"int", pick(m, []string{"text", "numeric", "date"})} {
		sql := m.value(kind, both, 2)
		if m.chance(2) {
			sql = pick(m, inner[:1]).sql
			kind = inner[0].kind
		}
		items = append(items, fmt.Sprintf("%s AS b%d", sql, i))
		order = append(order, fmt.Sprint(i+1))
		brought = append(brought, randomColumn{fmt.Sprintf("%s.b%d", alias, i), kind})
	}
	if m.chance(3) {
		return fmt.Sprintf("(SELECT count(*) AS b0, max(%s) AS b1 FROM %s WHERE %s) %s", m.value("text", both, 1), from, where, alias),
			[]randomColumn{{alias + ".b0", "int"}, {alias + ".b1", "text"}}
	}
	return fmt.Sprintf("(SELECT %s FROM %s WHERE %s ORDER BY %s LIMIT %d) %s", strings.Join(items, ", "), from, where, strings.Join(order, ", "), 1+m.random.IntN(3), alias), brought
}

// overWindow gives a window function whose answer does not depend on the order of equal rows.
func (m *queryMaker) overWindow(columns []randomColumn) (string, string) {
	part, order := pick(m, columns), pick(m, columns)
	window := "(PARTITION BY " + part.sql + " ORDER BY " + order.sql + pick(m, []string{"", " DESC", " NULLS FIRST"}) + ")"
	switch m.random.IntN(4) {
	case 0:
		return "rank() OVER " + window, "int"
	case 1:
		return "count(" + m.value("text", columns, 1) + ") OVER " + window, "int"
	case 2:
		return "max(" + m.value("int", columns, 1) + ") OVER (PARTITION BY " + part.sql + ")", "int"
	default:
		return "sum(" + m.value("numeric", columns, 1) + ") OVER " + window, "numeric"
	}
}
