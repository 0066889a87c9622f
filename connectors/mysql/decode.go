package mysql

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// The size of a batch: the first is small, so that the first rows come soon.
const (
	firstRows  = 512
	mostRows   = 64 << 10
	batchBytes = 1 << 20
)

// decoding turns rows into batches.
type decoding struct {
	schema  *arrow.Schema
	columns []*column
	emit    func(arrow.RecordBatch) error

	rows  int // in the batch
	limit int // rows the batch has room for
	size  int // bytes the batch holds, about
}

// row decodes a row's packet.
func (d *decoding) row(packet []byte) error {
	d.size += len(packet) + len(d.columns)
	for _, c := range d.columns {
		if startsNull(packet) {
			c.builder.AppendNull()
			packet = packet[1:]
			continue
		}
		value, rest, ok := valueOf(packet)
		if !ok {
			return malformed("row")
		}
		if err := c.decode(value); err != nil {
			return err
		}
		packet = rest
	}
	d.rows++
	if d.rows >= d.limit || d.size >= batchBytes {
		return d.flush()
	}
	return nil
}

// begin makes room for a batch.
func (d *decoding) begin(rows int) {
	d.rows, d.size, d.limit = 0, 0, rows
	for _, c := range d.columns {
		c.builder.Reserve(rows)
	}
}

// flush emits the rows gathered so far. The next batch has room for as many rows of
// this size as its bytes allow, but grows step by step.
func (d *decoding) flush() error {
	if d.rows == 0 {
		return nil
	}
	arrays := make([]arrow.Array, len(d.columns))
	for i, c := range d.columns {
		arrays[i] = c.builder.NewArray()
		defer arrays[i].Release()
	}
	batch := array.NewRecordBatch(d.schema, arrays, int64(d.rows))
	fit := batchBytes/max(d.size/d.rows, 1) + 1
	if err := d.emit(batch); err != nil {
		return err
	}
	d.begin(max(min(fit, 4*d.limit, mostRows), 16))
	return nil
}

func (d *decoding) release() {
	for _, c := range d.columns {
		c.builder.Release()
	}
}
