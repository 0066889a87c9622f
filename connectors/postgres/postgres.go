// Package postgres reads sources that are PostgreSQL servers.
//
// In: a plan.Remote; the shared writer makes it one SELECT in PostgreSQL's dialect.
// Out: Arrow batches, decoded straight from COPY in binary form, the fastest way rows
// leave the server; descriptions of tables. It knows no user, no policy and no other
// source.
//
// Statements run in read-only sessions with an empty search_path, the time zone UTC
// and the source's own statement_timeout. One that is given up is cancelled at the
// server, and its connection is closed: a late cancel must not hit the next statement.
package postgres

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/sqlstate"
)

var (
	_ connectors.Connector = Connector{}
	_ connectors.Source    = (*Source)(nil)
)

// Connector opens PostgreSQL servers.
type Connector struct {
	// Allocator makes the batches; nil is memory outside the Go heap.
	Allocator memory.Allocator
	// LargeFrom is how many rows a table must give to be read in parts, however few blocks it
	// has; 0 is a default.
	LargeFrom float64
}

// Source is one server, database and login.
type Source struct {
	of        *catalog.Source
	pool      *pgxpool.Pool
	allocator memory.Allocator

	// collations: whether a column of the database has a collation under which different
	// texts may be equal. Then text is compared by bytes explicitly, at the price of indexes.
	collations atomic.Int32
	// checked holds when a column's type was last seen to fit its contract, by columnKey.
	checked sync.Map
	// sizes holds how large tables are, a tableSize by name.
	sizes sync.Map
	// orders holds which indexes lead through tables in order, an ordered by table and columns.
	orders   sync.Map
	dividing dividing
	many     manyAfterAll

	gatherings  gatherings
	connections int // at most
	lanes       int // batches of one look-up at once, where the source is near

	running sync.WaitGroup // reads whose connection is not given back yet
	ending  context.Context
	end     context.CancelFunc
}

// defaultConnections where the source's limits name none.
const defaultConnections = 8

// connectionWait is how long a read waits for a free connection. Unbounded, two reads
// of one statement could wait for each other for ever.
const connectionWait = 30 * time.Second

// Open makes a pool that dials when the first statement comes.
func (c Connector) Open(s *catalog.Source, secret string) (connectors.Source, error) {
	config, err := poolConfig(s, secret)
	if err != nil {
		return nil, err
	}
	pool, err := pgxpool.NewWithConfig(context.Background(), config)
	if err != nil {
		return nil, sqlstate.New(sqlstate.SystemError, "domain %s: source %s cannot be opened", s.Domain, s.Name)
	}
	open := &Source{of: s, pool: pool, allocator: c.Allocator, dividing: divideFrom}
	open.connections, open.lanes = int(config.MaxConns), max(1, runtime.GOMAXPROCS(0)/2)
	if c.LargeFrom > 0 {
		open.dividing.blocks, open.dividing.rows = 1, c.LargeFrom
	}
	if open.allocator == nil {
		open.allocator = duckdb.Allocator()
	}
	open.ending, open.end = context.WithCancel(context.Background())
	return open, nil
}

// Close ends running reads, then every connection.
func (s *Source) Close() error {
	s.end()
	s.running.Wait()
	s.pool.Close()
	return nil
}

// acquire gives a connection of the pool, dialled if need be.
func (s *Source) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	wait, cancel := context.WithTimeout(ctx, connectionWait)
	defer cancel()
	connection, err := s.pool.Acquire(wait)
	switch {
	case err == nil:
		if err := s.learnCollations(ctx, connection); err != nil {
			connection.Release()
			return nil, s.failure(ctx, err)
		}
		return connection, nil
	case ctx.Err() == nil && wait.Err() != nil && s.pool.Stat().IdleConns() == 0 && s.pool.Stat().AcquiredConns() == s.pool.Stat().MaxConns():
		return nil, sqlstate.New(sqlstate.TooManyConnections, "domain %s: all %d connections of source %s are in use",
			s.of.Domain, s.pool.Stat().MaxConns(), s.of.Name)
	}
	return nil, s.failure(ctx, err)
}

// What is known of collations.
const (
	unknown int32 = iota
	deterministic
	nondeterministic
)

// learnCollations asks once. Servers before 12 have no such collations.
func (s *Source) learnCollations(ctx context.Context, c *pgxpool.Conn) error {
	if s.collations.Load() != unknown {
		return nil
	}
	result := c.Conn().PgConn().ExecParams(ctx, `
		SELECT EXISTS (SELECT FROM pg_collation c JOIN pg_attribute a ON a.attcollation = c.oid
			WHERE to_jsonb(c) ->> 'collisdeterministic' = 'false')`, nil, nil, nil, nil).Read()
	if result.Err != nil {
		return result.Err
	}
	known := deterministic
	if string(result.Rows[0][0]) == "t" {
		known = nondeterministic
	}
	s.collations.Store(known)
	return nil
}
