package main

import (
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// TestExplainNamesNoLookup looks for traces of what policies and views read besides, and
// for counts of rows before a filter.
func TestExplainNamesNoLookup(t *testing.T) {
	t.Parallel()
	oracle := testservers.Postgres(t).NewDatabase(t)
	oracle.Exec(t, modelRows)
	for _, store := range []string{"postgres", "files"} {
		for _, c := range modelCases {
			if !strings.Contains(c.policy, "vips") && !strings.Contains(c.policy, "regions") && c.relation != "mart.people" {
				continue
			}
			m := modelMesh(t, oracle, store)
			m.peopleView("definer", "SELECT o.id, o.email, v.level::bigint AS size FROM sales.orders o JOIN crm.vips v ON v.id = o.customer")
			m.write(c.file, "apiVersion: mesh/v1\nkind: Policy\nid: p\n"+c.policy+"\n")
			conn := m.serve().connect(t, c.user)
			for _, off := range []string{"", "all"} {
				_, err := conn.Exec(t.Context(), "SET sluice.disabled_rules = '"+off+"'")
				must(t, err)
				for _, options := range []string{"", "(ANALYZE, VERBOSE)", "(FORMAT JSON, ANALYZE)", "(TRACE)", "(COSTS)"} {
					a := ask(t.Context(), conn, "EXPLAIN "+options+" SELECT id, email FROM "+c.relation)
					if a.code != "" {
						t.Errorf("%s: %s", c.name, a)
					}
					text := a.String()
					for _, hidden := range []string{"vips", "regions", "manager", "level"} {
						if strings.Contains(text, hidden) {
							t.Errorf("%s from %s, EXPLAIN %s without [%s] tells of %s:\n%s", c.name, store, options, off, hidden, text)
						}
					}
					if strings.Contains(text, "rows=7") || strings.Contains(text, `"Actual Rows": 7`) && strings.Contains(c.policy, "rowFilter") {
						t.Errorf("%s from %s, EXPLAIN %s counts hidden rows:\n%s", c.name, store, options, text)
					}
				}
			}
		}
	}
}
