package sqlwriter_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/testservers"
)

// TestBinderQueries runs the binder's own queries, over its own rows, in both dialects.
func TestBinderQueries(t *testing.T) {
	t.Parallel()
	const from = "../../planner/bind/testdata/"
	db := testservers.Postgres(t).NewDatabase(t)
	for _, file := range []string{"schema.sql", "rows.sql"} {
		text, err := os.ReadFile(from + file)
		if err != nil {
			t.Fatal(err)
		}
		db.Exec(t, string(text))
	}
	o := newOracle(t, db.DSN, duckdb.Options{})
	if r := o.postgres(t.Context(), "SELECT set_config('statement_timeout', '300ms', false), set_config('default_transaction_read_only', 'on', false)"); r.err != nil {
		t.Fatal(r.err)
	}
	files, err := filepath.Glob(from + "queries/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	var sum score
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var total score
		for _, sql := range strings.Split(string(raw), ";\n") {
			if sql = withoutComments(sql); sql != "" {
				total.add(o.compareAnyOrder(t, sql))
			}
		}
		t.Logf("%-12s postgres %3d equal %3d refused, duckdb %3d equal %3d refused, of %d", filepath.Base(file),
			total.equal[0], total.refused[0], total.equal[1], total.refused[1], total.all)
		sum.add(total)
	}
	for i, name := range dialects {
		asked := sum.all - sum.refused[i]
		t.Logf("%s: %d of %d equal", name, sum.equal[i], asked)
		if float64(sum.equal[i]) < leastEqual*float64(asked) {
			t.Errorf("%s: only %d of %d equal", name, sum.equal[i], asked)
		}
	}
}

// moves finds what differs from one moment to the next, or is not for us to run.
var moves = regexp.MustCompile(`(?i)now\(\)|current_|localtime|\(t\)\.a|random`)

func withoutComments(sql string) string {
	var lines []string
	for _, line := range strings.Split(sql, "\n") {
		if !strings.HasPrefix(line, "--") {
			lines = append(lines, line)
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// leastEqual is the share of answers that must be the same: many of these queries leave
// open which of several rows they take (DISTINCT ON and frames over ties).
const leastEqual = 0.95

// compareAnyOrder compares rows as a bag: these queries were not written to have one order.
func (o *oracle) compareAnyOrder(t *testing.T, sql string) score {
	t.Helper()
	s := score{all: 1}
	want := o.postgres(t.Context(), sql)
	q, err := o.bind(sql)
	if err != nil || len(q.Output) == 0 || want.err != nil && (code(want.err) == "08P01" || code(want.err) == "57014") || moves.MatchString(sql) {
		s.all = 0 // refused by the binder, or with parameters, or without end
		return s
	}
	options := sqlwriter.Options{}.ForQuery(q)
	texts, errs := [2]string{}, [2]error{}
	texts[0], errs[0] = sqlwriter.Postgres(q.Root, options)
	texts[1], errs[1] = sqlwriter.DuckDB(q.Root, options)
	agree(t, sql, q.Root, errs[1])
	for i, text := range texts {
		if errs[i] != nil {
			if code(errs[i]) == "0A000" {
				s.refused[i]++
				if os.Getenv("REFUSED") != "" {
					t.Logf("%s refuses: %v\n\t%s", dialects[i], errs[i], sql)
				}
			} else if code(errs[i]) != code0(want) {
				t.Errorf("%s: %v\n%s", dialects[i], errs[i], sql)
			}
			continue
		}
		got := o.postgresOrDuckDB(t, i, text, q)
		if g, w := got.text(true), want.text(true); g != w {
			t.Logf("%s in %s\n--- written\n%s\n--- got\n%.700s\n(%v)\n--- want\n%.700s\n(%v)", sql, dialects[i], text, g, got.err, w, want.err)
			continue
		}
		s.equal[i]++
	}
	return s
}
