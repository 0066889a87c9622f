package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/internal/seed"
)

// TestNonInterference proves that what a reader may not see does not reach them: two
// gateways over data sets that differ only in that answer every message alike, byte by
// byte, whatever is asked and whatever is pushed.
//
// SLUICE_PAIRS sets how many pairs of a data set and a query are tried, SLUICE_SEED
// repeats a run, SLUICE_BATCH begins it at a batch.
func TestNonInterference(t *testing.T) {
	pairs, from := setting(t, "SLUICE_PAIRS", 500), seed.For(t)
	n := newInterference(t)
	left := 10 // further failures tell nothing new
	first := setting(t, "SLUICE_BATCH", 0)
	for done := first; done < first+pairs && left > 0; done += 25 {
		// Each batch draws from a seed of its own, so that one can be had again alone.
		random := rand.New(rand.NewPCG(from, uint64(done)))
		n.fill(t, random)
		a := &asking{Rand: random}
		for range 25 {
			if problem := n.pair(t, a); problem != "" {
				t.Errorf("SLUICE_SEED=%d, batch %d: %s", from, done, problem)
				left--
			}
		}
		if tried := done - first + 25; tried%1000 == 0 {
			t.Logf("%d pairs", tried)
		}
	}
	t.Logf("%d pairs, %d answered with rows, %d refused", pairs, n.answered, n.refused)
}

func setting(t *testing.T, name string, otherwise int) int {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	must(t, err)
	return n
}

// interference is the two gateways, each over its own stores.
type interference struct {
	stores            [2]*secretStores
	wires             [2]*wire
	answered, refused int
}

func newInterference(t *testing.T) *interference {
	n := &interference{}
	for i := range n.wires {
		mesh, stores := newSecretMesh(t, i == 1)
		for _, table := range secretTables {
			for _, domain := range secretDomains {
				stores.fill(t, domain, table, nil)
			}
		}
		n.stores[i] = stores
		gateway := mesh.serve()
		n.wires[i] = tap(t, gateway, "reader", strings.NewReplacer(mesh.dir, "MESH"))
	}
	if n.wires[0].startup != n.wires[1].startup {
		t.Errorf("logins differ: %s and %s", n.wires[0].startup, n.wires[1].startup)
	}
	return n
}

// fill gives both sides rows that agree in what may be seen.
func (n *interference) fill(t *testing.T, random *rand.Rand) {
	t.Helper()
	for _, table := range secretTables {
		for _, domain := range secretDomains {
			visible := table.visiblePart(random)
			for _, stores := range n.stores {
				stores.fill(t, domain, table, table.with(random, visible))
			}
		}
	}
}

// pair asks both sides one question under one choice of rules.
func (n *interference) pair(t *testing.T, a *asking) string {
	t.Helper()
	off := a.pick("", "", "all", half(a.Rand), half(a.Rand))
	q := a.question()
	ask := simple(q.sql)
	if q.parameters != nil || a.IntN(4) == 0 && !strings.Contains(q.sql, "; ") {
		ask = extended(q.sql, uint32(a.IntN(3)), q.parameters...)
	}
	said := [2][]heard{n.ask(t, 0, off, q, ask), n.ask(t, 1, off, q, ask)}
	failure := failed(said[0])
	if failure == "" {
		n.answered++
	} else {
		n.refused++
		if os.Getenv("SLUICE_SHOW") != "" {
			t.Logf("%s\n   %.200q", q.sql, failure)
		}
	}
	if strings.Contains(failure, "\x00CXX000") || strings.Contains(failure, "\x00C58000") {
		return fmt.Sprintf("%s %q\nwithout [%s]\n%q", q.sql, q.parameters, off, failure)
	}
	for side, all := range said {
		if mark := marked(all); mark != "" {
			return fmt.Sprintf("%s %q\nwithout [%s]\nside %d tells what is hidden: %.300q", q.sql, q.parameters, off, side, mark)
		}
	}
	if onlyOpen(q.sql) && failure != "" && failed(said[1]) != "" {
		return "" // nothing is hidden there: of several rows that fail, the clock may choose
	}
	if d := firstDifference(said[0], said[1]); d != "" {
		return fmt.Sprintf("%s %q\nwithout [%s]\n%s", q.sql, q.parameters, off, d)
	}
	return ""
}

// ask asks one side.
func (n *interference) ask(t *testing.T, side int, off string, q probe, ask script) []heard {
	t.Helper()
	w := n.wires[side]
	w.exec(t, "SET sluice.disabled_rules = '"+off+"'")
	said, err := w.hear(ask)
	if err != nil {
		t.Fatalf("%s\nwithout [%s]: %v", q.sql, off, err)
	}
	switch {
	case strings.HasPrefix(q.sql, "BEGIN"):
		w.exec(t, "ROLLBACK")
	case strings.HasPrefix(q.sql, "PREPARE"):
		w.exec(t, "DEALLOCATE ALL")
	case strings.HasPrefix(q.sql, "EXPLAIN (ANALYZE"):
		said = timeless(said)
	}
	if !q.ordered {
		said = unordered(said)
	}
	return said
}

var relation = regexp.MustCompile(`\b(?:pg|my|fs|mart)\.[a-z_]+`)

// onlyOpen tells whether a statement reads nothing but tables of which nothing is hidden.
func onlyOpen(sql string) bool {
	for _, name := range relation.FindAllString(sql, -1) {
		if !strings.HasSuffix(name, ".open") {
			return false
		}
	}
	return true
}

var times = regexp.MustCompile(`(time=|Time: |Time": |Milliseconds": )[0-9.]+`)

// timeless leaves out how long things took, which is not promised to be alike.
func timeless(said []heard) []heard {
	for i, m := range said {
		if m.kind == "DataRow" { // one column: its length is before it
			said[i].text = times.ReplaceAllString(m.text[6:], "$1")
		}
	}
	return said
}

// marked gives a message that holds a hidden value.
func marked(all []heard) string {
	for _, m := range all {
		if strings.Contains(m.text, textMark) || strings.Contains(m.text, numberMark) || strings.Contains(m.text, heldMark) {
			return m.text
		}
	}
	return ""
}
