package main

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/seed"
	"github.com/sluicemesh/sluice/internal/testservers"
)

// caseFiles runs the directives of testdata/cases:
//
//	query [expect=Rule] [unordered]   a query; its rows, types and labels must be those of one PostgreSQL, with
//	                                  all rules, none, and random halves. The golden is what each source is asked.
//	error                             a query that fails as in PostgreSQL: code and position. The golden is the error.
//	refused                           a query that Sluice refuses though PostgreSQL answers. The golden is the error.
type caseFiles struct {
	oracle, gateway *pgx.Conn
	random          *rand.Rand
	halves          int // how many random halves of the rules are tried
	// complaints are gathered, because datadriven ends a file at its first failure.
	complaints []string
}

// TestCases runs every case file.
func TestCases(t *testing.T) { testservers.MySQLFamily(t, testCases) }

func testCases(t *testing.T, my *testservers.MySQLServer) {
	c := newCaseFilesOver(t, my)
	if my.Product == "MySQL" {
		c.halves = 1
	}
	for _, path := range caseFilesIn(t, "../../testdata/cases") {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".test"), func(t *testing.T) {
			for _, complaint := range c.runFile(t, path) {
				t.Error(complaint)
			}
		})
	}
}

// TestKnownFailures runs the cases of bugs that are known and not mended, and tells how
// they fail. One that no longer does belongs among the others.
func TestKnownFailures(t *testing.T) {
	paths := caseFilesIn(t, "../../testdata/cases/known")
	if len(paths) == 0 {
		t.Skip("no failure is known")
	}
	c := newCaseFiles(t)
	for _, path := range paths {
		for _, complaint := range c.runFile(t, path) {
			t.Logf("known: %s", complaint)
		}
	}
}

func caseFilesIn(t *testing.T, directory string) []string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(directory, "*.test"))
	must(t, err)
	return paths
}

// newCaseFiles serves the federation and connects to it and to the oracle.
func newCaseFiles(t *testing.T) *caseFiles {
	t.Helper()
	return newCaseFilesOver(t, testservers.MariaDB(t))
}

func newCaseFilesOver(t *testing.T, my *testservers.MySQLServer) *caseFiles {
	t.Helper()
	f := newFederation(t, my, nil)
	f.mesh.user("reader", "", "readers")
	f.grantAll("readers")
	gateway := f.mesh.serve()
	c := &caseFiles{oracle: connectTo(t, f.oracle.DSN), gateway: gateway.connect(t, "reader"), random: seededRandom(t), halves: 2}
	for _, conn := range []*pgx.Conn{c.oracle, c.gateway} {
		_, err := conn.Exec(t.Context(), "SET search_path = shop, ware, lake; SET TimeZone = 'UTC'")
		must(t, err)
	}
	return c
}

// seededRandom tells its seed, so that a failure can be had again.
func seededRandom(t *testing.T) *rand.Rand {
	t.Helper()
	return rand.New(rand.NewPCG(seed.For(t), 0))
}

// runFile runs one file and gives what is wrong with its cases, goldens apart.
func (c *caseFiles) runFile(t *testing.T, path string) []string {
	t.Helper()
	c.complaints = nil
	datadriven.RunTest(t, path, c.run)
	return c.complaints
}

func (c *caseFiles) complain(d *datadriven.TestData, format string, a ...any) {
	c.complaints = append(c.complaints, fmt.Sprintf("%s:\n%s\n%s", d.Pos, d.Input, fmt.Sprintf(format, a...)))
}

func (c *caseFiles) run(t *testing.T, d *datadriven.TestData) string {
	switch d.Cmd {
	case "query":
		return c.query(t, d)
	case "error":
		return c.failure(t, d)
	case "refused":
		return c.refusal(t, d)
	default:
		d.Fatalf(t, "unknown directive %q", d.Cmd)
		return ""
	}
}

// query compares answers under every setting of the rules and gives what was sent.
func (c *caseFiles) query(t *testing.T, d *datadriven.TestData) string {
	want := ask(t.Context(), c.oracle, d.Input)
	if want.code != "" {
		c.complain(d, "the oracle says: %s", want)
		return want.String()
	}
	settings := []string{"", "all"}
	for range c.halves {
		settings = append(settings, half(c.random))
	}
	for _, off := range settings {
		if diff := c.compare(t, d, want, off); diff != "" {
			c.complain(d, "without [%s]: %s", off, diff)
			break
		}
	}
	must(t, set(t.Context(), c.gateway, ""))
	c.expectRules(t, d)
	return sent(ask(t.Context(), c.gateway, "EXPLAIN "+d.Input))
}

func (c *caseFiles) compare(t *testing.T, d *datadriven.TestData, want answer, off string) string {
	must(t, set(t.Context(), c.gateway, off))
	got := ask(t.Context(), c.gateway, d.Input)
	if d.HasArg("unordered") {
		got, want = got.sorted(), want.sorted()
	}
	return difference(got, want)
}

// expectRules checks that the rules a case is about have fired.
func (c *caseFiles) expectRules(t *testing.T, d *datadriven.TestData) {
	i := slices.IndexFunc(d.CmdArgs, func(a datadriven.CmdArg) bool { return a.Key == "expect" })
	if i < 0 {
		return
	}
	trace := ask(t.Context(), c.gateway, "EXPLAIN (TRACE) "+d.Input).String()
	for _, rule := range d.CmdArgs[i].Vals {
		if !strings.Contains(trace, rule) {
			c.complain(d, "rule %s did not fire", rule)
		}
	}
}

// sent gives the statements of an EXPLAIN, a source each, and whether anything is left to merge.
func sent(explained answer) string {
	if explained.code != "" {
		return explained.String()
	}
	var b strings.Builder
	source := ""
	if !strings.HasPrefix(explained.rows[0][0], "Remote") {
		b.WriteString("merge\n")
	}
	for _, r := range explained.rows {
		switch line := r[0]; {
		case strings.HasPrefix(line, "Fragment "):
			source = strings.Fields(line)[2]
		case strings.HasPrefix(line, "  SQL: "):
			fmt.Fprintf(&b, "%s: %s\n", source, strings.TrimPrefix(line, "  SQL: "))
		}
	}
	return b.String()
}

// failure gives the error of a statement. PostgreSQL must agree on code and position,
// whatever the rules.
func (c *caseFiles) failure(t *testing.T, d *datadriven.TestData) string {
	want := ask(t.Context(), c.oracle, d.Input)
	var got answer
	for _, off := range []string{"all", half(c.random), ""} {
		must(t, set(t.Context(), c.gateway, off))
		got = ask(t.Context(), c.gateway, d.Input)
		if got.code != want.code || got.position != want.position {
			c.complain(d, "without [%s] got %s  at %d, PostgreSQL says %s  at %d", off, got, got.position, want, want.position)
			break
		}
	}
	return got.String()
}

// refusal gives the error of a statement that PostgreSQL is not asked.
func (c *caseFiles) refusal(t *testing.T, d *datadriven.TestData) string {
	got := ask(t.Context(), c.gateway, d.Input)
	if got.code == "" {
		c.complain(d, "no error but %s", got)
	}
	return got.String()
}
