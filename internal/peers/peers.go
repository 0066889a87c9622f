// Package peers starts the engines that Sluice is measured against, for benchmarks only.
//
// What goes in: the stores that hold the data (Stores), and where scripts/peers.sh has
// put what it installed. What comes out: a Peer each for one plain PostgreSQL, a
// PostgreSQL with foreign data wrappers, Trino, and DuckDB with its scanners; each
// answers the same SQL over the same stores. An engine that is not there is an error
// that says so, and no reason to stop.
//
// The package knows nothing of Sluice.
package peers

import (
	"context"
	"errors"
	"time"

	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/internal/tpch"
)

// Peer is an engine that has started and sees all tables by their bare names.
type Peer interface {
	// Title names the engine and its version.
	Title() string
	// Ask runs one query. It gives ErrTimeLimit when the query took longer than limit.
	Ask(ctx context.Context, sql string, limit time.Duration) (Answer, error)
	// Memory is what the engine's own processes hold now, in bytes: not the stores'.
	Memory() int64
}

// ErrTimeLimit is a query's that was ended because it took too long.
var ErrTimeLimit = errors.New("the query took too long")

// ErrAbsent is of an engine that is not installed.
var ErrAbsent = errors.New("not installed")

// Answer is a query's rows as text; a NULL is Null.
type Answer [][]string

// Null stands for NULL in an Answer. No value of TPC-H looks like it.
const Null = "NULL"

// Stores is where the tables lie: each in one of three stores.
type Stores struct {
	Data    tpch.Dataset
	Trade   *testservers.PostgresServer
	Parties *testservers.MySQLServer
	Lake    string              // the directory of <table>.parquet
	Tables  map[string][]string // by store: "trade", "parties", "parts"
}
