//go:build unix

package main

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/internal/tpch"
)

// BenchmarkAudit looks orders up by key through a gateway that records every statement
// and one that records none, with 1 and 32 clients, and prints the throughput of the
// first in parts of the second's, and its processor time a look-up likewise. The two take turns
// of 40 ms, first the one, then the other first, so that what else the machine does, which
// lasts longer than that, hits both; of the ratios of two turns the median counts. The processor time, of this
// process with its clients, hardly depends on what else runs.
func BenchmarkAudit(b *testing.B) {
	data := tpch.Dataset{Scale: 0.1}
	pg := testservers.Postgres(b).NewDatabase(b)
	must(b, data.LoadPostgres(b.Context(), pg.DSN, "orders"))
	m := newMesh(b)
	m.user("reader", "", "readers")
	m.domain("trade", m.serverSource("postgres", pg.Host, pg.Port, pg.Database, pg.User, pg.Password))
	m.tpchProduct("trade", "orders", "", data)
	on, off := m.serve(), m.serveWith(func(s *serve) { s.unaudited = true })
	for _, clients := range []int{1, 32} {
		with, without := connectAll(b, on.dsn("reader"), clients), connectAll(b, off.dsn("reader"), clients)
		var rates, costs []float64
		var sum [4]float64
		for i := range auditTurns * b.N {
			var a, z measured
			if i%2 == 0 {
				a, z = turn(b, with), turn(b, without)
			} else {
				z, a = turn(b, without), turn(b, with)
			}
			rates, costs = append(rates, a.rate/z.rate), append(costs, a.cost/z.cost)
			for k, v := range []float64{a.rate, z.rate, a.cost, z.cost} {
				sum[k] += v / float64(auditTurns*b.N)
			}
		}
		slices.Sort(rates)
		slices.Sort(costs)
		quartile := func(of []float64, n int) float64 { return of[len(of)*n/4] }
		b.Logf("%2d clients: %.0f/s with audit, %.0f/s without: median ratio %.3f (quartiles %.3f, %.3f); %.1f and %.1f µs of processor time: %.3f (%.3f, %.3f)",
			clients, sum[0], sum[1], quartile(rates, 2), quartile(rates, 1), quartile(rates, 3), sum[2], sum[3], quartile(costs, 2), quartile(costs, 1), quartile(costs, 3))
		b.ReportMetric(quartile(rates, 2), map[int]string{1: "rate-ratio-1-client", 32: "rate-ratio-32-clients"}[clients])
		b.ReportMetric(quartile(costs, 2), map[int]string{1: "cpu-ratio-1-client", 32: "cpu-ratio-32-clients"}[clients])
	}
}

// measured are look-ups a second, and microseconds of processor time for each.
type measured struct{ rate, cost float64 }

func connectAll(b *testing.B, dsn string, clients int) []*pgx.Conn {
	b.Helper()
	conns := make([]*pgx.Conn, clients)
	for i := range conns {
		var err error
		conns[i], err = pgx.Connect(b.Context(), dsn)
		must(b, err)
		b.Cleanup(func() { _ = conns[i].Close(context.Background()) })
	}
	return conns
}

const auditTurns = 150

// turn measures what the clients get in a turn.
func turn(b *testing.B, conns []*pgx.Conn) measured {
	b.Helper()
	const sql = "SELECT o_totalprice FROM trade.orders WHERE o_orderkey = $1"
	var all sync.WaitGroup
	var count atomic.Int64
	start, used := time.Now(), processorTime(b)
	for client, conn := range conns {
		all.Go(func() {
			for i := client; i == client || time.Since(start) < 40*time.Millisecond; i++ {
				rows, err := conn.Query(context.Background(), sql, 1+i%1000)
				if err == nil {
					for rows.Next() {
					}
					err = rows.Err()
				}
				if err != nil {
					b.Error(err)
					return
				}
				count.Add(1)
			}
		})
	}
	all.Wait()
	n := float64(count.Load())
	return measured{rate: n / time.Since(start).Seconds(), cost: float64((processorTime(b) - used).Microseconds()) / n}
}

// processorTime is what this process has used.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var r syscall.Rusage
	must(b, syscall.Getrusage(syscall.RUSAGE_SELF, &r))
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
