package duckdb

import (
	"context"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/internal/batches"
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
	one := &reader{inner: rows, source: s, ctx: ctx, note: tables.note()}
	one.Finish = func() { rows.Release(); tables.end(); cancel(); leave() }
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
	batches.Reader
	inner  array.RecordReader
	source *Source
	ctx    context.Context
	note   note
	empty  *arrow.Schema // of a plan without columns
	rows   int64
	err    error
}

// check compares the fields with the plan's types: a value is never taken for another.
// A plan without columns is one column that nobody looks at.
func (r *reader) check(columns []plan.Column) error {
	fields := r.inner.Schema().Fields()
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
	return r.inner.Schema()
}

// Next reads the next batch and counts it.
func (r *reader) Next() bool {
	r.Stand(nil)
	if r.err != nil || !r.inner.Next() {
		if r.err == nil {
			r.err = r.source.failure(r.ctx, r.inner.Err())
		}
		return false
	}
	inner := r.inner.RecordBatch()
	if most := r.source.of.Limits.MaxRows; most > 0 && r.rows+inner.NumRows() > most {
		r.err = sqlstate.New(sqlstate.ConfigurationLimitExceeded, "domain %s: source %s gives at most %d rows to one statement",
			r.source.of.Domain, r.source.of.Name, most)
		return false
	}
	r.rows += inner.NumRows()
	if r.empty != nil {
		return r.Stand(array.NewRecordBatch(r.empty, nil, inner.NumRows()))
	}
	inner.Retain()
	return r.Stand(inner)
}

func (r *reader) Err() error { return r.err }
