package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/internal/tpch"
)

const (
	idleConnections   = 500
	activeConnections = 100
)

// BenchmarkConnections holds 500 connections that have asked something once and do
// nothing, and lets 100 more look orders up for three seconds, some of them adding up a
// table in between. It prints the gateway's resident memory before, with the idle ones,
// and at its peak.
func BenchmarkConnections(b *testing.B) {
	data := tpch.Dataset{Scale: 0.1}
	pg := testservers.OwnPostgres(b, "max_connections=300").NewDatabase(b)
	must(b, data.LoadPostgres(b.Context(), pg.DSN, "orders"))
	gateway := pointMesh(b, data, pg).serveProcess()
	for b.Loop() {
		empty := gateway.statusMiB(b, "VmRSS")
		idle := connectAll(b, gateway.dsn("reader"), idleConnections)
		for _, c := range idle {
			_, err := c.Exec(b.Context(), "SELECT o_totalprice FROM trade.orders WHERE o_orderkey = 7")
			must(b, err)
		}
		resting := gateway.statusMiB(b, "VmRSS")
		statements := keepBusy(b, connectAll(b, gateway.dsn("reader"), activeConnections), 3*time.Second)
		peak := gateway.statusMiB(b, "VmHWM")
		b.Logf("%.0f MiB resident with no connection, %.0f MiB with %d idle ones (%.0f KiB each), %.0f MiB at the peak with %d active ones, which ran %d statements",
			empty, resting, idleConnections, (resting-empty)*1024/idleConnections, peak, activeConnections, statements)
		b.ReportMetric(resting, "idle-MiB")
		b.ReportMetric(peak, "peak-MiB")
	}
}

// keepBusy has connections ask until the time is over, and gives how often they did.
func keepBusy(b *testing.B, conns []*pgx.Conn, d time.Duration) (statements int) {
	b.Helper()
	var all sync.WaitGroup
	counts := make([]int, len(conns))
	for i, c := range conns {
		all.Go(func() {
			for end := time.Now().Add(d); time.Now().Before(end); counts[i]++ {
				sql := "SELECT o_totalprice FROM trade.orders WHERE o_orderkey = " + strconv.Itoa(1+counts[i]%1000)
				if i%10 == 0 && counts[i]%100 == 99 {
					sql = "SELECT o_orderpriority, count(*), sum(o_totalprice) FROM trade.orders GROUP BY 1"
				}
				if _, err := c.Exec(context.Background(), sql); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	for _, n := range counts {
		statements += n
	}
	return statements
}

// statusMiB reads what the kernel says of the process's memory (proc(5), status).
func (p *process) statusMiB(b testing.TB, field string) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	must(b, err)
	for _, line := range strings.Split(string(status), "\n") {
		if value, ok := strings.CutPrefix(line, field+":"); ok {
			kib, err := strconv.ParseFloat(strings.Fields(value)[0], 64)
			must(b, err)
			return kib / 1024
		}
	}
	b.Fatalf("no %s", field)
	return 0
}
