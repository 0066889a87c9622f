package small

import (
	"cmp"
	"encoding/binary"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// kind is how values of a type are compared. Two columns of one kind are comparable with
// each other, and equal where PostgreSQL says so.
type kind struct {
	how   how
	scale int32 // of decimals
}

type how uint8

const (
	not how = iota
	number
	decimal
	text   // by bytes
	padded // by bytes, blanks at the end apart
	truth
	day
	moment
	zoned
)

var none kind

// kindOf gives none for types whose equality or order is not that of what stands for them:
// floats (NaN equals itself, 0 equals -0), numerics as text, json, intervals and others.
func kindOf(t pgtype.Type) kind {
	switch t.OID {
	case pgtype.Int2, pgtype.Int4, pgtype.Int8:
		return kind{how: number}
	case pgtype.Numeric:
		if _, scale, ok := pgtype.IsDecimal128(t); ok {
			return kind{decimal, scale}
		}
	case pgtype.Text, pgtype.Varchar:
		return kind{how: text}
	case pgtype.Bpchar:
		return kind{how: padded}
	case pgtype.Bool:
		return kind{how: truth}
	case pgtype.Date:
		return kind{how: day}
	case pgtype.Timestamp:
		return kind{how: moment}
	case pgtype.Timestamptz:
		return kind{how: zoned}
	}
	return none
}

// keyOf gives what appends the key of a row's value: equal for equal values. It is
// false for NULL.
func keyOf(a arrow.Array, k kind) func(key []byte, row int) []byte {
	switch a := a.(type) {
	case *array.String:
		return func(key []byte, row int) []byte {
			value := a.Value(row)
			if k.how == padded {
				value = strings.TrimRight(value, " ")
			}
			key = binary.LittleEndian.AppendUint32(key, uint32(len(value)))
			return append(key, value...)
		}
	case *array.Decimal128:
		return func(key []byte, row int) []byte {
			n := a.Value(row)
			key = binary.LittleEndian.AppendUint64(key, uint64(n.HighBits()))
			return binary.LittleEndian.AppendUint64(key, n.LowBits())
		}
	}
	integer := integerOf(a)
	return func(key []byte, row int) []byte { return binary.LittleEndian.AppendUint64(key, uint64(integer(row))) }
}

// integerOf reads what stands as a number of up to 64 bits.
func integerOf(a arrow.Array) func(row int) int64 {
	switch a := a.(type) {
	case *array.Int16:
		return func(row int) int64 { return int64(a.Value(row)) }
	case *array.Int32:
		return func(row int) int64 { return int64(a.Value(row)) }
	case *array.Int64:
		return a.Value
	case *array.Date32:
		return func(row int) int64 { return int64(a.Value(row)) }
	case *array.Timestamp:
		return func(row int) int64 { return int64(a.Value(row)) }
	case *array.Boolean:
		return func(row int) int64 {
			if a.Value(row) {
				return 1
			}
			return 0
		}
	}
	panic("small: unhandled array " + a.DataType().String())
}

// orderOf compares two rows that are not NULL.
func orderOf(a arrow.Array, k kind) func(x, y int) int {
	switch a := a.(type) {
	case *array.String:
		return func(x, y int) int {
			l, r := a.Value(x), a.Value(y)
			if k.how == padded {
				l, r = strings.TrimRight(l, " "), strings.TrimRight(r, " ")
			}
			return cmp.Compare(l, r)
		}
	case *array.Decimal128:
		return func(x, y int) int { return a.Value(x).Cmp(a.Value(y)) }
	}
	integer := integerOf(a)
	return func(x, y int) int { return cmp.Compare(integer(x), integer(y)) }
}
