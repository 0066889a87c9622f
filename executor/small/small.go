// Package small runs plans over few rows that are all in memory: joins by equal columns,
// orders and limits. An engine takes a millisecond or two to be told of such a plan; the
// rows of a look-up are joined in microseconds.
//
// In: a plan, and the batches of its leaves. Out: one batch on Go's heap. It knows no
// source and no engine, and of a plan only what means the same to everybody: columns
// passed on, equality and order of values that stand one way each. Nothing it computes can
// fail. Compile says of any other plan that it is none for it.
package small

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// Program is a plan that can be run here.
type Program struct {
	root   operator
	leaves []plan.Node
	output []column
	schema *arrow.Schema
}

// operator gives the rows of a node; false where they become too many.
type operator interface {
	rows(in tables) (selection, bool)
}

// tables are the arrays of each leaf, by the position of the column.
type tables [][]arrow.Array

// column is where a column of the plan stands.
type column struct{ leaf, at int }

// selection is rows, each made of one row of each leaf it has: of[leaf][i] is that of row i,
// -1 where an outer join has found none. Leaves that it does not have are nil.
type selection struct {
	count int
	of    [][]int32
}

// What a join may give here, and what the answer may take: it is not counted against the
// memory of the statement, as the rows it is made of are. One long text may stand in many rows.
const (
	mostRows  = 20_000
	mostBytes = 4 << 20
)

// Leaves are those of the plan, in the order in which Run takes their rows.
func (p *Program) Leaves() []plan.Node { return p.leaves }

// Schema is that of the batch.
func (p *Program) Schema() *arrow.Schema { return p.schema }

// Run gives the answer over the batches of each leaf, which stay the caller's. ok is false
// where it is too large to be computed here, or values do not stand as their types say.
func (p *Program) Run(batches [][]arrow.RecordBatch) (_ arrow.RecordBatch, ok bool, err error) {
	in := make(tables, len(p.leaves))
	defer in.release()
	for i, leaf := range p.leaves {
		if !stand(leaf.Columns(), batches[i]) {
			return nil, false, nil
		}
		if in[i], err = joined(leaf, batches[i]); err != nil {
			return nil, false, err
		}
	}
	found, ok := p.root.rows(in)
	if !ok {
		return nil, false, nil
	}
	bytes := 0
	for _, c := range p.output {
		if bytes += taken(in[c.leaf][c.at], found.of[c.leaf]); bytes > mostBytes {
			return nil, false, nil
		}
	}
	columns := make([]arrow.Array, len(p.output))
	for i, c := range p.output {
		columns[i] = take(p.schema.Field(i).Type, in[c.leaf][c.at], found.of[c.leaf])
	}
	answer := array.NewRecordBatch(p.schema, columns, int64(found.count))
	for _, c := range columns {
		c.Release()
	}
	return answer, true, nil
}

// stand tells whether values stand as their types say (pgtype.Arrow).
func stand(columns []plan.Column, batches []arrow.RecordBatch) bool {
	for _, b := range batches {
		if int(b.NumCols()) != len(columns) {
			return false
		}
		for i, c := range columns {
			if !arrow.TypeEqual(b.Column(i).DataType(), pgtype.Arrow(c.Type)) {
				return false
			}
		}
	}
	return true
}

// joined makes one array of each column of a leaf.
func joined(leaf plan.Node, batches []arrow.RecordBatch) ([]arrow.Array, error) {
	all := make([]arrow.Array, len(leaf.Columns()))
	for i := range all {
		switch len(batches) {
		case 0:
		case 1:
			all[i] = batches[0].Column(i)
			all[i].Retain()
		default:
			parts := make([]arrow.Array, len(batches))
			for k, b := range batches {
				parts[k] = b.Column(i)
			}
			one, err := array.Concatenate(parts, memory.DefaultAllocator)
			if err != nil {
				return nil, err
			}
			all[i] = one
		}
	}
	return all, nil
}

func (t tables) release() {
	for _, columns := range t {
		for _, c := range columns {
			if c != nil {
				c.Release()
			}
		}
	}
}
