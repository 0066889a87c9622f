package duckdb

import (
	"fmt"
	"strconv"
	"strings"
	"unsafe"

	"github.com/sluicemesh/sluice/internal/pgname"
	"github.com/sluicemesh/sluice/sqlstate"
)

// #include <stdlib.h>
// #include "bridge.h"
import "C"

// Options say what an instance is. The zero value is an empty instance in memory
// that reaches nothing outside itself.
type Options struct {
	Path     string // of a database file; empty is in memory
	ReadOnly bool   // open Path without writing to it

	MemoryLimit int64  // bytes; 0 is DuckDB's default (80 % of the machine)
	TempDir     string // where it spills; empty means it does not spill
	TempLimit   int64  // bytes spilled at most; 0 is DuckDB's default
	Threads     int    // 0 is GOMAXPROCS

	// Files that statements may read. Without any, external access is off.
	AllowedDirectories []string
	AllowedPaths       []string

	// Closed refuses statements that name anything of the instance itself: its settings,
	// its catalog, files, functions that run text as SQL. For instances that only merge
	// streams.
	Closed bool

	Attach []Attachment // other database files, read-only

	// Functions and set-up statements (macros, schemas), before the lock.
	Scalars    []ScalarFunction
	Aggregates []AggregateFunction
	Setup      []string
}

// Attachment is a DuckDB file attached read-only under a name.
type Attachment struct {
	Name string
	Path string
}

// setting is one configuration value of an instance.
type setting struct{ name, value string }

// fixed settings of every instance. Two are semantic: sort order of NULL is
// PostgreSQL's; a / b stays DuckDB's (7/2 is 3.5 and 1/0 is NULL), because integer
// and float division are written with the functions of pgfunctions, which raise
// 22012. ieee_floating_point_ops is on so that a function of ours which overflows
// gives Infinity where it can be seen, never a silent NULL. window_self_join would
// plan one window over a stream as two scans of it; common_subexpressions computes what
// COALESCE and CASE may never reach before they ask, and its error with it.
var fixedSettings = []setting{
	{"autoinstall_known_extensions", "false"},
	{"autoload_known_extensions", "false"},
	{"allow_community_extensions", "false"},
	{"allow_unsigned_extensions", "false"},
	{"allow_persistent_secrets", "false"},
	{"default_null_order", "nulls_last_on_asc_first_on_desc"},
	{"ieee_floating_point_ops", "true"},
	{"integer_division", "false"},
	{"preserve_insertion_order", "true"},
	{"disabled_optimizers", "window_self_join,common_subexpressions"},
	{"enable_object_cache", "false"},
}

// config gives the settings that must be known when the instance starts.
func (o Options) config() []setting {
	s := append([]setting{}, fixedSettings...)
	s = append(s, setting{"threads", strconv.Itoa(o.threads())}, setting{"temp_directory", o.TempDir})
	if o.MemoryLimit > 0 {
		s = append(s, setting{"memory_limit", strconv.FormatInt(o.MemoryLimit, 10) + "B"})
	}
	if o.TempLimit > 0 {
		s = append(s, setting{"max_temp_directory_size", strconv.FormatInt(o.TempLimit, 10) + "B"})
	}
	if o.ReadOnly {
		s = append(s, setting{"access_mode", "READ_ONLY"})
	}
	return s
}

// statements set up what needs a running instance and lock it last: from then on
// neither files nor settings can be reached.
func (o Options) statements() []string {
	s := []string{"SET GLOBAL TimeZone = 'UTC'", "SET GLOBAL Calendar = 'gregorian'"}
	for _, a := range o.Attach {
		s = append(s, fmt.Sprintf("ATTACH %s AS %s (READ_ONLY)", quoteLiteral(a.Path), pgname.Quoted(a.Name)))
	}
	s = append(s, o.Setup...)
	if len(o.AllowedDirectories) > 0 {
		s = append(s, "SET GLOBAL allowed_directories = "+quoteList(o.AllowedDirectories))
	}
	if len(o.AllowedPaths) > 0 {
		s = append(s, "SET GLOBAL allowed_paths = "+quoteList(o.AllowedPaths))
	}
	return append(s, "SET GLOBAL enable_external_access = false", adjustable, "SET GLOBAL lock_configuration = true")
}

func openDatabase(o Options) (C.duckdb_database, error) {
	var config C.duckdb_config
	C.duckdb_create_config(&config)
	defer C.duckdb_destroy_config(&config)
	for _, s := range o.config() {
		if !configure(config, s) {
			return nil, sqlstate.New(sqlstate.InternalError, "duckdb: setting %s = %q is refused", s.name, s.value)
		}
	}
	path := C.CString(o.path())
	defer C.free(unsafe.Pointer(path))
	var database C.duckdb_database
	var text *C.char
	if C.duckdb_open_ext(path, &database, config, &text) != 0 {
		defer C.duckdb_free(unsafe.Pointer(text))
		return nil, sqlstate.New(sqlstate.SystemError, "cannot open database: %s", C.GoString(text))
	}
	return database, nil
}

func configure(config C.duckdb_config, s setting) bool {
	name, value := C.CString(s.name), C.CString(s.value)
	defer C.free(unsafe.Pointer(name))
	defer C.free(unsafe.Pointer(value))
	return C.duckdb_set_config(config, name, value) == 0
}

func (o Options) path() string {
	if o.Path == "" {
		return ":memory:"
	}
	return o.Path
}

func quoteLiteral(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func quoteList(items []string) string {
	quoted := make([]string, len(items))
	for i, s := range items {
		quoted[i] = quoteLiteral(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
