package connectors

import (
	"context"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/internal/batches"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/sqlstate"
)

var _ array.RecordReader = (*Stream)(nil)

// Stream hands the batches of one statement from whoever decodes them to whoever reads
// them, one batch ahead. When nobody reads, Emit waits, the connection is not read, and
// so the source stops sending. The reading side is the array.RecordReader; the decoding
// side, which may be several goroutines, uses Context, Emit and End.
type Stream struct {
	batches.Reader
	of      *catalog.Source
	schema  *arrow.Schema
	failure func(context.Context, error) error

	// Parts is how many statements it takes, where it is more than one; set before it is read.
	Parts int
	// By is what makes the read faster; set before it is read.
	By []optimization.Name

	ctx     context.Context // the statement's
	running context.Context // the reads': ends with ctx, the source or the last holder
	stop    context.CancelFunc
	sent    chan arrow.RecordBatch
	total   atomic.Int64
	failed  error // of End, read after sent is closed
	err     error
}

// NewStream begins a stream of a source that is closed when ending ends. failure gives
// an error of the source as users may see it; it is asked with ctx, whose end explains
// most errors. Its decoding side must call End, its reading side Release.
func NewStream(ctx, ending context.Context, of *catalog.Source, schema *arrow.Schema, failure func(context.Context, error) error) *Stream {
	s := &Stream{of: of, schema: schema, failure: failure, ctx: ctx, sent: make(chan arrow.RecordBatch, 1)}
	s.Finish = s.finish
	running, stop := context.WithCancel(ctx)
	unlink := context.AfterFunc(ending, stop)
	s.running, s.stop = running, func() { unlink(); stop() }
	return s
}

// Context is what the statement runs under at the source. It ends when the rest of the
// rows is not wanted.
func (s *Stream) Context() context.Context { return s.running }

// Emit hands a batch over, and with it the reference to it. It fails when the batch is
// not wanted any more and where the source gives no more rows to one statement.
func (s *Stream) Emit(batch arrow.RecordBatch) error {
	if most := s.of.Limits.MaxRows; most > 0 && s.total.Add(batch.NumRows()) > most {
		batch.Release()
		return sqlstate.New(sqlstate.ConfigurationLimitExceeded, "domain %s: source %s gives at most %d rows to one statement",
			s.of.Domain, s.of.Name, most)
	}
	select {
	case s.sent <- batch:
		return nil
	case <-s.running.Done():
		batch.Release()
		return s.running.Err()
	}
}

// End says that no batch follows, and why: nil where all were given. It is called once.
func (s *Stream) End(err error) {
	if err != nil {
		s.failed = s.failure(s.ctx, err)
	}
	close(s.sent)
}

func (s *Stream) Schema() *arrow.Schema { return s.schema }
func (s *Stream) Err() error            { return s.err }

// Next waits for the next batch; the one before is released.
func (s *Stream) Next() bool {
	s.Stand(nil)
	batch, ok := <-s.sent
	if ok && s.ctx.Err() == nil {
		return s.Stand(batch)
	}
	if ok {
		batch.Release()
		s.err = s.failure(s.ctx, s.ctx.Err())
	} else if s.err == nil {
		s.err = s.failed
	}
	return false
}

// finish ends the statement at the source when the last holder lets go. It does not wait
// for the source to confirm; Source.Close does.
func (s *Stream) finish() {
	s.stop()
	for batch := range s.sent {
		batch.Release()
	}
}
