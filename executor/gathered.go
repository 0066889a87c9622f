package executor

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/internal/budget"
	"github.com/sluicemesh/sluice/planner/plan"
)

// What is kept of a leaf that others wait for. One that is larger after all streams on,
// and nobody is reduced by it.
const (
	gatherRows  = 500_000
	gatherBytes = 64 << 20
)

// gathered is a result read whole before it is passed on: a leaf for its keys, an answer
// for how it ends. What it keeps counts against the statement's account.
type gathered struct {
	following
	columns  []plan.Column
	batches  []arrow.RecordBatch
	complete bool
	next     int
	account  *budget.Account
	charged  int64 // of the batches that are still kept
}

var _ array.RecordReader = (*gathered)(nil)

// gather takes over inner and reads it to its end, or as far as it may.
func gather(inner array.RecordReader, columns []plan.Column, mostRows, mostBytes int64, account *budget.Account) *gathered {
	g := &gathered{following: following{RecordReader: inner}, columns: columns, account: account}
	rows := int64(0)
	for may := true; may && rows <= mostRows && g.charged <= mostBytes; {
		if !inner.Next() {
			g.complete = inner.Err() == nil
			break
		}
		b := inner.RecordBatch()
		b.Retain()
		g.batches = append(g.batches, b)
		rows += b.NumRows()
		if may = account.Take(size(b)); may {
			g.charged += size(b)
		}
	}
	return g
}

// rows is how many rows were kept.
func (g *gathered) rows() int64 {
	rows := int64(0)
	for _, b := range g.batches {
		rows += b.NumRows()
	}
	return rows
}

// Next gives what was kept, then what is still to come.
func (g *gathered) Next() bool {
	g.drop()
	if g.next < len(g.batches) {
		g.current = g.batches[g.next]
		g.batches[g.next] = nil
		g.next++
		g.uncharge(size(g.current))
		return true
	}
	if g.complete || !g.RecordReader.Next() {
		return false
	}
	g.current = g.RecordReader.RecordBatch()
	g.current.Retain()
	return true
}

// uncharge gives back what a batch was charged with. The last may not have been.
func (g *gathered) uncharge(bytes int64) {
	bytes = min(bytes, g.charged)
	g.charged -= bytes
	g.account.Give(bytes)
}

// Release frees what is kept and the inner reader.
func (g *gathered) Release() {
	for _, b := range g.batches {
		if b != nil {
			b.Release()
		}
	}
	g.batches = nil
	g.uncharge(g.charged)
	g.following.Release()
}
