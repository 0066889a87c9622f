package pgwire

import (
	"encoding/binary"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/sqlstate"
)

// valueEncoder writes the values of one column. It is chosen once per result,
// bound once per batch, and appends without allocating.
type valueEncoder interface {
	bind(values arrow.Array) error
	append(buf []byte, row int) []byte // row is not NULL
}

// rowEncoder writes DataRow bodies.
type rowEncoder struct {
	columns []columnEncoder
	charset *translation
}

type columnEncoder struct {
	encoder valueEncoder
	nulls   arrow.Array // nil: no NULL in this batch
}

// newRowEncoder chooses the encoders. Columns without the wanted binary form are
// refused here, before any row.
func newRowEncoder(columns []Column, formats []int16, f valueFormat) (*rowEncoder, error) {
	e := &rowEncoder{columns: make([]columnEncoder, len(columns)), charset: f.charset}
	for i, column := range columns {
		encoder, err := newValueEncoder(column.held(), formatOf(formats, i), f)
		if err != nil {
			return nil, err
		}
		if formatOf(formats, i) == textFormat {
			encoder = f.charset.translated(encoder)
		}
		e.columns[i].encoder = encoder
	}
	return e, nil
}

// bind sets the batch to write rows of.
func (e *rowEncoder) bind(batch arrow.RecordBatch) error {
	if int(batch.NumCols()) != len(e.columns) {
		return sqlstate.New(sqlstate.InternalError, "batch of %d columns for a result of %d", batch.NumCols(), len(e.columns))
	}
	for i := range e.columns {
		values := batch.Column(i)
		e.columns[i].nulls = nil
		if values.NullN() > 0 {
			e.columns[i].nulls = values
		}
		if err := e.columns[i].bind(values); err != nil {
			return sqlstate.New(sqlstate.InternalError, "result column %d: %w", i+1, err)
		}
	}
	return nil
}

// bind sets the values; a column of Arrow's null type has none to set.
func (c *columnEncoder) bind(values arrow.Array) error {
	if _, allNull := values.(*array.Null); allNull {
		c.nulls = values
		return nil
	}
	return c.encoder.bind(values)
}

// append writes one row: the number of columns, then each value after its length.
func (e *rowEncoder) append(buf []byte, row int) []byte {
	buf = binary.BigEndian.AppendUint16(buf, uint16(len(e.columns)))
	for i := range e.columns {
		c := &e.columns[i]
		if c.nulls != nil && c.nulls.IsNull(row) {
			buf = appendNull(buf)
			continue
		}
		buf = appendSized(buf, c.encoder, row)
	}
	return buf
}

// appendSized writes a value after its length.
func appendSized(buf []byte, e valueEncoder, row int) []byte {
	at := len(buf)
	buf = append(buf, 0, 0, 0, 0)
	buf = e.append(buf, row)
	binary.BigEndian.PutUint32(buf[at:], uint32(len(buf)-at-4))
	return buf
}

// appendNull writes the length that means NULL.
func appendNull(buf []byte) []byte { return append(buf, 0xff, 0xff, 0xff, 0xff) }

// typed encodes an Arrow array of type A by a function.
type typed[A arrow.Array] struct {
	values      A
	appendValue func(buf []byte, values A, row int) []byte
}

func of[A arrow.Array](appendValue func([]byte, A, int) []byte) valueEncoder {
	return &typed[A]{appendValue: appendValue}
}

func (t *typed[A]) bind(values arrow.Array) error {
	a, ok := values.(A)
	if !ok {
		return wrongArray(values)
	}
	t.values = a
	return nil
}

func (t *typed[A]) append(buf []byte, row int) []byte { return t.appendValue(buf, t.values, row) }

func wrongArray(values arrow.Array) error {
	return sqlstate.New(sqlstate.InternalError, "unexpected Arrow type %s", values.DataType())
}

// newValueEncoder gives the encoder of a type in a format.
func newValueEncoder(t pgtype.Type, format int16, f valueFormat) (valueEncoder, error) {
	if element, ok := pgtype.ElementType(t); ok && t.Shaped {
		return newShapedEncoder(element, format, f)
	} else if ok {
		return newListEncoder(element, format, f)
	}
	if pgtype.IsRange(t.OID) {
		return newRangeEncoder(t.OID, format, f)
	}
	if fields := t.Fields(); fields != nil {
		return newRecordEncoder(fields, format, f)
	}
	if format == binaryFormat {
		return newBinaryEncoder(t.OID, f)
	}
	return newTextEncoder(t.OID, f)
}

// newBinaryEncoder follows the types' send functions.
func newBinaryEncoder(oid pgtype.OID, f valueFormat) (valueEncoder, error) {
	switch oid {
	case pgtype.Bool:
		return of(appendBoolBinary), nil
	case pgtype.Int2:
		return of(appendInt2Binary), nil
	case pgtype.Int4:
		return of(appendInt4Binary), nil
	case pgtype.Int8:
		return of(appendInt8Binary), nil
	case pgtype.Oid:
		return of(appendOidBinary), nil
	case pgtype.Int2Vector:
		return of(vectorBinary(pgtype.Int2)), nil
	case pgtype.OidVector:
		return of(vectorBinary(pgtype.Oid)), nil
	case xid, cid:
		return of(appendXIDBinary), nil
	case pgtype.Float4:
		return of(appendFloat4Binary), nil
	case pgtype.Float8:
		return of(appendFloat8Binary), nil
	case pgtype.Numeric:
		return &numericEncoder{binary: true}, nil
	case pgtype.Bytea:
		return of(appendBytes), nil
	case pgtype.Char:
		return of(appendCharBinary), nil
	case pgtype.Text, pgtype.Varchar, pgtype.Bpchar, pgtype.Name, pgtype.Unknown, pgtype.JSON, pgtype.XML, pgtype.Void:
		return f.charset.translated(of(appendText)), nil
	case pgtype.JSONB:
		return f.charset.translated(of(appendJSONBBinary)), nil
	case pgtype.JSONPath:
		return f.charset.translated(of(appendJSONPathBinary)), nil
	case pgtype.UUID:
		return of(appendUUIDBinary), nil
	case pgtype.Date:
		return of(appendDateBinary), nil
	case pgtype.Time:
		return of(appendTimeBinary), nil
	case pgtype.Timestamp, pgtype.Timestamptz:
		return of(appendTimestampBinary), nil
	case pgtype.Timetz:
		return of(appendTimetzBinary), nil
	case pgtype.Interval:
		return of(appendIntervalBinary), nil
	case pgtype.Bit, pgtype.Varbit:
		return of(appendBitBinary), nil
	case pgtype.Macaddr, pgtype.Macaddr8:
		return of(appendMacBinary), nil
	case pgtype.Inet:
		return of(appendInetBinary), nil
	case pgtype.Cidr:
		return of(appendCidrBinary), nil
	}
	if pgtype.IsRegistered(oid) {
		return of(appendOidBinary), nil
	}
	return nil, sqlstate.Unsupported("binary format of type %d", oid).WithHint("Ask for the text format.")
}

// newTextEncoder follows the types' out functions under the session's settings.
func newTextEncoder(oid pgtype.OID, f valueFormat) (valueEncoder, error) {
	switch oid {
	case pgtype.Bool:
		return of(appendBoolText), nil
	case pgtype.Int2:
		return of(appendInt2Text), nil
	case pgtype.Int4:
		return of(appendInt4Text), nil
	case pgtype.Int8:
		return of(appendInt8Text), nil
	case pgtype.Oid:
		return of(appendOidText), nil
	case pgtype.Float4:
		return of(float4Text(f.ExtraFloatDigit)), nil
	case pgtype.Float8:
		return of(float8Text(f.ExtraFloatDigit)), nil
	case pgtype.Numeric:
		return &numericEncoder{}, nil
	case pgtype.Bytea:
		return of(byteaText(f.ByteaOutput)), nil
	case pgtype.Date:
		return of(f.dateStyle().dateText), nil
	case pgtype.Time:
		return of(appendTimeText), nil
	case pgtype.Timestamp:
		return of(f.dateStyle().timestampText), nil
	case pgtype.Timestamptz:
		zone, err := f.zone()
		if err != nil {
			return nil, err
		}
		return of(f.dateStyle().timestamptzText(zone)), nil
	case pgtype.Interval:
		return of(intervalText(f.IntervalStyle)), nil
	case pgtype.JSONPath:
		return of(appendJSONPathText), nil
	}
	if pgtype.IsRegistered(oid) {
		return of(f.oidNameText(oid)), nil
	}
	return of(appendText), nil
}
