package pgwire

import (
	"encoding/binary"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// listEncoder writes arrays of one dimension, of any element type that has an encoder.
type listEncoder struct {
	binary   bool
	oid      pgtype.OID // of the elements
	element  valueEncoder
	lists    *array.List
	elements arrow.Array
}

func newListEncoder(element pgtype.Type, format int16, f valueFormat) (valueEncoder, error) {
	encoder, err := newValueEncoder(element, format, f)
	if err != nil {
		return nil, err
	}
	return &listEncoder{binary: format == binaryFormat, oid: element.OID, element: encoder}, nil
}

func (e *listEncoder) bind(values arrow.Array) error {
	lists, ok := values.(*array.List)
	if !ok {
		return wrongArray(values)
	}
	e.lists, e.elements = lists, lists.ListValues()
	if _, allNull := e.elements.(*array.Null); allNull {
		return nil
	}
	return e.element.bind(e.elements)
}

func (e *listEncoder) append(buf []byte, row int) []byte {
	start, end := e.lists.ValueOffsets(row)
	if e.binary {
		return e.appendBinary(buf, int(start), int(end))
	}
	return e.appendText(buf, int(start), int(end))
}

// appendText follows array_out.
func (e *listEncoder) appendText(buf []byte, start, end int) []byte {
	buf = append(buf, '{')
	for i := start; i < end; i++ {
		if i > start {
			buf = append(buf, ',')
		}
		if e.elements.IsNull(i) {
			buf = append(buf, "NULL"...)
			continue
		}
		at := len(buf)
		buf = quoteElement(e.element.append(buf, i), at)
	}
	return append(buf, '}')
}

// appendBinary follows array_send: dimensions, whether there are NULLs, element
// type, length and lower bound, then the elements. An empty array has no dimension.
func (e *listEncoder) appendBinary(buf []byte, start, end int) []byte {
	var dimensions, nulls uint32
	if end > start {
		dimensions = 1
	}
	for i := start; i < end; i++ {
		if e.elements.IsNull(i) {
			nulls = 1
			break
		}
	}
	buf = binary.BigEndian.AppendUint32(buf, dimensions)
	buf = binary.BigEndian.AppendUint32(buf, nulls)
	buf = binary.BigEndian.AppendUint32(buf, uint32(e.oid))
	if dimensions == 0 {
		return buf
	}
	buf = binary.BigEndian.AppendUint32(buf, uint32(end-start))
	buf = binary.BigEndian.AppendUint32(buf, 1)
	for i := start; i < end; i++ {
		if e.elements.IsNull(i) {
			buf = appendNull(buf)
			continue
		}
		buf = appendSized(buf, e.element, i)
	}
	return buf
}

// quoteElement puts the element buf[at:] into quotes where its text needs them.
func quoteElement(buf []byte, at int) []byte {
	escapes, needed := elementEscapes(buf[at:])
	if !needed {
		return buf
	}
	length := len(buf) - at
	for range escapes + 2 {
		buf = append(buf, 0)
	}
	// From the end, so that nothing is overwritten before it is moved.
	to := len(buf) - 1
	buf[to] = '"'
	for from := at + length - 1; from >= at; from-- {
		to--
		c := buf[from]
		buf[to] = c
		if c == '"' || c == '\\' {
			to--
			buf[to] = '\\'
		}
	}
	buf[at] = '"'
	return buf
}

// elementEscapes counts the characters to escape, and tells whether quotes are
// needed: for nothing, for the word NULL, for braces, commas, quotes, backslashes, space.
func elementEscapes(text []byte) (escapes int, needed bool) {
	needed = len(text) == 0 || len(text) == 4 && isNullWord(text)
	for _, c := range text {
		switch c {
		case '"', '\\':
			escapes++
			needed = true
		case '{', '}', ',', ' ', '\t', '\n', '\v', '\f', '\r':
			needed = true
		}
	}
	return escapes, needed
}

func isNullWord(text []byte) bool {
	return text[0]|0x20 == 'n' && text[1]|0x20 == 'u' && text[2]|0x20 == 'l' && text[3]|0x20 == 'l'
}
