package functions

import (
	"os"
	"slices"
	"strings"
	"testing"
)

// TestTotalIsDocumented keeps the list of docs/security.md true: what may be asked of rows
// that a policy hides, by source. TOTAL=write writes it.
func TestTotalIsDocumented(t *testing.T) {
	t.Parallel()
	const file, begin, end = "../../docs/security.md", "<!-- total: written by go test ./planner/functions -->\n", "<!-- end of total -->"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(text), begin)
	had, after, ended := strings.Cut(rest, end)
	if !ok || !ended {
		t.Fatalf("%s has no list of what is total", file)
	}
	want := "\n| source | operators and functions that no value makes fail |\n|---|---|\n"
	for _, source := range []struct {
		name   string
		engine Engine
	}{{"PostgreSQL", Postgres}, {"MySQL, MariaDB", MySQL}, {"DuckDB, files", DuckDB}} {
		want += "| " + source.name + " | " + strings.Join(totalNames(source.engine), " ") + " |\n"
	}
	want += "\n"
	if os.Getenv("TOTAL") == "write" {
		if err := os.WriteFile(file, []byte(before+begin+want+end+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if had != want {
		t.Errorf("%s lists\n%s\nwhere the table has\n%s", file, had, want)
	}
}

// totalNames gives the rows of the table that are total and exact in an engine, by name.
func totalNames(engine Engine) []string {
	var names []string
	for signature, row := range Rows() {
		name, _, _ := strings.Cut(signature, "(")
		if !row.Total || row.For(engine).Exactness != Exact || strings.HasPrefix(name, "sluice.") || strings.HasPrefix(name, "shaped ") {
			continue
		}
		names = append(names, "`"+strings.ReplaceAll(name, "|", "\\|")+"`")
	}
	slices.Sort(names)
	return slices.Compact(names)
}
