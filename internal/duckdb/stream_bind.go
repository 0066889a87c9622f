package duckdb

import (
	"runtime/cgo"
	"unsafe"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/cdata"

	"github.com/sluicemesh/sluice/sqlstate"
)

// #include <stdlib.h>
// #include "bridge.h"
import "C"

// sluiceStreamBind finds the stream among those of the statement that runs on this
// connection: the streams of other statements do not exist for it.
//
//export sluiceStreamBind
func sluiceStreamBind(info C.duckdb_bind_info) {
	err := guard(func() error { return bindStream(info) })
	if err != nil {
		text := C.CString(encodeError(err))
		C.duckdb_bind_set_error(info, text)
		C.free(unsafe.Pointer(text))
	}
}

func bindStream(info C.duckdb_bind_info) error {
	e := cgo.Handle(*(*C.uintptr_t)(C.duckdb_bind_get_extra_info(info))).Value().(*Engine)
	name := parameter(info, 0)
	s := e.streamOf(connectionOf(info), name)
	if s == nil {
		return sqlstate.New(sqlstate.InternalError, "duckdb: no stream %q in this statement", name)
	}
	for _, field := range s.schema.Fields() {
		t, err := logicalType(field.Type)
		if err != nil {
			return err
		}
		column := C.CString(field.Name)
		C.duckdb_bind_add_result_column(info, column, t)
		C.free(unsafe.Pointer(column))
		C.duckdb_destroy_logical_type(&t)
	}
	if s.Rows > 0 {
		C.duckdb_bind_set_cardinality(info, C.idx_t(s.Rows), false)
	}
	C.sluice_bind_stream(info, C.uintptr_t(s.handle))
	return nil
}

func (e *Engine) streamOf(connection uint64, name string) *stream {
	e.mu.Lock()
	defer e.mu.Unlock()
	if q := e.running[connection]; q != nil {
		return q.streams[name]
	}
	return nil
}

func connectionOf(info C.duckdb_bind_info) uint64 {
	var context C.duckdb_client_context
	C.duckdb_table_function_get_client_context(info, &context)
	defer C.duckdb_destroy_client_context(&context)
	return uint64(C.duckdb_client_context_get_connection_id(context))
}

func parameter(info C.duckdb_bind_info, i int) string {
	value := C.duckdb_bind_get_parameter(info, C.idx_t(i))
	defer C.duckdb_destroy_value(&value)
	text := C.duckdb_get_varchar(value)
	defer C.duckdb_free(unsafe.Pointer(text))
	return C.GoString(text)
}

//export sluiceStreamInit
func sluiceStreamInit(info C.duckdb_init_info) {
	err := guard(func() error { return initStream(info) })
	if err != nil {
		text := C.CString(encodeError(err))
		C.duckdb_init_set_error(info, text)
		C.free(unsafe.Pointer(text))
	}
}

func initStream(info C.duckdb_init_info) error {
	handle := *(*C.uintptr_t)(C.duckdb_init_get_bind_data(info))
	s := cgo.Handle(handle).Value().(*stream)
	if s.scanned.Swap(true) {
		return sqlstate.New(sqlstate.InternalError, "duckdb: a stream is scanned twice")
	}
	var fields []arrow.Field
	for i := range int(C.duckdb_init_get_column_count(info)) {
		if column := int(C.duckdb_init_get_column_index(info, C.idx_t(i))); column >= 0 && column < s.schema.NumFields() {
			fields = append(fields, s.schema.Field(column))
		}
	}
	projected := (*C.struct_ArrowSchema)(C.calloc(1, C.sizeof_struct_ArrowSchema))
	defer C.free(unsafe.Pointer(projected))
	c := (*cdata.CArrowSchema)(unsafe.Pointer(projected))
	cdata.ExportArrowSchema(arrow.NewSchema(fields, nil), c)
	defer cdata.ReleaseCArrowSchema(c)
	return engineError(C.sluice_new_scan(info, s.connection.handle, handle, projected,
		C.idx_t(s.schema.NumFields()), C.idx_t(s.threads)))
}
