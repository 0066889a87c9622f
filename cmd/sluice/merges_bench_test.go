package main

import (
	"sync"
	"testing"
	"time"
)

// BenchmarkMerges runs large merges, one and then eight at once, in a gateway process that
// may use 512 MiB. It prints how long they take and the most memory that the process has
// had, and fails where that is more than it may use and a gateway without statements.
func BenchmarkMerges(b *testing.B) {
	const rows, memory, atRest = 500_000, 512, 150
	gateway := pairsMesh(b, rows).serveProcess("--memory", "512MiB")
	for b.Loop() {
		for _, clients := range []int{1, 8} {
			var all sync.WaitGroup
			start := time.Now()
			for range clients {
				conn := connectTo(b, gateway.dsn("ada"))
				all.Go(func() {
					if n, err := countRows(b.Context(), conn, mergeSQL); n != rows || err != nil {
						b.Errorf("%d rows, %v", n, err)
					}
				})
			}
			all.Wait()
			peak := gateway.peakMiB(b)
			b.Logf("%d at once: %.1f s, at most %.0f MiB so far", clients, time.Since(start).Seconds(), peak)
			if peak > memory+atRest {
				b.Errorf("%.0f MiB are too many", peak)
			}
			b.ReportMetric(peak, "peak-MiB")
		}
	}
}
