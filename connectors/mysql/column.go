package mysql

import (
	"bytes"
	"math"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/sqlstate"
)

// column builds one column of a batch.
type column struct {
	builder array.Builder
	decode  func([]byte) error // appends a value that is not NULL from the text the server sent
}

func malformed(what string) error {
	return sqlstate.New(sqlstate.ProtocolViolation, "a source sent a malformed %s", what).OwnedBy(sqlstate.OwnerDomain)
}

// newColumn gives a column for values of type t; false where MySQL has none such.
func newColumn(mem memory.Allocator, t pgtype.Type) (*column, bool) {
	c := &column{builder: array.NewBuilder(mem, pgtype.Arrow(t))}
	switch b := c.builder.(type) {
	case *array.BooleanBuilder:
		c.decode = whole(math.MinInt64, math.MaxInt64, func(v int64) { b.UnsafeAppend(v != 0) })
	case *array.Int16Builder:
		c.decode = whole(math.MinInt16, math.MaxInt16, func(v int64) { b.UnsafeAppend(int16(v)) })
	case *array.Int32Builder:
		c.decode = whole(math.MinInt32, math.MaxInt32, func(v int64) { b.UnsafeAppend(int32(v)) })
	case *array.Int64Builder:
		c.decode = whole(math.MinInt64, math.MaxInt64, func(v int64) { b.UnsafeAppend(v) })
	case *array.Float32Builder:
		c.decode = double(func(v float64) { b.UnsafeAppend(float32(v)) })
	case *array.Float64Builder:
		c.decode = double(func(v float64) { b.UnsafeAppend(v) })
	case *array.Decimal128Builder:
		p, s, _ := pgtype.IsDecimal128(t)
		c.decode = decodeDecimal(b, p, s)
	case *array.BinaryBuilder:
		c.decode = func(v []byte) error { b.Append(v); return nil }
	case *array.Date32Builder:
		c.decode = decodeDate(b)
	case *array.Time64Builder:
		c.decode = decodeTime(b)
	case *array.TimestampBuilder:
		c.decode = decodeTimestamp(b)
	case *array.StringBuilder:
		c.decode = decodeString(b, t)
	}
	if c.decode == nil {
		c.builder.Release()
		return nil, false
	}
	return c, true
}

// decodeString takes the types that stand as text.
func decodeString(b *array.StringBuilder, t pgtype.Type) func([]byte) error {
	put := func(v []byte) error { b.BinaryBuilder.Append(v); return nil }
	switch t.OID {
	case pgtype.Numeric:
		return decodeNumericText(b)
	case pgtype.Text, pgtype.Name, pgtype.JSON:
		return checked(put)
	case pgtype.Varchar:
		return checked(limited(t, put))
	case pgtype.Bpchar:
		return checked(limited(t, padded(t, b)))
	case pgtype.UUID, pgtype.JSONB:
		return checked(func(v []byte) error {
			text, err := pgtype.Canonical(t, string(v), pgtype.Settings{})
			if err != nil {
				return sqlstate.New(sqlstate.InvalidTextRepresentation, "a source holds a text that is no %s", pgtype.FormatType(t)).OwnedBy(sqlstate.OwnerDomain)
			}
			b.Append(text)
			return nil
		})
	}
	return nil
}

// checked refuses text that PostgreSQL cannot hold.
func checked(put func([]byte) error) func([]byte) error {
	return func(v []byte) error {
		if !utf8.Valid(v) || bytes.IndexByte(v, 0) >= 0 {
			return sqlstate.New(sqlstate.CharacterNotInRepertoire, "a source holds text that is not UTF-8, or has a zero byte in it").OwnedBy(sqlstate.OwnerDomain)
		}
		return put(v)
	}
}

// varlenaHeader is what type modifiers of text count beyond the characters.
const varlenaHeader = 4

// limited refuses text that is longer than its contract says, blanks at the end aside.
func limited(t pgtype.Type, put func([]byte) error) func([]byte) error {
	most := int(t.Mod) - varlenaHeader
	if most < 0 {
		return put
	}
	return func(v []byte) error {
		if len(v) > most && utf8.RuneCount(v) > most {
			if utf8.RuneCount(bytes.TrimRight(v, " ")) > most {
				return sqlstate.New(sqlstate.StringDataRightTruncation, "a source holds a text longer than %s", pgtype.FormatType(t)).OwnedBy(sqlstate.OwnerDomain)
			}
			for utf8.RuneCount(v) > most {
				v = v[:len(v)-1]
			}
		}
		return put(v)
	}
}

// padded gives char(n) its blanks, which MySQL drops.
func padded(t pgtype.Type, b *array.StringBuilder) func([]byte) error {
	size := int(t.Mod) - varlenaHeader
	var text []byte
	return func(v []byte) error {
		text = append(text[:0], v...)
		for n := utf8.RuneCount(v); n < size; n++ {
			text = append(text, ' ')
		}
		b.BinaryBuilder.Append(text)
		return nil
	}
}
