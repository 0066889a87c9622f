package pgwire

import (
	"encoding/binary"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/pgtext"
)

// recordEncoder writes records: structs whose fields have encoders.
type recordEncoder struct {
	binary bool
	fields []recordField
}

type recordField struct {
	oid     pgtype.OID
	encoder valueEncoder
	values  arrow.Array
}

func newRecordEncoder(fields []pgtype.Field, format int16, f valueFormat) (valueEncoder, error) {
	e := &recordEncoder{binary: format == binaryFormat, fields: make([]recordField, len(fields))}
	for i, field := range fields {
		encoder, err := newValueEncoder(field.Type, format, f)
		if err != nil {
			return nil, err
		}
		e.fields[i] = recordField{oid: field.Type.OID, encoder: encoder}
	}
	return e, nil
}

func (e *recordEncoder) bind(values arrow.Array) error {
	structs, ok := values.(*array.Struct)
	if !ok || structs.NumField() < len(e.fields) {
		return wrongArray(values)
	}
	for i := range e.fields {
		f := &e.fields[i]
		f.values = structs.Field(i)
		if _, allNull := f.values.(*array.Null); allNull {
			continue
		}
		if err := f.encoder.bind(f.values); err != nil {
			return err
		}
	}
	return nil
}

func (e *recordEncoder) append(buf []byte, row int) []byte {
	if e.binary {
		return e.appendBinary(buf, row)
	}
	return e.appendText(buf, row)
}

// appendText follows record_out: nothing for NULL.
func (e *recordEncoder) appendText(buf []byte, row int) []byte {
	buf = append(buf, '(')
	for i := range e.fields {
		if i > 0 {
			buf = append(buf, ',')
		}
		if f := &e.fields[i]; !f.values.IsNull(row) {
			at := len(buf)
			buf = pgtext.QuoteField(f.encoder.append(buf, row), at)
		}
	}
	return append(buf, ')')
}

// appendBinary follows record_send: the number of fields, then each with its type.
func (e *recordEncoder) appendBinary(buf []byte, row int) []byte {
	buf = binary.BigEndian.AppendUint32(buf, uint32(len(e.fields)))
	for i := range e.fields {
		f := &e.fields[i]
		buf = binary.BigEndian.AppendUint32(buf, uint32(f.oid))
		if f.values.IsNull(row) {
			buf = appendNull(buf)
			continue
		}
		buf = appendSized(buf, f.encoder, row)
	}
	return buf
}
