package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// TestQuality asks rules of every kind of a PostgreSQL table and a file, as the domain
// they belong to: a policy that hides rows from readers hides none here, and another
// domain's data stays closed.
func TestQuality(t *testing.T) {
	t.Parallel()
	db := testservers.Postgres(t).NewDatabase(t)
	db.Exec(t, "CREATE TABLE orders (id bigint, email text, code text, total numeric(10,2), day date)",
		`INSERT INTO orders VALUES (1, 'a@b.example', 'A', 5, '2026-01-01'), (2, 'none', 'A', -6, '2026-01-01'), (3, NULL, 'B', 7, '2026-01-02'), (3, '', NULL, NULL, NULL)`)
	for _, kind := range []string{"postgres", "files"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			m := newMesh(t)
			m.user("ann", "", "readers")
			custom := ""
			if kind == "files" {
				m.domain("sales", "type: files\npath: data\n")
				m.write("data/orders.csv", "id,email,code,total,day\n1,a@b.example,A,5,2026-01-01\n2,none,A,-6,2026-01-01\n3,,B,7,2026-01-02\n3,\"\",,,\n")
				custom = "    customProperties: [{property: meshPath, value: orders.csv}]\n"
			} else {
				m.domain("sales", m.serverSource("postgres", db.Host, db.Port, db.Database, db.User, db.Password))
			}
			m.domain("hr", "type: files\npath: hr\n")
			m.write("hr/pay.csv", "id,amount\n1,777777\n")
			m.product("hr", "pay", "pay.csv", fixtureColumn{"id", "integer", ""}, fixtureColumn{"amount", "integer", ""})
			m.policy("rows", "match: {products: [sales.orders]}\nrules: [{rowFilter: \"id = 1\"}]\n")
			m.write("governance/checks/q.check.yaml", `apiVersion: mesh/v1
kind: CheckSet
checks:
  - {id: no-errors, level: error, assert: quality.error.failed == 0}
  - {id: few-warnings, level: warn, assert: quality.warning.failed < 100}
  - {id: some-rules, level: warn, assert: quality.asked > 0}
`)
			contract := strings.Builder{}
			fmt.Fprintf(&contract, `apiVersion: v3.1.0
kind: DataContract
id: orders
name: orders
version: 1.0.0
status: active
domain: sales
servers: [{server: origin, type: custom, customProperties: [{property: meshSource, value: origin}]}]
schema:
  - name: orders
%s    quality:
      - {id: ok_rows, metric: rowCount, mustBe: 4}
      - {id: bad_rows, metric: rowCount, mustBeLessThan: 4}
      - {id: ok_between, metric: rowCount, mustBeBetween: [1, 9]}
      - {id: bad_pair, type: library, metric: duplicateValues, arguments: {properties: [code, day]}, mustBe: 0, severity: warning}
      - {id: ok_sql, type: sql, query: "SELECT count(*) FROM ${table} WHERE total < -100", mustBe: 0}
      - {id: bad_sql, type: sql, query: "SELECT count(*) FROM {object} WHERE total < 0;", mustBe: 0}
      - {id: bad_null, type: sql, query: "SELECT max(total) FROM orders WHERE id > 99", mustBe: 0, severity: info}
      - {id: spy, type: sql, query: "SELECT amount FROM hr.pay", mustBe: 0}
      - {id: broken, type: sql, query: "SELECT FROM WHERE", mustBe: 0}
      - {id: two, type: sql, query: "SELECT id FROM orders", mustBe: 0}
      - {id: write, type: sql, query: "DELETE FROM orders", mustBe: 0}
      - {id: soda, type: custom, engine: soda, implementation: x}
      - {id: read_me, type: text, description: It is good.}
      - {id: nameless, metric: rowsThere, mustBe: 1}
      - {id: boundless, metric: rowCount}
    properties:
      - {name: id, customProperties: [{property: pgType, value: bigint}], quality: [{id: bad_twice, metric: duplicateValues, mustBe: 0}, {id: ok_null, metric: nullValues, mustBe: 0}]}
      - name: email
        customProperties: [{property: pgType, value: text}]
        quality:
          - {id: bad_null_share, metric: nullValues, unit: percent, mustBeLessThan: 20}
          - {id: ok_missing, metric: missingValues, arguments: {missingValues: [none, ""]}, mustBe: 3}
          - {id: ok_shape, metric: invalidValues, arguments: {pattern: '^[^@]+@[^@]+$'}, unit: percent, mustBeLessOrEqualTo: 50}
          - {id: bad_shape, metric: invalidValues, arguments: {pattern: '^[^@]+@[^@]+$'}, mustBe: 0, severity: warning}
      - {name: code, customProperties: [{property: pgType, value: text}], quality: [{id: bad_code, metric: invalidValues, arguments: {validValues: [A, C]}, mustBe: 0}]}
      - {name: total, customProperties: [{property: pgType, value: "numeric(10,2)"}]}
      - {name: day, customProperties: [{property: pgType, value: date}]}
`, custom)
			m.write("domains/sales/products/orders/orders.v1.odcs.yaml", contract.String())
			var out, progress strings.Builder
			err := (&check{Mesh: m.dir, Live: true, progress: &progress}).run(t.Context(), &out)
			got := out.String()
			for _, want := range []string{
				":9: quality rule bad_rows of sales.orders does not hold: rowCount is 4, mustBeLessThan 4\n",
				"warning: quality rule bad_pair of sales.orders does not hold: duplicateValues is 1, mustBe 0\n",
				": quality rule bad_sql of sales.orders does not hold: the query's value is 1, mustBe 0\n",
				"warning: quality rule bad_null of sales.orders does not hold: the query's value is NULL, mustBe 0\n",
				`warning: quality rule spy of sales.orders cannot be asked: relation "hr.pay" does not exist`,
				"warning: quality rule broken of sales.orders cannot be asked: syntax error",
				"warning: quality rule two of sales.orders cannot be asked: more than one row returned",
				"warning: quality rule write of sales.orders cannot be asked: ",
				"warning: quality rule soda of sales.orders is not evaluated",
				"quality rule nameless names no metric of the library: rowsThere",
				"quality rule boundless does not say what its value must be",
				"quality rule bad_twice of sales.orders does not hold: duplicateValues is 1, mustBe 0\n",
				"quality rule bad_null_share of sales.orders does not hold: nullValues is ",
				"warning: quality rule bad_shape of sales.orders does not hold: invalidValues is ",
				"quality rule bad_code of sales.orders does not hold: invalidValues is 1, mustBe 0\n",
				"check no-errors is not evaluated: quality.error.failed is not known without the data",
			} {
				if !strings.Contains(got, want) {
					t.Errorf("%q is not in\n%s", want, got)
				}
			}
			for _, not := range []string{"rule ok_", "777777", "read_me", "check few-warnings fails"} {
				if strings.Contains(got, not) {
					t.Errorf("%q is in\n%s", not, got)
				}
			}
			if err == nil || !strings.Contains(progress.String(), "quality 8 of 20: sales.orders ok_rows\n") {
				t.Errorf("%v; progress:\n%s", err, progress.String())
			}
		})
	}
}

// TestQualityOfChecks lets a check of governance read what the rules came to.
func TestQualityOfChecks(t *testing.T) {
	t.Parallel()
	m := newMesh(t)
	m.user("ann", "", "readers")
	m.domain("lake", "type: files\npath: lake\n")
	m.write("lake/pets.csv", "id\n1\n")
	m.product("lake", "pets", "pets.csv", fixtureColumn{"id", "integer", "quality: [{metric: nullValues, mustBe: 0}, {metric: rowCount, mustBe: 2, severity: warning}]"})
	m.write("governance/checks/q.check.yaml", `apiVersion: mesh/v1
kind: CheckSet
checks:
  - {id: errors, level: error, assert: quality.error.failed == 0}
  - {id: all, level: error, assert: quality.failed == 0}
  - {id: asked, level: error, assert: quality.error.asked == 1 && quality.asked == 2}
`)
	var out strings.Builder
	err := (&check{Mesh: m.dir, Live: true}).run(t.Context(), &out)
	if got := out.String(); err == nil || strings.Count(got, "check ") != 1 || !strings.Contains(got, "check all fails for lake.pets: quality.failed == 0 (it is 1)") {
		t.Errorf("%v\n%s", err, got)
	}
	out.Reset()
	if err := (&check{Mesh: m.dir}).run(t.Context(), &out); err != nil || strings.Count(out.String(), "is not evaluated") != 3 {
		t.Errorf("without the data: %v\n%s", err, out.String())
	}
}
