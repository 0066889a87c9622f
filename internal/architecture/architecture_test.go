package architecture

import (
	"os"
	"strings"
	"testing"
)

const (
	root      = "../.."
	page      = "docs/architecture.md"
	mostLines = 500
)

func TestImportsFollowTheTable(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(root + "/" + page)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := parseTable(string(text))
	if err != nil {
		t.Fatalf("%s: %v", page, err)
	}
	unknown := map[string]bool{}
	for _, file := range moduleSources(t) {
		own, known := rowOf(rows, file.dir)
		if !known {
			unknown[file.dir] = true
			continue
		}
		for _, imported := range file.imports {
			if !own.allows(rows, imported.name) {
				t.Errorf("%s:%d: %s may not import %s. Move the code to where both may reach it; "+
					"if the design itself is to change, change the table in %s and say why in docs/decisions",
					file.path, imported.line, file.dir, imported.name, page)
			}
		}
	}
	for dir := range unknown {
		t.Errorf("package %s has no row in the table of %s: add one, below all it needs and above all that need it, "+
			"naming the fewest imports it can live with", dir, page)
	}
}

func TestFilesAreSmall(t *testing.T) {
	t.Parallel()
	for _, file := range moduleSources(t) {
		if file.lines > mostLines && !file.generated {
			t.Errorf("%s has %d lines, more than %d: split it by idea, one file each", file.path, file.lines, mostLines)
		}
	}
}

func TestPackagesSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	commented := map[string]bool{}
	for _, file := range moduleSources(t) {
		commented[file.dir] = commented[file.dir] || file.commented
	}
	for dir, has := range commented {
		if !has {
			t.Errorf("package %s has no package comment: say what goes in, what comes out, and what it does not know", dir)
		}
	}
}

func moduleSources(t *testing.T) []source {
	t.Helper()
	files, err := sources(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("no source files found")
	}
	return files
}

func TestParseTable(t *testing.T) {
	t.Parallel()
	const header = "| package | may import | what |\n|---|---|---|\n"
	tests := []struct {
		table, wrong string
	}{
		{"| a | | |\n| b | a | |\n", ""},
		{"| b | a | |\n| a | | |\n", "no row above"},
		{"| a | a | |\n", "no row above"},
		{"| a | | |\n| a | | |\n", "two rows"},
	}
	for _, test := range tests {
		_, err := parseTable(header + test.table)
		if (err == nil) != (test.wrong == "") || err != nil && !strings.Contains(err.Error(), test.wrong) {
			t.Errorf("parseTable(%q) = %v, want an error with %q", test.table, err, test.wrong)
		}
	}
}

func TestAllows(t *testing.T) {
	t.Parallel()
	rows := []row{
		{"leaf", nil}, {"x/writer", []string{"leaf"}}, {"x/*", []string{"x/writer"}}, {"top", []string{"x/*"}}, {"cmd/*", []string{everything}},
	}
	tests := []struct {
		from, to string
		want     bool
	}{
		{"x/one", "x/writer", true},
		{"x/one", "leaf", false},
		{"x/one", "x/two", false},
		{"x/writer", "leaf", true},
		{"top", "x/one", true},
		{"top", "x/writer", false},
		{"cmd/a", "top", true},
	}
	for _, test := range tests {
		own, known := rowOf(rows, test.from)
		if got := known && own.allows(rows, test.to); got != test.want {
			t.Errorf("may %s import %s? %v, want %v (rows %v)", test.from, test.to, got, test.want, rows)
		}
	}
}
