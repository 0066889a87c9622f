package gateway

import (
	"context"
	"fmt"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/pgwire"
)

// done is the result of a statement without rows: its command tag.
type done string

func (d done) Next(context.Context) (arrow.RecordBatch, error) { return nil, nil }
func (d done) Tag(int64) string                                { return string(d) }
func (d done) Close()                                          {}

// textRows is a small result made here, every column text.
type textRows struct {
	tag   string
	batch arrow.RecordBatch
}

func textColumn(name string) pgwire.Column {
	return pgwire.Column{Name: name, TypeOID: uint32(pgtype.Text), TypeMod: -1, TypeSize: -1}
}

// newTextRows gives rows as a result with a fixed command tag.
func newTextRows(tag string, rows [][]string) pgwire.Rows {
	if len(rows) == 0 {
		return done(tag)
	}
	fields := make([]arrow.Field, len(rows[0]))
	columns := make([]arrow.Array, len(rows[0]))
	for c := range fields {
		b := array.NewStringBuilder(memory.DefaultAllocator)
		for _, r := range rows {
			b.Append(r[c])
		}
		fields[c] = arrow.Field{Name: fmt.Sprintf("c%d", c), Type: arrow.BinaryTypes.String}
		columns[c] = b.NewArray()
		b.Release()
	}
	batch := array.NewRecordBatch(arrow.NewSchema(fields, nil), columns, int64(len(rows)))
	for _, c := range columns {
		c.Release()
	}
	return &textRows{tag: tag, batch: batch}
}

// Next gives the one batch, then the end.
func (r *textRows) Next(context.Context) (arrow.RecordBatch, error) {
	b := r.batch
	r.batch = nil
	return b, nil
}

func (r *textRows) Tag(int64) string { return r.tag }

func (r *textRows) Close() {
	if r.batch != nil {
		r.batch.Release()
	}
}
