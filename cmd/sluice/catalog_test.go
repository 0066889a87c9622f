package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/testservers"
)

// catalogCases runs the directives of testdata/catalog:
//
//	query [unordered]   a query on the catalog; names, types and values must be those of a PostgreSQL that
//	                    holds the same tables. The golden is the first of its rows.
//	own                 a query that PostgreSQL 15 cannot be asked, or that it answers otherwise. The golden is
//	                    our answer.
//	error               a query that fails as in PostgreSQL: code and message. The golden is the error.
//	psql                commands for psql, whose output must be the same. The golden is its beginning.
//
// OIDs of user objects and the names of owners are masked: they are ours to choose.
type catalogCases struct {
	oracle, gateway, plain *pgx.Conn // plain: without optimizer rules
	oracleArgs, gatewayDSN string
	complaints             []string
}

// TestCatalog runs every case file.
func TestCatalog(t *testing.T) {
	c := newCatalogCases(t)
	for _, path := range caseFilesIn(t, "../../testdata/catalog") {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".test"), func(t *testing.T) {
			c.complaints = nil
			datadriven.RunTest(t, path, c.run)
			for _, complaint := range c.complaints {
				t.Error(complaint)
			}
		})
	}
}

// newCatalogCases serves a mesh over a PostgreSQL and connects to both.
func newCatalogCases(t *testing.T) *catalogCases {
	t.Helper()
	server := testservers.Postgres(t)
	server.Exec(t, "DROP DATABASE IF EXISTS mesh WITH (FORCE)", "CREATE DATABASE mesh TEMPLATE template0")
	config, err := pgx.ParseConfig(server.DSN)
	must(t, err)
	config.Database = "mesh"
	oracle, err := pgx.ConnectConfig(t.Context(), config)
	must(t, err)
	t.Cleanup(func() {
		_ = oracle.Close(context.Background())
		server.Exec(t, "DROP DATABASE mesh WITH (FORCE)")
	})
	schema, err := os.ReadFile("../../testdata/catalog/schema.sql")
	must(t, err)
	_, err = oracle.Exec(t.Context(), string(schema))
	must(t, err)

	m := newMesh(t)
	secret := filepath.Join(t.TempDir(), "secret")
	must(t, os.WriteFile(secret, []byte(server.ReaderPassword), 0o600))
	m.domain("sales", fmt.Sprintf("type: postgres\nhost: %s\nport: %d\ndatabase: mesh\nuser: %s\nsecretRef: {file: %s}\ntls: {mode: disable}\n",
		server.Host, server.Port, server.Reader, secret))
	publishSales(m)
	m.user("reader", "", "readers")
	gateway := m.serve()
	c := &catalogCases{oracle: oracle, gateway: gateway.connect(t, "reader"), gatewayDSN: gateway.dsn("reader")}
	c.plain = gateway.connect(t, "reader")
	_, err = c.plain.Exec(t.Context(), "SET sluice.disabled_rules = 'all'")
	must(t, err)
	c.oracleArgs = fmt.Sprintf("host=%s port=%d user=%s password=%s dbname=mesh sslmode=disable", server.Host, server.Port, server.User, server.Password)
	return c
}

// publishSales publishes the tables of schema.sql.
func publishSales(m *meshFixture) {
	publish := func(product, object, description, columns string) {
		m.write("domains/sales/products/"+product+"/"+product+".v1.odcs.yaml", fmt.Sprintf(`apiVersion: v3.1.0
kind: DataContract
id: sales.%[1]s
name: %[1]s
version: 1.0.0
status: active
domain: sales
dataProduct: %[1]s
servers: [{server: origin, type: custom, schema: sales, customProperties: [{property: meshSource, value: origin}]}]
schema:
  - name: %[2]q
    physicalName: %[2]q
    tags: [primary]
%[3]s    properties:
%[4]s`, product, object, description, columns))
		m.grant("sales", product, "readers", "")
	}
	publish("customers", "customers", "", columnLines(`
id | integer | primaryKey: true
email | varchar(80) | required: true, unique: true
name | text | required: true
grade | char(2) |
born | date |
balance | numeric(12,2) |`))
	publish("orders", "orders", "    description: Every confirmed order.\n", columnLines(`
order_id | bigint | primaryKey: true, description: Order number.
customer_id | integer | required: true, relationships: [{type: foreignKey, to: "../customers/customers.v1.odcs.yaml#/schema/customers/properties/id"}]
placed | timestamptz | required: true
shipped | timestamp |
total | numeric(14,3) | description: Total in EUR.
weight | double precision |
ratio | real |
paid | boolean |
note | text |
tags | text[] |
doc | jsonb |
token | uuid |
at | time |
took | interval |
raw | bytea |
small | smallint |
exact | numeric |`))
	publish("lines", "lines", "", columnLines(`
order_id | bigint | primaryKey: true, primaryKeyPosition: 1, relationships: [{type: foreignKey, to: "../orders/orders.v1.odcs.yaml#/schema/orders/properties/order_id"}]
line_no | integer | primaryKey: true, primaryKeyPosition: 2
item | text | required: true`))
}

// columnLines writes "name | type | more" as properties of a contract.
func columnLines(text string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		f := strings.SplitN(line, "|", 3)
		more := strings.TrimSpace(f[2])
		if more != "" {
			more = ", " + more
		}
		fmt.Fprintf(&b, "      - {name: %s, customProperties: [{property: pgType, value: %q}]%s}\n", strings.TrimSpace(f[0]), strings.TrimSpace(f[1]), more)
	}
	return b.String()
}

func (c *catalogCases) run(t *testing.T, d *datadriven.TestData) string {
	switch d.Cmd {
	case "query":
		got, want := ask(t.Context(), c.gateway, d.Input), ask(t.Context(), c.oracle, d.Input)
		if d.HasArg("unordered") {
			got, want = got.sorted(), want.sorted()
		}
		got, want = masked(got), masked(want)
		if diff := difference(got, want); diff != "" {
			c.complain(d, diff)
		}
		c.otherwise(t, d, want)
		return beginning(want.String())
	case "own":
		return ask(t.Context(), c.gateway, d.Input).String()
	case "error":
		got, want := ask(t.Context(), c.gateway, d.Input), ask(t.Context(), c.oracle, d.Input)
		if got.code != want.code || got.message != want.message {
			c.complain(d, fmt.Sprintf("  got  %s: %s\n  want %s: %s\n", got.code, got.message, want.code, want.message))
		}
		return want.String()
	case "psql":
		got, want := c.psql(t, c.gatewayDSN, d.Input), c.psql(t, c.oracleArgs, d.Input)
		if diff := textDifference(got, want); diff != "" {
			c.complain(d, diff)
		}
		return beginning(want)
	}
	d.Fatalf(t, "unknown directive %s", d.Cmd)
	return ""
}

// otherwise asks again without optimizer rules, and for binary values: those must be
// PostgreSQL's too, but for OIDs and what is named by them.
func (c *catalogCases) otherwise(t *testing.T, d *datadriven.TestData, want answer) {
	t.Helper()
	plain := masked(ask(t.Context(), c.plain, d.Input))
	if diff := difference(plain.sorted(), want.sorted()); diff != "" {
		c.complain(d, "without rules: "+diff)
	}
	if d.HasArg("unordered") || want.code != "" {
		return
	}
	binary := func(conn *pgx.Conn) *pgconn.Result {
		return conn.PgConn().ExecParams(t.Context(), d.Input, nil, nil, nil, []int16{1}).Read()
	}
	got, expected := binary(c.gateway), binary(c.oracle)
	if got.Err != nil || expected.Err != nil {
		c.complain(d, fmt.Sprintf("binary: %v, PostgreSQL: %v", got.Err, expected.Err))
		return
	}
	for i, row := range expected.Rows {
		for k, v := range row {
			if i < len(got.Rows) && string(got.Rows[i][k]) != string(v) && masksBinary(expected.FieldDescriptions[k].DataTypeOID, v) {
				c.complain(d, fmt.Sprintf("binary: row %d column %d: got %x, want %x", i, k, got.Rows[i][k], v))
			}
		}
	}
}

// masksBinary tells whether a binary value is one that must be equal: no OID, no name of an owner.
func masksBinary(of uint32, v []byte) bool {
	info, ok := pgtype.TypeByOID(pgtype.OID(of))
	oid := ok && (info.OID == pgtype.Oid || pgtype.IsRegistered(info.OID))
	return !oid && !owners.Match(v)
}

func (c *catalogCases) complain(d *datadriven.TestData, what string) {
	c.complaints = append(c.complaints, fmt.Sprintf("%s\n%s\n%s", d.Pos, d.Input, what))
}

// psql gives what psql prints, unaligned, for widths depend on the names of owners.
func (c *catalogCases) psql(t *testing.T, dsn, commands string) string {
	t.Helper()
	binary, err := exec.LookPath("psql")
	if err != nil {
		t.Skip("no psql")
	}
	command := exec.CommandContext(t.Context(), binary, "-X", "-A", "-d", dsn)
	command.Stdin = strings.NewReader(commands + "\n")
	out, err := command.CombinedOutput()
	if err != nil {
		t.Logf("psql: %v", err)
	}
	return maskText(string(out))
}

var (
	trailing = regexp.MustCompile(`(?m)[ \t]+$`)
	userOID  = regexp.MustCompile(`\b[1-9][0-9]{4,9}\b`)
	size     = regexp.MustCompile(`\b[0-9]+ (bytes|kB|MB)`)
	owners   = regexp.MustCompile(`\b(postgres|sluice|someone|readers?)\b`)
)

// maskText hides what is ours to choose: OIDs from 16384, owners, sizes.
func maskText(text string) string {
	text = size.ReplaceAllString(userOID.ReplaceAllString(text, "#"), "size")
	return owners.ReplaceAllString(text, "owner")
}

// masked hides OIDs in columns of type oid and in names made of them, and owners.
func masked(a answer) answer {
	for _, row := range a.rows {
		for i, v := range row {
			if strings.Contains(a.columns[i], ":26:") || strings.Contains(v, "_not_null") {
				v = userOID.ReplaceAllString(v, "#")
			}
			row[i] = owners.ReplaceAllString(v, "owner")
		}
	}
	return a
}

// beginning cuts an answer to what a reader needs to see.
func beginning(text string) string {
	const most = 12
	text = trailing.ReplaceAllString(text, "")
	lines := strings.SplitAfter(text, "\n")
	if len(lines) <= most+1 {
		return text
	}
	return strings.Join(lines[:most], "") + fmt.Sprintf("… %d lines\n", len(lines)-1)
}

func textDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	var b strings.Builder
	for i, shown := 0, 0; i < max(len(g), len(w)) && shown < 5; i++ {
		if line(g, i) != line(w, i) {
			fmt.Fprintf(&b, "  line %d\n    got  %s\n    want %s\n", i+1, line(g, i), line(w, i))
			shown++
		}
	}
	return b.String()
}
