package main

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/internal/tpch"
)

// BenchmarkPoint looks orders up by key, directly and through a gateway process, in
// turn, with 1 and 32 clients: median latency and throughput of each.
func BenchmarkPoint(b *testing.B) {
	data := tpch.Dataset{Scale: 0.1}
	pg := testservers.Postgres(b).NewDatabase(b)
	must(b, data.LoadPostgres(b.Context(), pg.DSN, "orders"))
	m := newMesh(b)
	m.user("reader", "", "readers")
	m.domain("trade", m.serverSource("postgres", pg.Host, pg.Port, pg.Database, pg.User, pg.Password))
	m.tpchProduct("trade", "orders", "", data)
	gateway := m.serveProcess()
	direct, through := "SELECT o_totalprice FROM orders WHERE o_orderkey = $1", "SELECT o_totalprice FROM trade.orders WHERE o_orderkey = $1"
	for b.Loop() {
		for _, clients := range []int{1, 32} {
			d := lookUp(b, pg.DSN, direct, clients)
			s := lookUp(b, gateway.dsn("reader"), through, clients)
			b.Logf("%2d clients: direct %v median, %.0f/s; through Sluice %v median, %.0f/s (%.2f of direct)",
				clients, d.median, d.rate, s.median, s.rate, s.rate/d.rate)
			if clients == 1 {
				b.ReportMetric(float64((s.median - d.median).Microseconds()), "added-µs")
			} else {
				b.ReportMetric(s.rate/d.rate, "throughput-ratio")
			}
		}
	}
}

type lookups struct {
	median time.Duration
	rate   float64
}

// lookUp asks for random keys for two seconds over as many connections as clients.
func lookUp(b *testing.B, dsn, sql string, clients int) lookups {
	b.Helper()
	var mu sync.Mutex
	var all []time.Duration
	var group sync.WaitGroup
	start := time.Now()
	for client := range clients {
		conn, err := pgx.Connect(b.Context(), dsn)
		must(b, err)
		group.Go(func() {
			defer conn.Close(context.Background())
			var took []time.Duration
			for i := client; time.Since(start) < 2*time.Second; i++ {
				before := time.Now()
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
				took = append(took, time.Since(before))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
		})
	}
	group.Wait()
	if len(all) == 0 {
		b.Fatal("no look-up succeeded")
	}
	slices.Sort(all)
	return lookups{median: all[len(all)/2], rate: float64(len(all)) / time.Since(start).Seconds()}
}
