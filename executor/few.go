package executor

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/executor/small"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// What is few: rows of each leaf, and bytes of them.
const (
	fewRows  = 4_000
	fewBytes = 1 << 20
)

// Merged says how the rows of several sources were put together.
type Merged string

// The ways of few rows; the zero value is the engine, or that there was nothing to merge.
const (
	FewByHand   Merged = "few rows, without the engine"
	FewInEngine Merged = "few rows, in one thread of the engine"
)

// askFew is how many rows of a source are few for its connector.
const askFew = 200

// expecting tells a connector where few rows are expected.
func expecting(r *plan.Remote, rows float64) *plan.Remote {
	if rows <= 0 || rows > askFew {
		return r
	}
	few := *r
	few.Few = true
	return &few
}

// note keeps how a statement was merged, not how a part of it was.
func (r *run) note(m merge, how Merged, by optimization.Name) {
	if m.output != nil {
		r.merged, r.whole = how, append(r.whole, by)
	}
}

// few tells whether every leaf gives few rows. Where that is expected of all, they are
// read whole: what a merge costs then is not its rows but its preparations.
func (r *run) few(streams []duckdb.Stream) bool {
	if r.off[optimization.MergeFewByHand] && r.off[optimization.MergeFewInOneThread] {
		return false
	}
	most := r.executor.FewRows
	if most == 0 {
		most = fewRows
	}
	for _, s := range streams {
		if g, ok := s.Reader.(*gathered); (!ok || !g.complete) && (s.Rows <= 0 || s.Rows > most) {
			return false
		}
	}
	few := true
	for i, s := range streams {
		g, ok := s.Reader.(*gathered)
		if !ok {
			g = gather(s.Reader, nil, most, fewBytes, r.engines.account)
			streams[i].Reader = g
		}
		few = few && g.complete && g.rows() <= most && g.charged <= fewBytes
	}
	return few
}

// mostCombinations is how many combinations of their rows one thread is enough for: a join by
// anything but keys looks at each.
const mostCombinations = 1_000_000

// fewCombinations tells whether that is so of leaves that have been read whole.
func fewCombinations(streams []duckdb.Stream) bool {
	combinations := 1.0
	for _, s := range streams {
		combinations *= float64(max(s.Reader.(*gathered).rows(), 1))
	}
	return combinations <= mostCombinations
}

// small answers the plan of a statement without an engine; false where that takes one.
func (r *run) small(n plan.Node, m merge, streams []duckdb.Stream) (array.RecordReader, bool) {
	if r.off[optimization.MergeFewByHand] {
		return nil, false
	}
	program := small.Compile(n, m.output)
	if program == nil {
		return nil, false
	}
	of := map[plan.Node][]arrow.RecordBatch{}
	for i, leaf := range m.leaves.nodes {
		of[leaf] = streams[i].Reader.(*gathered).batches
	}
	batches := make([][]arrow.RecordBatch, len(program.Leaves()))
	for i, leaf := range program.Leaves() {
		batches[i] = of[leaf]
	}
	answer, ok, err := program.Run(batches)
	if err != nil || !ok {
		return nil, false
	}
	defer answer.Release()
	reader, err := array.NewRecordReader(program.Schema(), []arrow.RecordBatch{answer})
	if err != nil {
		return nil, false
	}
	r.note(m, FewByHand, optimization.MergeFewByHand)
	drop(streams)
	return reader, true
}
