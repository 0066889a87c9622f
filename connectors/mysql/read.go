package mysql

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Read runs r. When it returns, the server has been reached and its tables are known to
// be those of the contracts; the statement runs.
func (s *Source) Read(ctx context.Context, r *plan.Remote) (array.RecordReader, error) {
	if _, err := s.Text(r); err != nil {
		return nil, err
	}
	connection, err := s.pool.acquire(ctx)
	if err != nil {
		return nil, s.unreachable(ctx, err)
	}
	if err := s.shapes.check(ctx, s, connection, r.Root); err != nil {
		s.pool.release(connection, false)
		return nil, s.failure(ctx, err)
	}
	text, err := s.Text(r)
	var read array.RecordReader
	if err == nil {
		read, err = s.read(ctx, connection, text, r.Columns())
	}
	if err != nil {
		s.pool.release(connection, true)
	}
	return read, err
}

func (s *Source) read(ctx context.Context, connection *session, text string, columns []plan.Column) (array.RecordReader, error) {
	d, err := s.decoding(columns)
	if err != nil {
		return nil, err
	}
	read := &reader{source: s, schema: d.schema, ctx: ctx, batches: make(chan arrow.RecordBatch, 1)}
	read.references.Store(1)
	running, stop := context.WithCancel(ctx)
	unlink := context.AfterFunc(s.ending, stop)
	read.stop = func() { unlink(); stop() }
	s.running.Add(1)
	go read.run(running, connection, d, text)
	return read, nil
}

// decoding makes the columns of an answer.
func (s *Source) decoding(columns []plan.Column) (*decoding, error) {
	d := &decoding{}
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		built, ok := newColumn(s.allocator, c.Type)
		if !ok {
			d.release()
			return nil, sqlstate.Unsupported("type %s of a MySQL source, in column %s", pgtype.FormatType(c.Type), c.Name)
		}
		d.columns = append(d.columns, built)
		fields[i] = arrow.Field{Name: "c" + strconv.Itoa(int(c.ID)), Type: pgtype.Arrow(c.Type), Nullable: !c.NotNull}
	}
	d.schema = arrow.NewSchema(fields, nil)
	d.values = make([]driver.Value, max(len(columns), 1))
	return d, nil
}

var _ array.RecordReader = (*reader)(nil)

// reader gives the batches of one statement. One goroutine reads the connection and
// decodes, one batch ahead of whoever takes them; when nobody takes them it stops
// reading, and so the server stops sending.
type reader struct {
	source  *Source
	schema  *arrow.Schema
	ctx     context.Context
	batches chan arrow.RecordBatch
	stop    context.CancelFunc

	failed error // of run, read after batches is closed
	total  int64

	batch      arrow.RecordBatch
	err        error
	references atomic.Int64
	finish     sync.Once
}

// run reads until the end, an error or the end of ctx. On the latter the statement is
// killed at the server first, and then the connection is cut: the other way round the
// server would go on until it next had a row to send.
func (r *reader) run(ctx context.Context, connection *session, d *decoding, text string) {
	defer r.source.running.Done()
	d.emit = func(batch arrow.RecordBatch) error { return r.emit(ctx, batch) }
	cut, cancel := context.WithCancel(context.WithoutCancel(ctx))
	killed := make(chan struct{})
	unlink := context.AfterFunc(ctx, func() {
		defer close(killed)
		r.source.kill(connection)
		cancel()
	})
	err := d.read(cut, connection, text)
	r.failed = r.source.failure(r.ctx, err)
	close(r.batches)
	if !unlink() {
		<-killed
	}
	cancel()
	d.release()
	r.source.pool.release(connection, err == nil && ctx.Err() == nil)
	r.stop()
}

// killWait is how long a server may take to hear that a statement is given up.
const killWait = 5 * time.Second

// kill ends the statement of a session, by another connection outside the pool. It is
// done at its best: what fails here ends with the connection anyway.
func (s *Source) kill(c *session) {
	ctx, cancel := context.WithTimeout(context.Background(), killWait)
	defer cancel()
	killer, err := s.dial(ctx)
	if err != nil {
		return
	}
	defer killer.close()
	_ = killer.exec(ctx, fmt.Sprintf("KILL QUERY %d", c.id))
}

// emit hands a batch over, or gives it up with ctx.
func (r *reader) emit(ctx context.Context, batch arrow.RecordBatch) error {
	if most := r.source.of.Limits.MaxRows; most > 0 {
		if r.total += batch.NumRows(); r.total > most {
			batch.Release()
			return sqlstate.New(sqlstate.ConfigurationLimitExceeded, "domain %s: source %s gives at most %d rows to one statement",
				r.source.of.Domain, r.source.of.Name, most)
		}
	}
	select {
	case r.batches <- batch:
		return nil
	case <-ctx.Done():
		batch.Release()
		return ctx.Err()
	}
}

func (r *reader) Schema() *arrow.Schema          { return r.schema }
func (r *reader) RecordBatch() arrow.RecordBatch { return r.batch }
func (r *reader) Record() arrow.RecordBatch      { return r.batch }
func (r *reader) Err() error                     { return r.err }
func (r *reader) Retain()                        { r.references.Add(1) }

// Next waits for the next batch; the one before is released.
func (r *reader) Next() bool {
	r.drop()
	batch, ok := <-r.batches
	if ok && r.ctx.Err() == nil {
		r.batch = batch
		return true
	}
	if ok {
		batch.Release()
		r.err = r.source.failure(r.ctx, r.ctx.Err())
	} else if r.err == nil {
		r.err = r.failed
	}
	return false
}

func (r *reader) drop() {
	if r.batch != nil {
		r.batch.Release()
		r.batch = nil
	}
}

// Release ends the statement at the source when the last holder lets go. It does not
// wait for the source to confirm; Source.Close does.
func (r *reader) Release() {
	if r.references.Add(-1) != 0 {
		return
	}
	r.finish.Do(func() {
		r.drop()
		r.stop()
		for batch := range r.batches {
			batch.Release()
		}
	})
}

// read sends the statement and takes its rows.
func (d *decoding) read(ctx context.Context, connection *session, text string) error {
	rows, err := connection.query(ctx, text)
	if err != nil {
		return err
	}
	if got := len(rows.Columns()); got != len(d.values) {
		_ = rows.Close()
		return sqlstate.New(sqlstate.InternalError, "mysql: %d columns for %d", got, len(d.values))
	}
	d.begin(firstRows)
	for {
		err := rows.Next(d.values)
		if errors.Is(err, io.EOF) {
			return errors.Join(rows.Close(), d.flush())
		}
		if err == nil {
			err = d.row()
		}
		if err != nil {
			return err // the connection is cut: closing the rows would read them all
		}
	}
}
