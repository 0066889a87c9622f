package executor

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/sqlstate"
)

// conform gives columns that the engine knows to be NULL throughout the type they have
// in the plan. DuckDB folds a strict function of a constant NULL to a NULL without a
// type, and calls that an integer once it is a result: 'a' || NULL would reach the
// client, or the merge, as one.
func conform(inner array.RecordReader, types []pgtype.Type) array.RecordReader {
	fields := inner.Schema().Fields()
	if len(fields) != len(types) {
		return inner
	}
	var untyped []int
	for i, t := range types {
		if want := pgtype.Arrow(t); fields[i].Type.ID() == arrow.INT32 && want.ID() != arrow.INT32 {
			fields[i].Type = want
			untyped = append(untyped, i)
		}
	}
	if untyped == nil {
		return inner
	}
	return &conforming{following: following{RecordReader: inner}, schema: arrow.NewSchema(fields, nil), untyped: untyped}
}

// conforming replaces its untyped columns by NULLs of their type.
type conforming struct {
	following
	schema  *arrow.Schema
	untyped []int
	failed  error
}

// Schema is that of the batches given.
func (c *conforming) Schema() *arrow.Schema { return c.schema }

// Next takes a batch and gives it with its untyped columns replaced. A column that
// holds a value after all is a fault of ours.
func (c *conforming) Next() bool {
	c.drop()
	if !c.RecordReader.Next() {
		return false
	}
	b := c.RecordReader.RecordBatch()
	columns := append([]arrow.Array(nil), b.Columns()...)
	for _, i := range c.untyped {
		if columns[i].NullN() != columns[i].Len() {
			c.failed = sqlstate.New(sqlstate.InternalError, "column %d of the plan is of another type in the engine", i+1)
			return false
		}
		columns[i] = array.MakeArrayOfNull(duckdb.Allocator(), c.schema.Field(i).Type, int(b.NumRows()))
		defer columns[i].Release()
	}
	c.current = array.NewRecordBatch(c.schema, columns, b.NumRows())
	return true
}

// Err gives the error that ended the batches.
func (c *conforming) Err() error {
	if c.failed != nil {
		return c.failed
	}
	return c.RecordReader.Err()
}
