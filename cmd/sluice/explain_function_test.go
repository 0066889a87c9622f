package main

import (
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// TestExplainAccessBySQL asks mesh.explain_access as different users.
func TestExplainAccessBySQL(t *testing.T) {
	t.Parallel()
	db := testservers.Postgres(t).NewDatabase(t)
	db.Exec(t, "CREATE TABLE orders (id bigint, email text, pay bigint, secret text, note text, country text)",
		"INSERT INTO orders VALUES (1, 'a@b.example', 5, 's', 'n', 'DE'), (2, 'c@d.example', 7, 't', 'o', 'FR')")
	m := explainedMesh(t)
	m.domain("sales", m.serverSource("postgres", db.Host, db.Port, db.Database, db.User, db.Password))
	gateway := m.serve()
	ann, eve := gateway.connect(t, "ann"), gateway.connect(t, "eve")
	columns := ask(t.Context(), ann, "SELECT name, state, mask, policy FROM mesh.explain_access('sales.orders') a WHERE object = 'column' ORDER BY 1").String()
	want := `name:25:-1 | state:25:-1 | mask:25:-1 | policy:25:-1
country | visible | NULL | NULL
email | masked | partial | pii
id | visible | NULL | NULL
note | denied | NULL | NULL
pay | withheld | NULL | pay
`
	if columns != want {
		t.Errorf("got\n%swant\n%s", columns, want)
	}
	rows := ask(t.Context(), ann, "SELECT state, policy, grants, reason FROM mesh.explain_access('sales.orders') WHERE object = 'rows'").String()
	if !strings.Contains(rows, "filter | rows | NULL | binds") || strings.Contains(rows, "country") {
		t.Errorf("rows: %s", rows)
	}
	for sql, code := range map[string]string{
		"SELECT * FROM mesh.explain_access('sales.orders_nope')": "42P01",
		"SELECT * FROM mesh.explain_access(1)":                   "3F000",
		"SELECT secret FROM sales.orders":                        "42703",
		"SELECT o.secret FROM sales.orders o":                    "42703",
		"SELECT note FROM sales.orders":                          "42501",
		"SELECT pay FROM sales.orders":                           "42501",
	} {
		if got := ask(t.Context(), ann, sql); got.code != code && !(code == "3F000" && got.code == "42883") {
			t.Errorf("%s: got %s, want %s", sql, got, code)
		}
	}
	if got := ask(t.Context(), eve, "SELECT * FROM mesh.explain_access('sales.orders')"); got.code != "42P01" {
		t.Errorf("eve learns %s", got)
	}
	// Nothing tells of the hidden column: not * , not the catalogs.
	if got := ask(t.Context(), ann, "SELECT count(*) FROM (SELECT * FROM (SELECT id, email, country FROM sales.orders) o) x"); got.code != "" || got.rows[0][0] != "1" {
		t.Errorf("got %s", got)
	}
	for _, sql := range []string{
		"SELECT column_name FROM information_schema.columns WHERE table_schema = 'sales'",
		"SELECT attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid WHERE relname = 'orders'",
	} {
		got := ask(t.Context(), ann, sql)
		if got.code != "" || strings.Contains(got.String(), "secret") || !strings.Contains(got.String(), "email") {
			t.Errorf("%s: %s", sql, got)
		}
	}
	if got := ask(t.Context(), ann, "SELECT count(*), sum(pay) FROM sales.orders WHERE pay > 1"); got.code != "" || got.rows[0][0] != "1" || got.rows[0][1] != "5" {
		t.Errorf("got %s", got)
	}
}
