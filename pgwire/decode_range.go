package pgwire

import (
	"encoding/binary"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/pgrange"
	"github.com/sluicemesh/sluice/internal/pgtext"
)

// boundTypes are what ranges are over, by their kind.
var boundTypes = map[pgrange.Kind]pgtype.OID{
	pgrange.Int4: pgtype.Int4, pgrange.Int8: pgtype.Int8, pgrange.Numeric: pgtype.Numeric,
	pgrange.Date: pgtype.Date, pgrange.Timestamp: pgtype.Timestamp, pgrange.Timestamptz: pgtype.Timestamptz,
}

// appendDecodedRange writes what range_recv or multirange_recv reads as a text that the type's
// input function reads: bounds are neither compared nor made canonical here.
func appendDecodedRange(buf []byte, oid pgtype.OID, value []byte) ([]byte, error) {
	info, _ := pgtype.TypeByOID(oid)
	kind, multi, ok := pgrange.Of(info.Name)
	if !ok {
		return nil, malformed(oid)
	}
	d := rangeDecoder{of: oid, bound: boundTypes[kind], rest: value}
	if !multi {
		return d.appendRange(buf)
	}
	if len(value) < 4 {
		return nil, malformed(oid)
	}
	count := binary.BigEndian.Uint32(value)
	d.rest = value[4:]
	buf = append(buf, '{')
	for i := range count {
		one, err := d.take()
		if err != nil {
			return nil, err
		}
		if i > 0 {
			buf = append(buf, ',')
		}
		if buf, err = (&rangeDecoder{of: oid, bound: d.bound, rest: one}).appendRange(buf); err != nil {
			return nil, err
		}
	}
	if len(d.rest) != 0 {
		return nil, malformed(oid)
	}
	return append(buf, '}'), nil
}

// rangeDecoder reads what lies in a range or multirange one after another.
type rangeDecoder struct {
	of, bound pgtype.OID
	rest      []byte
}

// take gives the next bytes that stand after their length.
func (d *rangeDecoder) take() ([]byte, error) {
	if len(d.rest) < 4 {
		return nil, malformed(d.of)
	}
	length := int64(int32(binary.BigEndian.Uint32(d.rest)))
	if length < 0 || length > int64(len(d.rest)-4) {
		return nil, malformed(d.of)
	}
	one := d.rest[4 : 4+length]
	d.rest = d.rest[4+length:]
	return one, nil
}

// appendRange writes flags and bounds as range_out does.
func (d *rangeDecoder) appendRange(buf []byte) (_ []byte, err error) {
	if len(d.rest) == 0 {
		return nil, malformed(d.of)
	}
	flags := d.rest[0]
	d.rest = d.rest[1:]
	if flags&rangeEmpty != 0 {
		buf = append(buf, "empty"...)
	} else {
		buf = append(buf, "(["[included(flags, rangeLowerIncluded, rangeLowerInfinite)])
		if buf, err = d.appendBound(buf, flags&rangeLowerInfinite != 0); err != nil {
			return nil, err
		}
		buf = append(buf, ',')
		if buf, err = d.appendBound(buf, flags&rangeUpperInfinite != 0); err != nil {
			return nil, err
		}
		buf = append(buf, ")]"[included(flags, rangeUpperIncluded, rangeUpperInfinite)])
	}
	if len(d.rest) != 0 {
		return nil, malformed(d.of)
	}
	return buf, nil
}

// included is 1 where a bound is included, which no infinite one is.
func included(flags byte, included, infinite byte) int {
	if flags&included != 0 && flags&infinite == 0 {
		return 1
	}
	return 0
}

func (d *rangeDecoder) appendBound(buf []byte, infinite bool) ([]byte, error) {
	if infinite {
		return buf, nil
	}
	value, err := d.take()
	if err != nil {
		return nil, err
	}
	at := len(buf)
	if buf, err = appendDecoded(buf, d.bound, value); err != nil {
		return nil, err
	}
	return pgtext.QuoteBound(buf, at), nil
}
