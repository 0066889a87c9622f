package duckdb

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Text gives the statement a read runs, with paths as the contracts have them.
func (s *Source) Text(r *plan.Remote) (string, error) {
	e, err := s.running()
	if err != nil {
		return "", err
	}
	tables := s.newReading(context.Background(), e)
	tables.shown = true
	return tables.write(r)
}

// Read runs r in the source's engine.
func (s *Source) Read(ctx context.Context, r *plan.Remote) (array.RecordReader, error) {
	leave, err := s.admit(ctx)
	if err != nil {
		return nil, err
	}
	reader, err := s.read(ctx, r, leave)
	if err != nil {
		leave()
		return nil, s.failure(ctx, err)
	}
	return reader, nil
}

func (s *Source) read(ctx context.Context, r *plan.Remote, leave func()) (array.RecordReader, error) {
	e, err := s.running()
	if err != nil {
		return nil, err
	}
	ctx, cancel := s.withTimeout(ctx)
	tables := s.newReading(ctx, e)
	rows, err := func() (array.RecordReader, error) {
		text, err := tables.write(r)
		if err != nil {
			return nil, err
		}
		return e.Query(ctx, text, nil)
	}()
	if err != nil {
		err = s.failure(ctx, err)
		tables.end()
		cancel()
		return nil, err
	}
	one := &reader{RecordReader: rows, source: s, ctx: ctx, note: tables.note(), end: func() { tables.end(); cancel(); leave() }}
	one.references.Store(1)
	if err := one.check(r.Columns()); err != nil {
		rows.Release()
		tables.end()
		cancel()
		return nil, err
	}
	return one, nil
}

func (s *Source) withTimeout(ctx context.Context) (context.Context, context.CancelFunc) {
	limit := s.of.Limits.StatementTimeout
	if limit <= 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, limit, sqlstate.New(sqlstate.QueryCanceled,
		"domain %s: source %s ended the statement, which ran longer than its limit of %s", s.of.Domain, s.of.Name, limit))
}

var (
	_ array.RecordReader = (*reader)(nil)
	_ connectors.Noted   = (*reader)(nil)
)

// reader is an engine's reader within the limits of the source.
type reader struct {
	array.RecordReader
	source     *Source
	ctx        context.Context
	note       note
	end        func()
	finish     sync.Once
	empty      *arrow.Schema // of a plan without columns
	batch      arrow.RecordBatch
	rows       int64
	err        error
	references atomic.Int64
}

// check compares the fields with the plan's types: a value is never taken for another.
// A plan without columns is one column that nobody looks at.
func (r *reader) check(columns []plan.Column) error {
	fields := r.RecordReader.Schema().Fields()
	if len(columns) == 0 && len(fields) == 1 {
		r.empty = arrow.NewSchema(nil, nil)
		return nil
	}
	if len(fields) != len(columns) {
		return sqlstate.New(sqlstate.InternalError, "source %s: %d columns for %d", r.source.of.ID(), len(fields), len(columns))
	}
	for i, c := range columns {
		if want := pgtype.Arrow(c.Type); !arrow.TypeEqual(fields[i].Type, want) {
			return sqlstate.New(sqlstate.InternalError, "source %s: column %d is %s, not %s", r.source.of.ID(), i, fields[i].Type, want)
		}
	}
	return nil
}

// Note tells what is read from memory.
func (r *reader) Note() (by []optimization.Name, said string) { return r.note.by, r.note.said }

func (r *reader) Schema() *arrow.Schema {
	if r.empty != nil {
		return r.empty
	}
	return r.RecordReader.Schema()
}

// Next reads the next batch and counts it.
func (r *reader) Next() bool {
	if r.batch != nil {
		r.batch.Release()
		r.batch = nil
	}
	if r.err != nil || !r.RecordReader.Next() {
		if r.err == nil {
			r.err = r.source.failure(r.ctx, r.RecordReader.Err())
		}
		return false
	}
	inner := r.RecordReader.RecordBatch()
	if most := r.source.of.Limits.MaxRows; most > 0 && r.rows+inner.NumRows() > most {
		r.err = sqlstate.New(sqlstate.ConfigurationLimitExceeded, "domain %s: source %s gives at most %d rows to one statement",
			r.source.of.Domain, r.source.of.Name, most)
		return false
	}
	r.rows += inner.NumRows()
	if r.empty != nil {
		r.batch = array.NewRecordBatch(r.empty, nil, inner.NumRows())
	} else {
		inner.Retain()
		r.batch = inner
	}
	return true
}

func (r *reader) RecordBatch() arrow.RecordBatch { return r.batch }
func (r *reader) Record() arrow.RecordBatch      { return r.batch }
func (r *reader) Err() error                     { return r.err }
func (r *reader) Retain()                        { r.references.Add(1) }

// Release ends the statement when the last holder lets go.
func (r *reader) Release() {
	if r.references.Add(-1) != 0 {
		return
	}
	r.finish.Do(func() {
		if r.batch != nil {
			r.batch.Release()
			r.batch = nil
		}
		r.RecordReader.Release()
		r.end()
	})
}
