package main

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sluicemesh/sluice/internal/seed"
	"github.com/sluicemesh/sluice/internal/testservers"
)

var randomExpressions = flag.Int("random-expressions", 2400, "how many expressions TestRandomExpressions asks")

// TestRandomExpressions asks for expressions made at random, types first, of everything the
// function table has and the grammar adds, over the samples of each store, with all rules and
// with none. No answer may differ, in text or binary; of two errors either may come first.
func TestRandomExpressions(t *testing.T) {
	m := newSamplesMesh(t, testservers.Postgres(t))
	m.oracle.Exec(t, fateFunction)
	ways := m.newWays(t, m.mesh.serve())
	drawn := seed.For(t)
	run := &randomRun{}
	var stores sync.WaitGroup
	for i, s := range m.stores {
		a := &randomStore{randomRun: run, store: s, makes: &expressions{forms: newForms(s), r: rand.New(rand.NewPCG(drawn, uint64(i))), used: map[string]int{}}}
		for _, w := range ways {
			if w.store == s && !strings.Contains(w.name, "settings") {
				a.ways = append(a.ways, w)
			}
		}
		stores.Go(func() {
			for asked := 0; asked < *randomExpressions/len(m.stores) && run.wrong.Load() < 20; {
				asked += a.batch(t)
			}
		})
	}
	stores.Wait()
	fmt.Printf("random: %d expressions (%d fail), %d refused, %d differ\n", run.asked.Load(), run.failing.Load(), run.refused.Load(), run.wrong.Load())
}

// randomRun counts over all stores.
type randomRun struct {
	asked, failing, refused, wrong atomic.Int64
}

// randomStore asks expressions over one store.
type randomStore struct {
	*randomRun
	store *store
	ways  []*way
	makes *expressions
}

// randomBatch is how many expressions are asked in one statement.
const randomBatch = 48

// fateFunction tells what becomes of an expression: nothing where every row has an answer, the
// code alone where it fails on all, else a code for each row ("1: 3:22012").
const fateFunction = `CREATE FUNCTION public.fate(expression text, relation text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE failed text; fates text := ''; row_id int; answered bool := false;
BEGIN
  EXECUTE format('SELECT %s FROM %s', expression, relation);
  RETURN '';
EXCEPTION WHEN OTHERS THEN
  failed := SQLSTATE;
  IF failed LIKE '42%' OR failed LIKE '54%' THEN RETURN failed; END IF;
  FOR row_id IN EXECUTE format('SELECT id FROM %s ORDER BY id', relation) LOOP
    BEGIN
      EXECUTE format('SELECT %s FROM %s WHERE id = %s', expression, relation, row_id);
      fates := fates || row_id || ': ';
      answered := true;
    EXCEPTION WHEN OTHERS THEN
      fates := fates || row_id || ':' || SQLSTATE || ' ';
    END;
  END LOOP;
  IF NOT answered THEN RETURN failed; END IF;
  RETURN fates;
END $$`

// groupings are ways to ask for aggregates.
var groupings = []string{"", " GROUP BY k ORDER BY k", " GROUP BY id % 3, bool_ ORDER BY id % 3, bool_", " GROUP BY ROLLUP (k) ORDER BY k, grouping(k)"}

// inquiry is expressions over some rows, asked in one statement.
type inquiry struct {
	list  []*tree
	where string // what stands behind FROM samples
}

// batch asks expressions that succeed on every row together; one that fails on some is asked
// over a row of either kind. It gives how many were asked.
func (a *randomStore) batch(t *testing.T) int {
	relation := a.store.name + ".samples"
	list, order := make([]*tree, randomBatch), " ORDER BY id"
	next := a.makes.any
	switch a.makes.r.IntN(8) {
	case 0:
		next, order = func() *tree { return a.makes.collecting(a.makes.aggregates, 2) }, groupings[a.makes.r.IntN(len(groupings))]
	case 1:
		next = func() *tree { return a.makes.collecting(a.makes.windows, 1) }
	case 2:
		next = func() *tree { return a.makes.collecting(a.makes.subqueries, 0) }
	}
	for i := range list {
		list[i] = next()
	}
	good, alone := inquiry{where: order}, []inquiry{}
	byRow := map[string]*inquiry{}
	for i, fate := range a.fates(t, list, relation) {
		switch {
		case fate == "":
			good.list = append(good.list, list[i])
		case strings.HasPrefix(fate, "42"), strings.HasPrefix(fate, "54"), strings.HasPrefix(fate, "57"):
		case !strings.Contains(fate, ":"):
			alone = append(alone, inquiry{list[i : i+1], order})
		default:
			well, bad := a.oneOfEach(fate)
			alone = append(alone, inquiry{list[i : i+1], " WHERE id = " + bad})
			if byRow[well] == nil {
				byRow[well] = &inquiry{where: " WHERE id = " + well}
			}
			byRow[well].list = append(byRow[well].list, list[i])
		}
	}
	asked := len(good.list) + len(alone)
	a.asked.Add(int64(asked))
	a.failing.Add(int64(len(alone)))
	questions := append(alone, good)
	for _, id := range sortedKeys(byRow) {
		questions = append(questions, *byRow[id])
	}
	for _, q := range questions {
		a.ask(t, q, relation)
	}
	return asked
}

func sortedKeys(m map[string]*inquiry) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// oneOfEach picks a row that has an answer and one that has none.
func (a *randomStore) oneOfEach(fate string) (well, bad string) {
	var wells, bads []string
	for _, f := range strings.Fields(strings.ReplaceAll(fate, ": ", ":ok ")) {
		id, code, _ := strings.Cut(f, ":")
		if code == "ok" {
			wells = append(wells, id)
		} else if !strings.HasPrefix(code, "57") {
			bads = append(bads, id)
		}
	}
	if len(bads) == 0 {
		bads = wells
	}
	return wells[a.makes.r.IntN(len(wells))], bads[a.makes.r.IntN(len(bads))]
}

// fates asks PostgreSQL what becomes of expressions.
func (a *randomStore) fates(t *testing.T, list []*tree, relation string) []string {
	texts := make([]string, len(list))
	for i, e := range list {
		texts[i] = e.String()
	}
	rows, err := a.ways[0].oracle.Query(t.Context(), "SELECT public.fate(e, $2) FROM unnest($1::text[]) WITH ORDINALITY AS u(e, n) ORDER BY n", texts, relation)
	fates := make([]string, len(list))
	for i := 0; err == nil && rows.Next(); i++ {
		err = rows.Scan(&fates[i])
	}
	if err == nil {
		err = rows.Err()
	}
	switch {
	case err == nil:
		return fates
	case !strings.Contains(err.Error(), "57014"): // anything but a timeout
		t.Error(err)
		return make([]string, len(list))
	case len(list) == 1:
		return []string{"57014"}
	}
	half := len(list) / 2
	return append(a.fates(t, list[:half], relation), a.fates(t, list[half:], relation)...)
}

// ask compares the answers to a question in each way.
func (a *randomStore) ask(t *testing.T, q inquiry, relation string) {
	if len(q.list) == 0 {
		return
	}
	formats := make([]int16, len(q.list))
	for i := range formats {
		formats[i] = int16(a.makes.r.IntN(2))
	}
	want := together(t.Context(), a.ways[0], true, q, relation, formats)
	for _, w := range a.ways {
		for i, got := range together(t.Context(), w, false, q, relation, formats) {
			switch {
			case alike(got, want[i]):
			case got.err != nil && got.err.Code == "0A000":
				a.refused.Add(1)
			default:
				a.wrong.Add(1)
				a.report(t, w, q, i, relation, formats[i])
			}
		}
	}
}

func alike(got, want reply) bool {
	return got.String() == want.String() || got.err != nil && want.err != nil && !strings.HasPrefix(got.err.Code, "XX") && !strings.HasPrefix(got.err.Code, "0A")
}

// report tells the smallest expression that still differs.
func (a *randomStore) report(t *testing.T, w *way, q inquiry, i int, relation string, format int16) {
	var got, want reply
	differs := func(e *tree) bool {
		one, formats := inquiry{[]*tree{e}, q.where}, []int16{format}
		g, o := together(t.Context(), w, false, one, relation, formats)[0], together(t.Context(), w, true, one, relation, formats)[0]
		if alike(g, o) || g.err != nil && g.err.Code == "0A000" || o.err != nil && (strings.HasPrefix(o.err.Code, "42") || strings.HasPrefix(o.err.Code, "57")) {
			return false
		}
		got, want = g, o
		return true
	}
	if !differs(q.list[i]) {
		t.Errorf("%s: differs among others only: SELECT %s FROM %s%s", w.name, q.list[i], relation, q.where)
		return
	}
	small := a.makes.shrunk(q.list[i], differs)
	t.Errorf("%s: SELECT %s FROM %s%s\n got  %.300s (%v)\n want %.300s (%v)\n in   %s", w.name, small, relation, q.where, got, got.err, want, want.err, q.list[i])
}

// together asks a question: all in one statement, and by halves where that fails.
func together(ctx context.Context, w *way, oracle bool, q inquiry, relation string, formats []int16) []reply {
	conn := w.gateway
	if oracle {
		conn = w.oracle
	}
	texts := make([]string, len(q.list))
	for i, e := range q.list {
		texts[i] = e.String()
	}
	sql := "SELECT " + strings.Join(texts, ", ") + " FROM " + relation + q.where
	columns, rows, err := request(ctx, conn, sql, formats)
	if err != nil && len(q.list) > 1 {
		half := len(q.list) / 2
		return append(together(ctx, w, oracle, inquiry{q.list[:half], q.where}, relation, formats[:half]), together(ctx, w, oracle, inquiry{q.list[half:], q.where}, relation, formats[half:])...)
	}
	replies := make([]reply, len(q.list))
	for i := range q.list {
		if err != nil {
			replies[i].err = err
			continue
		}
		cells := make([]string, len(rows))
		for r, row := range rows {
			cells[r] = cellOf(row[i], formats[i] == 1)
		}
		of := columns[i][:strings.LastIndex(columns[i], ":")] // PostgreSQL's planner may know the modifier of what it simplified
		replies[i] = reply{of: of, rows: strings.Join(cells, " ⏎ ")}
	}
	return replies
}
