package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/datadriven"
	"github.com/jackc/pgx/v5"
)

// caseFiles are the directives of testdata/cases:
//
//	query [expect=Rule] [unordered]   a query; its rows, types and labels must be those of one PostgreSQL, with
//	                                  all rules, none, and random halves. The golden is what each source is asked.
//	error                             a query that fails as in PostgreSQL: code and position. The golden is the error.
//	refused                           a query that Sluice refuses though PostgreSQL answers. The golden is the error.
type caseFiles struct {
	oracle, gateway *pgx.Conn
	random          *rand.Rand
}

// TestCases runs every case file.
func TestCases(t *testing.T) {
	f := newFederation(t)
	f.mesh.user("reader", "", "readers")
	f.grantAll("readers")
	gateway := f.mesh.serve()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	c := &caseFiles{
		oracle: connectTo(t, f.oracle.DSN), gateway: gateway.connect(t, "reader"),
		random: rand.New(rand.NewPCG(seed, 0)),
	}
	for _, conn := range []*pgx.Conn{c.oracle, c.gateway} {
		_, err := conn.Exec(t.Context(), "SET search_path = shop, ware, lake; SET TimeZone = 'UTC'")
		must(t, err)
	}
	datadriven.Walk(t, "../../testdata/cases", func(t *testing.T, path string) {
		if strings.HasSuffix(path, ".sql") {
			return
		}
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string { return c.run(t, d) })
	})
}

func (c *caseFiles) run(t *testing.T, d *datadriven.TestData) string {
	switch d.Cmd {
	case "query":
		return c.query(t, d)
	case "error":
		return c.failure(t, d, true)
	case "refused":
		return c.failure(t, d, false)
	default:
		d.Fatalf(t, "unknown directive %q", d.Cmd)
		return ""
	}
}

// query compares answers under every setting of the rules and gives what was sent.
func (c *caseFiles) query(t *testing.T, d *datadriven.TestData) string {
	want := ask(t.Context(), c.oracle, d.Input)
	if want.code != "" {
		d.Fatalf(t, "the oracle says: %s", want)
	}
	for _, off := range []string{"", "all", half(c.random), half(c.random)} {
		must(t, set(t.Context(), c.gateway, off))
		got, want := ask(t.Context(), c.gateway, d.Input), want
		if d.HasArg("unordered") {
			got, want = got.sorted(), want.sorted()
		}
		if diff := difference(got, want); diff != "" {
			t.Errorf("%s:\n%s\nwithout [%s]: %s", d.Pos, d.Input, off, diff)
		}
	}
	must(t, set(t.Context(), c.gateway, ""))
	c.expectRules(t, d)
	return sent(ask(t.Context(), c.gateway, "EXPLAIN "+d.Input))
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
			t.Errorf("%s: rule %s did not fire", d.Pos, rule)
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

// failure gives the error of a statement; where PostgreSQL is to agree, so must its code and position.
func (c *caseFiles) failure(t *testing.T, d *datadriven.TestData, agree bool) string {
	got, want := ask(t.Context(), c.gateway, d.Input), ask(t.Context(), c.oracle, d.Input)
	if got.code == "" {
		t.Errorf("%s: no error but %s", d.Pos, got)
	}
	if agree && (got.code != want.code || got.position != want.position) {
		t.Errorf("%s: got %s at %d, PostgreSQL says %s at %d", d.Pos, got, got.position, want, want.position)
	}
	return got.String()
}
