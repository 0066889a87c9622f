package executor

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/internal/duckdb"
)

// Rows without columns are rows all the same (SELECT FROM t; count(*) reads nothing of
// them), but the engine knows no relation without a column: such a stream gets one of
// NULLs on its way in, and the engine's loses its column on the way out.

var anything = arrow.NewSchema([]arrow.Field{{Name: "one", Type: arrow.FixedWidthTypes.Boolean, Nullable: true}}, nil)

// atLeastOneColumn takes over inner.
func atLeastOneColumn(inner array.RecordReader) array.RecordReader {
	if inner.Schema().NumFields() > 0 {
		return inner
	}
	return &reshaped{following: following{RecordReader: inner}, schema: anything, reshape: func(rows int64) arrow.RecordBatch {
		nulls := array.MakeArrayOfNull(duckdb.Allocator(), arrow.FixedWidthTypes.Boolean, int(rows))
		defer nulls.Release()
		return array.NewRecordBatch(anything, []arrow.Array{nulls}, rows)
	}}
}

// withoutColumns takes over inner.
func withoutColumns(inner array.RecordReader) array.RecordReader {
	none := arrow.NewSchema(nil, nil)
	return &reshaped{following: following{RecordReader: inner}, schema: none, reshape: func(rows int64) arrow.RecordBatch {
		return array.NewRecordBatch(none, nil, rows)
	}}
}

// reshaped gives other batches of as many rows.
type reshaped struct {
	following
	schema  *arrow.Schema
	reshape func(rows int64) arrow.RecordBatch
}

// Schema is that of the batches given.
func (r *reshaped) Schema() *arrow.Schema { return r.schema }

// Next takes a batch and gives one of as many rows.
func (r *reshaped) Next() bool {
	r.drop()
	if !r.RecordReader.Next() {
		return false
	}
	r.current = r.reshape(r.RecordReader.RecordBatch().NumRows())
	return true
}
