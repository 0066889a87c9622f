package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/gateway"
	"github.com/sluicemesh/sluice/pgwire"
)

// testPassword is every user's in a mesh made by a test.
const testPassword = "secret of the tests"

// meshFixture writes a mesh directory piece by piece and serves it.
type meshFixture struct {
	t      testing.TB
	dir    string
	users  []string
	groups map[string]bool
}

// newMesh gives a mesh directory without users and domains.
func newMesh(t testing.TB) *meshFixture {
	t.Helper()
	m := &meshFixture{t: t, dir: t.TempDir(), groups: map[string]bool{}}
	m.write("mesh.yaml", "apiVersion: mesh/v1\nkind: Mesh\nname: test\ndefaults: {access: deny, unknownClassification: internal}\n")
	m.write("governance/tags.yaml", `apiVersion: mesh/v1
kind: TagVocabulary
classifications: [public, internal, confidential, restricted]
tags:
  pii: {description: Personal data}
  pii.email: {parent: pii, description: E-mail}
  region: {description: Region}
  primary: {description: The object behind the bare product address}
`)
	return m
}

// write puts text into a file of the mesh.
func (m *meshFixture) write(name, text string) {
	m.t.Helper()
	path := filepath.Join(m.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		m.t.Fatal(err)
	}
}

// user adds a user in groups; attributes is YAML such as {region: EU}.
func (m *meshFixture) user(name, attributes string, groups ...string) {
	m.t.Helper()
	verifier, err := pgwire.MakeVerifier(testPassword)
	if err != nil {
		m.t.Fatal(err)
	}
	line := fmt.Sprintf("  - {name: %s, groups: [%s], auth: {scram: %q}", name, strings.Join(groups, ", "), verifier)
	if attributes != "" {
		line += ", attributes: " + attributes
	}
	m.users = append(m.users, line+"}")
	for _, g := range groups {
		m.groups[g] = true
	}
	text := "apiVersion: mesh/v1\nkind: Principals\nusers:\n" + strings.Join(m.users, "\n") + "\ngroups:\n"
	for g := range m.groups {
		text += fmt.Sprintf("  - {name: %s, owner: %s}\n", g, name)
	}
	m.write("governance/principals.yaml", text)
}

// domain adds a domain with one source; source is the YAML below its name.
func (m *meshFixture) domain(name, source string) {
	m.write("domains/"+name+"/domain.yaml", fmt.Sprintf("apiVersion: mesh/v1\nkind: Domain\nname: %s\ndescription: Test.\nowner: someone\n", name))
	m.write("domains/"+name+"/sources/origin.source.yaml", "apiVersion: mesh/v1\nkind: Source\nname: origin\n"+source)
}

// fixtureColumn is one column of a product: its name, its PostgreSQL type, and more YAML such as "tags: [pii]".
type fixtureColumn struct{ name, pgType, more string }

// product publishes a table of a domain's source; path is set for files.
func (m *meshFixture) product(domain, name, path string, columns ...fixtureColumn) {
	physical := ""
	if path != "" {
		physical = fmt.Sprintf("    customProperties:\n      - {property: meshPath, value: %q}\n", path)
	}
	m.publish(domain, name, "", physical, columns)
}

// productIn publishes a table that lies in a schema of its source.
func (m *meshFixture) productIn(domain, name, schema string, columns []fixtureColumn) {
	m.publish(domain, name, "    schema: "+schema+"\n", "", columns)
}

func (m *meshFixture) publish(domain, name, server, physical string, columns []fixtureColumn) {
	text := fmt.Sprintf("apiVersion: v3.1.0\nkind: DataContract\nid: %s.%s\nname: %s\nversion: 1.0.0\nstatus: active\ndomain: %s\ndataProduct: %s\n", domain, name, name, domain, name)
	text += "servers:\n  - server: origin\n    type: custom\n    customProperties:\n      - {property: meshSource, value: origin}\n" + server
	text += fmt.Sprintf("schema:\n  - name: %s\n    physicalName: %s\n    tags: [primary]\n", name, name)
	text += physical + "    properties:\n"
	for _, c := range columns {
		line := fmt.Sprintf("      - {name: %s, customProperties: [{property: pgType, value: %q}]", c.name, c.pgType)
		if c.more != "" {
			line += ", " + c.more
		}
		text += line + "}\n"
	}
	m.write(fmt.Sprintf("domains/%s/products/%s/%s.v1.odcs.yaml", domain, name, name), text)
}

// grant opens a product to a group; more is further YAML lines.
func (m *meshFixture) grant(domain, product, group, more string) {
	m.write(fmt.Sprintf("domains/%s/grants/%s-%s.grant.yaml", domain, product, group), fmt.Sprintf(
		"apiVersion: mesh/v1\nkind: Grant\nid: %s.%s.%s\nto: {groups: [%s]}\nproduct: %s\npurpose: testing\n%s", domain, product, group, group, product, more))
}

// policy adds a global policy; body is the YAML after its id.
func (m *meshFixture) policy(id, body string) {
	m.write("governance/policies/"+id+".policy.yaml", "apiVersion: mesh/v1\nkind: Policy\nid: "+id+"\nowner: someone\n"+body)
}

// served is a gateway that runs in this process.
type served struct {
	t       testing.TB
	address *net.TCPAddr
	app     *assembly
	auditIn string
}

// serve starts a gateway over the mesh, on a free port, for as long as the test runs.
func (m *meshFixture) serve() *served {
	m.t.Helper()
	return m.serveWith(func(*serve) {})
}

// later is a clock by which files that were just written are old enough to be copied.
func later() time.Time { return time.Now().Add(time.Hour) }

// serveWith is serve with other flags.
func (m *meshFixture) serveWith(change func(*serve)) *served {
	m.t.Helper()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	if testing.Verbose() {
		log = slog.New(slog.NewTextHandler(m.t.Output(), nil))
	}
	flags := &serve{Mesh: m.dir, AuditDir: m.t.TempDir(), Memory: "1GiB", reduceFrom: 1, keep: gateway.KeepFirst, fileClock: later}
	change(flags)
	app, err := flags.assemble(log)
	if err != nil {
		m.t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		m.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- app.server.Serve(ctx, listener) }()
	m.t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			m.t.Error(err)
		}
		app.close()
	})
	return &served{t: m.t, address: listener.Addr().(*net.TCPAddr), app: app, auditIn: flags.AuditDir}
}

// dsn is the connection string of a user.
func (s *served) dsn(user string) string {
	return fmt.Sprintf("host=127.0.0.1 port=%d user=%s password='%s' dbname=mesh sslmode=disable", s.address.Port, user, testPassword)
}

// connect opens a connection that the test closes.
func (s *served) connect(t testing.TB, user string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), s.dsn(user))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}
