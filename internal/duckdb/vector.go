package duckdb

import "unsafe"

// #include "bridge.h"
import "C"

// Value is what a function of ours takes and gives, for the type in the comment.
// Strings and byte slices that come in are views of DuckDB's memory, good until the
// function returns; what goes out is copied. Text must be UTF-8.
type Value interface {
	bool | int16 | int32 | int64 | uint32 | float32 | float64 | // BOOLEAN, SMALLINT, INTEGER, BIGINT, UINTEGER, FLOAT, DOUBLE
		string | []byte | // VARCHAR, BLOB
		DateValue | TimeValue | TimestampValue | TimestampTZValue | IntervalValue
}

// DateValue is a DATE: days since 1970-01-01.
type DateValue int32

// TimeValue is a TIME: microseconds of the day.
type TimeValue int64

// TimestampValue is a TIMESTAMP: microseconds since 1970-01-01.
type TimestampValue int64

// TimestampTZValue is a TIMESTAMP WITH TIME ZONE: microseconds since 1970-01-01 UTC.
type TimestampTZValue int64

// IntervalValue is an INTERVAL.
type IntervalValue struct {
	Months, Days int32
	Micros       int64
}

// typeOf gives the SQL type of a Go type.
func typeOf[T Value]() Type {
	var zero T
	switch any(zero).(type) {
	case bool:
		return Boolean
	case int16:
		return SmallInt
	case int32:
		return Integer
	case int64:
		return BigInt
	case uint32:
		return UInteger
	case float32:
		return Float
	case float64:
		return Double
	case string:
		return Varchar
	case []byte:
		return Blob
	case DateValue:
		return Date
	case TimeValue:
		return Time
	case TimestampValue:
		return Timestamp
	case TimestampTZValue:
		return TimestampTZ
	}
	return Interval
}

// Vector is one column of a chunk of arguments.
type Vector struct {
	handle   C.duckdb_vector
	data     unsafe.Pointer
	validity *uint64
}

func vectorOf(handle C.duckdb_vector) Vector {
	return Vector{handle, C.duckdb_vector_get_data(handle), (*uint64)(unsafe.Pointer(C.duckdb_vector_get_validity(handle)))}
}

// Null tells whether row i is NULL.
func (v Vector) Null(i int) bool {
	if v.validity == nil {
		return false
	}
	word := *(*uint64)(unsafe.Add(unsafe.Pointer(v.validity), i/64*8))
	return word>>(i%64)&1 == 0
}

// At gives row i of a vector of T.
func At[T Value](v Vector, i int) T {
	var out T
	switch p := any(&out).(type) {
	case *string:
		*p = v.text(i)
	case *[]byte:
		*p = unsafe.Slice(unsafe.StringData(v.text(i)), len(v.text(i)))
	default:
		return *(*T)(unsafe.Add(v.data, i*int(unsafe.Sizeof(out))))
	}
	return out
}

// stringSize and inlineSize: a string_t holds its length, then up to twelve bytes
// of text, or four and a pointer to it (duckdb.h: duckdb_string_t).
const (
	stringSize = 16
	inlineSize = 12
)

func (v Vector) text(i int) string {
	p := unsafe.Add(v.data, i*stringSize)
	n := *(*uint32)(p)
	if n <= inlineSize {
		return unsafe.String((*byte)(unsafe.Add(p, 4)), n)
	}
	return unsafe.String(*(**byte)(unsafe.Add(p, 8)), n)
}

// List gives the elements of list i: n rows of Elements from first on.
func (v Vector) List(i int) (first, n int) {
	entry := (*[2]uint64)(unsafe.Add(v.data, i*stringSize))
	return int(entry[0]), int(entry[1])
}

// Elements gives the vector of all elements of a vector of lists.
func (v Vector) Elements() Vector { return vectorOf(C.duckdb_list_vector_get_child(v.handle)) }

// Arguments is a chunk of arguments: Rows rows of one vector for each argument.
type Arguments struct {
	Rows    int
	Columns []Vector
}

func (a *Arguments) load(chunk C.duckdb_data_chunk) {
	a.Rows = int(C.duckdb_data_chunk_get_size(chunk))
	a.Columns = a.Columns[:0]
	for i := range int(C.duckdb_data_chunk_get_column_count(chunk)) {
		a.Columns = append(a.Columns, vectorOf(C.duckdb_data_chunk_get_vector(chunk, C.idx_t(i))))
	}
}

// AnyNull tells whether an argument of row i is NULL.
func (a *Arguments) AnyNull(i int) bool {
	for _, c := range a.Columns {
		if c.Null(i) {
			return true
		}
	}
	return false
}
