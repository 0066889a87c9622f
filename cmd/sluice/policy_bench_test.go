package main

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/internal/tpch"
)

// BenchmarkPolicy asks for line items as somebody whose policies filter rows and mask two
// columns, and as somebody without policies who writes filter and masks by hand; rows and
// an aggregate, in turn. It prints the first one's time in parts of the second's.
func BenchmarkPolicy(b *testing.B) {
	data := tpch.Dataset{Scale: benchScale(b) / 10}
	pg := testservers.OwnPostgres(b).NewDatabase(b)
	must(b, data.LoadPostgres(b.Context(), pg.DSN, "lineitem"))
	pg.Exec(b, "VACUUM ANALYZE lineitem")
	m := newMesh(b)
	m.user("governed", "", "readers", "bound")
	m.user("free", "", "readers")
	m.domain("trade", m.serverSource("postgres", pg.Host, pg.Port, pg.Database, pg.User, pg.Password))
	m.tpchProduct("trade", "lineitem", "", data)
	m.policy("bound", `match: {products: [trade.lineitem]}
except: {users: [free]}
rules: [{rowFilter: "l_quantity < 40"}]
`)
	m.policy("flags", "match: {products: [trade.lineitem], columns: [l_returnflag]}\nexcept: {users: [free]}\nrules: [{mask: sql, args: {expression: \"'?'\"}}]\n")
	m.policy("days", "match: {products: [trade.lineitem], columns: [l_shipdate]}\nexcept: {users: [free]}\nrules: [{mask: generalise, args: {to: month}}]\n")
	gateway := m.serveProcess()
	governed, free := connectTo(b, gateway.dsn("governed")), connectTo(b, gateway.dsn("free"))
	for _, c := range []struct{ name, governed, byHand string }{
		{"rows", "SELECT l_orderkey, l_quantity, l_returnflag, l_shipdate FROM trade.lineitem",
			"SELECT l_orderkey, l_quantity, '?' AS l_returnflag, date_trunc('month', l_shipdate::timestamp)::date AS l_shipdate FROM trade.lineitem WHERE l_quantity < 40"},
		{"aggregate", "SELECT l_shipdate, l_returnflag, count(*), sum(l_extendedprice) FROM trade.lineitem GROUP BY 1, 2",
			"SELECT date_trunc('month', l_shipdate::timestamp)::date, '?', count(*), sum(l_extendedprice) FROM trade.lineitem WHERE l_quantity < 40 GROUP BY 1, 2"},
	} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				var ratios []float64
				for i := range 10 {
					var g, h time.Duration
					if i%2 == 0 {
						g, h = timeOf(b, governed, c.governed), timeOf(b, free, c.byHand)
					} else {
						h, g = timeOf(b, free, c.byHand), timeOf(b, governed, c.governed)
					}
					ratios = append(ratios, float64(g)/float64(h))
				}
				slices.Sort(ratios)
				b.Logf("%s: by policies %.3f of by hand (quartiles %.3f, %.3f)", c.name, ratios[5], ratios[2], ratios[7])
				b.ReportMetric(ratios[5], "ratio")
			}
		})
	}
}

// timeOf runs a statement and throws its rows away.
func timeOf(b *testing.B, conn *pgx.Conn, sql string) time.Duration {
	b.Helper()
	start := time.Now()
	results := conn.PgConn().Exec(context.Background(), sql)
	for results.NextResult() {
		r := results.ResultReader()
		for r.NextRow() {
		}
		_, err := r.Close()
		must(b, err)
	}
	must(b, results.Close())
	return time.Since(start)
}

// BenchmarkAggregate has the source add up line items: asked itself and through a
// gateway, in turn, and prints the second one's time in parts of the first's.
func BenchmarkAggregate(b *testing.B) {
	data := tpch.Dataset{Scale: benchScale(b)}
	pg := testservers.OwnPostgres(b).NewDatabase(b)
	must(b, data.LoadPostgres(b.Context(), pg.DSN, "lineitem"))
	pg.Exec(b, "VACUUM ANALYZE lineitem")
	m := newMesh(b)
	m.user("reader", "", "readers")
	m.domain("trade", m.serverSource("postgres", pg.Host, pg.Port, pg.Database, pg.User, pg.Password))
	m.tpchProduct("trade", "lineitem", "", data)
	direct, through := connectTo(b, pg.DSN), connectTo(b, m.serveProcess().dsn("reader"))
	const sql = "SELECT l_returnflag, l_linestatus, sum(l_quantity), count(*) FROM "
	for b.Loop() {
		var ratios []float64
		for i := range 15 {
			var d, t time.Duration
			if i%2 == 0 { // what the machine does else hits both alike
				d, t = timeOf(b, direct, sql+"lineitem GROUP BY 1, 2"), timeOf(b, through, sql+"trade.lineitem GROUP BY 1, 2")
			} else {
				t, d = timeOf(b, through, sql+"trade.lineitem GROUP BY 1, 2"), timeOf(b, direct, sql+"lineitem GROUP BY 1, 2")
			}
			ratios = append(ratios, float64(t)/float64(d))
		}
		slices.Sort(ratios)
		b.Logf("%.3f of the direct time (quartiles %.3f, %.3f)", ratios[7], ratios[3], ratios[11])
		b.ReportMetric(ratios[7], "ratio")
	}
}
