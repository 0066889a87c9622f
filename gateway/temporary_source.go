package gateway

import (
	"context"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/internal/spool"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// temporaryReader is the source of temporary tables, as they are at one moment. It gives
// rows as they were put in; everything else is done above it.
type temporaryReader struct{ tables temporaryTables }

var _ connectors.Source = temporaryReader{}

// Text names the table.
func (t temporaryReader) Text(r *plan.Remote) (string, error) {
	scan, _, err := t.scan(r)
	if err != nil {
		return "", err
	}
	return "TABLE " + scan.Table.Address().Schema + "." + scan.Table.Address().Name, nil
}

// Read gives the rows of a table.
func (t temporaryReader) Read(ctx context.Context, r *plan.Remote) (array.RecordReader, error) {
	scan, indexes, err := t.scan(r)
	if err != nil {
		return nil, err
	}
	for _, one := range t.tables {
		if one.table == scan.Table {
			return newStoredRows(ctx, r.Columns(), indexes, one.contents), nil
		}
	}
	return nil, sqlstate.New(sqlstate.UndefinedTable, "relation %q does not exist", scan.Table.Object)
}

// Describe tells nothing that the catalog does not.
func (t temporaryReader) Describe(context.Context, []*catalog.Table) ([]connectors.Description, error) {
	return nil, nil
}

// Close frees nothing: the session owns the rows.
func (t temporaryReader) Close() error { return nil }

// scan finds the one scan of a Remote and, for each of its columns, that of the table.
func (t temporaryReader) scan(r *plan.Remote) (*plan.Scan, []int, error) {
	n := r.Root
	for {
		p, ok := n.(*plan.Project)
		if !ok {
			break
		}
		for _, i := range p.Items {
			if !i.PassesOn() {
				return nil, nil, sqlstate.Unsupported("computing where temporary tables lie")
			}
		}
		n = p.Input
	}
	scan, ok := n.(*plan.Scan)
	if !ok {
		return nil, nil, sqlstate.Unsupported("%T where temporary tables lie", n)
	}
	ordinals := map[plan.ColumnID]int{}
	for i, c := range scan.Cols {
		ordinals[c.ID] = scan.Ordinals[i]
	}
	var indexes []int
	for _, c := range r.Columns() {
		indexes = append(indexes, ordinals[c.ID])
	}
	return scan, indexes, nil
}

// storedRows reads spools one after the other.
type storedRows struct {
	ctx        context.Context
	schema     *arrow.Schema
	indexes    []int
	spools     []*spool.Spool
	batch      int // next of spools[0]
	current    arrow.RecordBatch
	err        error
	references atomic.Int64
}

var _ array.RecordReader = (*storedRows)(nil)

func newStoredRows(ctx context.Context, columns []plan.Column, indexes []int, spools []*spool.Spool) *storedRows {
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		fields[i] = arrow.Field{Name: "c" + itoa(int64(c.ID)), Type: pgtype.Arrow(c.Type), Nullable: true}
	}
	for _, s := range spools {
		s.Retain()
	}
	r := &storedRows{ctx: ctx, schema: arrow.NewSchema(fields, nil), indexes: indexes, spools: spools}
	r.references.Store(1)
	return r
}

// Schema gives the columns asked for.
func (r *storedRows) Schema() *arrow.Schema { return r.schema }

// Next goes to the next batch.
func (r *storedRows) Next() bool {
	r.drop()
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
		columns[i] = whole.Column(index)
	}
	r.current = array.NewRecordBatch(r.schema, columns, whole.NumRows())
	return true
}

// RecordBatch is valid until the next call of Next.
func (r *storedRows) RecordBatch() arrow.RecordBatch { return r.current }

// Record is RecordBatch under its older name.
func (r *storedRows) Record() arrow.RecordBatch { return r.current }

// Err tells why Next said no.
func (r *storedRows) Err() error { return r.err }

// Retain adds an owner.
func (r *storedRows) Retain() { r.references.Add(1) }

// Release frees the rest with the last owner.
func (r *storedRows) Release() {
	if r.references.Add(-1) > 0 {
		return
	}
	r.drop()
	for _, s := range r.spools {
		s.Release()
	}
	r.spools = nil
}

func (r *storedRows) drop() {
	if r.current != nil {
		r.current.Release()
		r.current = nil
	}
}
