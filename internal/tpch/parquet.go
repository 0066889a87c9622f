package tpch

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/decimal128"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// rowGroup is the rows of one row group: few enough that also a small table has several.
const rowGroup = 2_500

// WriteParquet writes the tables named (none: all eight) as dir/<table>.parquet. Parquet
// has no char(n): fixed-length text is written without its padding.
func (d Dataset) WriteParquet(ctx context.Context, dir string, tables ...string) error {
	chosen, err := d.named(tables)
	if err != nil {
		return err
	}
	return eachTable(ctx, chosen, func(ctx context.Context, table Table) error {
		return d.writeParquet(ctx, filepath.Join(dir, table.Name+".parquet"), table)
	})
}

func (d Dataset) writeParquet(ctx context.Context, path string, table Table) (err error) {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	properties := parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Snappy), parquet.WithStats(true))
	schema := table.arrowSchema()
	writer, err := pqarrow.NewFileWriter(schema, file, properties, pqarrow.DefaultWriterProps())
	if err != nil {
		file.Close()
		return err
	}
	// Closing the writer closes the file.
	defer func() {
		if closeErr := writer.Close(); err == nil {
			err = closeErr
		}
	}()
	builder := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	defer builder.Release()
	return d.writeRowGroups(ctx, writer, builder, table)
}

func (d Dataset) writeRowGroups(ctx context.Context, writer *pqarrow.FileWriter, builder *array.RecordBuilder, table Table) error {
	flush := func() error {
		batch := builder.NewRecordBatch()
		defer batch.Release()
		return writer.Write(batch)
	}
	size, count := d.groupSize(), int64(0)
	for row := range d.Rows(table.Name) {
		for i, value := range row {
			value.appendTo(builder.Field(i), table.Columns[i].Kind)
		}
		if count++; count%size != 0 {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := flush(); err != nil {
			return err
		}
	}
	if count%size == 0 {
		return nil
	}
	return flush()
}

// groupSize grows with the scale, up to what readers like (DuckDB's own is 122,880).
func (d Dataset) groupSize() int64 {
	return min(max(int64(rowGroup*d.Scale*100), 1_000), 122_880)
}

func (t Table) arrowSchema() *arrow.Schema {
	var fields []arrow.Field
	for _, column := range t.Columns {
		fields = append(fields, arrow.Field{Name: column.Name, Type: column.Kind.arrowType()})
	}
	return arrow.NewSchema(fields, nil)
}

func (k Kind) arrowType() arrow.DataType {
	switch k {
	case Integer:
		return arrow.PrimitiveTypes.Int32
	case Decimal:
		return &arrow.Decimal128Type{Precision: 15, Scale: 2}
	case Date:
		return arrow.FixedWidthTypes.Date32
	case Fixed, Varying:
		return arrow.BinaryTypes.String
	default:
		panic(fmt.Sprintf("tpch: unhandled kind %d", k))
	}
}

func (v Value) appendTo(column array.Builder, kind Kind) {
	switch column := column.(type) {
	case *array.Int32Builder:
		column.Append(int32(v.Number))
	case *array.Decimal128Builder:
		column.Append(decimal128.FromI64(v.Number))
	case *array.Date32Builder:
		column.Append(arrow.Date32(v.Number))
	case *array.StringBuilder:
		column.Append(v.Text)
	default:
		panic(fmt.Sprintf("tpch: unhandled builder %T for kind %d", column, kind))
	}
}
