package main

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/internal/tpch"
)

// BenchmarkAudit looks orders up by key through a gateway that records every statement
// and one that records none, with 1 and 32 clients, and prints the throughput of the
// first in parts of the second's. The two take turns of a quarter of a second, so that
// what else the machine does hits both; of the turns' ratios the median counts.
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
		var ratios []float64
		var sum [2]float64
		for range 24 * b.N {
			a, z := turn(b, with), turn(b, without)
			ratios = append(ratios, a/z)
			sum[0], sum[1] = sum[0]+a, sum[1]+z
		}
		slices.Sort(ratios)
		median := ratios[len(ratios)/2]
		b.Logf("%2d clients: %.0f/s with audit, %.0f/s without: median ratio %.3f (quartiles %.3f, %.3f)",
			clients, sum[0]/float64(len(ratios)), sum[1]/float64(len(ratios)), median, ratios[len(ratios)/4], ratios[len(ratios)*3/4])
		b.ReportMetric(median, map[int]string{1: "ratio-1-client", 32: "ratio-32-clients"}[clients])
	}
}

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

// turn gives the look-ups a second that the clients get in a quarter of one.
func turn(b *testing.B, conns []*pgx.Conn) float64 {
	b.Helper()
	const sql = "SELECT o_totalprice FROM trade.orders WHERE o_orderkey = $1"
	var all sync.WaitGroup
	var count atomic.Int64
	start := time.Now()
	for client, conn := range conns {
		all.Go(func() {
			for i := client; time.Since(start) < 250*time.Millisecond; i++ {
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
	return float64(count.Load()) / time.Since(start).Seconds()
}
