package pgwire

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/sqlstate"
)

// sampleBatch has a column of each type of the oracle, with every value.
func sampleBatch(t *testing.T) (arrow.RecordBatch, []Column) {
	t.Helper()
	o := connectOracle(t, testservers.Postgres(t).DSN)
	o.set(t, nil)
	var columns []Column
	var fields []arrow.Field
	var arrays []arrow.Array
	for _, of := range oracleTypes() {
		if strings.HasSuffix(of.name, "range") {
			continue // stands as text (decision 0241): its bounds are printed anew by the session's settings
		}
		oid, text := o.query(t, of.selectValues(), textFormat)
		_, binaries := o.query(t, of.selectValues(), binaryFormat)
		for len(text) < 50 {
			text, binaries = append(text, text...), append(binaries, binaries...)
		}
		values := arrowFrom(t, oid, of.name, text[:50], binaries[:50])
		arrays = append(arrays, values)
		columns = append(columns, Column{Name: of.name, TypeOID: uint32(oid)})
		fields = append(fields, arrow.Field{Name: of.name, Type: values.DataType(), Nullable: true})
	}
	return array.NewRecordBatch(arrow.NewSchema(fields, nil), arrays, 50), columns
}

func TestEncodingDoesNotAllocate(t *testing.T) {
	batch, columns := sampleBatch(t)
	format := valueFormat{TextFormat: fakeFormat()}
	format.TimeZone = "America/New_York"
	format.location, _ = datetime.LoadZone(format.TimeZone)
	for _, of := range []int16{textFormat, binaryFormat} {
		encoder, err := newRowEncoder(columns, []int16{of}, format)
		if err != nil {
			t.Fatal(err)
		}
		if err := encoder.bind(batch); err != nil {
			t.Fatal(err)
		}
		buf := make([]byte, 0, 1<<20)
		allocations := testing.AllocsPerRun(20, func() {
			for row := range 50 {
				buf = encoder.append(buf[:0], row)
			}
		})
		if allocations != 0 {
			t.Errorf("format %d: %v allocations for 50 rows of %d columns", of, allocations, len(columns))
		}
	}
}

// A slice of a batch gives the rows of the batch.
func TestSlicedBatch(t *testing.T) {
	t.Parallel()
	batch, columns := sampleBatch(t)
	slice := batch.NewSlice(3, 40)
	format := valueFormat{TextFormat: fakeFormat(), location: time.UTC}
	for _, of := range []int16{textFormat, binaryFormat} {
		whole, _ := newRowEncoder(columns, []int16{of}, format)
		part, err := newRowEncoder(columns, []int16{of}, format)
		if err = errors.Join(err, whole.bind(batch), part.bind(slice)); err != nil {
			t.Fatal(err)
		}
		for row := range 37 {
			if got, want := part.append(nil, row), whole.append(nil, row+3); string(got) != string(want) {
				t.Errorf("row %d: got %q, want %q", row, got, want)
			}
		}
	}
}

func TestBinaryFormatIsRefusedWhereThereIsNone(t *testing.T) {
	t.Parallel()
	for _, oid := range []pgtype.OID{pgtype.Money, pgtype.Record, 600} {
		_, err := newRowEncoder([]Column{{TypeOID: uint32(oid)}}, []int16{binaryFormat}, valueFormat{})
		if e := sqlstate.From(err); err == nil || e.Code != sqlstate.FeatureNotSupported {
			t.Errorf("type %d: %v", oid, err)
		}
	}
}

func TestWrongArrowTypeIsAnError(t *testing.T) {
	t.Parallel()
	b := array.NewInt32Builder(memory.DefaultAllocator)
	b.Append(1)
	values := b.NewArray()
	batch := array.NewRecordBatch(arrow.NewSchema([]arrow.Field{{Name: "v", Type: values.DataType()}}, nil), []arrow.Array{values}, 1)
	for _, oid := range []pgtype.OID{pgtype.Int8, pgtype.Text, pgtype.Numeric, pgtype.Int4Array} {
		encoder, err := newRowEncoder([]Column{{TypeOID: uint32(oid)}}, nil, valueFormat{})
		if err != nil {
			t.Fatal(err)
		}
		if e := sqlstate.From(encoder.bind(batch)); e == nil || e.Code != sqlstate.InternalError {
			t.Errorf("type %d: %v", oid, e)
		}
	}
}

// The text of a reg* value is the session's to know.
func TestOIDNames(t *testing.T) {
	t.Parallel()
	b := array.NewUint32Builder(memory.DefaultAllocator)
	b.AppendValues([]uint32{0, 1259}, nil)
	values := b.NewUint32Array()
	for _, c := range []struct {
		names OIDNames
		want  string
	}{{nil, "- 1259"}, {fakeNames{}, "- pg_class"}} {
		appendName := valueFormat{names: c.names}.oidNameText(pgtype.Regclass)
		got := string(appendName(append(appendName(nil, values, 0), ' '), values, 1))
		if got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

type fakeNames struct{}

func (fakeNames) OIDName(_, _ uint32) string { return "pg_class" }

func BenchmarkEncodeText(b *testing.B) {
	integers, texts := array.NewInt64Builder(memory.DefaultAllocator), array.NewStringBuilder(memory.DefaultAllocator)
	stamps := array.NewTimestampBuilder(memory.DefaultAllocator, &arrow.TimestampType{Unit: arrow.Microsecond})
	for i := range 1000 {
		integers.Append(int64(i) * 7919)
		texts.Append("some text of usual length")
		stamps.Append(arrow.Timestamp(i) * 1e12)
	}
	arrays := []arrow.Array{integers.NewArray(), texts.NewArray(), stamps.NewArray()}
	fields := []arrow.Field{{Name: "i", Type: arrays[0].DataType()}, {Name: "t", Type: arrays[1].DataType()}, {Name: "s", Type: arrays[2].DataType()}}
	batch := array.NewRecordBatch(arrow.NewSchema(fields, nil), arrays, 1000)
	encoder, err := newRowEncoder([]Column{{TypeOID: 20}, {TypeOID: 25}, {TypeOID: 1114}}, nil, valueFormat{TextFormat: fakeFormat()})
	if err != nil {
		b.Fatal(err)
	}
	if err := encoder.bind(batch); err != nil {
		b.Fatal(err)
	}
	buf := make([]byte, 0, 1<<20)
	b.ReportAllocs()
	for b.Loop() {
		buf = buf[:0]
		for row := range 1000 {
			buf = encoder.append(buf, row)
		}
	}
}
