package executor

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// Fragment is what one source was asked and has delivered.
type Fragment struct {
	Remote *plan.Remote
	Order  int // among the Remotes of the plan
	SQL    string
	Rows   int64
	Bytes  int64
	Time   time.Duration // from the statement's start to the last batch so far
	// Reduced tells which columns were asked for keys of other sources only, and how many.
	Reduced string
	// By is what made it faster when it ran.
	By []optimization.Name
	// Parts is how many statements the source was asked in, where it was more than one.
	Parts int
	// Note is what the connector has to say of how it read.
	Note string
	// Reducible tells which columns may be asked for keys of other sources only.
	Reducible []string
	// First are columns in whose order a few first rows may be asked for.
	First []string
}

// Fragments gives what each source would be asked, in the order of the plan. What a
// connector cannot put into words is left empty: running it gives the error.
func (e *Executor) Fragments(q plan.Query, o Options) []Fragment {
	var all []Fragment
	for i, r := range remotes(q) {
		f := Fragment{Remote: r, Order: i}
		if source, err := e.source(r.Source, o); err == nil {
			f.SQL, _ = source.Text(r.In(o.Locale, q.Off))
		}
		for _, one := range r.Reductions {
			f.Reducible = append(f.Reducible, one.Column.Name)
		}
		if r.Top != nil {
			f.First = orderedBy(r.Top.Keys)
		}
		all = append(all, f)
	}
	return all
}

// orderedBy names the columns that an order reads.
func orderedBy(keys []plan.SortKey) []string {
	var names []string
	for _, k := range keys {
		plan.WalkExpr(k.Expr, func(e plan.Expr) bool {
			if r, ok := e.(*plan.ColumnRef); ok {
				names = append(names, r.Name)
			}
			return true
		})
	}
	return names
}

// remotes lists a plan's Remotes, top down.
func remotes(q plan.Query) []*plan.Remote {
	var all []*plan.Remote
	plan.Walk(q.Root, func(n plan.Node) bool {
		r, ok := n.(*plan.Remote)
		if ok {
			all = append(all, r)
		}
		return !ok
	})
	return all
}

// fragments are those of one running statement.
type fragments struct {
	start  time.Time
	locale plan.Locale
	order  map[*plan.Remote]int

	mu  sync.Mutex
	all []*fragment
}

type fragment struct {
	remote      *plan.Remote
	shown       *plan.Remote // what is asked, but for keys
	source      connectors.Source
	how         asking
	parts       atomic.Int64
	reading     atomic.Pointer[reading]
	start       time.Time
	rows, bytes atomic.Int64
	nanoseconds atomic.Int64
}

func newFragments(q plan.Query, l plan.Locale) *fragments {
	f := &fragments{start: time.Now(), locale: l, order: map[*plan.Remote]int{}}
	for i, r := range remotes(q) {
		f.order[r] = i
	}
	return f
}

func (f *fragments) add(n, shown *plan.Remote, from connectors.Source, how asking) *fragment {
	one := &fragment{remote: n, shown: shown, source: from, how: how, start: f.start}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, one)
	return one
}

func (f *fragments) list() []Fragment {
	f.mu.Lock()
	defer f.mu.Unlock()
	out := make([]Fragment, len(f.all))
	for i, one := range f.all {
		out[i] = Fragment{
			Remote: one.remote, Order: f.order[one.remote], Rows: one.rows.Load(), Bytes: one.bytes.Load(),
			Time: time.Duration(one.nanoseconds.Load()), Reduced: one.how.reduced, Parts: int(one.parts.Load()), By: one.by(), Note: one.note(),
		}
		out[i].SQL, _ = one.source.Text(one.shown.In(f.locale, nil))
	}
	return out
}

// reading is how a fragment is read, which is known once that has begun.
type reading struct {
	by   []optimization.Name // what the connector and the reader do
	note string
}

// reads notes how a connector reads, once it has begun, and what else is at work.
func (f *fragment) reads(reader array.RecordReader, more ...optimization.Name) {
	var how reading
	switch r := reader.(type) {
	case *connectors.Stream:
		f.parts.Store(int64(r.Parts))
		how.by = slices.Clone(r.By)
	case connectors.Loaded:
		how.by = slices.Clone(r.By)
	case connectors.Noted:
		how.by, how.note = r.Note()
	}
	how.by = append(how.by, more...)
	f.reading.Store(&how)
}

func (f *fragment) by() []optimization.Name {
	if how := f.reading.Load(); how != nil {
		return slices.Concat(f.how.by, how.by)
	}
	return f.how.by
}

func (f *fragment) note() string {
	if how := f.reading.Load(); how != nil {
		return how.note
	}
	return ""
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
