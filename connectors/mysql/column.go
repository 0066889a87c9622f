package mysql

import (
	"bytes"
	"database/sql/driver"
	"math"
	"strconv"
	"unicode/utf8"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/sqlstate"
)

// column builds one column of a batch.
type column struct {
	builder array.Builder
	// number and text append a value that is not NULL, in one of the two ways the driver
	// hands it over: integers as a word, everything else as the text the server sent.
	number func(int64) error
	text   func([]byte) error
	real   func(float64) error
	digits []byte
}

// append takes a value and tells about how many bytes it fills.
func (c *column) append(v driver.Value) (int, error) {
	switch v := v.(type) {
	case nil:
		c.builder.AppendNull()
		return 1, nil
	case []byte:
		return len(v) + 4, c.text(v)
	case int64:
		return 8, c.integer(v)
	case float64:
		return 8, c.float(v)
	case uint64:
		if v <= math.MaxInt64 {
			return 8, c.integer(int64(v))
		}
		c.digits = strconv.AppendUint(c.digits[:0], v, 10)
		return 8, c.text(c.digits)
	case float32:
		return 8, c.float(float64(v))
	}
	return 0, malformed("value")
}

func (c *column) integer(v int64) error {
	if c.number != nil {
		return c.number(v)
	}
	c.digits = strconv.AppendInt(c.digits[:0], v, 10)
	return c.text(c.digits)
}

func (c *column) float(v float64) error {
	if c.real == nil {
		return malformed("double")
	}
	return c.real(v)
}

func malformed(what string) error {
	return sqlstate.New(sqlstate.ProtocolViolation, "a source sent a malformed %s", what).OwnedBy(sqlstate.OwnerDomain)
}

// newColumn gives a column for values of type t; false where MySQL has none such.
func newColumn(mem memory.Allocator, t pgtype.Type) (*column, bool) {
	c := &column{builder: array.NewBuilder(mem, pgtype.Arrow(t))}
	switch b := c.builder.(type) {
	case *array.BooleanBuilder:
		c.number = func(v int64) error { b.UnsafeAppend(v != 0); return nil }
		c.text = bit(b)
	case *array.Int16Builder:
		c.number = within(math.MinInt16, math.MaxInt16, func(v int64) { b.UnsafeAppend(int16(v)) })
	case *array.Int32Builder:
		c.number = within(math.MinInt32, math.MaxInt32, func(v int64) { b.UnsafeAppend(int32(v)) })
	case *array.Int64Builder:
		c.number = within(math.MinInt64, math.MaxInt64, func(v int64) { b.UnsafeAppend(v) })
	case *array.Float32Builder:
		c.real = func(v float64) error { b.UnsafeAppend(float32(v)); return nil }
	case *array.Float64Builder:
		c.real = func(v float64) error { b.UnsafeAppend(v); return nil }
	case *array.Decimal128Builder:
		p, s, _ := pgtype.IsDecimal128(t)
		c.text = decodeDecimal(b, p, s)
	case *array.BinaryBuilder:
		c.text = func(v []byte) error { b.Append(v); return nil }
	case *array.Date32Builder:
		c.text = decodeDate(b)
	case *array.Time64Builder:
		c.text = decodeTime(b)
	case *array.TimestampBuilder:
		c.text = decodeTimestamp(b)
	case *array.StringBuilder:
		c.text = decodeString(b, t)
	}
	c.complete()
	if c.text == nil {
		c.builder.Release()
		return nil, false
	}
	return c, true
}

// complete fills in the ways that follow from the others: a number may come as text
// (SUM is a DECIMAL), a double as an integer.
func (c *column) complete() {
	if number := c.number; number != nil && c.text == nil {
		c.text = func(v []byte) error {
			n, err := strconv.ParseInt(string(v), 10, 64)
			if err != nil {
				return outOfRange()
			}
			return number(n)
		}
	}
	if real := c.real; real != nil {
		c.number = func(v int64) error { return real(float64(v)) }
		c.text = func(v []byte) error {
			f, err := strconv.ParseFloat(string(v), 64)
			if err != nil {
				return malformed("double")
			}
			return real(f)
		}
	}
}

func outOfRange() error {
	return sqlstate.New(sqlstate.NumericValueOutOfRange, "a source holds a number that the type of its contract cannot").OwnedBy(sqlstate.OwnerDomain)
}

func within(low, high int64, put func(int64)) func(int64) error {
	return func(v int64) error {
		if v < low || v > high {
			return outOfRange()
		}
		put(v)
		return nil
	}
}

// bit takes BIT(1), sent as a byte; a boolean computed there comes as an integer.
func bit(b *array.BooleanBuilder) func([]byte) error {
	return func(v []byte) error {
		b.UnsafeAppend(len(bytes.Trim(v, "\x000")) > 0)
		return nil
	}
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
