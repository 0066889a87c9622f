// Package mysql reads sources that are MySQL or MariaDB servers.
//
// In: a plan.Remote, which becomes one SELECT in the dialect both servers share. Out:
// Arrow batches, decoded from the packets the server sends without a value in between;
// descriptions of tables. It knows no user, no policy and no other source.
//
// Only what these servers answer exactly as PostgreSQL does reaches them, and that
// needs care: text is compared by collations that ignore case and trailing blanks, NULLs
// sort first, numbers that do not fit are clipped. planner/functions says what may be
// asked, the sql_*.go files here how it is asked.
//
// Statements run in read-only sessions in UTC under the source's own time limit. One
// that is given up is killed at the server with its session, and its connection is closed.
package mysql

import (
	"context"
	"sync"

	"github.com/apache/arrow-go/v18/arrow/memory"
	driver "github.com/go-sql-driver/mysql"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/planner/plan"
)

var (
	_ connectors.Connector = Connector{}
	_ connectors.Source    = (*Source)(nil)
)

// Connector opens MySQL and MariaDB servers.
type Connector struct {
	// Allocator makes the batches; nil is memory outside the Go heap.
	Allocator memory.Allocator
	// LargeFrom is how many rows a read must have to be divided; 0 is a default.
	LargeFrom float64
}

// Source is one server, database and login.
type Source struct {
	of        *catalog.Source
	config    *driver.Config
	pool      *pool
	allocator memory.Allocator
	shapes    shapes
	keys      keys
	parallel  parallel

	running sync.WaitGroup // reads whose connection is not given back yet
	ending  context.Context
	end     context.CancelFunc
}

// Open makes a pool that dials when the first statement comes.
func (c Connector) Open(s *catalog.Source, secret string) (connectors.Source, error) {
	config, err := configOf(s, secret)
	if err != nil {
		return nil, err
	}
	open := &Source{of: s, config: config, allocator: c.Allocator}
	if open.parallel, err = parallelOf(s); err != nil {
		return nil, err
	}
	if c.LargeFrom > 0 {
		open.parallel.rows = c.LargeFrom
	}
	open.pool = newPool(s, open.dial)
	if open.allocator == nil {
		open.allocator = duckdb.Allocator()
	}
	open.ending, open.end = context.WithCancel(context.Background())
	return open, nil
}

// Text gives the SELECT that a read sends. Before the first read of a table it may lack
// a condition for an index: the column's character set is not known yet.
func (s *Source) Text(r *plan.Remote) (string, error) { return write(r, s.shapes.storage) }

// Close ends running reads, then every connection.
func (s *Source) Close() error {
	s.end()
	s.running.Wait()
	s.pool.close()
	return nil
}
