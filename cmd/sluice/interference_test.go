package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestNonInterference proves that what a reader may not see does not reach them: two
// gateways over data sets that differ only in that answer every message alike, byte by
// byte, whatever is asked and whatever is pushed.
//
// SLUICE_PAIRS sets how many pairs of a data set and a query are tried, SLUICE_SEED
// repeats a run, SLUICE_BATCH begins it at a batch.
func TestNonInterference(t *testing.T) {
	pairs, seed := setting(t, "SLUICE_PAIRS", 500), uint64(setting(t, "SLUICE_SEED", int(time.Now().UnixNano()&0x7fffffff)))
	t.Logf("seed %d", seed)
	n := newInterference(t)
	left := 10 // further failures tell nothing new
	first := setting(t, "SLUICE_BATCH", 0)
	for done := first; done < first+pairs && left > 0; done += 25 {
		// Each batch draws from a seed of its own, so that one can be had again alone.
		random := rand.New(rand.NewPCG(seed, uint64(done)))
		n.fill(t, random)
		a := &asking{Rand: random}
		for range 25 {
			if problem := n.pair(t, a); problem != "" {
				t.Errorf("SLUICE_SEED=%d, batch %d: %s", seed, done, problem)
				left--
			}
		}
	}
	// What fails on a visible row that a join drops may or may not be asked of it: which
	// side's error comes first is up to the clock (docs/security.md). An oracle would be
	// met far more often.
	if n.choices > pairs/1000+2 {
		t.Errorf("%d times only one side failed", n.choices)
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
	// choices counts statements over several relations of which one side failed alone.
	choices int
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
	if q.parameters != nil || a.IntN(4) == 0 && !strings.HasPrefix(q.sql, "BEGIN") {
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
	for side, all := range said {
		if mark := marked(all); mark != "" {
			return fmt.Sprintf("%s %q\nwithout [%s]\nside %d tells what is hidden: %.300q", q.sql, q.parameters, off, side, mark)
		}
	}
	// Of several visible rows that fail, an error names the one the engine meets first.
	if failure != "" && unquoted(failure) == unquoted(failed(said[1])) {
		return ""
	}
	if d := firstDifference(said[0], said[1]); d != "" {
		if dataFails(failure) || dataFails(failed(said[1])) {
			if len(relation.FindAllString(q.sql, 3)) > 1 {
				t.Logf("a choice: %s\nwithout [%s]\n%s", q.sql, off, d)
				n.choices++
				return ""
			}
		}
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
	if strings.HasPrefix(q.sql, "BEGIN") {
		w.exec(t, "ROLLBACK")
	}
	if !q.ordered {
		said = unordered(said)
	}
	return said
}

// marked gives a message that holds a hidden value.
func marked(all []heard) string {
	for _, m := range all {
		if strings.Contains(m.text, textMark) || strings.Contains(m.text, numberMark) {
			return m.text
		}
	}
	return ""
}

var (
	quoted   = regexp.MustCompile(`(?s)".*"`)
	relation = regexp.MustCompile(`(?:pg|my|fs)\.(?:people|facts|open)\b`)
)

// unquoted is an error without the value it quotes.
func unquoted(failure string) string { return quoted.ReplaceAllString(failure, "…") }

// dataFails tells whether a statement failed on a value.
func dataFails(failure string) bool { return strings.Contains(failure, "\x00C22") }
