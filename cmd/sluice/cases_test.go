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
//	query [expect=Name] [without=Name] [unordered] [large]
//	                                  a query; its rows, types and labels must be those of one PostgreSQL, with
//	                                  all optimizations, none, random halves, and all but those expected, each of which
//	                                  must have been at work, and those it is without not. The golden is what each source is asked. large: of a
//	                                  gateway to which tables of a few rows are large.
//	error                             a query that fails as in PostgreSQL: code and position. The golden is the error.
//	refused                           a query that Sluice refuses though PostgreSQL answers. The golden is the error.
type caseFiles struct {
	oracle, gateway, large *pgx.Conn
	random                 *rand.Rand
	halves                 int // how many random halves of the rules are tried
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
	gateway, large := f.mesh.serve(), f.mesh.serveWith(func(s *serve) { s.largeFrom, s.mostKeys = 1, 2 })
	c := &caseFiles{
		oracle: connectTo(t, f.oracle.DSN), gateway: gateway.connect(t, "reader"), large: large.connect(t, "reader"),
		random: seededRandom(t), halves: 2,
	}
	for _, conn := range []*pgx.Conn{c.oracle, c.gateway, c.large} {
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
	gateway := c.gateway
	if d.HasArg("large") {
		gateway = c.large
	}
	expected := namedIn(d, "expect")
	settings := append([]string{"", "all"}, expected...)
	for range c.halves {
		settings = append(settings, half(c.random))
	}
	for _, off := range settings {
		if diff := compare(t, gateway, d, want, off); diff != "" {
			c.complain(d, "without [%s]: %s", off, diff)
			break
		}
	}
	for _, name := range expected {
		if trace, is := atWork(t, gateway, d, name, ""); !is {
			c.complain(d, "%s was not at work\n%s", name, trace)
		}
		if trace, is := atWork(t, gateway, d, name, name); is {
			c.complain(d, "%s was at work though it is off\n%s", name, trace)
		}
	}
	for _, name := range namedIn(d, "without") {
		if trace, is := atWork(t, gateway, d, name, ""); is {
			c.complain(d, "%s was at work\n%s", name, trace)
		}
	}
	must(t, set(t.Context(), gateway, ""))
	return sent(ask(t.Context(), gateway, "EXPLAIN "+d.Input))
}

func compare(t *testing.T, gateway *pgx.Conn, d *datadriven.TestData, want answer, off string) string {
	must(t, set(t.Context(), gateway, off))
	got := ask(t.Context(), gateway, d.Input)
	if d.HasArg("unordered") {
		got, want = got.sorted(), want.sorted()
	}
	return difference(got, want)
}

// namedIn gives the optimizations that a case names: those it is about, or shows to be without.
func namedIn(d *datadriven.TestData, key string) []string {
	i := slices.IndexFunc(d.CmdArgs, func(a datadriven.CmdArg) bool { return a.Key == key })
	if i < 0 {
		return nil
	}
	return d.CmdArgs[i].Vals
}

// atWork tells whether an optimization is when a case is planned, kept and run without another.
func atWork(t *testing.T, gateway *pgx.Conn, d *datadriven.TestData, name, off string) (trace answer, is bool) {
	must(t, set(t.Context(), gateway, off))
	trace = ask(t.Context(), gateway, "EXPLAIN (ANALYZE, TRACE, COSTS) "+d.Input)
	return trace, slices.ContainsFunc(trace.rows, func(row []string) bool {
		_, fired, is := strings.Cut(row[0], "Rule: ")
		_, fired, _ = strings.Cut(fired, ": ")
		return is && strings.Split(fired, " ")[0] == name
	})
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
