package main

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/internal/tpch"
)

// joinLookUps are look-ups by key through joins, of two and of three stores, as the
// gateway and as one PostgreSQL is asked for them.
var joinLookUps = []struct{ name, gateway, whole string }{
	{"two stores", `SELECT c_name, n_name, o_orderkey, o_orderdate, o_totalprice
		FROM parties.customer JOIN parties.nation ON n_nationkey = c_nationkey JOIN trade.orders ON o_custkey = c_custkey
		WHERE c_custkey = :key ORDER BY o_orderdate DESC, o_orderkey LIMIT 5`,
		`SELECT c_name, n_name, o_orderkey, o_orderdate, o_totalprice
		FROM customer JOIN nation ON n_nationkey = c_nationkey JOIN orders ON o_custkey = c_custkey
		WHERE c_custkey = :key ORDER BY o_orderdate DESC, o_orderkey LIMIT 5`},
	{"three stores", `SELECT o_orderkey, o_orderdate, c_name, l_linenumber, l_quantity, s_name
		FROM trade.orders JOIN parties.customer ON c_custkey = o_custkey JOIN trade.lineitem ON l_orderkey = o_orderkey JOIN parts.supplier ON s_suppkey = l_suppkey
		WHERE o_orderkey = :key ORDER BY l_linenumber`,
		`SELECT o_orderkey, o_orderdate, c_name, l_linenumber, l_quantity, s_name
		FROM orders JOIN customer ON c_custkey = o_custkey JOIN lineitem ON l_orderkey = o_orderkey JOIN supplier ON s_suppkey = l_suppkey
		WHERE o_orderkey = :key ORDER BY l_linenumber`},
}

// BenchmarkLookUpJoins looks rows up by key through joins of several stores, by 1 and by 32
// clients, in turn with one PostgreSQL that has all tables: median latency, throughput, and
// what a statement costs the gateway in processor time. Then it tells where the time of one
// statement goes: planning, each source, and all that follows the last of them.
func BenchmarkLookUpJoins(b *testing.B) {
	load := newPgbench(b)
	data := tpch.Dataset{Scale: envNumber("SLUICE_BENCH_SCALE", 1)}
	server := testservers.OwnPostgres(b, benchSettings...)
	trade, parties := server.NewDatabase(b), testservers.OwnMariaDB(b, benchMariaDB...).NewDatabase(b)
	m := tpchMeshOver(b, data, trade, parties)
	trade.Exec(b, indexes(tpchMesh["trade"]...)...)
	parties.Exec(b, indexes(tpchMesh["parties"]...)...)
	whole := server.NewDatabase(b)
	tables := []string{"orders", "lineitem", "customer", "nation", "region", "supplier"}
	must(b, data.LoadPostgres(b.Context(), whole.DSN, tables...))
	whole.Exec(b, indexes(tables...)...)
	trade.Exec(b, "VACUUM (ANALYZE)")
	whole.Exec(b, "VACUUM (ANALYZE)")
	gateway := m.serveProcess()
	watch := map[string]int{"gateway": gateway.command.Process.Pid}
	for b.Loop() {
		for _, q := range joinLookUps {
			for _, protocol := range []string{"prepared", "simple"} {
				for _, clients := range []int{1, 32} {
					var ours, theirs []loaded
					for range pointRounds {
						theirs = append(theirs, load.run(b, whole.DSN, q.whole, protocol, clients, nil))
						ours = append(ours, load.run(b, gateway.dsn("reader"), q.gateway, protocol, clients, watch))
					}
					we, they := medianRun(ours), medianRun(theirs)
					progress("%-12s %-8s %2d clients: median %v, one PostgreSQL %v; %.0f/s, one PostgreSQL %.0f/s; gateway %.0f µs of processor time",
						q.name, protocol, clients, we.median, they.median, we.rate, they.rate, we.each("gateway"))
				}
			}
			reportPhases(b, gateway, q.name, q.gateway)
		}
	}
}

// phaseRounds make the medians of phases.
const phaseRounds = 50

// reportPhases asks one look-up again and again, and for its plan alone: by one client.
func reportPhases(b *testing.B, gateway *process, name, sql string) {
	b.Helper()
	conn := gateway.connect(b, "reader")
	text := replaceKey(sql, "7")
	var statement, planning, merging []time.Duration
	fragments := map[string][]time.Duration{}
	for range phaseRounds {
		statement = append(statement, took(b, func() error { return drain(b.Context(), conn, text) }))
		planning = append(planning, took(b, func() error { return drain(b.Context(), conn, "EXPLAIN "+text) }))
		var explained string
		must(b, conn.QueryRow(b.Context(), "EXPLAIN (ANALYZE, FORMAT JSON) "+text, pgx.QueryExecModeSimpleProtocol).Scan(&explained))
		var plans []struct {
			Fragments []struct {
				Source string
				Time   float64
			}
			Millis float64 `json:"Execution Time"`
		}
		must(b, json.Unmarshal([]byte(explained), &plans))
		last := 0.0
		for _, f := range plans[0].Fragments {
			fragments[f.Source] = append(fragments[f.Source], milliseconds(f.Time))
			last = max(last, f.Time)
		}
		merging = append(merging, milliseconds(plans[0].Millis-last))
	}
	progress("%-12s one client, medians: the statement, its plan kept: %v; parsing, binding, deciding, optimizing and EXPLAIN's texts: %v", name, median(statement), median(planning))
	for source, times := range fragments {
		progress("%-12s   rows of %s are there after %v", name, source, median(times))
	}
	progress("%-12s   after the last of them: %v", name, median(merging))
	b.ReportMetric(float64(median(statement).Microseconds()), "µs/"+strings.ReplaceAll(name, " ", "-"))
}

func milliseconds(ms float64) time.Duration { return time.Duration(ms * float64(time.Millisecond)) }

func took(b *testing.B, f func() error) time.Duration {
	b.Helper()
	start := time.Now()
	must(b, f())
	return time.Since(start)
}

// replaceKey puts a value in the place of pgbench's variable.
func replaceKey(sql, key string) string { return strings.ReplaceAll(sql, ":key", key) }

func drain(ctx context.Context, conn *pgx.Conn, sql string) error {
	return conn.PgConn().Exec(ctx, sql).Close()
}
