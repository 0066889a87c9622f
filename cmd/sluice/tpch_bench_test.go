package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/internal/tpch"
)

// benchSettings are those of every PostgreSQL that is measured, as source and as peer:
// what an operator of a machine of this size would set. Parallel workers are
// PostgreSQL's own defaults.
var benchSettings = []string{
	"shared_buffers=1GB", "work_mem=64MB", "maintenance_work_mem=256MB", "effective_cache_size=4GB", "max_wal_size=4GB",
	"max_parallel_workers_per_gather=2", "max_parallel_workers=8", "max_connections=200",
}

var benchMariaDB = []string{"--innodb-buffer-pool-size=1G"}

// tpchPeer is one way to ask the 22 queries.
type tpchPeer struct {
	name  string
	title string
	conn  *pgx.Conn
	// patience: longer than this, and the peer is asked no second time, so its only answer is
	// a cold one. 0 asks it as often as Sluice, the only fair way to come close to it.
	patience time.Duration
}

// tpchArena is the three stores, the gateway over them, and its peers.
type tpchArena struct {
	data    tpch.Dataset
	gateway *process
	trade   *testservers.PostgresServer
	parties *testservers.MySQLServer
	sluice  tpchPeer
	peers   []tpchPeer
	absent  []string // peers that could not be had, with the reason
}

// newTPCHArena loads everything: the stores, and one plain PostgreSQL with all tables.
func newTPCHArena(b testing.TB, data tpch.Dataset) *tpchArena {
	b.Helper()
	a := &tpchArena{data: data}
	stores := testservers.OwnPostgres(b, benchSettings...)
	a.trade, a.parties = stores.NewDatabase(b), testservers.OwnMariaDB(b, benchMariaDB...).NewDatabase(b)
	m := tpchMeshOver(b, data, a.trade, a.parties)
	plain := testservers.OwnPostgres(b, benchSettings...)
	whole := plain.NewDatabase(b)
	must(b, data.LoadPostgres(context.Background(), whole.DSN))
	whole.Exec(b, indexes("lineitem", "orders", "partsupp", "customer", "supplier", "nation")...)
	a.trade.Exec(b, indexes(tpchMesh["trade"]...)...)
	a.parties.Exec(b, indexes(tpchMesh["parties"]...)...)
	a.gateway = m.serveProcess()
	a.sluice = tpchPeer{name: "sluice", title: "Sluice", conn: connectTo(b, a.gateway.dsn("reader"))}
	mustExec(b, a.sluice.conn, "SET search_path = trade, parties, parts")
	a.peers = append(a.peers, tpchPeer{name: "postgres", title: "one PostgreSQL", conn: connectTo(b, whole.DSN)})
	mustExec(b, a.peers[0].conn, fmt.Sprintf("SET statement_timeout = %d", foreignTimeout().Milliseconds()))
	if strings.Contains(os.Getenv("SLUICE_BENCH_PEERS"), "fdw") || os.Getenv("SLUICE_BENCH_PEERS") == "" {
		a.addForeign(b, plain.NewDatabase(b))
	} else {
		a.absent = append(a.absent, "PostgreSQL with foreign data wrappers, by SLUICE_BENCH_PEERS")
	}
	return a
}

func mustExec(b testing.TB, conn *pgx.Conn, sql string) {
	b.Helper()
	_, err := conn.Exec(context.Background(), sql)
	must(b, err)
}

func benchScaleOf(b testing.TB) float64 {
	text := os.Getenv("SLUICE_BENCH_SCALE")
	if text == "" {
		return 1
	}
	scale, err := strconv.ParseFloat(text, 64)
	must(b, err)
	return scale
}

// foreignKeys are indexed wherever the tables lie in a server, as any operator would.
var foreignKeys = map[string][]string{
	"lineitem": {"l_partkey, l_suppkey", "l_suppkey"}, "orders": {"o_custkey"}, "partsupp": {"ps_suppkey"},
	"customer": {"c_nationkey"}, "supplier": {"s_nationkey"}, "nation": {"n_regionkey"},
}

// indexes gives the statements that index the foreign keys of tables.
func indexes(tables ...string) []string {
	var all []string
	for _, table := range tables {
		for i, columns := range foreignKeys[table] {
			all = append(all, fmt.Sprintf("CREATE INDEX %s_fk%d ON %s (%s)", table, i+1, table, columns))
		}
	}
	return all
}

// repetitions of a query on each peer: medians are of so many, after one that warms up.
const repetitions = 3

// BenchmarkTPCH asks the 22 queries of the federation over three stores and of its
// peers, in turn, checks that the answers are equal, and writes docs/benchmarks.md.
// SLUICE_BENCH_SCALE chooses the scale (1).
func BenchmarkTPCH(b *testing.B) {
	a := newTPCHArena(b, tpch.Dataset{Scale: benchScaleOf(b)})
	for b.Loop() {
		report := &tpchReport{arena: a}
		for _, q := range tpch.Queries() {
			report.add(a.measure(b, q))
			b.Log(report.lastLine())
		}
		report.peakMiB = a.gateway.peakMiB(b)
		for i, peer := range a.peers {
			b.ReportMetric(report.geometricMean(i), "x-"+peer.name)
		}
		b.ReportMetric(report.peakMiB, "peak-MiB")
		must(b, os.WriteFile("../../docs/benchmarks.md", []byte(report.markdown()), 0o644))
	}
}

// tpchTimes are one query's medians.
type tpchTimes struct {
	query  string
	sluice time.Duration
	peers  []time.Duration // 0: not done in its time
	moved  []movedRows
}

// measure asks everybody in turn: A B C, A B C, …. A peer that ran out of time, or of our
// patience, is not asked again.
func (a *tpchArena) measure(b *testing.B, q tpch.Query) tpchTimes {
	b.Helper()
	all := append([]tpchPeer{a.sluice}, a.peers...)
	times := make([][]time.Duration, len(all))
	gone := make([]bool, len(all))
	var want answer
	for round := range repetitions + 1 {
		for i, peer := range all {
			if gone[i] {
				continue
			}
			start := time.Now()
			got := ask(context.Background(), peer.conn, q.SQL)
			took := time.Since(start)
			switch {
			case got.code == "57014" && i > 0:
				gone[i], times[i] = true, nil
				continue
			case got.code != "":
				b.Fatalf("%s: %s: %s", q.Name, peer.name, got)
			case i == 0 && round == 0:
				want = got
			case round == 0:
				if d := difference(got, want); d != "" {
					b.Errorf("%s: %s differs: %s", q.Name, peer.name, d)
				}
			}
			slow := peer.patience > 0 && took > peer.patience
			if round > 0 || slow {
				times[i] = append(times[i], took)
			}
			gone[i] = slow
		}
	}
	t := tpchTimes{query: q.Name, sluice: median(times[0]), moved: movedBy(b, a.sluice.conn, q.SQL)}
	for i := range a.peers {
		t.peers = append(t.peers, median(times[i+1]))
	}
	return t
}

func median(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return all[len(all)/2]
}

// movedRows is what one source delivered.
type movedRows struct {
	source      string
	rows, bytes int64
}

var fragmentLine = regexp.MustCompile(`^Fragment \d+: (\w+)\S* .*\(rows=(\d+) bytes=(\d+)`)

// movedBy runs a query once more and reads what each source gave from its EXPLAIN.
func movedBy(b *testing.B, conn *pgx.Conn, sql string) []movedRows {
	b.Helper()
	var all []movedRows
	for _, r := range ask(context.Background(), conn, "EXPLAIN (ANALYZE) "+sql).rows {
		m := fragmentLine.FindStringSubmatch(r[0])
		if m == nil {
			continue
		}
		one := movedRows{source: m[1]}
		one.rows, _ = strconv.ParseInt(m[2], 10, 64)
		one.bytes, _ = strconv.ParseInt(m[3], 10, 64)
		if at := slices.IndexFunc(all, func(o movedRows) bool { return o.source == one.source }); at >= 0 {
			all[at].rows, all[at].bytes = all[at].rows+one.rows, all[at].bytes+one.bytes
			continue
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(x, y movedRows) int { return strings.Compare(x.source, y.source) })
	return all
}
