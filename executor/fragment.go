package executor

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/planner/plan"
)

// Fragment is what one source was asked and has delivered.
type Fragment struct {
	Remote *plan.Remote
	SQL    string
	Rows   int64
	Bytes  int64
	Time   time.Duration // from the statement's start to the last batch so far
}

// Fragments are those of one statement.
type Fragments struct {
	mu  sync.Mutex
	all []*fragment
}

type fragment struct {
	remote      *plan.Remote
	sql         string
	start       time.Time
	rows, bytes atomic.Int64
	nanoseconds atomic.Int64
}

func (f *Fragments) add(n *plan.Remote, source connectors.Source) *fragment {
	text, _ := source.Text(n) // an error comes back from Read
	one := &fragment{remote: n, sql: text, start: time.Now()}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, one)
	return one
}

func (f *Fragments) list() []Fragment {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]Fragment, len(f.all))
	for i, one := range f.all {
		out[i] = Fragment{
			Remote: one.remote, SQL: one.sql, Rows: one.rows.Load(), Bytes: one.bytes.Load(),
			Time: time.Duration(one.nanoseconds.Load()),
		}
	}
	return out
}

// count gives inner with its batches counted.
func (f *fragment) count(inner array.RecordReader) array.RecordReader {
	return &counted{RecordReader: inner, fragment: f}
}

type counted struct {
	array.RecordReader
	fragment *fragment
}

// Next counts the batch it gives.
func (c *counted) Next() bool {
	if !c.RecordReader.Next() {
		return false
	}
	b := c.RecordReader.RecordBatch()
	c.fragment.rows.Add(b.NumRows())
	c.fragment.bytes.Add(size(b))
	c.fragment.nanoseconds.Store(int64(time.Since(c.fragment.start)))
	return true
}

// size is what a batch takes in memory, in bytes.
func size(b arrow.RecordBatch) int64 {
	bytes := uint64(0)
	for _, c := range b.Columns() {
		bytes += c.Data().SizeInBytes()
	}
	return int64(bytes)
}
