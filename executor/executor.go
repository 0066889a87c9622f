// Package executor runs an optimized plan: it opens every Remote at once under one
// context, feeds what is left of the plan to the local engine, and streams the answer.
//
// In: a plan whose leaves are Remotes and Stages. Out: Arrow record batches, owned by
// the reader the caller releases. It knows no user, no policy, and of a source only
// the connectors interface.
package executor

import (
	"context"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"
	"golang.org/x/sync/errgroup"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/internal/budget"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// Executor runs plans.
type Executor struct {
	Engines *Engines
	// Budget is the memory of all statements; nil: it is not bounded.
	Budget *budget.Pool
	// Source gives the opened source of a catalog entry.
	Source func(*catalog.Source) (connectors.Source, error)
	// ReduceFrom is how many rows a table must have to be worth asking for the keys of
	// other sources only; 0 is a default.
	ReduceFrom float64
	// FewRows is how many rows each leaf may give where they are merged as few (see few);
	// 0 is a default, less is never.
	FewRows int64
	// MostKeys is how many keys a source is told one by one; 0 is a default of its kind.
	MostKeys int

	statistics statistics
	constants  constants
}

// Options are those of one statement.
type Options struct {
	// Principal is for whom the statement waits, if it must.
	Principal string
	// Locale is the session's, for expressions that depend on it.
	Locale plan.Locale
	// Session gives the number by which the engines' functions know the session while the
	// statement runs, and ends that. nil: they are not asked.
	Session func(context.Context) (number int64, end func())
	// Own gives the sources that exist for this statement's session alone: its temporary
	// tables, the system catalog as its principal may see it. It is asked before
	// Executor.Source; nil where there are none.
	Own func(*catalog.Source) (connectors.Source, bool)
	// Again gives the careful plan of a statement of which it could tell how it fails. nil:
	// what it fails by tells nothing.
	Again func() (plan.Query, error)
}

// source gives the opened source of a catalog entry: the session's own, else the mesh's.
func (e *Executor) source(s *catalog.Source, o Options) (connectors.Source, error) {
	if o.Own != nil {
		if own, ok := o.Own(s); ok {
			return own, nil
		}
	}
	return e.Source(s)
}

// Result is a running statement.
type Result struct {
	array.RecordReader
	Waited    time.Duration // for memory, before it began
	Merged    Merged
	Whole     []optimization.Name // what worked on the statement as a whole
	fragments *fragments
	cancel    context.CancelFunc
	end       func()
	account   *budget.Account
	once      sync.Once
}

// start runs a plan once.
func (e *Executor) start(ctx context.Context, q plan.Query, o Options, account *budget.Account) (*Result, error) {
	ctx, cancel := context.WithCancel(ctx)
	r := &run{executor: e, engines: e.Engines.lease(q, account), careful: q.Careful, off: q.Off, options: o, fragments: newFragments(q, o.Locale)}
	end := r.engines.end
	if o.Session != nil {
		number, endSession := o.Session(ctx)
		r.session = number
		end = func() { endSession(); r.engines.end() }
	}
	reader, err := r.query(ctx, q)
	if err != nil {
		cancel()
		end()
		return nil, err
	}
	return &Result{RecordReader: reader, Merged: r.merged, Whole: r.whole, fragments: r.fragments, cancel: cancel, end: end}, nil
}

// Fragments gives what each source has delivered so far.
func (r *Result) Fragments() []Fragment { return r.fragments.list() }

// Err gives the error that ended the rows.
func (r *Result) Err() error { return told(r.RecordReader.Err(), r.account) }

// told says of an engine that is out of memory what the statement may use.
func told(err error, account *budget.Account) error {
	if account != nil && duckdb.IsOutOfMemory(err) {
		return account.Exceeded()
	}
	return err
}

// Close ends the statement everywhere and frees what it holds. It may be called twice.
func (r *Result) Close() {
	r.once.Do(func() {
		r.cancel()
		r.RecordReader.Release()
		r.end()
		r.account.Close()
	})
}

// run is one statement on its way.
type run struct {
	executor  *Executor
	engines   *lease
	careful   bool
	off       optimization.Off
	options   Options
	session   int64
	fragments *fragments
	apartly   sync.Map // the Remotes that are asked for their rows apart
	merged    Merged   // the statement's own merge
	whole     []optimization.Name
}

// query runs the whole plan: its columns in the order the client sees.
func (r *run) query(ctx context.Context, q plan.Query) (array.RecordReader, error) {
	if streams(q) {
		r.whole = append(r.whole, optimization.StreamThrough)
		return r.remote(ctx, q.Root.(*plan.Remote))
	}
	leaves := &leaves{inOrder: r.careful}
	o := r.written(leaves)
	reader, err := r.local(ctx, q.Root, o.ForQuery(q), merge{leaves: leaves, as: merging, output: q.Output})
	if err != nil {
		return nil, err
	}
	if len(q.Output) == 0 {
		return withoutColumns(reader), nil
	}
	return conform(reader, outputTypes(q)), nil
}

// written are the options for what the local engines run.
func (r *run) written(leaves *leaves) sqlwriter.Options {
	return sqlwriter.Options{Locale: r.options.Locale, Session: r.session, Leaf: leaves.name}
}

// inOrder tells whether a plan's columns are just those of the result.
func inOrder(q plan.Query, columns []plan.Column) bool {
	if len(columns) != len(q.Output) {
		return false
	}
	for i, o := range q.Output {
		if columns[i].ID != o.ID {
			return false
		}
	}
	return true
}

// node runs a sub-plan: a Remote by its source, all else in an engine.
func (r *run) node(ctx context.Context, n plan.Node, as role) (array.RecordReader, error) {
	switch n := n.(type) {
	case *plan.Remote:
		return r.remote(ctx, n)
	case *plan.Stage:
		return r.node(ctx, n.Root, staging)
	default:
		leaves := &leaves{inOrder: r.careful}
		o := r.written(leaves)
		reader, err := r.local(ctx, n, o, merge{leaves: leaves, as: as})
		if err != nil {
			return nil, err
		}
		return conform(reader, columnTypes(n.Columns())), nil
	}
}

func columnTypes(columns []plan.Column) []pgtype.Type {
	types := make([]pgtype.Type, len(columns))
	for i, c := range columns {
		types[i] = c.Type
	}
	return types
}

func outputTypes(q plan.Query) []pgtype.Type {
	types := make([]pgtype.Type, len(q.Output))
	for i, o := range q.Output {
		types[i] = o.Type
	}
	return types
}

// remote reads from a source, a few batches ahead of whoever takes them.
func (r *run) remote(ctx context.Context, n *plan.Remote) (array.RecordReader, error) {
	return r.ask(ctx, n, n, asking{})
}

// ask reads what is left of n after reducing it; how tells in which way.
func (r *run) ask(ctx context.Context, n, asked *plan.Remote, how asking) (array.RecordReader, error) {
	source, err := r.executor.source(n.Source, r.options)
	if err != nil {
		return nil, err
	}
	shown := n
	if r.asksApart(n) {
		shown, asked = ungrouped(n), ungrouped(asked)
		how = how.with(optimization.LeaveRowsApart)
	}
	f := r.fragments.add(n, shown, source, how)
	reader, err := source.Read(ctx, asked.In(r.options.Locale, r.off))
	if err != nil {
		return nil, err
	}
	_, loaded := reader.(connectors.Loaded)
	if loaded {
		f.reads(reader)
		return f.count(reader), nil
	}
	if r.off[optimization.ReadAhead] {
		f.reads(reader)
		return f.count(prefetch(reader, 0)), nil
	}
	f.reads(reader, optimization.ReadAhead)
	return f.count(prefetch(reader, ahead)), nil // what was read ahead and never taken does not count
}

// merge is what is known of a plan that is put together here.
type merge struct {
	leaves *leaves
	as     role
	output []plan.OutputColumn // of the statement; nil of a part of it
}

// local writes the plan in the engine's SQL, opens its leaves at once and runs it.
func (r *run) local(ctx context.Context, n plan.Node, o sqlwriter.Options, m merge) (array.RecordReader, error) {
	text, err := sqlwriter.DuckDB(n, o)
	if err != nil {
		return nil, err
	}
	if !m.leaves.inOrder {
		for leaf, apart := range r.apart(ctx, m.leaves.nodes) {
			r.apartly.Store(leaf, apart)
		}
	}
	streams, err := r.open(ctx, m.leaves.nodes)
	if err != nil {
		return nil, err
	}
	few := !m.leaves.inOrder && r.few(streams)
	if few {
		if reader, ok := r.small(n, m, streams); ok {
			return reader, nil
		}
		if few = !r.off[optimization.MergeFewInOneThread] && fewCombinations(streams); few {
			r.note(m, FewInEngine, optimization.MergeFewInOneThread)
		}
	}
	engine, err := r.engines.engine(ctx, m.as, few)
	if err != nil {
		drop(streams)
		return nil, err
	}
	if m.leaves.inOrder {
		withoutSizes(streams)
	}
	return engine.Query(ctx, text, named(streams))
}

// withoutSizes keeps from the engine how many rows to expect: sizes count hidden rows.
func withoutSizes(streams []duckdb.Stream) {
	for i := range streams {
		streams[i].Rows = 0
	}
}

// named gives streams the names that the engine's SQL has for them.
func named(streams []duckdb.Stream) map[string]duckdb.Stream {
	all := make(map[string]duckdb.Stream, len(streams))
	for i, s := range streams {
		all[leafName(i)] = s
	}
	return all
}

// drop ends streams that nobody reads.
func drop(streams []duckdb.Stream) {
	for _, s := range streams {
		s.Cancel()
		s.Reader.Release()
	}
}

// open starts every leaf at once, except for those that wait for the keys of others.
// Where one fails the others are ended.
func (r *run) open(ctx context.Context, nodes []plan.Node) ([]duckdb.Stream, error) {
	readers := make([]array.RecordReader, len(nodes))
	rows := make([]int64, len(nodes))
	cancels := make([]context.CancelFunc, len(nodes))
	reduce := r.reduction(ctx, nodes)
	group, opening := errgroup.WithContext(ctx)
	for i, n := range nodes {
		leaf, cancel := context.WithCancel(ctx)
		cancels[i] = cancel
		// opening ends when another leaf fails; afterwards a leaf lives by its own context.
		stop := context.AfterFunc(opening, cancel)
		group.Go(func() (err error) {
			readers[i], rows[i], err = r.leaf(leaf, reduce, n, i)
			if r.careful && err != nil && onValue(err) {
				readers[i], err = failing(n, err), nil
			}
			if err == nil && !stop() {
				err = opening.Err()
			}
			return err
		})
	}
	err := group.Wait()
	if reduce != nil {
		if err == nil {
			err = reduce.keepGroups(rows)
		}
		reduce.drop()
	}
	streams := make([]duckdb.Stream, len(nodes))
	for i, reader := range readers {
		if err == nil {
			streams[i] = duckdb.Stream{Reader: atLeastOneColumn(reader), Cancel: cancels[i], Rows: rows[i]}
			continue
		}
		cancels[i]()
		if reader != nil {
			reader.Release()
		}
	}
	return streams, err
}

// leaf opens one leaf, in its turn, and tells how many rows to expect of it (0: unknown).
func (r *run) leaf(ctx context.Context, d *reduction, n plan.Node, i int) (array.RecordReader, int64, error) {
	if d == nil {
		reader, err := r.node(ctx, n, staging)
		return reader, loadedRows(reader), err
	}
	if d.climbs[i] != nil {
		return r.climb(ctx, d, i)
	}
	reader, err := r.inTurn(ctx, d, n, i)
	if err != nil || !d.first[i] {
		return reader, int64(d.expectedRows(i)), err
	}
	g := gather(reader, n.Columns(), gatherRows, gatherBytes, r.engines.account)
	d.gathered[i] = g
	rows := g.rows()
	if !g.complete {
		rows = int64(d.known.whole(n))
	}
	close(d.done[i])
	return g, rows, nil
}

// loadedRows tells how many rows a reader gives where they have all come (0: unknown).
func loadedRows(reader array.RecordReader) int64 {
	if c, ok := reader.(*counted); ok {
		if loaded, ok := c.RecordReader.(connectors.Loaded); ok {
			return loaded.Rows
		}
	}
	return 0
}

// inTurn opens a leaf once those it waits for have been read.
func (r *run) inTurn(ctx context.Context, d *reduction, n plan.Node, i int) (array.RecordReader, error) {
	remote, ok := n.(*plan.Remote)
	if !ok {
		return r.node(ctx, n, staging)
	}
	if len(d.waits[i]) == 0 {
		return r.ask(ctx, remote, expecting(remote, d.expected(i)), asking{})
	}
	if d.fixed(i) {
		return r.ask(ctx, remote, expecting(remote, d.expected(i)), asking{}.with(optimization.AskConstantsAtOnce))
	}
	if !d.ready(ctx, i) {
		return nil, ctx.Err()
	}
	if g := d.taken(i); g != nil {
		return g, nil
	}
	grouped, how := d.grouped(i, remote)
	sets := d.keys(d.giving(i, grouped))
	defer d.forget(sets)
	asked, more := d.reduced(grouped, sets)
	if grouped != remote {
		r.apartly.Store(remote, false)
		if asked == grouped {
			asked = withKeys(grouped, nil)
		}
		asked.Divisible = remote.Divisible
		return r.ask(ctx, remote, asked, how.plus(more)) // a statement as long as this is not worth keeping
	}
	return r.ask(ctx, remote, expecting(asked, d.expected(i)), more)
}
