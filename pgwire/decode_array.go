package pgwire

import (
	"encoding/binary"
	"strconv"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Limits of array.h: MAXDIM and, for elements, MaxArraySize.
const (
	maxDimensions    = 6
	maxArrayElements = 0x3fffffff / 8
)

// maxDecodedArray bounds what a message can unfold to: ten bytes hold a numeric of
// 131,072 digits.
const maxDecodedArray = 64 << 20

// dimension of an array in the binary format.
type dimension struct{ length, lower int }

// appendDecodedArray writes what array_recv reads as array_out does.
func appendDecodedArray(buf []byte, element pgtype.OID, value []byte) ([]byte, error) {
	dimensions, value, err := arrayHeader(element, value)
	if err != nil {
		return nil, err
	}
	if len(dimensions) == 0 {
		if len(value) != 0 {
			return nil, malformed(element)
		}
		return append(buf, "{}"...), nil
	}
	buf = appendBounds(buf, dimensions)
	d := arrayDecoder{element: element, rest: value}
	if buf, err = d.append(buf, dimensions); err != nil {
		return nil, err
	}
	if len(d.rest) != 0 {
		return nil, malformed(element)
	}
	return buf, nil
}

// arrayHeader reads the dimensions; none for an array without elements.
func arrayHeader(element pgtype.OID, value []byte) ([]dimension, []byte, error) {
	if len(value) < 12 {
		return nil, nil, malformed(element)
	}
	count, flags := binary.BigEndian.Uint32(value), binary.BigEndian.Uint32(value[4:])
	if count > maxDimensions || flags > 1 || len(value) < 12+8*int(count) {
		return nil, nil, malformed(element)
	}
	if got := binary.BigEndian.Uint32(value[8:]); got != uint32(element) {
		return nil, nil, sqlstate.New(sqlstate.DatatypeMismatch, "binary data has array element type %d instead of expected %d", got, uint32(element))
	}
	value = value[12:]
	dimensions, elements := make([]dimension, count), 1
	for i := range dimensions {
		length, lower := int(int32(binary.BigEndian.Uint32(value))), int(int32(binary.BigEndian.Uint32(value[4:])))
		if length < 0 || length > maxArrayElements || lower+length-1 > 1<<31-1 {
			return nil, nil, malformed(element)
		}
		dimensions[i] = dimension{length, lower}
		if elements *= length; elements > maxArrayElements {
			return nil, nil, malformed(element)
		}
		value = value[8:]
	}
	if elements == 0 {
		return nil, value, nil
	}
	return dimensions, value, nil
}

// appendBounds writes [lower:upper]… where a lower bound is not 1.
func appendBounds(buf []byte, dimensions []dimension) []byte {
	usual := true
	for _, d := range dimensions {
		usual = usual && d.lower == 1
	}
	if usual {
		return buf
	}
	for _, d := range dimensions {
		buf = strconv.AppendInt(append(buf, '['), int64(d.lower), 10)
		buf = strconv.AppendInt(append(buf, ':'), int64(d.lower+d.length-1), 10)
		buf = append(buf, ']')
	}
	return append(buf, '=')
}

// arrayDecoder reads elements one after another.
type arrayDecoder struct {
	element pgtype.OID
	rest    []byte
}

// append writes one level of braces for each dimension.
func (d *arrayDecoder) append(buf []byte, dimensions []dimension) (_ []byte, err error) {
	buf = append(buf, '{')
	for i := range dimensions[0].length {
		if i > 0 {
			buf = append(buf, ',')
		}
		if len(dimensions) > 1 {
			buf, err = d.append(buf, dimensions[1:])
		} else {
			buf, err = d.appendElement(buf)
		}
		if err != nil {
			return nil, err
		}
	}
	return append(buf, '}'), nil
}

func (d *arrayDecoder) appendElement(buf []byte) ([]byte, error) {
	if len(d.rest) < 4 {
		return nil, malformed(d.element)
	}
	length := int(int32(binary.BigEndian.Uint32(d.rest)))
	d.rest = d.rest[4:]
	if length == -1 {
		return append(buf, "NULL"...), nil
	}
	if length < 0 || length > len(d.rest) {
		return nil, malformed(d.element)
	}
	at := len(buf)
	buf, err := appendDecoded(buf, d.element, d.rest[:length])
	if err != nil {
		return nil, err
	}
	d.rest = d.rest[length:]
	if len(buf) > maxDecodedArray {
		return nil, sqlstate.New(sqlstate.ProgramLimitExceeded, "array parameter exceeds %d bytes as text", maxDecodedArray)
	}
	return quoteElement(buf, at), nil
}
