package temporary

import (
	"context"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/internal/batches"
	"github.com/sluicemesh/sluice/internal/spool"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Source gives the source of the tables as they are at this moment. It gives rows as they
// were put in; everything else is done above it.
func (t *Tables) Source() connectors.Source { return source{t} }

type source struct{ tables *Tables }

var _ connectors.Source = source{}

// Text names the table.
func (t source) Text(r *plan.Remote) (string, error) {
	scan, _, err := connectors.BareScan(r)
	if err != nil {
		return "", err
	}
	return "TABLE " + scan.Table.Address().Schema + "." + scan.Table.Address().Name, nil
}

// Read gives the rows of a table.
func (t source) Read(ctx context.Context, r *plan.Remote) (array.RecordReader, error) {
	scan, indexes, err := connectors.BareScan(r)
	if err != nil {
		return nil, err
	}
	found, ok := t.tables.byName[scan.Table.Object]
	if !ok || found.of != scan.Table {
		return nil, sqlstate.New(sqlstate.UndefinedTable, "relation %q does not exist", scan.Table.Object)
	}
	return newStoredRows(ctx, r.Columns(), indexes, found.contents), nil
}

// Describe tells nothing that the catalog does not.
func (t source) Describe(context.Context, []*catalog.Table) ([]connectors.Description, error) {
	return nil, nil
}

// Close frees nothing: the session owns the rows.
func (t source) Close() error { return nil }

// storedRows reads spools one after the other.
type storedRows struct {
	batches.Reader
	ctx     context.Context
	schema  *arrow.Schema
	indexes []int
	spools  []*spool.Spool
	batch   int   // next of spools[0]
	given   int64 // rows
	err     error
}

var _ array.RecordReader = (*storedRows)(nil)

func newStoredRows(ctx context.Context, columns []plan.Column, indexes []int, spools []*spool.Spool) *storedRows {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = arrow.Field{Name: "c" + strconv.Itoa(int(c.ID)), Type: pgtype.Arrow(c.Type), Nullable: true}
	}
	for _, s := range spools {
		s.Retain()
	}
	r := &storedRows{ctx: ctx, schema: arrow.NewSchema(fields, nil), indexes: indexes, spools: spools}
	r.Finish = r.finish
	return r
}

// Schema gives the columns asked for.
func (r *storedRows) Schema() *arrow.Schema { return r.schema }

// Next goes to the next batch.
func (r *storedRows) Next() bool {
	r.Stand(nil)
	if r.err = r.ctx.Err(); r.err != nil {
		return false
	}
	for len(r.spools) > 0 && r.batch >= r.spools[0].Len() {
		r.spools[0].Release()
		r.spools, r.batch = r.spools[1:], 0
	}
	if len(r.spools) == 0 {
		return false
	}
	whole, err := r.spools[0].Batch(r.batch)
	if err != nil {
		r.err = err
		return false
	}
	defer whole.Release()
	r.batch++
	columns := make([]arrow.Array, len(r.indexes))
	for i, index := range r.indexes {
		if index < int(whole.NumCols()) {
			columns[i] = whole.Column(index)
			continue
		}
		columns[i] = numbers(r.given, int(whole.NumRows())) // catalog.RowNumber comes last
		defer columns[i].Release()
	}
	r.given += whole.NumRows()
	return r.Stand(array.NewRecordBatch(r.schema, columns, whole.NumRows()))
}

// numbers counts rows from a first one.
func numbers(first int64, rows int) arrow.Array {
	b := array.NewInt64Builder(memory.DefaultAllocator)
	defer b.Release()
	b.Reserve(rows)
	for i := range int64(rows) {
		b.UnsafeAppend(first + i)
	}
	return b.NewArray()
}

// Err tells why Next said no.
func (r *storedRows) Err() error { return r.err }

func (r *storedRows) finish() {
	for _, s := range r.spools {
		s.Release()
	}
	r.spools = nil
}
