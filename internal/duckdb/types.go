package duckdb

import (
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"

	"github.com/sluicemesh/sluice/sqlstate"
)

// #include <stdlib.h>
// #include "bridge.h"
import "C"

// Type is a type of a function's parameter or result, by DuckDB's number for it.
type Type int32

// The types functions may use (duckdb.h: DUCKDB_TYPE). VARCHAR is text in UTF-8.
const (
	Boolean     Type = 1
	SmallInt    Type = 3
	Integer     Type = 4
	BigInt      Type = 5
	UInteger    Type = 8
	Float       Type = 10
	Double      Type = 11
	Timestamp   Type = 12
	Date        Type = 13
	Time        Type = 14
	Interval    Type = 15
	HugeInt     Type = 16
	Varchar     Type = 17
	Blob        Type = 18
	TimestampTZ Type = 31
	Any         Type = 34

	listOf Type = 1 << 16 // flag: a list of the type below it
)

// ListOf is the type of lists of t, one level deep.
func ListOf(t Type) Type { return listOf | t }

func (t Type) logical() C.duckdb_logical_type {
	child := C.duckdb_create_logical_type(C.int(t &^ listOf))
	if t&listOf == 0 {
		return child
	}
	defer C.duckdb_destroy_logical_type(&child)
	return C.duckdb_create_list_type(child)
}

// streamTypes are DuckDB's types for Arrow's, in streams.
var streamTypes = map[arrow.Type]Type{
	arrow.BOOL: Boolean, arrow.INT16: SmallInt, arrow.INT32: Integer, arrow.INT64: BigInt, arrow.UINT32: UInteger,
	arrow.FLOAT32: Float, arrow.FLOAT64: Double, arrow.STRING: Varchar, arrow.BINARY: Blob, arrow.DATE32: Date,
	arrow.INTERVAL_MONTH_DAY_NANO: Interval,
}

// logicalType gives the type a stream's column has in SQL. The caller destroys it.
func logicalType(t arrow.DataType) (C.duckdb_logical_type, error) {
	switch t := t.(type) {
	case *arrow.Decimal128Type:
		if t.Precision >= 1 && t.Precision <= 38 && t.Scale >= 0 && t.Scale <= t.Precision {
			return C.duckdb_create_decimal_type(C.uint8_t(t.Precision), C.uint8_t(t.Scale)), nil
		}
	case *arrow.Time64Type:
		if t.Unit == arrow.Microsecond {
			return Time.logical(), nil
		}
	case *arrow.TimestampType:
		if t.Unit == arrow.Microsecond && t.TimeZone == "" {
			return Timestamp.logical(), nil
		} else if t.Unit == arrow.Microsecond {
			return TimestampTZ.logical(), nil
		}
	case *arrow.ListType:
		child, err := logicalType(t.Elem())
		if err != nil {
			return nil, err
		}
		defer C.duckdb_destroy_logical_type(&child)
		return C.duckdb_create_list_type(child), nil
	case *arrow.StructType:
		return structType(t)
	default:
		if own, ok := streamTypes[t.ID()]; ok {
			return own.logical(), nil
		}
	}
	return nil, sqlstate.New(sqlstate.InternalError, "duckdb: no type for Arrow %s", t)
}

// structType makes a type of structs of the same fields.
func structType(t *arrow.StructType) (C.duckdb_logical_type, error) {
	n := t.NumFields()
	types := unsafe.Slice((*C.duckdb_logical_type)(C.calloc(C.size_t(n), C.size_t(unsafe.Sizeof(uintptr(0))))), n)
	names := unsafe.Slice((**C.char)(C.calloc(C.size_t(n), C.size_t(unsafe.Sizeof(uintptr(0))))), n)
	defer func() {
		for i := range n {
			if types[i] != nil {
				C.duckdb_destroy_logical_type(&types[i])
			}
			C.free(unsafe.Pointer(names[i]))
		}
		C.free(unsafe.Pointer(unsafe.SliceData(types)))
		C.free(unsafe.Pointer(unsafe.SliceData(names)))
	}()
	for i, f := range t.Fields() {
		names[i] = C.CString(f.Name)
		var err error
		if types[i], err = logicalType(f.Type); err != nil {
			return nil, err
		}
	}
	return C.duckdb_create_struct_type(unsafe.SliceData(types), unsafe.SliceData(names), C.idx_t(n)), nil
}
