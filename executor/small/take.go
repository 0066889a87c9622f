package small

import (
	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/bitutil"
	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// takes tells the types whose values can be taken: all but lists and structs.
func takes(t pgtype.Type) bool {
	switch of := pgtype.Arrow(t).(type) {
	case *arrow.StringType, *arrow.BinaryType, *arrow.BooleanType:
		return true
	case arrow.FixedWidthDataType:
		return of.BitWidth()%8 == 0
	}
	return false
}

// taken is how many bytes the values of some rows take.
func taken(a arrow.Array, rows []int32) int {
	var length func(row int) int
	switch a := a.(type) {
	case *array.String:
		length = a.ValueLen
	case *array.Binary:
		length = a.ValueLen
	default:
		return len(rows) * widest
	}
	bytes := 0
	for _, row := range rows {
		if row >= 0 {
			bytes += length(int(row))
		}
	}
	return bytes
}

// widest is the size of a value of the widest type of fixed width.
const widest = 16

// take gives the values of some rows, -1 being NULL, in memory of Go's.
func take(of arrow.DataType, a arrow.Array, rows []int32) arrow.Array {
	switch a := a.(type) {
	case nil:
		return array.MakeArrayOfNull(memory.DefaultAllocator, of, len(rows))
	case *array.String:
		b := array.NewStringBuilder(memory.DefaultAllocator)
		defer b.Release()
		return appended(b, a, rows, func(row int) { b.Append(a.Value(row)) })
	case *array.Binary:
		b := array.NewBinaryBuilder(memory.DefaultAllocator, arrow.BinaryTypes.Binary)
		defer b.Release()
		return appended(b, a, rows, func(row int) { b.Append(a.Value(row)) })
	case *array.Boolean:
		b := array.NewBooleanBuilder(memory.DefaultAllocator)
		defer b.Release()
		return appended(b, a, rows, func(row int) { b.Append(a.Value(row)) })
	}
	if a.NullN() == a.Len() {
		return array.MakeArrayOfNull(memory.DefaultAllocator, of, len(rows)) // it may have no buffer of values
	}
	return takeFixed(a, rows)
}

func appended(b array.Builder, a arrow.Array, rows []int32, value func(row int)) arrow.Array {
	b.Reserve(len(rows))
	for _, row := range rows {
		if row < 0 || a.IsNull(int(row)) {
			b.AppendNull()
			continue
		}
		value(int(row))
	}
	return b.NewArray()
}

// takeFixed copies values that take the same number of bytes each.
func takeFixed(a arrow.Array, rows []int32) arrow.Array {
	width := a.DataType().(arrow.FixedWidthDataType).BitWidth() / 8
	from := a.Data().Buffers()[1].Bytes()[a.Data().Offset()*width:]
	values := make([]byte, len(rows)*width)
	valid, nulls := make([]byte, bitutil.BytesForBits(int64(len(rows)))), 0
	for i, row := range rows {
		if row < 0 || a.IsNull(int(row)) {
			nulls++
			continue
		}
		bitutil.SetBit(valid, i)
		copy(values[i*width:(i+1)*width], from[int(row)*width:])
	}
	data := array.NewData(a.DataType(), len(rows), []*memory.Buffer{memory.NewBufferBytes(valid), memory.NewBufferBytes(values)}, nil, nulls, 0)
	defer data.Release()
	return array.MakeFromData(data)
}
