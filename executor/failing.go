package executor

import (
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// failing gives a leaf that fails once it is read. Leaves are opened at once; where
// several fail, the error is that of the first the merge reads and not of the fastest.
func failing(n plan.Node, err error) array.RecordReader {
	fields := make([]arrow.Field, len(n.Columns()))
	for i, c := range n.Columns() {
		fields[i] = arrow.Field{Name: fmt.Sprintf("c%d", c.ID), Type: pgtype.Arrow(c.Type), Nullable: true}
	}
	return &failed{schema: arrow.NewSchema(fields, nil), err: err}
}

type failed struct {
	schema *arrow.Schema
	err    error
}

var _ array.RecordReader = (*failed)(nil)

func (f *failed) Schema() *arrow.Schema          { return f.schema }
func (f *failed) Next() bool                     { return false }
func (f *failed) RecordBatch() arrow.RecordBatch { return nil }
func (f *failed) Record() arrow.RecordBatch      { return nil }
func (f *failed) Err() error                     { return f.err }
func (f *failed) Retain()                        {}
func (f *failed) Release()                       {}
