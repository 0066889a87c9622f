package duckdb

import (
	"errors"
	"unsafe"

	"github.com/sluicemesh/sluice/sqlstate"
)

// #include "bridge.h"
import "C"

// ErrNull is returned by a function whose result is NULL.
var ErrNull = errors.New("null")

// Results is the vector a function fills: row after row, in order, one Put or
// PutNull for each.
type Results struct {
	vector Vector
	first  int // row of the vector where these results begin
	row    int
	text   []byte   // of strings, until flush
	ends   []uint64 // of each row's string in text
}

func (r *Results) start(handle C.duckdb_vector, first int) {
	*r = Results{vector: vectorOf(handle), first: first, text: r.text[:0], ends: r.ends[:0]}
}

// PutNull makes the next row NULL.
func (r *Results) PutNull() {
	if r.vector.validity == nil {
		C.duckdb_vector_ensure_validity_writable(r.vector.handle)
		r.vector.validity = (*uint64)(unsafe.Pointer(C.duckdb_vector_get_validity(r.vector.handle)))
	}
	i := r.first + r.row
	*(*uint64)(unsafe.Add(unsafe.Pointer(r.vector.validity), i/64*8)) &^= 1 << (i % 64)
	r.ends = append(r.ends, uint64(len(r.text)))
	r.row++
}

// Put sets the next row; T is the result's type.
func Put[T Value](r *Results, value T) {
	switch v := any(&value).(type) {
	case *string:
		r.text = append(r.text, *v...)
		r.ends = append(r.ends, uint64(len(r.text)))
	case *[]byte:
		r.text = append(r.text, *v...)
		r.ends = append(r.ends, uint64(len(r.text)))
	default:
		*(*T)(unsafe.Add(r.vector.data, (r.first+r.row)*int(unsafe.Sizeof(value)))) = value
	}
	r.row++
}

// put sets the next row from what a function returned.
func put[T Value](r *Results, value T, err error) error {
	switch {
	case err == nil:
		Put(r, value)
	case errors.Is(err, ErrNull):
		r.PutNull()
	default:
		return err
	}
	return nil
}

// finish hands strings over and checks that every row was set.
func (r *Results) finish(rows int, isText bool) error {
	if r.row != rows {
		return sqlstate.New(sqlstate.InternalError, "duckdb: a function set %d of %d rows", r.row, rows)
	}
	if isText && rows > 0 {
		C.sluice_assign_strings(r.vector.handle, C.idx_t(r.first), C.idx_t(rows),
			(*C.char)(unsafe.Pointer(unsafe.SliceData(r.text))), (*C.uint64_t)(unsafe.Pointer(&r.ends[0])))
	}
	return nil
}
