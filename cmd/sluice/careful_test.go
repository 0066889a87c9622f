package main

import (
	"strings"
	"testing"
)

// TestCareful says of which statements an engine could choose the rows that an expression
// is asked of, where something is hidden: these are kept from sources and run with care.
func TestCareful(t *testing.T) {
	gateway := newPolicyMesh(t, "").serve()
	for _, c := range []struct {
		who, sql string
		careful  bool
		pushed   string // what a source is asked for all the same
	}{
		{"analyst_eu", "SELECT id FROM shop.customers WHERE 1 / (id - 2) > 0", false, "OFFSET 0"},
		{"analyst_eu", "SELECT 1 / (id - 2) FROM shop.customers", false, ""},
		{"analyst_eu", "SELECT c.id FROM shop.customers c JOIN shop.orders o ON o.customer_id = c.id", false, "JOIN"},
		{"analyst_eu", "SELECT c.id FROM shop.customers c JOIN shop.orders o ON o.customer_id = c.id WHERE 1 / (c.id - 2) > 0", true, ""},
		{"analyst_eu", "SELECT c.id FROM shop.customers c JOIN shop.orders o ON o.customer_id = c.id / (c.id - 2)", true, ""},
		{"analyst_eu", "SELECT sum(1 / (c.id - 2)) FROM shop.customers c JOIN shop.orders o ON o.customer_id = c.id", false, "sum("},
		{"analyst_eu", "SELECT c.region FROM shop.customers c JOIN shop.orders o ON o.customer_id = c.id GROUP BY c.region HAVING 10 / count(*) > 1", false, "HAVING"},
		{"analyst_eu", "SELECT c.id FROM shop.customers c JOIN shop.orders o ON o.customer_id = c.id GROUP BY c.id HAVING 10 / c.id > 1", true, ""},
		{"analyst_eu", "SELECT id, 1 / (id - 2) FROM shop.customers ORDER BY id LIMIT 1", false, "LIMIT 1"},
		{"analyst_eu", "SELECT id, 1 / (id - 2) FROM shop.customers ORDER BY 2 LIMIT 1", true, ""},
		{"analyst_eu", "SELECT id FROM shop.customers WHERE 1 / (id - 2) > 0 LIMIT 1", true, ""},
		{"analyst_eu", "SELECT id FROM shop.orders o WHERE EXISTS (SELECT FROM shop.customers c WHERE c.id = o.customer_id AND 1 / (c.id - 2) > 0)", true, ""},
		{"analyst_eu", "SELECT id FROM shop.customers WHERE id = (SELECT customer_id FROM shop.orders WHERE id = 1)", false, "OFFSET 0"},
		{"analyst_eu", "SELECT id FROM shop.orders WHERE total = (SELECT max(total) FROM shop.orders)", false, "max("},
		{"analyst_eu", "SELECT 1 / (id - 2) FROM shop.customers UNION ALL SELECT id FROM shop.orders", false, ""},
		{"analyst_eu", "SELECT 1 / (id - 2) FROM shop.customers EXCEPT SELECT id FROM shop.orders", true, ""},
		{"steward", "SELECT c.id FROM shop.customers c JOIN shop.orders o ON o.customer_id = c.id WHERE 1 / (c.id - 2) > 0", false, "JOIN"},
	} {
		plan := ask(t.Context(), gateway.connect(t, c.who), "EXPLAIN "+c.sql).String()
		if got := strings.Contains(plan, "Careful:"); got != c.careful {
			t.Errorf("%s as %s: careful %v, want %v\n%s", c.sql, c.who, got, c.careful, plan)
		}
		if !strings.Contains(sourceTexts(plan), c.pushed) {
			t.Errorf("%s as %s does not ask a source for %s:\n%s", c.sql, c.who, c.pushed, plan)
		}
		if c.careful && strings.Contains(sourceTexts(plan), " / ") {
			t.Errorf("%s as %s asks a source for what can fail:\n%s", c.sql, c.who, plan)
		}
	}
}

// sourceTexts gives what sources are asked, out of a plan's description.
func sourceTexts(plan string) string {
	var texts []string
	for _, line := range strings.Split(plan, "\n") {
		if text, is := strings.CutPrefix(strings.TrimSpace(line), "SQL: "); is {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "\n")
}
