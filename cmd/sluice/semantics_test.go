package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// TestSemantics asks a PostgreSQL and Sluice the cases of testdata/semantics, in every way: as
// constants, as columns of a PostgreSQL, a MariaDB and a Parquet product, with all rules and
// with none. Texts, binary values, types, labels and SQLSTATEs must agree; what is refused
// is 0A000 and listed. SEMANTICS=all asks all of them, SECTION chooses a file.
func TestSemantics(t *testing.T) {
	sections := semanticsSections(t, semanticsFolder, only())
	r := newSemanticsRun(t, testservers.Postgres(t))
	total := r.sections(t, sections)
	if path := os.Getenv("DIFFERENCES"); path != "" {
		r.report.gap = gap(t, r.ways[0].oracle, r.ways[0].gateway)
		must(t, os.WriteFile(path, []byte(r.report.text(total)), 0o644))
	}
}

// TestSemanticsOfNewest asks a PostgreSQL 17 what 16 and 17 added, in the same ways; its
// products lie in that server too. With SEMANTICS=all it asks all other cases as well.
func TestSemanticsOfNewest(t *testing.T) {
	newest := testservers.NewestPostgres(t)
	sections := semanticsSections(t, semanticsFolder+"newer/", only())
	if os.Getenv("SEMANTICS") == "all" {
		sections = append(sections, semanticsSections(t, semanticsFolder, only())...)
	}
	r := newSemanticsRun(t, newest)
	r.every = 1
	r.sections(t, sections)
}

// tally counts expressions.
type tally struct{ all, equal, refused, wrong int }

func (s *tally) add(o tally) {
	s.all, s.equal, s.refused, s.wrong = s.all+o.all, s.equal+o.equal, s.refused+o.refused, s.wrong+o.wrong
}

// semanticsRun asks one template in every so many.
type semanticsRun struct {
	ways   []*way
	report *differences
	every  int
	seen   int
}

// newSemanticsRun serves the samples, after the templates were read.
func newSemanticsRun(t *testing.T, oracle *testservers.PostgresServer) *semanticsRun {
	t.Helper()
	m := newSamplesMesh(t, oracle)
	r := &semanticsRun{ways: m.newWays(t, m.mesh.serve()), report: &differences{}, every: 25}
	if os.Getenv("SEMANTICS") == "all" || only() != "" {
		r.every = 1
	}
	return r
}

// sections asks them all and prints what came of each.
func (r *semanticsRun) sections(t *testing.T, sections []section) (total tally) {
	t.Helper()
	for _, s := range sections {
		one := r.section(t, s)
		fmt.Printf("semantics: %5d of %5d equal, %4d refused, %3d differ   %s\n", one.equal, one.all, one.refused, one.wrong, s.title)
		total.add(one)
	}
	fmt.Printf("semantics: %5d of %5d equal, %4d refused, %3d differ   in all\n", total.equal, total.all, total.refused, total.wrong)
	for _, w := range r.ways {
		fmt.Printf("semantics: %6d of %6d answers equal: %s\n", w.equal, w.all, w.name)
	}
	if total.wrong > 0 {
		t.Errorf("%d expressions differ", total.wrong)
	}
	return total
}

func (r *semanticsRun) section(t *testing.T, s section) tally {
	t.Helper()
	r.report.section(s.title)
	var sum tally
	for _, c := range s.templates {
		if r.seen++; r.seen%r.every == 0 {
			sum.add(r.template(t, c))
		}
	}
	r.report.count(sum)
	return sum
}

// verdict of one expression: how it differs, why it is refused, or neither.
type verdict struct{ wrong, refused string }

// judge compares one answer.
func (v *verdict) judge(w *way, got, want reply) {
	w.all++
	switch {
	case got.String() == want.String():
		w.equal++
	case got.err != nil && got.err.Code == "0A000":
		v.refused = got.err.Message
	case v.wrong == "":
		v.wrong = fmt.Sprintf("  %s\n  got  %.300s (%v)\n  want %.300s (%v)", w.name, got, got.err, want, want.err)
	}
}

// template asks one template in all its ways.
func (r *semanticsRun) template(t *testing.T, c template) tally {
	t.Helper()
	byWay := make([][]verdict, len(r.ways))
	var asking sync.WaitGroup
	turns := make(chan struct{}, runtime.GOMAXPROCS(0))
	for i, w := range r.ways {
		byWay[i] = make([]verdict, len(c.rows))
		asking.Go(func() {
			turns <- struct{}{}
			w.judge(t, c, byWay[i])
			<-turns
		})
	}
	asking.Wait()
	var sum tally
	for i := range c.rows {
		v := firstWrong(byWay, i)
		sum.all++
		switch {
		case v.wrong != "":
			sum.wrong++
			r.report.differs(c.asConstant(c.rows[i]), v.wrong)
			if sum.wrong == 1 || os.Getenv("ALL") != "" {
				t.Errorf("%s\n%s\n%s", c.text, c.asConstant(c.rows[i]), v.wrong)
			}
		case v.refused != "":
			sum.refused++
			r.report.refused(c.asConstant(c.rows[i]), v.refused)
		default:
			sum.equal++
		}
	}
	return sum
}

// firstWrong is the verdict of the first way that differs, or that is refused.
func firstWrong(byWay [][]verdict, row int) verdict {
	var v verdict
	for _, list := range byWay {
		if v.wrong == "" {
			v.wrong = list[row].wrong
		}
		if v.refused == "" {
			v.refused = list[row].refused
		}
	}
	return v
}

// judge asks one template in one way.
func (w *way) judge(t *testing.T, c template, verdicts []verdict) {
	switch {
	case c.query:
		w.judgeQuery(t, c, verdicts)
	case w.store == nil:
		w.judgeRows(t, c, c.rows, verdicts)
	case len(c.slots) > 0:
		w.judgeRows(t, c, w.store.has(c), verdicts)
	}
}

// judgeQuery compares a query's rows. One that uses a column the store lacks is left out.
func (w *way) judgeQuery(t *testing.T, c template, verdicts []verdict) {
	t.Helper()
	for _, binary := range []bool{false, true} {
		want := whole(t.Context(), w.oracle, c.text, binary)
		if want.err != nil && want.err.Code == "42703" && w.store != nil && w.store.name != "post" {
			return
		}
		got := whole(t.Context(), w.gateway, c.text, binary)
		verdicts[0].judge(w, got, want)
		if want.err != nil || got.err != nil {
			return
		}
	}
}

// judgeRows compares each row: those that PostgreSQL computes together, and by themselves
// those that fail.
func (w *way) judgeRows(t *testing.T, c template, rows [][]int, verdicts []verdict) {
	t.Helper()
	number := map[string]int{}
	for i, row := range c.rows {
		number[fmt.Sprint(row)] = i
	}
	truth := w.replies(t.Context(), w.oracle, c, rows, false)
	var good [][]int
	var wanted []reply
	for i, want := range truth {
		if want.err == nil {
			good, wanted = append(good, rows[i]), append(wanted, want)
			continue
		}
		got := w.replies(t.Context(), w.gateway, c, rows[i:i+1], false)
		verdicts[number[fmt.Sprint(rows[i])]].judge(w, got[0], want)
	}
	for i, got := range w.replies(t.Context(), w.gateway, c, good, false) {
		verdicts[number[fmt.Sprint(good[i])]].judge(w, got, wanted[i])
	}
	binary := w.replies(t.Context(), w.oracle, c, good, true)
	for i, got := range w.replies(t.Context(), w.gateway, c, good, true) {
		verdicts[number[fmt.Sprint(good[i])]].judge(w, got, binary[i])
	}
}
