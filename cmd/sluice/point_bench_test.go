package main

import (
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/internal/tpch"
)

// pointPath is a way to the same rows.
type pointPath struct {
	name, dsn, sql string
	runs           []loaded
}

const pointRounds = 3

// BenchmarkPoint looks orders up by key: of the source itself and through a gateway
// process, pgbouncer and a foreign table, in turn, with 1 and 32 clients, by prepared
// statements and by texts with the key in them. It prints the median latency, the
// throughput, and what a statement costs client and gateway in processor time.
func BenchmarkPoint(b *testing.B) {
	load := newPgbench(b)
	paths, watch := pointPaths(b)
	for b.Loop() {
		for _, protocol := range []string{"prepared", "simple"} {
			for _, clients := range []int{1, 32} {
				for range pointRounds {
					for i := range paths {
						p := &paths[i]
						p.runs = append(p.runs, load.run(b, p.dsn, p.sql, protocol, clients, watch))
					}
				}
				reportPoint(b, paths, protocol, clients)
			}
		}
	}
}

// pointPaths serves orders in every way there is; the first is the source itself, the
// second the gateway.
func pointPaths(b *testing.B) ([]pointPath, map[string]*os.Process) {
	b.Helper()
	data := tpch.Dataset{Scale: 0.1}
	pg := testservers.OwnPostgres(b, "max_connections=300").NewDatabase(b)
	must(b, data.LoadPostgres(b.Context(), pg.DSN, "orders"))
	pg.Exec(b, "VACUUM ANALYZE orders")
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
	return paths, map[string]*os.Process{"gateway": gateway.command.Process}
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

// reportPoint prints a line for each path, and forgets their runs. Ratios are medians of
// the rounds': what else the machine does hits both sides of one.
func reportPoint(b *testing.B, paths []pointPath, protocol string, clients int) {
	b.Helper()
	direct := slices.Clone(paths[0].runs)
	for i := range paths {
		p := &paths[i]
		var ratios []float64
		for round, m := range p.runs {
			ratios = append(ratios, m.rate/direct[round].rate)
		}
		slices.Sort(ratios)
		ratio := ratios[len(ratios)/2]
		m := medianRun(p.runs)
		line := fmt.Sprintf("%-8s %2d clients  %-12s %7.0f/s (%.2f of the source)", protocol, clients, p.name, m.rate, ratio)
		if clients == 1 {
			line += fmt.Sprintf("  median %v", m.median)
		}
		line += fmt.Sprintf("  client %.1f µs", m.each("client"))
		if p.name == "Sluice" {
			line += fmt.Sprintf("  gateway %.1f µs", m.each("gateway"))
			if clients == 1 {
				b.ReportMetric(float64((m.median-medianRun(direct).median)/time.Microsecond), protocol+"-added-µs")
			} else {
				b.ReportMetric(ratio, protocol+"-throughput-ratio")
				b.ReportMetric(m.each("gateway"), protocol+"-gateway-µs")
			}
		}
		b.Log(line)
		p.runs = nil
	}
}
