// Package connectors says what a connector is: the thing that turns one plan.Remote
// into its source's own query and streams the answer back as Arrow.
//
// In: a source of the catalog, plans. Out: Arrow record readers, descriptions of
// tables. It knows no user, no policy and no other source.
package connectors

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// Connector opens sources of one kind.
type Connector interface {
	// Open makes a source ready. It dials nothing that may block the start of the
	// gateway: an unreachable source fails at its first use with 08001.
	Open(source *catalog.Source, secret string) (Source, error)
}

// Source is one opened source. Safe for concurrent use.
type Source interface {
	// Text gives the statement Read would send, for EXPLAIN. 0A000 where r holds
	// something this source cannot run: a bug of the optimizer, never of the user.
	Text(r *plan.Remote) (string, error)
	// Read runs r and streams its rows: fields in the order of r.Columns(), types as
	// pgtype.Arrow says. It returns once the source has accepted the statement. The
	// caller releases the reader; that, or the end of ctx, ends the statement at the
	// source. Errors carry 08001 or 08006 where the source is out of reach and 58000
	// for its other failures, name the domain, and are owned by it.
	Read(ctx context.Context, r *plan.Remote) (array.RecordReader, error)
	// Describe tells what the source holds for tables of the catalog: existence,
	// column types, keys, statistics. One Description for each table.
	Describe(ctx context.Context, tables []*catalog.Table) ([]Description, error)
	// Close ends pooled connections. Running reads fail.
	Close() error
}

// Loaded is a reader whose rows have all come: there is nothing to read ahead. Rows is how
// many there are, where that is known and may be: 0 says nothing.
type Loaded struct {
	array.RecordReader
	Rows int64
	By   []optimization.Name // how they were read
}

// Noted is a reader that can tell how it reads.
type Noted interface {
	// Note gives the optimizations that are at work, and what is to be said of it in EXPLAIN
	// (ANALYZE), where there is anything.
	Note() (by []optimization.Name, said string)
}

// Description is what a source says of one table.
type Description struct {
	Table      *catalog.Table
	Found      bool
	Columns    []ColumnDescription // of the physical table, in its order
	Keys       []catalog.Key       // by index into Table.Columns
	Statistics *catalog.Statistics
	// Problems are differences from the contract, for people: "column amount is double precision, the contract says numeric(12,2)".
	Problems []string
}

// ColumnDescription is one physical column.
type ColumnDescription struct {
	Name    string
	Type    string // the source's own spelling
	NotNull bool
}
