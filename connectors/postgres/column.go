package postgres

import (
	"encoding/binary"
	"math"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/sqlstate"
)

// column builds one column of a batch.
type column struct {
	builder array.Builder
	// decode appends one value that is not NULL, given as the type's send function
	// writes it. Room for a batch is reserved, so values of fixed size go in unchecked.
	decode func(value []byte) error
}

func malformed(what string) error {
	return sqlstate.New(sqlstate.ProtocolViolation, "a source sent a malformed %s", what).OwnedBy(sqlstate.OwnerDomain)
}

// newColumn gives a column for values of type t that arrive as wire, or false where
// they cannot be decoded: then the statement must cast.
func newColumn(mem memory.Allocator, t pgtype.Type, wire pgtype.Type, checkText bool) (*column, bool) {
	b := array.NewBuilder(mem, pgtype.Arrow(t))
	decode, ok := decoder(b, t, wire, checkText)
	if !ok {
		b.Release()
		return nil, false
	}
	return &column{builder: b, decode: decode}, true
}

// decoder makes the function that appends to b.
func decoder(b array.Builder, t, wire pgtype.Type, checkText bool) (func([]byte) error, bool) {
	switch b := b.(type) {
	case *array.BooleanBuilder:
		return fixed(1, "boolean", func(v []byte) { b.UnsafeAppend(v[0] != 0) }), wire.OID == pgtype.Bool
	case *array.Int16Builder:
		return fixed(2, "smallint", func(v []byte) { b.UnsafeAppend(int16(binary.BigEndian.Uint16(v))) }), wire.OID == pgtype.Int2
	case *array.Int32Builder:
		return decodeInt4(b, wire.OID)
	case *array.Int64Builder:
		return decodeInt8(b, wire.OID)
	case *array.Uint32Builder:
		info, ok := pgtype.TypeByOID(wire.OID)
		return fixed(4, "oid", func(v []byte) { b.UnsafeAppend(binary.BigEndian.Uint32(v)) }), ok && info.Send == "oidsend" || isReg(wire.OID)
	case *array.Float32Builder:
		return fixed(4, "real", func(v []byte) { b.UnsafeAppend(math.Float32frombits(binary.BigEndian.Uint32(v))) }), wire.OID == pgtype.Float4
	case *array.Float64Builder:
		return decodeFloat8(b, wire.OID)
	case *array.Decimal128Builder:
		p, s, _ := pgtype.IsDecimal128(t)
		return decodeDecimal(b, p, s), wire.OID == pgtype.Numeric
	case *array.BinaryBuilder:
		return func(v []byte) error { b.Append(v); return nil }, wire.OID == pgtype.Bytea
	case *array.Date32Builder:
		return decodeDate(b), wire.OID == pgtype.Date
	case *array.Time64Builder:
		return fixed(8, "time", func(v []byte) { b.UnsafeAppend(arrow.Time64(binary.BigEndian.Uint64(v))) }), wire.OID == pgtype.Time
	case *array.TimestampBuilder:
		return decodeTimestamp(b), wire.OID == t.OID
	case *array.MonthDayNanoIntervalBuilder:
		return decodeInterval(b), wire.OID == pgtype.Interval
	case *array.ListBuilder:
		return decodeArray(b, t, wire, checkText)
	case *array.StringBuilder:
		return decodeString(b, t, wire, checkText)
	}
	return nil, false
}

// isReg tells the types that are sent as an OID under a name of their own.
func isReg(t pgtype.OID) bool {
	return t == pgtype.Regproc || t == pgtype.Regclass || t == pgtype.Regtype
}

// fixed decodes values of one size.
func fixed(size int, name string, put func([]byte)) func([]byte) error {
	return func(v []byte) error {
		if len(v) != size {
			return malformed(name)
		}
		put(v)
		return nil
	}
}

// decodeInt4 takes narrower integers too: the contract may be wider than the source.
func decodeInt4(b *array.Int32Builder, wire pgtype.OID) (func([]byte) error, bool) {
	if wire == pgtype.Int2 {
		return fixed(2, "smallint", func(v []byte) { b.UnsafeAppend(int32(int16(binary.BigEndian.Uint16(v)))) }), true
	}
	return fixed(4, "integer", func(v []byte) { b.UnsafeAppend(int32(binary.BigEndian.Uint32(v))) }), wire == pgtype.Int4
}

func decodeInt8(b *array.Int64Builder, wire pgtype.OID) (func([]byte) error, bool) {
	switch wire {
	case pgtype.Int2:
		return fixed(2, "smallint", func(v []byte) { b.UnsafeAppend(int64(int16(binary.BigEndian.Uint16(v)))) }), true
	case pgtype.Int4:
		return fixed(4, "integer", func(v []byte) { b.UnsafeAppend(int64(int32(binary.BigEndian.Uint32(v)))) }), true
	}
	return fixed(8, "bigint", func(v []byte) { b.UnsafeAppend(int64(binary.BigEndian.Uint64(v))) }), wire == pgtype.Int8
}

func decodeFloat8(b *array.Float64Builder, wire pgtype.OID) (func([]byte) error, bool) {
	if wire == pgtype.Float4 {
		return fixed(4, "real", func(v []byte) { b.UnsafeAppend(float64(math.Float32frombits(binary.BigEndian.Uint32(v)))) }), true
	}
	return fixed(8, "double precision", func(v []byte) { b.UnsafeAppend(math.Float64frombits(binary.BigEndian.Uint64(v))) }), wire == pgtype.Float8
}

// decodeString takes every type whose binary form is its text, and those few that
// stand as text here.
func decodeString(b *array.StringBuilder, t, wire pgtype.Type, checkText bool) (func([]byte) error, bool) {
	switch {
	case t.OID == pgtype.Numeric:
		return decodeNumericText(b), wire.OID == pgtype.Numeric
	case t.OID == pgtype.UUID:
		return decodeUUID(b), wire.OID == pgtype.UUID
	case t.OID == pgtype.JSONB:
		return decodeJSONB(b), wire.OID == pgtype.JSONB
	case t.OID == pgtype.Char:
		return func(v []byte) error { b.BinaryBuilder.Append(trimZero(v)); return nil }, wire.OID == pgtype.Char
	}
	// char(n) as another type is without its padding: a cast takes it off.
	ok := sentAsText[wire.OID] && (wire.OID != pgtype.Bpchar || t.OID == pgtype.Bpchar) && isText(t.OID)
	put := func(v []byte) error { b.BinaryBuilder.Append(v); return nil }
	if (t.OID == pgtype.Bpchar || t.OID == pgtype.Varchar) && t.Mod > lengthHeader && wire != t {
		put = decodeBounded(b, t)
	}
	if checkText {
		return func(v []byte) error {
			if !utf8.Valid(v) {
				return sqlstate.New(sqlstate.CharacterNotInRepertoire, "a source holds text that is not UTF-8").OwnedBy(sqlstate.OwnerDomain)
			}
			return put(v)
		}, ok
	}
	return put, ok
}

// lengthHeader is what the modifiers of varchar and char count beside the length (VARHDRSZ).
const lengthHeader = 4

// decodeBounded takes texts whose length the source does not bound as the contract
// does: char(n) is padded, what is longer is an error, except for blanks.
func decodeBounded(b *array.StringBuilder, t pgtype.Type) func([]byte) error {
	length := int(t.Mod) - lengthHeader
	var padded []byte
	return func(v []byte) error {
		n := utf8.RuneCount(v)
		switch {
		case n > length:
			for ; n > length && v[len(v)-1] == ' '; n-- {
				v = v[:len(v)-1]
			}
			if n > length {
				return sqlstate.New(sqlstate.StringDataRightTruncation, "a source holds a text longer than the %s of its contract", pgtype.FormatType(t)).
					OwnedBy(sqlstate.OwnerDomain)
			}
		case n < length && t.OID == pgtype.Bpchar:
			padded = append(padded[:0], v...)
			for ; n < length; n++ {
				padded = append(padded, ' ')
			}
			v = padded
		}
		b.BinaryBuilder.Append(v)
		return nil
	}
}

// sentAsText are the types whose send function writes the text itself.
var sentAsText = map[pgtype.OID]bool{
	pgtype.Text: true, pgtype.Varchar: true, pgtype.Bpchar: true, pgtype.Name: true,
	pgtype.JSON: true, pgtype.XML: true, pgtype.Unknown: true,
}

// isText tells types that any text may stand for: those read by casting to text.
func isText(t pgtype.OID) bool {
	switch t {
	case pgtype.Numeric, pgtype.UUID, pgtype.JSONB, pgtype.Char:
		return false
	}
	return true
}

func trimZero(v []byte) []byte {
	if len(v) == 1 && v[0] == 0 {
		return nil
	}
	return v
}

func decodeUUID(b *array.StringBuilder) func([]byte) error {
	const hex = "0123456789abcdef"
	var text [36]byte
	return func(v []byte) error {
		if len(v) != 16 {
			return malformed("uuid")
		}
		at := 0
		for i, octet := range v {
			if i == 4 || i == 6 || i == 8 || i == 10 {
				text[at] = '-'
				at++
			}
			text[at], text[at+1] = hex[octet>>4], hex[octet&15]
			at += 2
		}
		b.BinaryBuilder.Append(text[:])
		return nil
	}
}

// decodeJSONB: a version, then the text PostgreSQL prints (jsonb_send).
func decodeJSONB(b *array.StringBuilder) func([]byte) error {
	return func(v []byte) error {
		if len(v) < 1 || v[0] != 1 {
			return malformed("jsonb")
		}
		b.BinaryBuilder.Append(v[1:])
		return nil
	}
}
