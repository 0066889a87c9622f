package main

import (
	"strings"
	"testing"
)

// TestSessionDefaults: what mesh.yaml gives to every session is what it starts with and
// goes back to; what a client starts with goes before; what is wrong is told to authors.
func TestSessionDefaults(t *testing.T) {
	t.Parallel()
	m := newMesh(t)
	m.domain("sales", "type: files\nroot: domains/sales/data\n")
	m.write("domains/sales/data/orders.csv", "id\n7\n")
	m.product("sales", "orders", "orders.csv", fixtureColumn{"id", "integer", ""})
	m.grant("sales", "orders", "readers", "")
	m.user("reader", "", "readers")
	m.write("mesh.yaml", `apiVersion: mesh/v1
kind: Mesh
name: test
session: {search_path: [sales, public], statement_timeout: 5min, work_mem: much, no_such_parameter: 1}
`)
	conn := m.serve().connect(t, "reader")
	for _, c := range []struct{ sql, want string }{
		{"SHOW search_path", "sales, public"},
		{"SELECT id FROM orders", "7"},
		{"SELECT current_schemas(false)", "{sales,public}"},
		{"SELECT setting || unit || source FROM pg_settings WHERE name = 'statement_timeout'", "300000msdatabase"},
		{"SELECT source FROM pg_settings WHERE name = 'work_mem'", "default"},
		{"SELECT setconfig[1] FROM pg_db_role_setting", "search_path=sales, public"},
		{"SET search_path TO public", ""},
		{"SELECT source FROM pg_settings WHERE name = 'search_path'", "session"},
		{"RESET ALL", ""},
		{"SHOW search_path", "sales, public"},
	} {
		if got := ask(t.Context(), conn, c.sql); got.code != "" || c.want != "" && got.rows[0][0] != c.want {
			t.Errorf("%s: %v, want %s", c.sql, got, c.want)
		}
	}
	var out strings.Builder
	err := (&check{Mesh: m.dir}).run(t.Context(), &out)
	for _, want := range []string{`mesh.yaml:4:66: invalid value for parameter "work_mem": "much"`, `unrecognized configuration parameter "no_such_parameter"`} {
		if err == nil || !strings.Contains(out.String(), want) {
			t.Errorf("check: %v, want %q in\n%s", err, want, &out)
		}
	}
}
