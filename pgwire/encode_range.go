package pgwire

import (
	"encoding/binary"
	"time"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/pgrange"
)

// rangeEncoder writes ranges and multiranges, which stand as canonical texts.
type rangeEncoder struct {
	kind   pgrange.Kind
	multi  bool
	binary bool
	style  dateStyle
	zone   *time.Location
}

func newRangeEncoder(oid pgtype.OID, format int16, f valueFormat) (valueEncoder, error) {
	info, _ := pgtype.TypeByOID(oid)
	e := &rangeEncoder{binary: format == binaryFormat, style: f.dateStyle()}
	e.kind, e.multi, _ = pgrange.Of(info.Name)
	if !e.binary && e.kind < pgrange.Date {
		return of(appendText), nil
	}
	if e.kind == pgrange.Timestamptz && !e.binary {
		var err error
		if e.zone, err = f.zone(); err != nil {
			return nil, err
		}
	}
	return of(e.value), nil
}

func (e *rangeEncoder) value(buf []byte, a *array.String, row int) []byte {
	list, err := e.kind.Read(a.Value(row))
	if err != nil {
		panic("pgwire: range is not in canonical form")
	}
	one := pgrange.Range{Empty: true}
	if len(list) > 0 {
		one = list[0]
	}
	switch {
	case e.binary && e.multi:
		return e.appendMulti(buf, list)
	case e.binary:
		return e.appendRange(buf, one)
	case e.multi:
		return append(buf, e.kind.FormatMultiWith(list, e.text)...)
	}
	return append(buf, e.kind.FormatWith(one, e.text)...)
}

// text prints a bound under the session's settings.
func (e *rangeEncoder) text(v pgrange.Value) string {
	switch e.kind {
	case pgrange.Date:
		return string(e.style.Date(nil, v.N))
	case pgrange.Timestamp:
		return string(e.style.Timestamp(nil, v.N))
	}
	return string(e.style.Zoned(e.zone)(nil, v.N))
}

// appendMulti follows multirange_send: the number of ranges, then each after its length.
func (e *rangeEncoder) appendMulti(buf []byte, list pgrange.Multi) []byte {
	buf = binary.BigEndian.AppendUint32(buf, uint32(len(list)))
	for _, r := range list {
		buf = sized(buf, func(buf []byte) []byte { return e.appendRange(buf, r) })
	}
	return buf
}

// Flags of a range's binary form (utils/rangetypes.h).
const (
	rangeEmpty         = 0x01
	rangeLowerIncluded = 0x02
	rangeUpperIncluded = 0x04
	rangeLowerInfinite = 0x08
	rangeUpperInfinite = 0x10
)

// appendRange follows range_send: flags, then the finite bounds after their lengths.
func (e *rangeEncoder) appendRange(buf []byte, r pgrange.Range) []byte {
	if r.Empty {
		return append(buf, rangeEmpty)
	}
	flags := byte(0)
	for _, f := range []struct {
		set  bool
		flag byte
	}{
		{r.Lower.Inclusive, rangeLowerIncluded}, {r.Upper.Inclusive, rangeUpperIncluded}, {r.Lower.Infinite, rangeLowerInfinite}, {r.Upper.Infinite, rangeUpperInfinite},
	} {
		if f.set {
			flags |= f.flag
		}
	}
	buf = append(buf, flags)
	for _, b := range []pgrange.Bound{r.Lower, r.Upper} {
		if !b.Infinite {
			buf = sized(buf, func(buf []byte) []byte { return e.appendBound(buf, b.Value) })
		}
	}
	return buf
}

func (e *rangeEncoder) appendBound(buf []byte, v pgrange.Value) []byte {
	switch e.kind {
	case pgrange.Int4:
		return binary.BigEndian.AppendUint32(buf, uint32(v.N))
	case pgrange.Int8:
		return binary.BigEndian.AppendUint64(buf, uint64(v.N))
	case pgrange.Numeric:
		return appendNumericBinary(buf, v.Number.String())
	case pgrange.Date:
		return dateBinary(buf, int32(v.N))
	}
	return timestampBinary(buf, v.N)
}

// sized writes what f appends after its length.
func sized(buf []byte, f func([]byte) []byte) []byte {
	at := len(buf)
	buf = f(append(buf, 0, 0, 0, 0))
	binary.BigEndian.PutUint32(buf[at:], uint32(len(buf)-at-4))
	return buf
}
