package pgwire

import (
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
)

// BenchmarkStream sends rows of one integer over a socket to a client that reads messages.
func BenchmarkStream(b *testing.B) {
	c := dial(b, startServer(b, newFakeBackend(), Options{}))
	c.login(uint32(protocol30))
	b.ReportAllocs()
	rows := 0
	for b.Loop() {
		c.query("SELECT generate_series(1, 1000000) AS n")
		for {
			m, err := c.Receive()
			if err != nil {
				b.Fatal(err)
			}
			if _, ok := m.(*pgproto3.DataRow); ok {
				rows++
			}
			if _, ok := m.(*pgproto3.ReadyForQuery); ok {
				break
			}
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
