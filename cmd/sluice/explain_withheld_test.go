package main

import (
	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"

	"strings"
	"testing"
)

// TestExplainTellsNoSizesOfHidden explains statements over tables of which rows or values are
// hidden, with masks that the source applies and masks that are applied here: what was
// expected comes from statistics of all rows, and bytes from values under masks.
func TestExplainTellsNoSizesOfHidden(t *testing.T) {
	t.Parallel()
	source := storesOf(t)
	for _, policy := range []string{
		`match: {columns: [name]}` + "\nrules: [{mask: hash, args: {key: mesh}}]\n", `match: {columns: [name]}` + "\nrules: [{mask: \"null\"}]\n",
		`match: {products: [shop.people]}` + "\nrules: [{rowFilter: \"region = 'EU'\"}]\n",
		`match: {products: [shop.people]}` + "\nrules: [{rowFilter: \"id / length(region) < 50\"}]\n",
		`match: {columns: [name]}` + "\nrules: [{mask: sql, args: {mayFail: true, expression: \"CASE WHEN region = 'EU' THEN upper(name) END\"}}]\n",
		`match: {products: [shop.people]}` + "\nrules: [{aggregateOnly: {minGroup: 2, dimensions: [region]}}]\n",
	} {
		gateway := source(policy)
		for _, sql := range []string{"SELECT * FROM shop.people", "SELECT id FROM shop.people WHERE name = 'x'", "SELECT count(*) FROM shop.people a JOIN shop.people b ON a.name = b.name", "SELECT region, count(*) FROM shop.people GROUP BY region",
			"SELECT max(length(name)) FROM shop.people", "SELECT 10 / id, name FROM shop.people"} {
			for _, off := range []string{"", "all"} {
				must(t, set(t.Context(), gateway, off))
				for _, how := range []string{"(COSTS) ", "(COSTS, ANALYZE) ", "(COSTS, ANALYZE, FORMAT JSON) "} {
					got := ask(t.Context(), gateway, "EXPLAIN "+how+sql)
					whole := strings.Contains(policy, "Filter") || strings.Contains(policy, "aggregateOnly")
					if !whole && !strings.Contains(sql, "name") && !strings.Contains(sql, "SELECT *") {
						continue // the column is not read
					}
					if text := got.String(); strings.Contains(text, "stimated") || strings.Contains(text, "bytes=") || strings.Contains(text, `"Bytes"`) || whole && strings.Contains(text, "=200") {
						t.Errorf("%s under %s without [%s]:\n%s", how+sql, policy, off, text)
					}
				}
			}
		}
	}
}

// storesOf gives connections to gateways over people, who are governed, and a table that is
// not, by the policy.
func storesOf(t *testing.T) func(policy string) *pgx.Conn {
	t.Helper()
	pg := testservers.Postgres(t).NewDatabase(t)
	pg.Exec(t, "CREATE TABLE people (id integer PRIMARY KEY, name text, region text)", "CREATE TABLE open (id integer PRIMARY KEY)",
		"INSERT INTO people SELECT i, repeat('n', i), CASE WHEN i % 2 = 0 THEN 'EU' ELSE 'US' END FROM generate_series(1, 200) i", "INSERT INTO open SELECT generate_series(1, 9)", "ANALYZE")
	return func(policy string) *pgx.Conn {
		m := newMesh(t)
		m.user("reader", "", "readers")
		m.domain("shop", m.serverSource("postgres", pg.Host, pg.Port, pg.Database, pg.User, pg.Password))
		m.product("shop", "people", "", fixtureColumn{"id", "integer", ""}, fixtureColumn{"name", "text", ""}, fixtureColumn{"region", "text", ""})
		m.product("shop", "open", "", fixtureColumn{"id", "integer", ""})
		m.grant("shop", "people", "readers", "")
		m.grant("shop", "open", "readers", "")
		m.policy("p", policy)
		return m.serve().connect(t, "reader")
	}
}
