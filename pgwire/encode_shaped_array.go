package pgwire

import (
	"encoding/binary"
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// shapedEncoder writes arrays of any dimensions and bounds.
type shapedEncoder struct {
	list   *listEncoder
	bounds *array.String
}

func newShapedEncoder(element pgtype.Type, format int16, f valueFormat) (valueEncoder, error) {
	list, err := newListEncoder(element, format, f)
	if err != nil {
		return nil, err
	}
	return &shapedEncoder{list: list.(*listEncoder)}, nil
}

func (e *shapedEncoder) bind(values arrow.Array) error {
	structs, ok := values.(*array.Struct)
	if !ok || structs.NumField() != 2 {
		return wrongArray(values)
	}
	if e.bounds, ok = structs.Field(0).(*array.String); !ok {
		return wrongArray(structs.Field(0))
	}
	return e.list.bind(structs.Field(1))
}

// arrayBound is one dimension of an array.
type arrayBound struct{ lower, length int }

// dimensions reads bounds as array_dims prints them.
func dimensions(bounds string) []arrayBound {
	var all []arrayBound
	for bounds != "" {
		part, rest, _ := strings.Cut(bounds[1:], "]")
		low, high, _ := strings.Cut(part, ":")
		lower, _ := strconv.Atoi(low)
		upper, _ := strconv.Atoi(high)
		all, bounds = append(all, arrayBound{lower, upper - lower + 1}), rest
	}
	return all
}

func (e *shapedEncoder) append(buf []byte, row int) []byte {
	bounds := e.bounds.Value(row)
	all := dimensions(bounds)
	start, end := e.list.lists.ValueOffsets(row)
	if e.list.binary {
		return e.appendBinary(buf, all, int(start), int(end))
	}
	if len(all) == 0 {
		return append(buf, "{}"...)
	}
	for _, d := range all {
		if d.lower != 1 {
			buf = append(append(buf, bounds...), '=')
			break
		}
	}
	at := int(start)
	return e.appendText(buf, all, &at)
}

// appendText writes one dimension after another (array_out).
func (e *shapedEncoder) appendText(buf []byte, all []arrayBound, at *int) []byte {
	if len(all) == 1 {
		start := *at
		*at += all[0].length
		return e.list.appendText(buf, start, *at)
	}
	buf = append(buf, '{')
	for i := range all[0].length {
		if i > 0 {
			buf = append(buf, ',')
		}
		buf = e.appendText(buf, all[1:], at)
	}
	return append(buf, '}')
}

// appendBinary is that of plain arrays but for the dimensions (array_send).
func (e *shapedEncoder) appendBinary(buf []byte, all []arrayBound, start, end int) []byte {
	nulls := uint32(0)
	for i := start; i < end; i++ {
		if e.list.elements.IsNull(i) {
			nulls = 1
		}
	}
	for _, n := range []uint32{uint32(len(all)), nulls, uint32(e.list.oid)} {
		buf = binary.BigEndian.AppendUint32(buf, n)
	}
	for _, d := range all {
		buf = binary.BigEndian.AppendUint32(buf, uint32(d.length))
		buf = binary.BigEndian.AppendUint32(buf, uint32(int32(d.lower)))
	}
	for i := start; i < end; i++ {
		if e.list.elements.IsNull(i) {
			buf = appendNull(buf)
			continue
		}
		buf = appendSized(buf, e.list.element, i)
	}
	return buf
}
