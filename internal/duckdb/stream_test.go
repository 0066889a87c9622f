package duckdb

import (
	"context"
	"errors"
	"fmt"
	"math"
	"sync/atomic"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/sqlstate"
)

// source is a reader made of a function; it counts what happens to it.
type source struct {
	schema   *arrow.Schema
	next     func(i int) (arrow.RecordBatch, error)
	i        int
	batch    arrow.RecordBatch
	err      error
	released atomic.Int64
}

func (s *source) Schema() *arrow.Schema          { return s.schema }
func (s *source) RecordBatch() arrow.RecordBatch { return s.batch }
func (s *source) Record() arrow.RecordBatch      { return s.batch }
func (s *source) Err() error                     { return s.err }
func (s *source) Retain()                        {}

func (s *source) Next() bool {
	if s.batch != nil {
		s.batch.Release()
	}
	s.batch, s.err = s.next(s.i)
	s.i++
	return s.batch != nil
}

func (s *source) Release() {
	s.released.Add(1)
	if s.batch != nil {
		s.batch.Release()
		s.batch = nil
	}
}

var numbers = arrow.NewSchema([]arrow.Field{
	{Name: "i", Type: arrow.PrimitiveTypes.Int64, Nullable: true},
	{Name: "d", Type: &arrow.Decimal128Type{Precision: 15, Scale: 2}, Nullable: true},
	{Name: "s", Type: arrow.BinaryTypes.String, Nullable: true},
}, nil)

// numberBatch has n rows from first on: i, i/100, 'row i % 10'.
func numberBatch(mem memory.Allocator, first, n int) arrow.RecordBatch {
	b := array.NewRecordBuilder(mem, numbers)
	defer b.Release()
	for i := first; i < first+n; i++ {
		b.Field(0).(*array.Int64Builder).Append(int64(i))
		b.Field(1).(*array.Decimal128Builder).Append(decimal128.FromI64(int64(i)))
		b.Field(2).(*array.StringBuilder).Append(fmt.Sprintf("a row whose text is long %d", i%10))
	}
	return b.NewRecordBatch()
}

func numberStream(mem memory.Allocator, batches, size int) *source {
	return &source{schema: numbers, next: func(i int) (arrow.RecordBatch, error) {
		if i == batches {
			return nil, nil
		}
		return numberBatch(mem, i*size, size), nil
	}}
}

func one(r array.RecordReader) map[string]Stream { return map[string]Stream{"n": {Reader: r}} }

func TestStreamsAreRead(t *testing.T) {
	t.Parallel()
	allocators := map[string]memory.Allocator{"go": memory.NewGoAllocator(), "malloc": Allocator()}
	for name, base := range allocators {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mem := memory.NewCheckedAllocator(base)
			defer mem.AssertSize(t, 0)
			e := open(t, Options{Threads: 4})
			for _, c := range []struct{ sql, want string }{
				{"SELECT count(*) FROM sluice_stream('n')", "50000"},
				{"SELECT sum(i)::BIGINT FROM sluice_stream('n')", "1249975000"},
				{"SELECT sum(i)::BIGINT FROM sluice_stream('n') WHERE i < 5", "10"},
				{"SELECT max(s) FROM sluice_stream('n')", "a row whose text is long 9"},
				{"SELECT sum(d)::VARCHAR, min(s), count(DISTINCT s) FROM sluice_stream('n') WHERE s <> 'a row whose text is long 0'", "11250000.00|a row whose text is long 1|9"},
				{"SELECT s, i FROM sluice_stream('n') WHERE d = 499.99", "a row whose text is long 9|49999"},
				{"SELECT d::VARCHAR FROM (SELECT d, s FROM sluice_stream('n') ORDER BY i DESC LIMIT 1)", "499.99"},
				{"SELECT s, s, d::VARCHAR FROM sluice_stream('n') LIMIT 1", "a row whose text is long 0|a row whose text is long 0|0.00"},
				{"WITH x AS MATERIALIZED (FROM sluice_stream('n')) SELECT count(*) FROM x a JOIN x b USING (i)", "50000"},
				{"WITH x AS (FROM sluice_stream('n')) SELECT count(*) FROM x a JOIN x b USING (i)", "50000"},
			} {
				s := numberStream(mem, 7, 5000)
				s.next = concat(s.next, 7, numberStream(mem, 1, 0).next, func(i int) (arrow.RecordBatch, error) {
					if i == 3 {
						return nil, nil
					}
					return numberBatch(mem, 35000+i*5000, 5000), nil
				})
				wantRows(t, e, c.sql, one(s), c.want)
				if n := s.released.Load(); n != 1 {
					t.Errorf("%s: released %d times", c.sql, n)
				}
			}
		})
	}
}

// concat gives n results of first, then one of second, then those of third.
func concat(first func(int) (arrow.RecordBatch, error), n int, second, third func(int) (arrow.RecordBatch, error)) func(int) (arrow.RecordBatch, error) {
	return func(i int) (arrow.RecordBatch, error) {
		switch {
		case i < n:
			return first(i)
		case i == n:
			return second(0)
		default:
			return third(i - n - 1)
		}
	}
}

// Shapes whose plans DuckDB might build with a second scan.
func TestOptimizerScansStreamsOnce(t *testing.T) {
	t.Parallel()
	e := open(t, Options{})
	for sql, want := range map[string]string{
		"SELECT max(n) FROM (SELECT count(*) OVER (PARTITION BY s) AS n FROM sluice_stream('n'))":                                                                                           "4000",
		"SELECT sum(n)::BIGINT FROM (SELECT sum(i) OVER (PARTITION BY s) AS n, max(d) OVER (PARTITION BY s) FROM sluice_stream('n'))":                                                       "3199920000000",
		"SELECT count(DISTINCT s), count(DISTINCT i), sum(i)::BIGINT FROM sluice_stream('n')":                                                                                               "10|40000|799980000",
		"SELECT count(*) FROM (SELECT s, sum(i) FROM sluice_stream('n') GROUP BY GROUPING SETS ((s), (), (s, i)))":                                                                          "40011",
		"SELECT sum(i)::BIGINT FROM (SELECT * FROM sluice_stream('n') ORDER BY i DESC LIMIT 10)":                                                                                            "399945",
		"WITH x AS (FROM sluice_stream('n')) SELECT count(*) FROM x WHERE i = (SELECT max(i) FROM x)":                                                                                       "1",
		"WITH x AS (FROM sluice_stream('n')) SELECT count(*) FROM x WHERE i IN (SELECT i + 1 FROM x) AND NOT EXISTS (FROM x y WHERE y.i = x.i * 2)":                                         "20000",
		"WITH x AS (FROM sluice_stream('n')) SELECT count(*) FROM (FROM x UNION ALL FROM x)":                                                                                                "80000",
		"SELECT count(*) FROM sluice_stream('n') x, LATERAL (SELECT x.i * 2 AS j WHERE x.i < 10)":                                                                                           "10",
		"SELECT count(*) FROM (SELECT DISTINCT ON (s) * FROM sluice_stream('n') ORDER BY s, i DESC)":                                                                                        "10",
		"WITH RECURSIVE x AS MATERIALIZED (FROM sluice_stream('n')), r(i) AS (SELECT min(i) FROM x UNION ALL SELECT x.i FROM r JOIN x ON x.i = r.i + 1 AND x.i < 5) SELECT count(*) FROM r": "5",
		"SELECT quantile_cont(i, 0.5), mode(s) IS NOT NULL, list(i ORDER BY i)[1] FROM sluice_stream('n')":                                                                                  "19999.5|true|0",
	} {
		wantRows(t, e, sql, one(numberStream(Allocator(), 8, 5000)), want)
	}
}

func TestOneStreamCannotBeScannedTwice(t *testing.T) {
	t.Parallel()
	e := open(t, Options{})
	_, err := rows(t, e, "SELECT count(*) FROM sluice_stream('n') a, sluice_stream('n') b", one(numberStream(memory.DefaultAllocator, 2, 10)))
	if sqlstate.From(err).Message != "duckdb: a stream is scanned twice" {
		t.Errorf("got %v", err)
	}
}

func TestAStreamBelongsToItsStatement(t *testing.T) {
	t.Parallel()
	e := open(t, Options{})
	r, err := e.Query(context.Background(), "SELECT * FROM sluice_stream('n')", one(numberStream(memory.DefaultAllocator, 100, 5000)))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	wantError(t, e, "SELECT * FROM sluice_stream('n')", "XX000", `duckdb: no stream "n" in this statement`)
}

func TestStreamErrorIsTheStatementsError(t *testing.T) {
	t.Parallel()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	e := open(t, Options{})
	own := sqlstate.New(sqlstate.UnableToConnect, "domain sales: gone")
	for _, next := range []func(i int) (arrow.RecordBatch, error){
		func(i int) (arrow.RecordBatch, error) {
			if i == 2 {
				return nil, own
			}
			return numberBatch(mem, i*100, 100), nil
		},
		func(int) (arrow.RecordBatch, error) { return nil, own },
	} {
		s := &source{schema: numbers, next: next}
		for _, sql := range []string{"SELECT sum(d) FROM sluice_stream('n')", "SELECT * FROM sluice_stream('n')"} {
			s.i, s.err = 0, nil
			_, err := rows(t, e, sql, one(s))
			if !errors.Is(err, own) {
				t.Errorf("%s: got %v", sql, err)
			}
		}
	}
	s := &source{schema: numbers, next: func(int) (arrow.RecordBatch, error) { panic("oh") }}
	if _, err := rows(t, e, "SELECT * FROM sluice_stream('n')", one(s)); sqlstate.From(err).Code != sqlstate.InternalError {
		t.Errorf("got %v", err)
	}
}

func TestBatchesOfOtherTypesAreRefused(t *testing.T) {
	t.Parallel()
	e := open(t, Options{})
	s := numberStream(memory.DefaultAllocator, 1, 10)
	s.schema = arrow.NewSchema([]arrow.Field{{Name: "i", Type: arrow.BinaryTypes.String}, numbers.Field(1), numbers.Field(2)}, nil)
	if _, err := rows(t, e, "SELECT i FROM sluice_stream('n')", one(s)); err == nil {
		t.Error("no error")
	}
}

// A producer that would never end is stopped by LIMIT, by an error elsewhere, by
// Release and by the context; a blocked one through Cancel.
func TestEarlyEndStopsTheProducer(t *testing.T) {
	t.Parallel()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	e := open(t, Options{})
	endless := func() *source {
		return &source{schema: numbers, next: func(i int) (arrow.RecordBatch, error) { return numberBatch(mem, i*1000, 1000), nil }}
	}
	s := endless()
	wantRows(t, e, "SELECT i FROM sluice_stream('n') LIMIT 1 OFFSET 5000", one(s), "5000")
	if s.released.Load() != 1 {
		t.Error("not released after LIMIT")
	}
	s = endless()
	if _, err := rows(t, e, "SELECT i, error('x') FROM sluice_stream('n')", one(s)); err == nil || s.released.Load() != 1 {
		t.Error("not released after an error", err)
	}
	s = endless()
	r, err := e.Query(context.Background(), "SELECT i FROM sluice_stream('n')", one(s))
	if err != nil {
		t.Fatal(err)
	}
	r.Next()
	r.Release()
	if s.released.Load() != 1 {
		t.Error("not released after Release")
	}
	s = endless()
	if _, err := e.Query(context.Background(), "SELECT nothing FROM nowhere", one(s)); err == nil || s.released.Load() != 1 {
		t.Error("not released after a failed start")
	}
	testBlocked(t, e)
}

func testBlocked(t *testing.T, e *Engine) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Millisecond)
	defer cancel()
	producer, stop := context.WithCancel(context.Background())
	defer stop()
	s := &source{schema: numbers, next: func(int) (arrow.RecordBatch, error) {
		<-producer.Done()
		return nil, producer.Err()
	}}
	_, err := e.Query(ctx, "SELECT sum(i) FROM sluice_stream('n')", map[string]Stream{"n": {Reader: s, Cancel: stop}})
	if got := sqlstate.From(err); got.Code != sqlstate.QueryCanceled || got.Message != "canceling statement due to statement timeout" || s.released.Load() != 1 {
		t.Errorf("got %v, released %d", err, s.released.Load())
	}
}

// Every type of catalog/pgtype's table goes in and comes out as it was.
func TestTypesRoundTrip(t *testing.T) {
	t.Parallel()
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	e := open(t, Options{})
	batch := everyType(mem)
	defer batch.Release()
	batch.Retain()
	s := &source{schema: batch.Schema(), next: func(i int) (arrow.RecordBatch, error) {
		if i > 0 {
			return nil, nil
		}
		return batch, nil
	}}
	r, err := e.Query(context.Background(), "SELECT * FROM sluice_stream('n')", one(s))
	if err != nil {
		t.Fatal(err, errors.Unwrap(err))
	}
	defer r.Release()
	if !r.Next() {
		t.Fatal(r.Err())
	}
	got := r.RecordBatch()
	for i, field := range batch.Schema().Fields() {
		if !arrow.TypeEqual(field.Type, got.Column(i).DataType()) {
			t.Errorf("column %d: %s became %s", i, field.Type, got.Column(i).DataType())
		} else if !array.Equal(batch.Column(i), got.Column(i)) {
			t.Errorf("%s: got %v\nwant %v", field.Type, got.Column(i), batch.Column(i))
		}
	}
}

func everyType(mem memory.Allocator) arrow.RecordBatch {
	utc := &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	types := []arrow.DataType{
		arrow.FixedWidthTypes.Boolean, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64,
		arrow.PrimitiveTypes.Uint32, arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64,
		&arrow.Decimal128Type{Precision: 4, Scale: 2}, &arrow.Decimal128Type{Precision: 9, Scale: 0}, &arrow.Decimal128Type{Precision: 18, Scale: 3},
		&arrow.Decimal128Type{Precision: 38, Scale: 10}, arrow.BinaryTypes.String, arrow.BinaryTypes.Binary, arrow.FixedWidthTypes.Date32,
		arrow.FixedWidthTypes.Time64us, &arrow.TimestampType{Unit: arrow.Microsecond}, utc, arrow.FixedWidthTypes.MonthDayNanoInterval,
		arrow.ListOf(arrow.PrimitiveTypes.Int32), arrow.ListOf(arrow.BinaryTypes.String), arrow.ListOf(utc),
	}
	fields := make([]arrow.Field, len(types))
	for i, t := range types {
		fields[i] = arrow.Field{Name: fmt.Sprint("c", i), Type: t, Nullable: true}
	}
	b := array.NewRecordBuilder(mem, arrow.NewSchema(fields, nil))
	defer b.Release()
	for row := range 40 {
		for i := range fields {
			appendSample(b.Field(i), row)
		}
	}
	return b.NewRecordBatch()
}

// appendSample appends the row'th sample of a type; extremes first, NULL among them.
func appendSample(b array.Builder, row int) {
	pick := []int64{0, math.MaxInt64, math.MinInt64 + 1, 1, -1}[row%5]
	if row%7 == 3 {
		b.AppendNull()
		return
	}
	switch b := b.(type) {
	case *array.BooleanBuilder:
		b.Append(row%2 == 0)
	case *array.Int16Builder:
		b.Append(int16(pick))
	case *array.Int32Builder:
		b.Append(int32(pick))
	case *array.Int64Builder:
		b.Append(pick)
	case *array.Uint32Builder:
		b.Append(uint32(pick))
	case *array.Float32Builder:
		b.Append([]float32{0, float32(math.Inf(1)), float32(math.Inf(-1)), 1.5, math.MaxFloat32}[row%5])
	case *array.Float64Builder:
		b.Append([]float64{0, math.Inf(1), math.Inf(-1), 1.5, math.MaxFloat64}[row%5])
	case *array.Decimal128Builder:
		b.Append(decimal128.FromI64(pick % 10000))
	case *array.StringBuilder:
		b.Append([]string{"", "short", "a text of more than twelve bytes", "ünïcödé ☃", "\x01"}[row%5])
	case *array.BinaryBuilder:
		b.Append([]byte([]string{"", "\x00\xff", "\xfe bytes of more than twelve \x00", "x", "\x01"}[row%5]))
	case *array.Date32Builder:
		b.Append([]arrow.Date32{0, math.MaxInt32, -math.MaxInt32, 20000, -2000000}[row%5])
	case *array.Time64Builder:
		b.Append([]arrow.Time64{0, 86400000000, 86399999999, 1, 43200000000}[row%5])
	case *array.TimestampBuilder:
		b.Append([]arrow.Timestamp{0, math.MaxInt64, -math.MaxInt64, 1700000000123456, -210866803200000000}[row%5])
	case *array.MonthDayNanoIntervalBuilder:
		b.Append([]arrow.MonthDayNanoInterval{{}, {Months: 14, Days: -3, Nanoseconds: 1000}, {Months: -1}, {Days: 400}, {Nanoseconds: -86400000000000}}[row%5])
	case *array.ListBuilder:
		b.Append(true)
		for i := range row % 4 {
			appendSample(b.ValueBuilder(), row+i)
		}
	default:
		panic(fmt.Sprintf("no sample for %T", b))
	}
}

func BenchmarkStreamAggregate(b *testing.B) {
	e := open(b, Options{})
	const size, batches = 60000, 100
	batch := numberBatch(Allocator(), 0, size)
	defer batch.Release()
	for b.Loop() {
		s := &source{schema: numbers, next: func(i int) (arrow.RecordBatch, error) {
			if i == batches {
				return nil, nil
			}
			batch.Retain()
			return batch, nil
		}}
		if _, err := rows(b, e, "SELECT s, sum(i), sum(d) FROM sluice_stream('n') GROUP BY s", one(s)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*size*batches)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}

func BenchmarkArrowOut(b *testing.B) {
	e := open(b, Options{})
	total := int64(0)
	for b.Loop() {
		r, err := e.Query(context.Background(), "SELECT i, (i / 100)::DECIMAL(15,2) AS d, 'some text of row ' || (i % 10) AS s FROM range(1000000) t(i)", nil)
		if err != nil {
			b.Fatal(err)
		}
		for r.Next() {
			total += r.RecordBatch().NumRows()
		}
		if r.Err() != nil {
			b.Fatal(r.Err())
		}
		r.Release()
	}
	b.ReportMetric(float64(total)/b.Elapsed().Seconds()/1e6, "Mrows/s")
}
