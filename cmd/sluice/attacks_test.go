package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/jackc/pgx/v5"
)

const attackDirectory = "../../testdata/attacks"

// attackers are the principals as whom every attack is tried, unless it names one.
var attackers = []string{"analyst_eu", "column_limited", "scoped"}

// attackFiles runs the directives of testdata/attacks. Each case has a name of its own:
//
//	governed <name> [as=<principal>] [unordered] [like]
//	                                               a statement that must answer, or fail, as the views of the
//	                                               attackers do, pushed and not pushed. The golden is the answer of
//	                                               the one named, or of the first. What Sluice does not support
//	                                               yet (0A000) gives nothing away, and has its words in the golden.
//	                                               like: the views are asked the second line, as their PostgreSQL
//	                                               does not know what the first says.
//	refused <name> [as=<principal>]                a statement that must fail, pushed or not, with the golden's words.
//	session <name> [as=<principal>]                steps of one client, with changes of the mesh between them
//	                                               (attacks_session_test.go). The golden is what it is told.
type attackFiles struct {
	mesh     *meshFixture
	gateway  *served
	views    map[string]*pgx.Conn
	asking   map[string]*pgx.Conn
	names    map[string]bool
	problems []string
}

// TestAttacks runs every file.
func TestAttacks(t *testing.T) {
	mesh := newPolicyMesh(t, "")
	a := &attackFiles{mesh: mesh, gateway: mesh.serve(), views: map[string]*pgx.Conn{}, asking: map[string]*pgx.Conn{}, names: map[string]bool{}}
	for _, who := range policyPrincipals {
		a.asking[who.name] = a.connect(t, who.name)
	}
	for _, who := range attackers {
		a.views[who] = policyViews(t, who)
	}
	for _, path := range caseFilesIn(t, attackDirectory) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".test"), func(t *testing.T) {
			a.problems = nil
			datadriven.RunTest(t, path, a.run)
			for _, p := range a.problems {
				t.Error(p)
			}
		})
	}
	t.Logf("%d cases", len(a.names))
	if len(a.names) < 200 {
		t.Errorf("%d cases, fewer than the 200 there are to be", len(a.names))
	}
}

func (a *attackFiles) connect(t *testing.T, who string) *pgx.Conn {
	t.Helper()
	conn := a.gateway.connect(t, who)
	_, err := conn.Exec(t.Context(), "SET search_path = shop, ware, lake; SET TimeZone = 'UTC'")
	must(t, err)
	return conn
}

func (a *attackFiles) problem(d *datadriven.TestData, format string, args ...any) {
	a.problems = append(a.problems, fmt.Sprintf("%s:\n%s\n%s", d.Pos, d.Input, fmt.Sprintf(format, args...)))
}

func (a *attackFiles) run(t *testing.T, d *datadriven.TestData) string {
	if len(d.CmdArgs) == 0 || a.names[d.CmdArgs[0].Key] {
		d.Fatalf(t, "a case needs a name of its own")
	}
	a.names[d.CmdArgs[0].Key] = true
	switch d.Cmd {
	case "governed":
		return a.governed(t, d)
	case "refused":
		return a.refused(t, d)
	case "session":
		return a.session(t, d)
	}
	d.Fatalf(t, "unknown directive %q", d.Cmd)
	return ""
}

// as gives the principals of a case.
func as(d *datadriven.TestData) []string {
	for _, arg := range d.CmdArgs {
		if arg.Key == "as" {
			return arg.Vals
		}
	}
	return attackers
}

// governed compares with the views, and gives the first principal's answer.
func (a *attackFiles) governed(t *testing.T, d *datadriven.TestData) string {
	var first string
	for _, who := range as(d) {
		asked, viewed := d.Input, d.Input
		if d.HasArg("like") {
			asked, viewed, _ = strings.Cut(d.Input, "\n")
		}
		want := ask(t.Context(), a.views[who], viewed)
		for _, off := range []string{"", "all"} {
			must(t, set(t.Context(), a.asking[who], off))
			got := ask(t.Context(), a.asking[who], asked)
			p := &policyCases{}
			if diff := p.difference(d, got, want); diff != "" && got.code != "0A000" {
				a.problem(d, "as %s without [%s]: %s", who, off, diff)
			}
			if d.HasArg("unordered") {
				got = got.sorted()
			}
			if first == "" {
				first = got.String()
			}
		}
	}
	return shortened(first)
}

// shortened leaves the first rows of a long answer, without its columns' types.
func shortened(text string) string {
	lines := strings.SplitAfter(text, "\n")
	if n := len(lines) - 1; n > 13 {
		lines = append(lines[:12], fmt.Sprintf("… %d lines\n", n))
	}
	return strings.Join(lines, "")
}

// refused gives the error, which no rule may change.
func (a *attackFiles) refused(t *testing.T, d *datadriven.TestData) string {
	who := as(d)[0]
	var said []string
	for _, off := range []string{"all", ""} {
		must(t, set(t.Context(), a.asking[who], off))
		got := ask(t.Context(), a.asking[who], d.Input)
		if got.code == "" {
			a.problem(d, "as %s without [%s] answered: %s", who, off, got)
		}
		said = append(said, got.String())
	}
	if said = slices.Compact(said); len(said) > 1 {
		a.problem(d, "pushed or not makes a difference: %q", said)
	}
	return said[0]
}
