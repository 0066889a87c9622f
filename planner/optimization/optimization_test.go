package optimization_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/rules"
	"github.com/sluicemesh/sluice/sqlstate"
)

const root = "../../"

// TestTableIsDocumented keeps the table of docs/performance.md true. OPTIMIZATIONS=write writes it.
func TestTableIsDocumented(t *testing.T) {
	t.Parallel()
	const file, begin, end = root + "docs/performance.md", "<!-- optimizations: written by go test ./planner/optimization -->\n", "<!-- end of optimizations -->"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	had, after, ended := strings.Cut(rest, end)
	if !ok || !ended {
		t.Fatalf("%s has no list of optimizations", file)
	}
	want := "\n| name | what it does | where |\n|---|---|---|\n"
	for _, o := range optimization.Table {
		want += "| " + string(o.Name) + " | " + o.Does + " | " + o.File + " |\n"
	}
	want += "\n"
	if os.Getenv("OPTIMIZATIONS") == "write" {
		if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if had != want {
		t.Errorf("%s lists\n%s\nwhere the table has\n%s\nOPTIMIZATIONS=write go test ./planner/optimization writes it", file, had, want)
	}
}

// TestEachIsOneFile: names are those of one optimization, and files are there.
func TestEachIsOneFile(t *testing.T) {
	t.Parallel()
	seen := map[optimization.Name]bool{}
	for _, o := range optimization.Table {
		if seen[o.Name] {
			t.Errorf("%s stands twice", o.Name)
		}
		seen[o.Name] = true
		if _, err := os.Stat(root + o.File); err != nil {
			t.Errorf("%s: %v", o.Name, err)
		}
	}
	for _, name := range rules.Names() {
		if !seen[name] {
			t.Errorf("the rule %s has no row in planner/optimization/table.go", name)
		}
	}
}

// TestEachHasACase: a case of testdata/cases expects each to be at work. TestCases sees whether it is,
// whether it is not where it is off, and whether the answer is the same.
func TestEachHasACase(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(root + "testdata/cases/*.test")
	if err != nil || len(files) == 0 {
		t.Fatal(err, "no case files")
	}
	expected := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, of := range regexp.MustCompile(`(?m)^query .*expect=\(?([A-Za-z,]+)`).FindAllStringSubmatch(string(text), -1) {
			for _, name := range strings.Split(of[1], ",") {
				expected[name] = true
			}
		}
	}
	for _, o := range optimization.Table {
		if !expected[string(o.Name)] {
			t.Errorf("no case expects %s", o.Name)
		}
		delete(expected, string(o.Name))
	}
	for name := range expected {
		t.Errorf("a case expects %s, which is not in the table", name)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		list string
		want []optimization.Name
	}{
		{"", nil}, {" ", nil},
		{"InlineCTE", []optimization.Name{"InlineCTE"}},
		{" inlinecte , TELLPAIRS", []optimization.Name{"InlineCTE", optimization.TellPairs}},
	} {
		off, err := optimization.Parse(c.list)
		if err != nil || len(off) != len(c.want) || slices.ContainsFunc(c.want, func(n optimization.Name) bool { return !off[n] }) {
			t.Errorf("Parse(%q) = %v, %v", c.list, off, err)
		}
	}
	if off, err := optimization.Parse("InlineCTE, all"); err != nil || len(off) != len(optimization.Table) {
		t.Errorf("all are %d, %v", len(off), err)
	}
	for _, list := range []string{"InlineCTES", "InlineCTE,", ",", "InlineCTE TellPairs", "Governed"} {
		var e *sqlstate.Error
		if _, err := optimization.Parse(list); !errors.As(err, &e) || e.Code != sqlstate.InvalidParameterValue || !strings.Contains(e.Hint, "TellPairs") {
			t.Errorf("Parse(%q): %v", list, err)
		}
	}
}
