package pgwire

import (
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// Numbers of transactions and commands (pg_type.dat).
const (
	xid pgtype.OID = 28
	cid pgtype.OID = 29
)

// vectorBinary writes int2vector and oidvector, which stand as "1 2", as the arrays they
// are: one dimension that begins at 0 (arrayfuncs.c, array_send).
func vectorBinary(element pgtype.OID) func([]byte, *array.String, int) []byte {
	return func(buf []byte, a *array.String, row int) []byte {
		list := strings.Fields(a.Value(row))
		dimensions := uint32(1)
		if len(list) == 0 {
			dimensions = 0
		}
		for _, n := range []uint32{dimensions, 0, uint32(element)} {
			buf = binary.BigEndian.AppendUint32(buf, n)
		}
		if dimensions == 0 {
			return buf
		}
		buf = binary.BigEndian.AppendUint32(buf, uint32(len(list)))
		buf = binary.BigEndian.AppendUint32(buf, 0)
		for _, text := range list {
			n, _ := strconv.ParseInt(text, 10, 64)
			if element == pgtype.Int2 {
				buf = binary.BigEndian.AppendUint32(buf, 2)
				buf = binary.BigEndian.AppendUint16(buf, uint16(n))
				continue
			}
			buf = binary.BigEndian.AppendUint32(buf, 4)
			buf = binary.BigEndian.AppendUint32(buf, uint32(n))
		}
		return buf
	}
}

func appendXIDBinary(buf []byte, a *array.String, row int) []byte {
	n, _ := strconv.ParseUint(a.Value(row), 10, 32)
	return binary.BigEndian.AppendUint32(buf, uint32(n))
}
