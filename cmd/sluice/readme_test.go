package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// block is one fenced block of a Markdown file with the text before it.
type block struct{ language, text, before string }

var fences = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

func blocks(t *testing.T, path string) []block {
	t.Helper()
	text := readFile(t, path)
	var all []block
	last := 0
	for _, m := range fences.FindAllStringSubmatchIndex(text, -1) {
		all = append(all, block{language: text[m[2]:m[3]], text: text[m[4]:m[5]], before: text[last:m[0]]})
		last = m[1]
	}
	return all
}

// TestReadmePublishes follows the README's worked example to the letter: the files it
// shows, under the names it gives them, then check, serve and psql as it writes them. Only
// the server's port and the mesh around the example are the test's.
func TestReadmePublishes(t *testing.T) {
	pg := testservers.Postgres(t).NewDatabase(t)
	pg.Exec(t, "CREATE TABLE order_lines (order_id bigint PRIMARY KEY, region text NOT NULL, amount numeric(12,2) NOT NULL)",
		"INSERT INTO order_lines VALUES (1, 'EU', 10.50), (2, 'EU', 5.25), (3, 'NA', 1.00)")
	m := newMesh(t)
	m.user("ada", "", "analysts")
	m.write("governance/tags.yaml", "apiVersion: mesh/v1\nkind: TagVocabulary\nclassifications: [public, internal, confidential, restricted]\ntags:\n  geo.region: {description: Region}\n")
	m.write("domains/sales/domain.yaml", "apiVersion: mesh/v1\nkind: Domain\nname: sales\ndescription: Orders.\nowner: ada\n")
	file := regexp.MustCompile("`(domains/[^`]+\\.yaml)`")
	written := 0
	for _, b := range blocks(t, "../../README.md") {
		names := file.FindAllStringSubmatch(b.before, -1)
		if b.language != "yaml" || len(names) == 0 {
			continue
		}
		text := strings.NewReplacer("port: 5432", fmt.Sprintf("port: %d", pg.Port), "database: crm", "database: "+pg.Database, "user: mesh_reader", "user: "+pg.User).Replace(b.text)
		m.write(names[len(names)-1][1], text)
		written++
	}
	if written != 3 {
		t.Fatalf("the README shows %d files, not three", written)
	}
	t.Setenv("CRM_PASSWORD", pg.Password)
	gateway := m.serveProcess()
	var ran []string
	for _, line := range shellLines(t, "../../README.md") {
		switch {
		case strings.HasPrefix(line, "bin/sluice check"):
			run(t, gateway.command.Path, "check", "--mesh", m.dir)
		case strings.HasPrefix(line, "bin/sluice serve"): // it runs already
		case strings.HasPrefix(line, "psql ") && strings.Contains(line, "sales.orders"):
			sql := line[strings.Index(line, "'")+1 : strings.LastIndex(line, "'")]
			out := run(t, "psql", "-h", "127.0.0.1", "-p", fmt.Sprint(gateway.address.Port), "-U", "ada", "-At", "mesh", "-c", sql)
			if lines := strings.Fields(out); !slices.Contains(lines, "EU|15.75") || !slices.Contains(lines, "NA|1.00") {
				t.Errorf("the README's query gives %q", out)
			}
		default:
			continue
		}
		ran = append(ran, line)
	}
	if len(ran) != 3 {
		t.Errorf("commands of the example: %q", ran)
	}
}

// shellLines lists the shell lines of a Markdown file.
func shellLines(t *testing.T, path string) []string {
	t.Helper()
	var all []string
	for _, b := range blocks(t, path) {
		if b.language == "sh" {
			all = append(all, strings.Split(strings.TrimSpace(b.text), "\n")...)
		}
	}
	return all
}

func run(t *testing.T, name string, arguments ...string) string {
	t.Helper()
	command := exec.Command(name, arguments...)
	command.Env = append(os.Environ(), "PGPASSWORD="+testPassword)
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(arguments, " "), err, out)
	}
	return string(out)
}

// TestReadmeDemo runs what `make demo` runs, and the psql line it and the README give.
func TestReadmeDemo(t *testing.T) {
	lines := shellLines(t, "../../README.md")
	for _, want := range []string{"make demo", "make test", "PGPASSWORD=demo psql -h 127.0.0.1 -p 5433 -U analyst mesh"} {
		if !slices.Contains(lines, want) {
			t.Errorf("the README no longer says %q", want)
		}
	}
	root := t.TempDir()
	must(t, os.CopyFS(filepath.Join(root, "testdata/demo"), os.DirFS("../../testdata/demo")))
	must(t, os.RemoveAll(filepath.Join(root, "testdata/demo/data")))
	binary, generate := filepath.Join(root, "sluice"), filepath.Join(root, "generate")
	run(t, "go", "build", "-o", binary, ".")
	run(t, "go", "build", "-o", generate, "../../testdata/demo/generate")
	make := exec.Command(generate)
	make.Dir = root
	if out, err := make.CombinedOutput(); err != nil {
		t.Fatalf("demo data: %v\n%s", err, out)
	}
	out := run(t, binary, "demo", "--mesh", filepath.Join(root, "testdata/demo"), "--listen", "127.0.0.1:0", "--once")
	for _, want := range []string{"[steward]", "[analyst]", "chiara.garcia334@post.example", "***@post.example", "QUERY PLAN", "Fragment 1"} {
		if !strings.Contains(out, want) {
			t.Errorf("the tour does not show %q:\n%s", want, out)
		}
	}
	readAsAuditor(t, filepath.Join(root, "testdata/demo"), lines)
}

// readAsAuditor asks for the audit of the demo as the README does, of what the tour and an
// analyst before it have asked. For the analyst there is no audit.
func readAsAuditor(t *testing.T, dir string, lines []string) {
	t.Helper()
	i := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, "-U auditor mesh -c ") })
	if i < 0 {
		t.Fatal("the README no longer reads the audit")
	}
	sql := lines[i][strings.Index(lines[i], `"`)+1 : strings.LastIndex(lines[i], `"`)]
	s := (&meshFixture{t: t, dir: dir}).serve()
	psql := func(user, sql string) string {
		command := exec.Command("psql", "-h", "127.0.0.1", "-p", fmt.Sprint(s.address.Port), "-U", user, "-At", "mesh", "-c", sql)
		command.Env = append(os.Environ(), "PGPASSWORD=demo")
		out, _ := command.CombinedOutput()
		return string(out)
	}
	psql("analyst", "SELECT full_name, email FROM crm.customers WHERE customer_id = 7")
	if out := psql("auditor", sql); !strings.Contains(out, "analyst|SELECT full_name, email FROM crm.customers WHERE customer_id = $1|{\"crm.customers.full_name null by global.pii\",\"crm.customers.email partial") {
		t.Errorf("%s gives the auditor %s", sql, out)
	}
	if out := psql("analyst", sql); !strings.Contains(out, `"mesh.audit" does not exist`) {
		t.Errorf("%s gives the analyst %s", sql, out)
	}
}
