package postgres

import (
	"encoding/binary"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/sqlstate"
)

// decodeArray: dimensions, whether it holds NULLs, element type, then for each
// dimension its size and lower bound, then the elements (array_send).
func decodeArray(b *array.ListBuilder, t, wire pgtype.Type, checkText bool) (func([]byte) error, bool) {
	elem, _ := pgtype.ElementOf(t.OID)
	wireElem, ok := pgtype.ElementOf(wire.OID)
	if !ok {
		return nil, false
	}
	values := b.ValueBuilder()
	decode, ok := decoder(values, pgtype.Type{OID: elem, Mod: t.Mod}, pgtype.Type{OID: wireElem, Mod: wire.Mod}, checkText)
	if !ok {
		return nil, false
	}
	return func(v []byte) error {
		count, elements, err := readArray(v, wireElem)
		if err != nil {
			return err
		}
		b.Append(true)
		values.Reserve(count)
		for range count {
			if elements, err = appendField(values, decode, elements); err != nil {
				return err
			}
		}
		if len(elements) > 0 {
			return malformed("array")
		}
		return nil
	}, true
}

func readArray(v []byte, elem pgtype.OID) (count int, elements []byte, err error) {
	if len(v) < 12 || pgtype.OID(binary.BigEndian.Uint32(v[8:])) != elem {
		return 0, nil, malformed("array")
	}
	switch dimensions := binary.BigEndian.Uint32(v); {
	case dimensions == 0:
		return 0, nil, nil
	case dimensions > 1:
		return 0, nil, sqlstate.Unsupported("an array of %d dimensions in a source", dimensions)
	case len(v) < 20:
		return 0, nil, malformed("array")
	}
	count = int(int32(binary.BigEndian.Uint32(v[12:])))
	if count < 0 || count > len(v)/4 {
		return 0, nil, malformed("array")
	}
	if lower := int32(binary.BigEndian.Uint32(v[16:])); lower != 1 {
		return 0, nil, sqlstate.Unsupported("an array with lower bound %d in a source", lower)
	}
	return count, v[20:], nil
}

// appendField reads one field, a length and as many bytes, -1 being NULL, and gives
// what follows it.
func appendField(b array.Builder, decode func([]byte) error, from []byte) ([]byte, error) {
	if len(from) < 4 {
		return nil, malformed("row")
	}
	length := int(int32(binary.BigEndian.Uint32(from)))
	from = from[4:]
	if length == -1 {
		b.AppendNull()
		return from, nil
	}
	if length < 0 || length > len(from) {
		return nil, malformed("row")
	}
	return from[length:], decode(from[:length])
}
