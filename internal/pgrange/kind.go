// Package pgrange is PostgreSQL's range and multirange types over integers, numerics, dates and
// timestamps.
//
// In: texts of ranges and of their bounds. Out: canonical texts (bounds in ISO form, moments in
// UTC), answers about them, or PostgreSQL's error. It knows no engine and no session.
package pgrange

import (
	"cmp"
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/internal/numeric"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Kind is what ranges are over.
type Kind uint8

// The kinds, by the types of their bounds.
const (
	Int4 Kind = iota
	Int8
	Numeric
	Date
	Timestamp
	Timestamptz
)

var kinds = map[string]Kind{
	"int4range": Int4, "int8range": Int8, "numrange": Numeric, "daterange": Date, "tsrange": Timestamp, "tstzrange": Timestamptz,
	"int4multirange": Int4, "int8multirange": Int8, "nummultirange": Numeric, "datemultirange": Date, "tsmultirange": Timestamp, "tstzmultirange": Timestamptz,
}

// Of gives the kind of a range or multirange type by its name; multi tells which of both it is.
func Of(name string) (k Kind, multi, ok bool) {
	k, ok = kinds[name]
	return k, strings.HasSuffix(name, "multirange"), ok
}

// Value is a bound's: a number, days or microseconds since 1970, or a numeric.
type Value struct {
	N      int64
	Number numeric.Number
}

func (k Kind) discrete() bool { return k == Int4 || k == Int8 || k == Date }

func (k Kind) compare(a, b Value) int {
	if k == Numeric {
		return numeric.Compare(a.Number, b.Number)
	}
	return cmp.Compare(a.N, b.N)
}

// value reads a bound as the input function of its type does.
func (k Kind) value(text string, in datetime.Input) (v Value, err error) {
	switch k {
	case Int4:
		v.N, err = integer(text, 32, "integer")
	case Int8:
		v.N, err = integer(text, 64, "bigint")
	case Numeric:
		v.Number, err = numeric.Parse(text)
	case Date:
		var d int32
		d, err = datetime.ParseDate(text, in)
		v.N = int64(d)
	case Timestamp:
		v.N, err = datetime.ParseTimestamp(text, in)
	case Timestamptz:
		v.N, err = datetime.ParseTimestamptz(text, in)
	}
	return v, err
}

// integer reads digits as int4in and int8in do.
func integer(text string, bits int, name string) (int64, error) {
	n, err := strconv.ParseInt(strings.Trim(text, " \t\n\v\f\r"), 10, bits)
	switch {
	case err != nil && strings.Contains(err.Error(), "out of range"):
		return 0, sqlstate.New(sqlstate.NumericValueOutOfRange, "value \"%s\" is out of range for type %s", text, name)
	case err != nil:
		return 0, sqlstate.New(sqlstate.InvalidTextRepresentation, "invalid input syntax for type %s: \"%s\"", name, text)
	}
	return n, nil
}

// Text prints a bound canonically.
func (k Kind) Text(v Value) string {
	switch k {
	case Numeric:
		return v.Number.String()
	case Date:
		return datetime.FormatDate(int32(v.N))
	case Timestamp:
		return datetime.FormatTimestamp(v.N)
	case Timestamptz:
		return datetime.FormatTimestamptz(v.N, time.UTC)
	}
	return strconv.FormatInt(v.N, 10)
}

// next is the value behind an integer or a date. Infinite dates have none.
func (k Kind) next(v Value) (Value, error) {
	switch {
	case k == Int4 && v.N == math.MaxInt32:
		return v, sqlstate.New(sqlstate.NumericValueOutOfRange, "integer out of range")
	case k == Int8 && v.N == math.MaxInt64:
		return v, sqlstate.New(sqlstate.NumericValueOutOfRange, "bigint out of range")
	case k == Date:
		d, err := datetime.AddDays(int32(v.N), 1)
		return Value{N: int64(d)}, err
	}
	v.N++
	return v, nil
}

// fixed tells whether a value stays where the canonical form would move it.
func (k Kind) fixed(v Value) bool { return k == Date && datetime.InfiniteDate(int32(v.N)) }

// appendKey appends bytes that order as values do and of which none begins another's.
func (k Kind) appendKey(dst []byte, v Value) []byte {
	if k != Numeric {
		return binary.BigEndian.AppendUint64(dst, uint64(v.N)^1<<63)
	}
	for _, b := range numeric.AppendSortKey(nil, v.Number) {
		if dst = append(dst, b); b == 0 {
			dst = append(dst, 0xff)
		}
	}
	return append(dst, 0, 0)
}
