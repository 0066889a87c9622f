package main

import (
	"fmt"
	"slices"
	"testing"

	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/internal/tpch"
)

// pointPath is a way to the same rows.
type pointPath struct {
	name, dsn, sql string
	runs           []loaded
}

// pointProtocols says what a client sends for each look-up.
var pointProtocols = map[string]string{
	"prepared": "each session has the statement prepared once, and sends its name and the key (Bind, Execute, Sync)",
	"simple":   "each look-up is a text with the key in it (Query), which the source parses and plans anew",
}

// pointRounds of all paths in turn make a figure.
const pointRounds = 3

// BenchmarkPoint looks orders up by key: of the source itself and through a gateway
// process, pgbouncer and a foreign table, in turn, with 1 and 32 clients, by prepared
// statements and by texts with the key in them. It prints the median latency, the
// throughput, and what a statement costs client, source and gateway in processor time; and
// what Trino makes of the same, where it is installed and not left out (PEERS).
func BenchmarkPoint(b *testing.B) {
	load := newPgbench(b)
	data := tpch.Dataset{Scale: 0.1}
	pg := testservers.OwnPostgres(b, "max_connections=300").NewDatabase(b)
	must(b, data.LoadPostgres(b.Context(), pg.DSN, "orders"))
	pg.Exec(b, "VACUUM ANALYZE orders")
	paths, watch := pointPaths(b, data, pg)
	for b.Loop() {
		best := 0.0
		for _, protocol := range []string{"prepared", "simple"} {
			progress("%s: %s", protocol, pointProtocols[protocol])
			for _, clients := range []int{1, 32} {
				for round := range pointRounds {
					progress("%s, %d clients: round %d of %d", protocol, clients, round+1, pointRounds)
					for i := range paths {
						p := &paths[i]
						p.runs = append(p.runs, load.run(b, p.dsn, p.sql, protocol, clients, watch))
					}
				}
				best = max(best, reportPoint(b, paths, protocol, clients))
			}
		}
		if wantedPeer("trino") {
			reportTrinoPoint(b, data, pg, best)
		}
	}
}

// pointPaths serves orders in every way there is; the first is the source itself, the
// second the gateway.
func pointPaths(b *testing.B, data tpch.Dataset, pg *testservers.PostgresServer) ([]pointPath, map[string]int) {
	b.Helper()
	gateway := pointMesh(b, data, pg).serveProcess()
	const direct = "SELECT o_totalprice FROM orders WHERE o_orderkey = :key"
	paths := []pointPath{
		{name: "the source", dsn: pg.DSN, sql: direct},
		{name: "Sluice", dsn: gateway.dsn("reader"), sql: "SELECT o_totalprice FROM trade.orders WHERE o_orderkey = :key"},
	}
	if port := startPgbouncer(b, pg); port != 0 {
		paths = append(paths, pointPath{name: "pgbouncer", dsn: withAddress(b, pg.DSN, "127.0.0.1", port), sql: direct})
	}
	if dsn := foreignOrders(b, pg); dsn != "" {
		paths = append(paths, pointPath{name: "postgres_fdw", dsn: dsn, sql: direct})
	}
	return paths, map[string]int{"gateway": gateway.command.Process.Pid, "source": pg.PID()}
}

// pointMesh publishes orders to readers.
func pointMesh(b testing.TB, data tpch.Dataset, pg *testservers.PostgresServer) *meshFixture {
	b.Helper()
	m := newMesh(b)
	m.user("reader", "", "readers")
	m.domain("trade", m.serverSource("postgres", pg.Host, pg.Port, pg.Database, pg.User, pg.Password))
	m.tpchProduct("trade", "orders", "", data)
	return m
}

// reportPoint prints a line for each path, forgets their runs, and gives the gateway's
// rate. Ratios are medians of the rounds': what else the machine does hits both sides of one.
func reportPoint(b *testing.B, paths []pointPath, protocol string, clients int) (rate float64) {
	b.Helper()
	direct := slices.Clone(paths[0].runs)
	for i := range paths {
		p := &paths[i]
		ratio := medianOfRounds(p.runs, direct, func(m, d loaded) float64 { return m.rate / d.rate })
		added := medianOfRounds(p.runs, direct, func(m, d loaded) float64 { return float64((m.median - d.median).Microseconds()) })
		m := medianRun(p.runs)
		line := fmt.Sprintf("%-8s %2d clients  %-12s median %8v  added %5.0f µs  %7.0f/s  %.2f of the source  client %.1f µs  source %.1f µs",
			protocol, clients, p.name, m.median, added, m.rate, ratio, m.each("client"), m.each("source"))
		if p.name == "Sluice" {
			rate = m.rate
			line += fmt.Sprintf("  gateway %.1f µs", m.each("gateway"))
			if clients == 1 {
				b.ReportMetric(added, protocol+"-added-µs")
			} else {
				b.ReportMetric(ratio, protocol+"-throughput-ratio")
				b.ReportMetric(m.each("gateway"), protocol+"-gateway-µs")
			}
		}
		progress("%s", line)
		p.runs = nil
	}
	return rate
}

// medianOfRounds compares what two paths gave in each round.
func medianOfRounds(runs, direct []loaded, compare func(m, d loaded) float64) float64 {
	var all []float64
	for round, m := range runs {
		all = append(all, compare(m, direct[round]))
	}
	slices.Sort(all)
	return all[len(all)/2]
}
