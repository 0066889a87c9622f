package duckdb

import (
	"runtime/cgo"
	"sync"
	"unsafe"

	"github.com/sluicemesh/sluice/sqlstate"
)

// #include <stdlib.h>
// #include "bridge.h"
import "C"

// ScalarFunction is a function of ours that statements may call. Functions of the
// same name are overloads. Call runs on several threads at once, a chunk of up to
// 2048 rows at a time. An *sqlstate.Error it returns is the statement's error.
type ScalarFunction struct {
	Name     string
	Params   []Type
	Variadic Type // of any number of further arguments; 0 is none
	Result   Type
	Nulls    bool // Call sees NULL; otherwise a NULL argument gives NULL by itself
	Volatile bool // never computed once for many rows
	Call     func(in *Arguments, out *Results) error
}

// Func0 makes a function without arguments.
func Func0[R Value](name string, f func() (R, error)) ScalarFunction {
	return ScalarFunction{Name: name, Result: typeOf[R](), Call: func(in *Arguments, out *Results) error {
		for range in.Rows {
			value, err := f()
			if err := put(out, value, err); err != nil {
				return err
			}
		}
		return nil
	}}
}

// Func1 makes a strict function of one argument.
func Func1[A, R Value](name string, f func(A) (R, error)) ScalarFunction {
	return ScalarFunction{Name: name, Params: []Type{typeOf[A]()}, Result: typeOf[R](), Call: func(in *Arguments, out *Results) error {
		a := in.Columns[0]
		return eachRow(in, out, func(i int) (R, error) { return f(At[A](a, i)) })
	}}
}

// Func2 makes a strict function of two arguments.
func Func2[A, B, R Value](name string, f func(A, B) (R, error)) ScalarFunction {
	return ScalarFunction{Name: name, Params: []Type{typeOf[A](), typeOf[B]()}, Result: typeOf[R](), Call: func(in *Arguments, out *Results) error {
		a, b := in.Columns[0], in.Columns[1]
		return eachRow(in, out, func(i int) (R, error) { return f(At[A](a, i), At[B](b, i)) })
	}}
}

// Func3 makes a strict function of three arguments.
func Func3[A, B, C, R Value](name string, f func(A, B, C) (R, error)) ScalarFunction {
	params := []Type{typeOf[A](), typeOf[B](), typeOf[C]()}
	return ScalarFunction{Name: name, Params: params, Result: typeOf[R](), Call: func(in *Arguments, out *Results) error {
		a, b, c := in.Columns[0], in.Columns[1], in.Columns[2]
		return eachRow(in, out, func(i int) (R, error) { return f(At[A](a, i), At[B](b, i), At[C](c, i)) })
	}}
}

// Func4 makes a strict function of four arguments.
func Func4[A, B, C, D, R Value](name string, f func(A, B, C, D) (R, error)) ScalarFunction {
	params := []Type{typeOf[A](), typeOf[B](), typeOf[C](), typeOf[D]()}
	return ScalarFunction{Name: name, Params: params, Result: typeOf[R](), Call: func(in *Arguments, out *Results) error {
		a, b, c, d := in.Columns[0], in.Columns[1], in.Columns[2], in.Columns[3]
		return eachRow(in, out, func(i int) (R, error) { return f(At[A](a, i), At[B](b, i), At[C](c, i), At[D](d, i)) })
	}}
}

// eachRow computes one result for each row; a NULL argument gives NULL.
func eachRow[R Value](in *Arguments, out *Results, f func(i int) (R, error)) error {
	for i := range in.Rows {
		if in.AnyNull(i) {
			out.PutNull()
			continue
		}
		value, err := f(i)
		if err := put(out, value, err); err != nil {
			return err
		}
	}
	return nil
}

// frame is what one call of a function needs; kept for the next call.
type frame struct {
	in  Arguments
	out Results
}

var frames = sync.Pool{New: func() any { return new(frame) }}

func isText(t Type) bool { return t == Varchar || t == Blob }

//export sluiceScalarCall
func sluiceScalarCall(info C.duckdb_function_info, input C.duckdb_data_chunk, output C.duckdb_vector) {
	err := guard(func() error { return callScalar(info, input, output) })
	if err != nil {
		text := C.CString(encodeError(err))
		C.duckdb_scalar_function_set_error(info, text)
		C.free(unsafe.Pointer(text))
	}
}

func callScalar(info C.duckdb_function_info, input C.duckdb_data_chunk, output C.duckdb_vector) error {
	function := cgo.Handle(*(*C.uintptr_t)(C.duckdb_scalar_function_get_extra_info(info))).Value().(*ScalarFunction)
	f := frames.Get().(*frame)
	defer frames.Put(f)
	f.in.load(input)
	f.out.start(output, 0)
	f.out.list = function.Result == ListOf(Varchar)
	if err := function.Call(&f.in, &f.out); err != nil {
		return err
	}
	return f.out.finish(f.in.Rows, isText(function.Result))
}

// registerScalars makes functions known to every connection, overloads together.
func (e *Engine) registerScalars(c *connection, functions []ScalarFunction) error {
	var names []string
	overloads := map[string][]ScalarFunction{}
	for _, f := range functions {
		if overloads[f.Name] == nil {
			names = append(names, f.Name)
		}
		overloads[f.Name] = append(overloads[f.Name], f)
	}
	for _, name := range names {
		if err := e.registerOverloads(c, name, overloads[name]); err != nil {
			return err
		}
	}
	return nil
}

func (e *Engine) registerOverloads(c *connection, name string, functions []ScalarFunction) error {
	text := C.CString(name)
	defer C.free(unsafe.Pointer(text))
	set := C.duckdb_create_scalar_function_set(text)
	defer C.duckdb_destroy_scalar_function_set(&set)
	for _, f := range functions {
		types := newTypes(f.Params, f.Result, f.Variadic)
		C.sluice_add_scalar(set, C.uintptr_t(e.keep(&f)), text, types.params(), C.int(len(f.Params)),
			types.at(len(f.Params)), types.at(len(f.Params)+1), C.bool(f.Nulls), C.bool(f.Volatile))
		types.destroy()
	}
	if C.duckdb_register_scalar_function_set(c.handle, set) != 0 {
		return sqlstate.New(sqlstate.InternalError, "duckdb: cannot register function %s", name)
	}
	return nil
}

// keep gives a handle to v that lives as long as the engine.
func (e *Engine) keep(v any) cgo.Handle {
	h := cgo.NewHandle(v)
	e.handles = append(e.handles, h)
	return h
}

// logicalTypes is an array of types in C memory.
type logicalTypes []C.duckdb_logical_type

func newTypes(params []Type, others ...Type) logicalTypes {
	n := len(params) + len(others)
	types := unsafe.Slice((*C.duckdb_logical_type)(C.calloc(C.size_t(n), C.size_t(unsafe.Sizeof(uintptr(0))))), n)
	for i, t := range append(append([]Type{}, params...), others...) {
		if t != 0 {
			types[i] = t.logical()
		}
	}
	return types
}

func (t logicalTypes) params() *C.duckdb_logical_type { return unsafe.SliceData(t) }
func (t logicalTypes) at(i int) C.duckdb_logical_type { return t[i] }

func (t logicalTypes) destroy() {
	for i := range t {
		if t[i] != nil {
			C.duckdb_destroy_logical_type(&t[i])
		}
	}
	C.free(unsafe.Pointer(unsafe.SliceData(t)))
}
