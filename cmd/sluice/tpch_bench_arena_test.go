package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/internal/peers"
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

// contender is a peer in the arena, with what was seen of it.
type contender struct {
	name string
	peers.Peer
	// alone is of an engine that sees one store only: it is asked what that one can answer.
	alone string
	// steady is asked as often as Sluice, however long it takes.
	steady bool
	peak   int64 // bytes
}

// tpchArena is the three stores, the gateway over them, and all that are measured:
// Sluice first, then one PostgreSQL with all tables, then the others.
type tpchArena struct {
	data    tpch.Dataset
	stores  peers.Stores
	gateway *process
	whole   *testservers.PostgresServer
	all     []*contender
	absent  []string // peers that could not be had, with the reason
}

// newTPCHArena loads everything and starts everybody.
func newTPCHArena(b *testing.B, data tpch.Dataset) *tpchArena {
	b.Helper()
	a := &tpchArena{data: data}
	progress("loading TPC-H at scale %g into PostgreSQL, MariaDB and Parquet, and into one PostgreSQL", data.Scale)
	trade, parties := testservers.OwnPostgres(b, benchSettings...).NewDatabase(b), testservers.OwnMariaDB(b, benchMariaDB...).NewDatabase(b)
	m := tpchMeshOver(b, data, trade, parties)
	trade.Exec(b, indexes(tpchMesh["trade"]...)...)
	parties.Exec(b, indexes(tpchMesh["parties"]...)...)
	a.stores = peers.Stores{Data: data, Trade: trade, Parties: parties, Lake: filepath.Join(m.dir, "lake"), Tables: tpchMesh}
	a.whole = testservers.OwnPostgres(b, benchSettings...).NewDatabase(b)
	must(b, data.LoadPostgres(context.Background(), a.whole.DSN))
	a.whole.Exec(b, indexes("lineitem", "orders", "partsupp", "customer", "supplier", "nation")...)
	for _, db := range []*testservers.PostgresServer{trade, a.whole} {
		db.Exec(b, "VACUUM (ANALYZE)")
	}
	a.gateway = m.serveProcess()
	a.addPostgres(b, "sluice", "Sluice", a.gateway.dsn("reader")+" options='-c search_path=trade,parties,parts'", a.gateway.command.Process.Pid)
	a.addPostgres(b, "postgres", "one PostgreSQL", a.whole.DSN, a.whole.PID())
	a.all[0].steady, a.all[1].steady = true, true
	for _, add := range []struct {
		name string
		to   func(*testing.B) error
	}{{"fdw", a.addForeign}, {"trino", a.addTrino}, {"duckdb", a.addDuckDB}, {"direct", a.addDirect}} {
		if !wantedPeer(add.name) {
			a.absent = append(a.absent, add.name+": not asked for (PEERS)")
			continue
		}
		progress("starting %s", add.name)
		if err := add.to(b); err != nil {
			progress("left out: %s: %v", add.name, err)
			reason, _, _ := strings.Cut(err.Error(), "\n")
			a.absent = append(a.absent, add.name+": "+reason)
		}
	}
	return a
}

// wantedPeer tells whether PEERS asks for an engine; unset it asks for all.
func wantedPeer(name string) bool {
	wanted := os.Getenv("SLUICE_BENCH_PEERS")
	return wanted == "" || slices.Contains(strings.Split(wanted, ","), name)
}

func (a *tpchArena) addPostgres(b *testing.B, name, title, dsn string, pid int) {
	b.Helper()
	peer, err := peers.Postgres(context.Background(), title, dsn, func() int64 { return peers.ResidentOf(pid) })
	must(b, err)
	a.all = append(a.all, &contender{name: name, Peer: peer})
}

// addForeign adds a server of its own, so that its memory can be told from the others'.
func (a *tpchArena) addForeign(b *testing.B) error {
	db := testservers.OwnPostgres(b, benchSettings...).NewDatabase(b)
	peer, err := peers.Foreign(context.Background(), a.stores, db, indexes(tpchMesh["parts"]...), func() int64 { return peers.ResidentOf(db.PID()) })
	if err == nil {
		a.all = append(a.all, &contender{name: "fdw", Peer: peer})
	}
	return err
}

func (a *tpchArena) addTrino(b *testing.B) error {
	peer, end, err := peers.Trino(context.Background(), peersDirectory(), b.TempDir(), a.stores)
	if err == nil {
		b.Cleanup(end)
		a.all = append(a.all, &contender{name: "trino", Peer: peer})
	}
	return err
}

func (a *tpchArena) addDuckDB(b *testing.B) error {
	peer, end, err := peers.DuckDB(context.Background(), peersDirectory(), a.stores)
	if err == nil {
		b.Cleanup(end)
		a.all = append(a.all, &contender{name: "duckdb", Peer: peer})
	}
	return err
}

// addDirect adds the PostgreSQL that is a source, asked without a gateway.
func (a *tpchArena) addDirect(b *testing.B) error {
	a.addPostgres(b, "direct", "the source directly", a.stores.Trade.DSN, a.stores.Trade.PID())
	a.all[len(a.all)-1].alone = "trade"
	return nil
}

// peersDirectory is where scripts/peers.sh has put engines.
func peersDirectory() string {
	if dir := os.Getenv("SLUICE_PEERS_DIR"); dir != "" {
		return dir
	}
	cache, _ := os.UserCacheDir()
	return filepath.Join(cache, "sluice", "peers")
}

// progress tells a person who waits how far things are: a benchmark's log comes at its end.
func progress(format string, values ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format(time.TimeOnly)+" "+format+"\n", values...)
}
