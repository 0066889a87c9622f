package sqlwriter_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/testservers"
)

// semanticsFolder holds the cases by the manual's sections: see its README.
const semanticsFolder = "../../testdata/semantics/"

// TestSemantics asks a PostgreSQL and the local engine every expression of the cases: as
// constants, as columns, and as columns pushed to PostgreSQL. What is refused is 0A000
// and listed; no answer may differ.
func TestSemantics(t *testing.T) {
	t.Parallel()
	o := samplesOracle(t)
	files, err := filepath.Glob(semanticsFolder + "*.test")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases: ", err)
	}
	sort.Strings(files)
	if only := os.Getenv("SECTION"); only != "" {
		files, _ = filepath.Glob(semanticsFolder + "*" + only + "*.test")
	}
	report := &differences{}
	var total tally
	for _, file := range files {
		s := o.runSection(t, file, report)
		fmt.Printf("semantics: %5d of %5d equal, %4d refused, %3d differ   %s\n", s.equal, s.all, s.refused, s.wrong, s.title)
		total.add(s)
	}
	fmt.Printf("semantics: %5d of %5d equal, %4d refused, %3d differ   in all\n", total.equal, total.all, total.refused, total.wrong)
	if total.wrong > 0 {
		t.Errorf("%d answers differ", total.wrong)
	}
	if path := os.Getenv("DIFFERENCES"); path != "" {
		if err := os.WriteFile(path, []byte(report.text(total)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// tally counts expressions.
type tally struct {
	title                      string
	all, equal, refused, wrong int
}

func (s *tally) add(o tally) {
	s.all, s.equal, s.refused, s.wrong = s.all+o.all, s.equal+o.equal, s.refused+o.refused, s.wrong+o.wrong
}

func samplesOracle(t *testing.T) *oracle {
	t.Helper()
	schema, err := os.ReadFile(semanticsFolder + "samples.sql")
	if err != nil {
		t.Fatal(err)
	}
	db := testservers.Postgres(t).NewDatabase(t)
	db.Exec(t, string(schema))
	for _, name := range sampleTypes() {
		db.Exec(t, sampleTable(name))
	}
	o := newOracle(t, db.DSN, duckdb.Options{})
	if r := o.postgres(t.Context(), "SELECT set_config('statement_timeout', '5s', false)"); r.err != nil {
		t.Fatal(r.err)
	}
	return o
}

func (o *oracle) runSection(t *testing.T, file string, report *differences) tally {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s := tally{title: filepath.Base(file)}
	for _, line := range strings.Split(string(raw), "\n") {
		switch title, isTitle := strings.CutPrefix(line, "# "); {
		case isTitle:
			s.title = title
			report.section(title)
		case strings.TrimSpace(line) == "" || strings.HasPrefix(line, "--"):
		default:
			for _, c := range expand(line) {
				s.add(o.runCase(t, c, report))
			}
		}
	}
	return s
}

// runCase runs one template in all its ways.
func (o *oracle) runCase(t *testing.T, c template, report *differences) tally {
	t.Helper()
	verdicts := make([]verdict, len(c.rows))
	sql := c.asColumns(-1)
	truth := o.perRow(c, o.postgres(t.Context(), sql), func(row int) result { return o.postgres(t.Context(), c.asColumns(row)) })
	o.judgeColumns(t, c, truth, verdicts)
	if len(c.slots) > 0 {
		o.judgeConstants(t, c, truth, verdicts)
	}
	var s tally
	for i := range c.rows {
		s.all++
		switch v := verdicts[i]; {
		case v.wrong != "":
			s.wrong++
			report.differs(c.asConstant(i), v.wrong)
			if s.wrong == 1 || os.Getenv("ALL") != "" {
				t.Errorf("%s\n%s\n%s", c.text, c.asConstant(i), v.wrong)
			}
		case v.refused != "":
			s.refused++
			report.refused(c.asConstant(i), v.refused)
		default:
			s.equal++
		}
	}
	return s
}

// verdict of one expression: how it differs, why it is refused, or neither.
type verdict struct{ wrong, refused string }

// judge compares one answer. An internal error is a wrong answer too.
func (v *verdict) judge(way string, got, want result, text string) {
	switch g, w := got.text(false), want.text(false); {
	case got.err != nil && code(got.err) == "0A000" && g != w:
		v.refused = got.err.Error()
	case g != w && v.wrong == "":
		v.wrong = fmt.Sprintf("  as %s\n  got  %.300s (%v)\n  want %.300s (%v)\n  sql  %.500s", way, oneLine(g), got.err, oneLine(w), want.err, text)
	}
}

func oneLine(s string) string { return strings.ReplaceAll(s, "\n", " ⏎ ") }

// perRow cuts a result over all rows into one for each, asking anew for each where it failed.
func (o *oracle) perRow(c template, all result, one func(row int) result) []result {
	if all.err == nil && c.query {
		return []result{all}
	}
	out := make([]result, len(c.rows))
	for i := range c.rows {
		switch {
		case all.err != nil && len(c.rows) == 1:
			out[i] = all
		case all.err != nil:
			out[i] = one(i)
		case i < len(all.rows):
			out[i] = result{types: all.types, rows: all.rows[i : i+1]}
		}
	}
	return out
}

func (o *oracle) judgeColumns(t *testing.T, c template, truth []result, verdicts []verdict) {
	t.Helper()
	for _, way := range []string{"columns", "pushed"} {
		run := func(sql string) (result, string) { return o.ask(t, way == "pushed", sql) }
		all, text := run(c.asColumns(-1))
		answers := o.perRow(c, all, func(row int) result {
			if all.err != nil && code(all.err) == "0A000" && text == "" {
				return all
			}
			r, _ := run(c.asColumns(row))
			return r
		})
		for i := range c.rows {
			if way == "pushed" && answers[i].err != nil && code(answers[i].err) == "0A000" {
				continue // then it is computed here
			}
			verdicts[i].judge(way, answers[i], truth[i], text)
		}
	}
}

// judgeConstants asks for many at once, and alone for those that fail.
func (o *oracle) judgeConstants(t *testing.T, c template, truth []result, verdicts []verdict) {
	t.Helper()
	var list []string
	var good []int
	for i := range c.rows {
		if truth[i].err == nil {
			list, good = append(list, c.asConstant(i)), append(good, i)
		}
	}
	together := result{err: fmt.Errorf("nothing to ask")}
	if len(list) > 0 {
		together, _ = o.ask(t, false, "SELECT "+strings.Join(list, ", "))
	}
	for n, i := range good {
		if together.err == nil {
			verdicts[i].judge("constants", result{types: together.types[n : n+1], rows: [][]string{together.rows[0][n : n+1]}}, truth[i], "")
		}
	}
	for i := range c.rows {
		if truth[i].err != nil || together.err != nil {
			r, text := o.ask(t, false, "SELECT "+c.asConstant(i))
			verdicts[i].judge("constants", r, truth[i], text)
		}
	}
}

// ask binds a statement and runs it as one dialect has it.
func (o *oracle) ask(t *testing.T, pushed bool, sql string) (result, string) {
	q, err := o.bind(sql)
	if err != nil {
		return result{err: err}, ""
	}
	if pushed {
		text, err := sqlwriter.Postgres(q.Root, o.options(q))
		if err != nil {
			return result{err: err}, ""
		}
		return o.postgres(t.Context(), text), text
	}
	text, err := sqlwriter.DuckDB(q.Root, o.options(q))
	if err != nil {
		return result{err: err}, ""
	}
	return o.duckdb(t.Context(), text, q), text
}
