package meshdir

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// examples are the files of docs/policies.md: yaml blocks whose first line names one.
func examples(t *testing.T) (fstest.MapFS, string) {
	t.Helper()
	text, err := os.ReadFile("../../docs/policies.md")
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{}
	for _, block := range strings.Split(string(text), "```yaml\n")[1:] {
		body, _, _ := strings.Cut(block, "```")
		name, _, _ := strings.Cut(strings.TrimPrefix(body, "# "), "\n")
		files[name] = &fstest.MapFile{Data: []byte(body)}
	}
	return files, string(text)
}

// TestEveryExampleLoads loads the mesh of docs/policies.md as a review does.
func TestEveryExampleLoads(t *testing.T) {
	t.Parallel()
	files, _ := examples(t)
	m, ds := newLoader("", files, Options{Now: moment, Review: true}).load()
	if got := domainNames(m); got != "crm marketing sales" {
		t.Errorf("serves %s", got)
	}
	for _, d := range ds {
		if d.Severity == Error || !strings.Contains(d.Message, "is not evaluated") && !strings.Contains(d.Message, "check owned fails") {
			t.Errorf("unexpected: %s", d)
		}
	}
	if m != nil && (len(m.Policies) != 7 || len(m.Grants) != 4) {
		t.Errorf("%d policies, %d grants", len(m.Policies), len(m.Grants))
	}
}

// documented are the objects whose every field docs/policies.md explains with an example.
var documented = []string{
	"policy", "match", "except", "bypass", "rule", "aggregateOnly", "when", "classification", "test", "expect", "grant", "to",
	"release", "tag vocabulary", "detect", "check", "check set", "term", "group", "domain",
}

// TestEveryFieldIsExplained asks the loader which fields it knows and the page whether it does.
func TestEveryFieldIsExplained(t *testing.T) {
	t.Parallel()
	files, text := examples(t)
	l := newLoader("", files, Options{Now: moment})
	l.fields = map[string][]string{}
	_, _ = l.load()
	for _, what := range documented {
		if len(l.fields[what]) == 0 {
			t.Errorf("there is no example of %s", what)
		}
		for _, field := range l.fields[what] {
			if !strings.Contains(text, field+":") {
				t.Errorf("no example has field %s of %s", field, what)
			}
		}
	}
	for mask, args := range maskArgs {
		if !strings.Contains(text, "`"+string(mask)+"`") {
			t.Errorf("mask %s is not explained", mask)
		}
		for _, a := range args {
			if !strings.Contains(text, "`"+a) {
				t.Errorf("argument %s of mask %s is not explained", a, mask)
			}
		}
	}
	if !slices.Contains(l.fields["rule"], "noProject") {
		t.Errorf("fields of rule: %v", l.fields["rule"])
	}
}

// TestEveryTestNamedExists looks for the tests that the last section of the page names.
func TestEveryTestNamedExists(t *testing.T) {
	t.Parallel()
	_, text := examples(t)
	_, section, ok := strings.Cut(text, "## What shows it")
	if !ok {
		t.Fatal("the page does not say what shows it")
	}
	declared := map[string]bool{}
	for _, root := range []string{"../../auth", "../../catalog", "../../cmd", "../../gateway"} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path)
			for _, m := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllSubmatch(source, -1) {
				declared[string(m[1])] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	named := regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(section, -1)
	if len(named) < 50 {
		t.Errorf("the page names %d tests", len(named))
	}
	for _, m := range named {
		if !declared[m[1]] {
			t.Errorf("there is no %s", m[1])
		}
	}
}
