package main

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/internal/peers"
	"github.com/sluicemesh/sluice/internal/tpch"
)

// named is a peer that is never asked.
type named string

func (n named) Title() string { return string(n) }
func (named) Memory() int64   { return 0 }
func (named) Ask(context.Context, string, time.Duration) (peers.Answer, error) {
	return nil, errors.New("not to be asked")
}

// excessive gives a result of which more than twice as many rows moved as must.
func excessive(r tpchResult, why string) tpchResult {
	r.query = tpch.Query{Name: "q02", Title: "a title", More: why}
	r.moved = []movedRows{{"parties", 30, 1 << 20}, {"trade", 14, 0}}
	return r
}

// TestBenchmarkReport writes the page of made-up times: `make bench` takes twenty minutes
// before it comes to that.
func TestBenchmarkReport(t *testing.T) {
	t.Parallel()
	result := tpchResult{
		query: tpch.Query{Name: "q01", Title: "a title"},
		times: []tpchTime{{median: time.Second}, {median: 2 * time.Second}, {limit: true}, {median: 4 * time.Second, cold: true, differs: "got 1, want 2"}},
		moved: []movedRows{{"parties", 30, 1 << 20}, {"trade", 10, 0}},
		least: map[string]int64{"parties": 10, "trade": 10},
	}
	report := &tpchReport{
		arena: &tpchArena{data: tpch.Dataset{Scale: 1}, absent: []string{"trino: not installed"}, all: []*contender{
			{name: "sluice", Peer: named("Sluice"), peak: 7 << 20}, {name: "postgres", Peer: named("one PostgreSQL")},
			{name: "fdw", Peer: named("wrappers")}, {name: "duckdb", Peer: named("DuckDB")}}},
		suites: []tpchSuite{{name: "tpch", title: "Queries", results: []tpchResult{result, excessive(result, ""), excessive(result, "They must.")}}, {name: "federated"}},
	}
	dir := t.TempDir()
	must(t, os.WriteFile(filepath.Join(dir, "benchmarks.md"), []byte("superseded\n"+endOfMeasured+"## Look-ups\n"), 0o600))
	must(t, report.write(dir))
	page, err := os.ReadFile(filepath.Join(dir, "benchmarks.md"))
	must(t, err)
	for _, want := range []string{
		"| q01 | 1.000 | 2.000 | 0.50 | not done | 0.02 | 4.000* | 0.25 |",
		"| q01 | 10 (0.0) / 10 | 30 (1.0) / 10 |  | 2.0 | a title |",
		"| q02 | 14 (0.0) / 10 | 30 (1.0) / 10 |  | 2.2 | a title. **Not explained.** |", "| 2.2 | a title. They must. |",
		"| tpch | postgres | 3 | **0.50** | 0 | 0.50 (q01) | 0 | 0 | 0 |",
		"- Left out: trino: not installed", "| sluice | 7 |", "- q01, duckdb: got 1, want 2", "## Look-ups\n",
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("%q is missing in:\n%s", want, page)
		}
	}
	if strings.Contains(string(page), "superseded") {
		t.Error("the old page is still there")
	}
	drawing, err := os.Open(filepath.Join(dir, "benchmarks-tpch.svg"))
	must(t, err)
	defer drawing.Close()
	for decoder := xml.NewDecoder(drawing); ; {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
