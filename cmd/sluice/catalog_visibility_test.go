package main

import (
	"strings"
	"testing"
)

// TestCatalogShowsWhatIsGranted: what a principal may not know of is in no system table,
// under no name and no number, and cannot be told from what does not exist.
func TestCatalogShowsWhatIsGranted(t *testing.T) {
	t.Parallel()
	build := func(hidden string) *served {
		m := newMesh(t)
		for _, d := range []string{"open", "shut"} {
			m.domain(d, "type: files\nroot: data\n")
			m.write("domains/"+d+"/data/.keep", "")
		}
		columns := []fixtureColumn{{"id", "integer", "primaryKey: true"}, {"seen", "text", "description: Seen."}, {"unseen", "text", "description: Unseen."}}
		m.product("open", "shown", "shown.csv", columns...)
		m.grant("open", "shown", "readers", "columns: [id, seen]\n")
		m.product("open", hidden, "h.csv", columns...)
		m.product("shut", hidden, "h.csv", columns...)
		m.grant("shut", hidden, "others", "")
		m.user("reader", "", "readers")
		m.user("other", "", "others")
		return m.serve()
	}
	one, two := build("hidden_a").connect(t, "reader"), build("hidden_b").connect(t, "reader")
	everything := []string{"'open.hidden_a'::regclass", "to_regclass('shut.hidden_a')", "'shut'::regnamespace", "has_table_privilege('open.hidden_a', 'SELECT')", "'others'::regrole", "'other'::regrole"}
	var queries []string
	for _, e := range everything {
		queries = append(queries, "SELECT "+e)
	}
	for _, schema := range []string{"pg_catalog", "information_schema"} {
		for _, r := range ask(t.Context(), one, "SELECT relname FROM pg_class c WHERE relnamespace = '"+schema+"'::regnamespace AND relname NOT LIKE 'pg_stat_activity' ORDER BY 1").rows {
			queries = append(queries, "SELECT * FROM "+schema+"."+r[0])
		}
	}
	for _, sql := range queries {
		a, b := ask(t.Context(), one, sql), ask(t.Context(), two, sql)
		if text := a.String(); strings.Contains(text, "unseen") || strings.Contains(text, "Unseen") || a.code == "" && strings.Contains(text, "hidden_a") {
			t.Errorf("%s tells of what is hidden:\n%s", sql, text)
		}
		if diff := difference(a.sorted(), b.sorted()); diff != "" {
			t.Errorf("%s: two meshes that differ in hidden things only\n%s", sql, diff)
		}
	}
	if len(queries) < 150 {
		t.Errorf("only %d queries", len(queries))
	}
}
