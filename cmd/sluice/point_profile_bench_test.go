package main

import (
	"testing"

	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/internal/tpch"
)

// BenchmarkGateway looks orders up with 32 clients through a gateway in this process,
// so that -cpuprofile and -memprofile show where its time goes; the clients are another.
func BenchmarkGateway(b *testing.B) {
	load := newPgbench(b)
	data := tpch.Dataset{Scale: 0.1}
	pg := testservers.OwnPostgres(b, "max_connections=300").NewDatabase(b)
	must(b, data.LoadPostgres(b.Context(), pg.DSN, "orders"))
	gateway := pointMesh(b, data, pg).serve()
	for _, protocol := range []string{"prepared", "simple"} {
		b.Run(protocol, func(b *testing.B) {
			for b.Loop() {
				m := load.run(b, gateway.dsn("reader"), "SELECT o_totalprice FROM trade.orders WHERE o_orderkey = :key", protocol, 32, nil)
				b.ReportMetric(m.rate, "lookups/s")
			}
		})
	}
}
