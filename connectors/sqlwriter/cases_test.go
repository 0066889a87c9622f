package sqlwriter_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/planner/functions"
	"github.com/sluicemesh/sluice/planner/plan"
)

// TestCases runs every expression and query of testdata as PostgreSQL itself does and as
// both dialects write it. What a dialect refuses is counted, and must be 0A000.
func TestCases(t *testing.T) {
	t.Parallel()
	o := schemaOracle(t)
	files, err := filepath.Glob("testdata/*/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases: ", err)
	}
	for _, file := range files {
		o.runFile(t, file)
	}
}

// TestTimeZones runs the cases of dates and times in sessions of other zones.
func TestTimeZones(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"America/New_York", "Asia/Kolkata"} {
		o := schemaOracle(t)
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		o.zone = zone
		if r := o.postgres(t.Context(), "SELECT set_config('TimeZone', '"+name+"', false)"); r.err != nil {
			t.Fatal(r.err)
		}
		o.runFile(t, "testdata/expressions/datetime.sql")
	}
}

func (o *oracle) runFile(t *testing.T, file string) {
	t.Helper()
	var total score
	for _, sql := range statements(t, file) {
		total.add(o.compare(t, sql))
	}
	t.Logf("%-32s postgres %3d equal %3d refused, duckdb %3d equal %3d refused, of %d",
		filepath.Base(file), total.equal[0], total.refused[0], total.equal[1], total.refused[1], total.all)
}

// statements reads a file: one statement a line, or below "-- from table" one expression
// a line, which is asked of the whole table and, where that fails, row by row.
func statements(t *testing.T, file string) []string {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	table := ""
	for _, line := range strings.Split(string(raw), "\n") {
		switch rest, from := strings.CutPrefix(line, "-- from "); {
		case from:
			table = rest
		case line == "" || strings.HasPrefix(line, "--"):
		case table != "":
			list = append(list, fmt.Sprintf("SELECT id, %s FROM %s ORDER BY id", line, table))
		default:
			list = append(list, strings.TrimSuffix(line, ";"))
		}
	}
	return list
}

// score counts by dialect: PostgreSQL, DuckDB.
type score struct {
	all            int
	equal, refused [2]int
}

func (s *score) add(o score) {
	s.all += o.all
	for i := range s.equal {
		s.equal[i] += o.equal[i]
		s.refused[i] += o.refused[i]
	}
}

func (o *oracle) compare(t *testing.T, sql string) score {
	t.Helper()
	s := score{all: 1}
	want := o.postgres(t.Context(), sql)
	q, err := o.bind(sql)
	if err != nil {
		if want.err == nil || code(want.err) != code(err) {
			t.Logf("bind: %v\n\t%s", err, sql)
		}
		return s
	}
	options := o.options(q)
	text, err := sqlwriter.Postgres(q.Root, options)
	o.judge(t, 0, &s, sql, text, err, want, func(text string) result { return o.postgres(t.Context(), text) })
	text, err = sqlwriter.DuckDB(q.Root, options)
	agree(t, sql, q.Root, err)
	o.judge(t, 1, &s, sql, text, err, want, func(text string) result { return o.duckdb(t.Context(), text, q) })
	if want.err != nil && s.refused[1] == 0 {
		o.rowByRow(t, sql)
	}
	return s
}

// rowByRow asks for single rows of a statement that fails on some of them.
func (o *oracle) rowByRow(t *testing.T, sql string) {
	t.Helper()
	head, ordered := strings.CutSuffix(sql, " ORDER BY id")
	if !ordered || strings.Contains(head, " WHERE ") {
		return
	}
	for id := 1; id < 9; id++ {
		one := fmt.Sprintf("%s WHERE id = %d", head, id)
		var s score
		want := o.postgres(t.Context(), one)
		q, err := o.bind(one)
		if err != nil {
			continue
		}
		text, err := sqlwriter.DuckDB(q.Root, o.options(q))
		o.judge(t, 1, &s, one, text, err, want, func(text string) result { return o.duckdb(t.Context(), text, q) })
	}
}

var dialects = [2]string{"postgres", "duckdb"}

func (o *oracle) judge(t *testing.T, dialect int, s *score, sql, text string, err error, want result, run func(string) result) {
	t.Helper()
	if err != nil {
		if code(err) == "0A000" {
			s.refused[dialect]++
			if testing.Verbose() && os.Getenv("REFUSED") != "" {
				t.Logf("%s refuses: %v\n\t%s", dialects[dialect], err, sql)
			}
		} else if code(err) == code0(want) {
			s.equal[dialect]++
		} else {
			t.Errorf("%s: %v\n%s", dialects[dialect], err, sql)
		}
		return
	}
	got := run(text)
	if got.err != nil && code(got.err) == "0A000" {
		s.refused[dialect]++ // for the values it met
		return
	}
	if g, w := got.text(false), want.text(false); g != w {
		t.Errorf("%s in %s\n--- written\n%s\n--- got\n%.700s\n(%v)\n--- want\n%.700s\n(%v)", sql, dialects[dialect], text, g, got.err, w, want.err)
		return
	}
	s.equal[dialect]++
}

func code0(r result) string {
	if r.err == nil {
		return ""
	}
	return code(r.err)
}

// agree: what functions.Missing calls sayable in the local engine, the writer writes, and
// the other way round.
func agree(t *testing.T, sql string, root plan.Node, err error) {
	t.Helper()
	missing := ""
	plan.Walk(root, func(n plan.Node) bool {
		for _, e := range n.Exprs() {
			if missing == "" {
				missing = functions.Missing(e, functions.DuckDB)
			}
		}
		return true
	})
	refused := err != nil && code(err) == "0A000"
	if refused && (strings.HasPrefix(err.Error(), "comparison of ") || strings.HasPrefix(err.Error(), "a look into the catalog")) || refused == (missing != "") {
		return // which columns are grouped or matched is no matter of expressions
	}
	t.Errorf("the writer says %v, the function table %q\n%s", err, missing, sql)
}

// TestLimits holds the writer to the errors it is known to raise in place of rows.
func TestLimits(t *testing.T) {
	t.Parallel()
	o := schemaOracle(t)
	raw, err := os.ReadFile("testdata/limits.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(string(raw), "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		want, sql, _ := strings.Cut(line, " ")
		if r := o.postgres(t.Context(), sql); r.err != nil {
			t.Errorf("PostgreSQL fails too: %v\n%s", r.err, sql)
		}
		q, err := o.bind(sql)
		if err != nil {
			t.Fatal(err)
		}
		text, err := sqlwriter.DuckDB(q.Root, o.options(q))
		if err == nil {
			err = o.duckdb(t.Context(), text, q).err
		}
		if err == nil || code(err) != want {
			t.Errorf("got %v, want %s\n%s", err, want, sql)
		}
	}
}

func (o *oracle) postgresOrDuckDB(t *testing.T, dialect int, text string, q plan.Query) result {
	t.Helper()
	if dialect == 0 {
		return o.postgres(t.Context(), text)
	}
	return o.duckdb(t.Context(), text, q)
}
