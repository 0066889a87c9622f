package pgwire

import (
	"encoding/binary"
	"strconv"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

func appendBoolText(buf []byte, a *array.Boolean, row int) []byte {
	if a.Value(row) {
		return append(buf, 't')
	}
	return append(buf, 'f')
}

func appendBoolBinary(buf []byte, a *array.Boolean, row int) []byte {
	if a.Value(row) {
		return append(buf, 1)
	}
	return append(buf, 0)
}

func appendInt2Text(buf []byte, a *array.Int16, row int) []byte {
	return strconv.AppendInt(buf, int64(a.Value(row)), 10)
}

func appendInt2Binary(buf []byte, a *array.Int16, row int) []byte {
	return binary.BigEndian.AppendUint16(buf, uint16(a.Value(row)))
}

func appendInt4Text(buf []byte, a *array.Int32, row int) []byte {
	return strconv.AppendInt(buf, int64(a.Value(row)), 10)
}

func appendInt4Binary(buf []byte, a *array.Int32, row int) []byte {
	return binary.BigEndian.AppendUint32(buf, uint32(a.Value(row)))
}

func appendInt8Text(buf []byte, a *array.Int64, row int) []byte {
	return strconv.AppendInt(buf, a.Value(row), 10)
}

func appendInt8Binary(buf []byte, a *array.Int64, row int) []byte {
	return binary.BigEndian.AppendUint64(buf, uint64(a.Value(row)))
}

func appendOidText(buf []byte, a *array.Uint32, row int) []byte {
	return strconv.AppendUint(buf, uint64(a.Value(row)), 10)
}

func appendOidBinary(buf []byte, a *array.Uint32, row int) []byte {
	return binary.BigEndian.AppendUint32(buf, a.Value(row))
}

// oidNameText writes the names behind reg* values; 0 is "-" (regproc.c).
func (f valueFormat) oidNameText(oid pgtype.OID) func([]byte, *array.Uint32, int) []byte {
	names := f.names
	return func(buf []byte, a *array.Uint32, row int) []byte {
		switch value := a.Value(row); {
		case value == 0:
			return append(buf, '-')
		case names == nil:
			return strconv.AppendUint(buf, uint64(value), 10)
		default:
			return append(buf, names.OIDName(uint32(oid), value)...)
		}
	}
}
