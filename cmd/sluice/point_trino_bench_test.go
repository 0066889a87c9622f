package main

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/internal/peers"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/internal/tpch"
)

// trinoSeconds is how long Trino is asked: it does some ten look-ups a second.
const trinoSeconds = 5

// reportTrinoPoint prints what Trino makes of the same look-ups, with 1 and 32 clients,
// and how many times its rate the gateway's best is. It is started last, since it takes
// more of the machine than all others together.
func reportTrinoPoint(b *testing.B, data tpch.Dataset, pg *testservers.PostgresServer, gateway float64) {
	b.Helper()
	progress("starting trino")
	stores := peers.Stores{
		Data: data, Trade: pg, Parties: testservers.OwnMariaDB(b).NewDatabase(b), Lake: b.TempDir(),
		Tables: map[string][]string{"trade": {"orders"}},
	}
	peer, end, err := peers.Trino(context.Background(), peersDirectory(), b.TempDir(), stores)
	if err != nil {
		progress("left out: trino: %v", err)
		return
	}
	defer end()
	for _, clients := range []int{1, 32} {
		askPoints(b, peer, clients) // to warm up
		median, rate := askPoints(b, peer, clients)
		progress("%-8s %2d clients  %-12s median %8v  %17.0f/s", "http", clients, "trino", median.Round(time.Microsecond), rate)
		if clients > 1 {
			progress("Sluice does %.0f times as many look-ups a second as Trino", gateway/rate)
			b.ReportMetric(gateway/rate, "times-trino")
		}
	}
}

// askPoints looks orders up one after the other, in as many goroutines as clients.
func askPoints(b *testing.B, peer peers.Peer, clients int) (median time.Duration, rate float64) {
	b.Helper()
	taken := make([][]time.Duration, clients)
	var all sync.WaitGroup
	start := time.Now()
	for c := range clients {
		all.Go(func() {
			for i := c; time.Since(start) < trinoSeconds*time.Second; i++ {
				began := time.Now()
				if _, err := peer.Ask(b.Context(), fmt.Sprintf("SELECT o_totalprice FROM orders WHERE o_orderkey = %d", 1+i%1000), time.Minute); err != nil {
					b.Error(err)
					return
				}
				taken[c] = append(taken[c], time.Since(began))
			}
		})
	}
	all.Wait()
	each := slices.Concat(taken...)
	if len(each) == 0 {
		b.Fatal("no look-up was answered")
	}
	slices.Sort(each)
	return each[len(each)/2], float64(len(each)) / time.Since(start).Seconds()
}
