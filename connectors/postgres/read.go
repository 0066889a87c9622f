package postgres

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Read runs r. When it returns, the source has parsed the statement and begins to run it.
func (s *Source) Read(ctx context.Context, r *plan.Remote) (array.RecordReader, error) {
	connection, err := s.acquire(ctx) // first: the text depends on what the server is
	if err != nil {
		return nil, err
	}
	if one, read, err := s.lookUp(ctx, connection, r); read || err != nil {
		connection.Release()
		return one, err
	}
	if connection.Conn().IsClosed() { // the look-up turned out to be none
		connection.Release()
		if connection, err = s.acquire(ctx); err != nil {
			return nil, err
		}
	}
	text, scans, err := s.write(r)
	if err == nil {
		err = s.check(ctx, connection.Conn().PgConn(), scans)
	}
	if err != nil {
		connection.Release()
		return nil, err
	}
	return s.copyOut(ctx, connection, text, r.Columns())
}

// copyOut runs a statement. The connection is given back when it has ended.
func (s *Source) copyOut(ctx context.Context, connection *pgxpool.Conn, text string, columns []plan.Column) (array.RecordReader, error) {
	statement, err := s.prepare(ctx, connection.Conn().PgConn(), text, columns)
	var d *decoding
	if err == nil {
		d, err = s.decoding(connection, columns, statement.wire)
	}
	if err != nil {
		connection.Release()
		return nil, err
	}
	read := &reader{source: s, schema: d.schema, ctx: ctx, batches: make(chan arrow.RecordBatch, 1), done: make(chan struct{})}
	read.references.Store(1)
	running, stop := context.WithCancel(ctx)
	unlink := context.AfterFunc(s.ending, stop)
	read.stop = func() { unlink(); stop() }
	s.running.Add(1)
	go read.run(running, connection, d, statement.text)
	return read, nil
}

// decoding makes the columns of an answer.
func (s *Source) decoding(connection *pgxpool.Conn, columns []plan.Column, wire []pgtype.Type) (*decoding, error) {
	checkText := connection.Conn().PgConn().ParameterStatus("server_encoding") == "SQL_ASCII" // then nothing was checked there
	d := &decoding{}
	fields := make([]arrow.Field, len(columns))
	for i, c := range columns {
		built, ok := newColumn(s.allocator, c.Type, wire[i], checkText)
		if !ok {
			d.release()
			return nil, sqlstate.New(sqlstate.InternalError, "source %s: no decoder for column %d", s.of.ID(), i)
		}
		d.columns = append(d.columns, built)
		fields[i] = arrow.Field{Name: "c" + strconv.Itoa(int(c.ID)), Type: pgtype.Arrow(c.Type), Nullable: !c.NotNull}
	}
	d.schema = arrow.NewSchema(fields, nil)
	if len(columns) == 0 {
		ignored := array.NewNullBuilder(s.allocator)
		d.columns = []*column{{builder: ignored, decode: func([]byte) error { ignored.AppendNull(); return nil }}}
	}
	return d, nil
}

var _ array.RecordReader = (*reader)(nil)

// reader gives the batches of one COPY. One goroutine reads the connection and decodes,
// one batch ahead of whoever takes them; when nobody takes them it stops reading, and
// so the server stops sending.
type reader struct {
	source  *Source
	schema  *arrow.Schema
	ctx     context.Context
	batches chan arrow.RecordBatch
	done    chan struct{} // the connection is given back
	stop    context.CancelFunc

	failed error // of run, read after batches is closed
	total  int64

	batch      arrow.RecordBatch
	err        error
	references atomic.Int64
	finish     sync.Once
}

// run copies until the end, an error or the end of ctx. On the latter two the driver
// sends a cancel request and closes the connection.
func (r *reader) run(ctx context.Context, connection *pgxpool.Conn, d *decoding, text string) {
	defer r.source.running.Done()
	defer close(r.done)
	d.emit = func(batch arrow.RecordBatch) error { return r.emit(ctx, batch) }
	c := connection.Conn().PgConn()
	_, err := c.CopyTo(ctx, d, "COPY ("+text+") TO STDOUT (FORMAT binary)")
	if err == nil && !d.ended {
		err = malformed("COPY without an end")
	}
	if err == nil {
		err = d.flush()
	}
	if err != nil {
		r.failed = r.source.failure(r.ctx, err)
	}
	close(r.batches)
	d.release()
	if c.IsClosed() {
		<-c.CleanupDone()
	}
	connection.Release()
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
