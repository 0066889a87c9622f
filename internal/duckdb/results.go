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
	list   bool     // results are lists of texts
	text   []byte   // of strings, until flush
	ends   []uint64 // of each row's string in text, or of each list's elements
	nulls  []int    // elements of lists that are NULL
}

func (r *Results) start(handle C.duckdb_vector, first int) {
	*r = Results{vector: vectorOf(handle), first: first, text: r.text[:0], ends: r.ends[:0], nulls: r.nulls[:0]}
}

// PutNull makes the next row NULL.
func (r *Results) PutNull() {
	if r.vector.validity == nil {
		C.duckdb_vector_ensure_validity_writable(r.vector.handle)
		r.vector.validity = (*uint64)(unsafe.Pointer(C.duckdb_vector_get_validity(r.vector.handle)))
	}
	i := r.first + r.row
	*(*uint64)(unsafe.Add(unsafe.Pointer(r.vector.validity), i/64*8)) &^= 1 << (i % 64)
	if r.list {
		*(*[2]uint64)(unsafe.Add(r.vector.data, i*stringSize)) = [2]uint64{uint64(len(r.ends)), 0}
	} else {
		r.ends = append(r.ends, uint64(len(r.text)))
	}
	r.row++
}

// PutTexts sets the next row of a result that is a list of texts; nil elements are NULL.
func (r *Results) PutTexts(elements []*string) {
	entry := [2]uint64{uint64(len(r.ends)), uint64(len(elements))}
	for _, e := range elements {
		if e == nil {
			r.nulls = append(r.nulls, len(r.ends))
		} else {
			r.text = append(r.text, *e...)
		}
		r.ends = append(r.ends, uint64(len(r.text)))
	}
	*(*[2]uint64)(unsafe.Add(r.vector.data, (r.first+r.row)*stringSize)) = entry
	r.row++
}

// finishLists hands the elements of all lists over.
func (r *Results) finishLists() error {
	n := C.idx_t(len(r.ends))
	if C.duckdb_list_vector_reserve(r.vector.handle, n) != 0 || C.duckdb_list_vector_set_size(r.vector.handle, n) != 0 {
		return sqlstate.New(sqlstate.OutOfMemory, outOfMemory)
	}
	child := C.duckdb_list_vector_get_child(r.vector.handle)
	if len(r.nulls) > 0 {
		C.duckdb_vector_ensure_validity_writable(child)
		validity := unsafe.Pointer(C.duckdb_vector_get_validity(child))
		for _, i := range r.nulls {
			*(*uint64)(unsafe.Add(validity, i/64*8)) &^= 1 << (i % 64)
		}
	}
	if n > 0 {
		C.sluice_assign_strings(child, 0, n, (*C.char)(unsafe.Pointer(unsafe.SliceData(r.text))), (*C.uint64_t)(unsafe.Pointer(&r.ends[0])))
	}
	return nil
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
	if r.list {
		return r.finishLists()
	}
	if isText && rows > 0 {
		C.sluice_assign_strings(r.vector.handle, C.idx_t(r.first), C.idx_t(rows),
			(*C.char)(unsafe.Pointer(unsafe.SliceData(r.text))), (*C.uint64_t)(unsafe.Pointer(&r.ends[0])))
	}
	return nil
}
