package pgwire

import (
	"encoding/binary"
	"math"
	"strconv"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/pgtext"
	"github.com/sluicemesh/sluice/sqlstate"
)

// DecodeParameter gives a Bind value as PostgreSQL's text form, under the settings
// DateStyle ISO, TimeZone UTC, IntervalStyle postgres and bytea_output hex: text
// values as they are, binary ones by their type. Malformed ones are 22P03, text
// that is not UTF-8 or holds a NUL is 22021, types without a binary form here 0A000.
// The text is not parsed: whether it is JSON, say, is the reader's to find out.
func DecodeParameter(oid uint32, p Parameter) (text string, err error) {
	if p.Format == textFormat {
		return validText(p.Value)
	}
	value, err := decodedBinary(oid, p)
	if err != nil {
		return "", err
	}
	buf, err := appendDecoded(nil, pgtype.OID(oid), value)
	if err != nil {
		return "", err
	}
	return string(buf), nil
}

// appendDecoded follows the types' receive and then their out functions.
func appendDecoded(buf []byte, oid pgtype.OID, value []byte) ([]byte, error) {
	if element, ok := pgtype.ElementOf(oid); ok {
		return appendDecodedArray(buf, element, value)
	}
	if width, ok := fixedWidths[oid]; ok && len(value) != width {
		return nil, malformed(oid)
	}
	switch oid {
	case 0, pgtype.Unknown, pgtype.Text, pgtype.Varchar, pgtype.Bpchar, pgtype.Name, pgtype.XML, pgtype.JSON:
		return appendDecodedText(buf, value)
	case pgtype.JSONB, pgtype.JSONPath:
		if len(value) == 0 || value[0] != 1 {
			return nil, malformed(oid)
		}
		return appendDecodedText(buf, value[1:])
	case pgtype.Bytea:
		return pgtext.Hex(append(buf, `\x`...), value), nil
	case pgtype.Bool:
		return append(buf, "ft"[min(value[0], 1)]), nil
	case pgtype.Char:
		return appendDecodedChar(buf, value)
	case pgtype.Int2:
		return strconv.AppendInt(buf, int64(int16(binary.BigEndian.Uint16(value))), 10), nil
	case pgtype.Int4:
		return strconv.AppendInt(buf, int64(int32(binary.BigEndian.Uint32(value))), 10), nil
	case pgtype.Int8:
		return strconv.AppendInt(buf, int64(binary.BigEndian.Uint64(value)), 10), nil
	case pgtype.Oid, pgtype.Regproc, pgtype.Regclass, pgtype.Regtype, regprocedure, regnamespace, regrole:
		return strconv.AppendUint(buf, uint64(binary.BigEndian.Uint32(value)), 10), nil
	case pgtype.Float4:
		return pgtext.Float4(buf, math.Float32frombits(binary.BigEndian.Uint32(value)), 1), nil
	case pgtype.Float8:
		return pgtext.Float8(buf, math.Float64frombits(binary.BigEndian.Uint64(value)), 1), nil
	case pgtype.Numeric:
		return appendDecodedNumeric(buf, value)
	case pgtype.UUID:
		return appendDecodedUUID(buf, value), nil
	case pgtype.Date, pgtype.Time, pgtype.Timetz, pgtype.Timestamp, pgtype.Timestamptz, pgtype.Interval:
		return appendDecodedDatetime(buf, oid, value)
	case pgtype.Bit, pgtype.Varbit:
		return appendDecodedBits(buf, oid, value)
	case pgtype.Macaddr, pgtype.Macaddr8:
		return appendDecodedMac(buf, value), nil
	case pgtype.Inet, pgtype.Cidr:
		return appendDecodedNetwork(buf, oid, value)
	}
	if pgtype.IsRange(oid) {
		return appendDecodedRange(buf, oid, value)
	}
	return nil, sqlstate.Unsupported("binary format of parameter type %d", uint32(oid)).WithHint("Send the value as text.")
}

// Types whose values are OIDs and whose text is a name.
const (
	regprocedure pgtype.OID = 2202
	regnamespace pgtype.OID = 4089
	regrole      pgtype.OID = 4096
)

// fixedWidths are the lengths of binary values that have but one.
var fixedWidths = map[pgtype.OID]int{
	pgtype.Macaddr: 6, pgtype.Macaddr8: 8, pgtype.Bool: 1, pgtype.Char: 1, pgtype.Int2: 2, pgtype.Int4: 4, pgtype.Int8: 8,
	pgtype.Oid: 4, pgtype.Regproc: 4, pgtype.Regclass: 4, pgtype.Regtype: 4, regprocedure: 4, regnamespace: 4, regrole: 4,
	pgtype.Float4: 4, pgtype.Float8: 8, pgtype.UUID: 16,
	pgtype.Date: 4, pgtype.Time: 8, pgtype.Timetz: 12, pgtype.Timestamp: 8, pgtype.Timestamptz: 8, pgtype.Interval: 16,
}

func malformed(oid pgtype.OID) error {
	return sqlstate.New(sqlstate.InvalidBinaryRepresentation, "incorrect binary data format in bind parameter of type %d", uint32(oid))
}

func appendDecodedText(buf, value []byte) ([]byte, error) {
	text, err := validText(value)
	return append(buf, text...), err
}

// appendDecodedChar: zero is the empty text, bytes above 127 have no UTF-8 form of
// their own and stand as \ooo.
func appendDecodedChar(buf, value []byte) ([]byte, error) {
	switch b := value[0]; {
	case b == 0:
		return buf, nil
	case b > 127:
		return append(buf, '\\', '0'+b>>6, '0'+b>>3&7, '0'+b&7), nil
	default:
		return append(buf, b), nil
	}
}

func appendDecodedUUID(buf, value []byte) []byte {
	for i, end := range [...]int{4, 6, 8, 10, 16} {
		start := [...]int{0, 4, 6, 8, 10}[i]
		if i > 0 {
			buf = append(buf, '-')
		}
		buf = pgtext.Hex(buf, value[start:end])
	}
	return buf
}
