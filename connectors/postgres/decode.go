package postgres

import (
	"bytes"
	"encoding/binary"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
)

// signature begins every binary COPY (PostgreSQL manual, COPY, "Binary Format").
var signature = []byte("PGCOPY\n\xff\r\n\x00")

// headerSize is that of the signature, the flags and the length of an extension.
const headerSize = 11 + 4 + 4

// The size of a batch: the first is small, so that the first rows come soon.
const (
	firstRows  = 512
	mostRows   = 64 << 10
	batchBytes = 1 << 20
)

// decoding turns the data of a binary COPY into batches.
type decoding struct {
	schema  *arrow.Schema
	columns []*column // one more than the schema's where that has none: the row still counts
	emit    func(arrow.RecordBatch) error

	begun bool // the header was read
	ended bool // the trailer was read
	rows  int  // in the batch
	limit int  // rows the batch has room for
	most  int  // rows a look-up may give
	size  int  // bytes the batch was decoded from
}

// Write takes one message of the stream. The server sends whole rows (protocol
// documentation, CopyData: "messages sent from the backend will always correspond to
// single data rows").
func (d *decoding) Write(message []byte) (int, error) {
	rest := message
	if !d.begun {
		if len(rest) < headerSize || !bytes.Equal(rest[:len(signature)], signature) {
			return 0, malformed("COPY header")
		}
		extension := int(binary.BigEndian.Uint32(rest[headerSize-4:]))
		if rest = rest[headerSize:]; extension > len(rest) {
			return 0, malformed("COPY header")
		}
		rest = rest[extension:]
		d.begin(firstRows)
		d.begun = true
	}
	for len(rest) > 0 && !d.ended {
		var err error
		if rest, err = d.row(rest); err != nil {
			return 0, err
		}
	}
	return len(message), nil
}

// row decodes one row and gives what follows it.
func (d *decoding) row(from []byte) ([]byte, error) {
	if len(from) < 2 {
		return nil, malformed("row")
	}
	fields, rest := int(int16(binary.BigEndian.Uint16(from))), from[2:]
	if fields == -1 {
		d.ended = true
		return rest, nil
	}
	if fields != len(d.columns) {
		return nil, malformed("row")
	}
	for _, c := range d.columns {
		var err error
		if rest, err = appendField(c.builder, c.decode, rest); err != nil {
			return nil, err
		}
	}
	d.rows++
	d.size += len(from) - len(rest)
	if d.rows >= d.limit || d.size >= batchBytes {
		return rest, d.flush()
	}
	return rest, nil
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
	size, rows := d.size, d.rows
	if err := d.emit(d.take()); err != nil {
		return err
	}
	fit := batchBytes/max(size/rows, 1) + 1
	d.begin(max(min(fit, 4*d.limit, mostRows), 16))
	return nil
}

// take gives the rows gathered so far as a batch, nil for none. What comes next must begin.
func (d *decoding) take() arrow.RecordBatch {
	if d.rows == 0 {
		return nil
	}
	arrays := make([]arrow.Array, len(d.columns))
	for i, c := range d.columns {
		arrays[i] = c.builder.NewArray()
		defer arrays[i].Release()
	}
	return array.NewRecordBatch(d.schema, arrays[:d.schema.NumFields()], int64(d.rows))
}

// drop throws the rows gathered so far away.
func (d *decoding) drop() {
	for _, c := range d.columns {
		c.builder.NewArray().Release()
	}
}

func (d *decoding) release() {
	for _, c := range d.columns {
		c.builder.Release()
	}
}
