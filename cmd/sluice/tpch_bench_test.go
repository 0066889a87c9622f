package main

import (
	"io/fs"
	"os"
	"regexp"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/internal/tpch"
)

// BenchmarkTPCH asks the 22 queries of TPC-H and those of testdata/federated of the
// federation over three stores and of its peers, in turn; checks that every answer is
// the one of a plain PostgreSQL; and writes docs/benchmarks.md with its plots.
//
// SLUICE_BENCH_SCALE is the scale (1), SLUICE_BENCH_REPEAT how often everybody is asked
// after one round to warm up (3), SLUICE_BENCH_TIMEOUT after how many seconds a query
// ends (60), SLUICE_BENCH_PEERS the peers (fdw,trino,duckdb,direct), and
// SLUICE_BENCH_QUERIES a pattern of names of queries. Results go to SLUICE_BENCH_OUT
// (docs). SLUICE_BENCH_HOLD is a file that says where everything is once it is loaded;
// nothing is measured until somebody removes it.
func BenchmarkTPCH(b *testing.B) {
	start := time.Now()
	a := newTPCHArena(b, tpch.Dataset{Scale: envNumber("SLUICE_BENCH_SCALE", 1)})
	chosen := regexp.MustCompile(os.Getenv("SLUICE_BENCH_QUERIES"))
	progress("warming up")
	a.warm()
	a.hold(b)
	for b.Loop() {
		report := &tpchReport{arena: a, began: start, suites: []tpchSuite{
			{name: "tpch", title: "The 22 queries of TPC-H"}, {name: "federated", title: "Federated queries"},
		}}
		for i, queries := range [][]tpch.Query{tpch.Queries(), federatedQueries(b)} {
			suite := &report.suites[i]
			for _, q := range queries {
				if !chosen.MatchString(q.Name) {
					continue
				}
				suite.results = append(suite.results, a.measure(b, q))
				progress("%s", suite.results[len(suite.results)-1].line(a.all))
			}
			for i, c := range a.all {
				if i > 0 {
					b.ReportMetric(suite.against(i).mean, suite.name+"/"+c.name)
				}
			}
		}
		b.ReportMetric(a.gateway.peakMiB(b), "peak-MiB")
		a.all[0].peak = int64(a.gateway.peakMiB(b)) << 20
		must(b, report.write(benchOut()))
	}
}

// benchOut is the directory the pages go to.
func benchOut() string {
	if out := os.Getenv("SLUICE_BENCH_OUT"); out != "" {
		return out
	}
	return "../../docs"
}

// put writes a file that everybody may read.
func put(path, text string) error { return os.WriteFile(path, []byte(text), fs.FileMode(0o644)) }
