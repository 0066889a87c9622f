// What the C files of this package offer to its Go files, and the Go functions
// they call. C keeps the work that happens per chunk or per row out of Go: one
// crossing of the language border per Arrow batch, not per value.
#pragma once

#include "api.h"

// One running statement.
typedef struct {
	duckdb_prepared_statement statement;
	duckdb_result result;
	duckdb_arrow_options options;
	bool has_result;
	idx_t columns;
	char *intervals; // for each column: DUCKDB_TYPE_INTERVAL or LIST where it holds intervals
} sluice_query;

// Each of these gives NULL or an error text that the caller frees.
char *sluice_prepare(sluice_query *q, duckdb_connection connection, const char *sql, int *statement_type);
char *sluice_execute(sluice_query *q, struct ArrowSchema *schema);
char *sluice_fetch(sluice_query *q, struct ArrowArray *batch, idx_t *rows);
char *sluice_exec(duckdb_connection connection, const char *sql);
void sluice_query_close(sluice_query *q);

// One Arrow record batch lent by Go. Slices of it hold references; the last one
// to go gives it back.
typedef struct {
	struct ArrowArray array; // a struct array with every column of the stream
	uintptr_t owner;         // Go handle of the batch and its pins
	long references;         // atomic
} sluice_batch;

duckdb_state sluice_register_stream_function(duckdb_connection connection, uintptr_t engine, const char *name);
char *sluice_new_scan(duckdb_init_info info, duckdb_connection connection, uintptr_t stream, struct ArrowSchema *projected, idx_t columns, idx_t threads);
void sluice_bind_stream(duckdb_bind_info info, uintptr_t stream);

// Scalar functions. assign_strings writes n strings, whose ends in text are given,
// to the rows of a vector; rows that are NULL are skipped.
void sluice_add_scalar(duckdb_scalar_function_set set, uintptr_t function, const char *name, duckdb_logical_type *parameters, int parameter_count, duckdb_logical_type result, duckdb_logical_type variadic, bool special_nulls, bool is_volatile);
void sluice_assign_strings(duckdb_vector vector, idx_t first, idx_t n, const char *text, const uint64_t *ends);

// Aggregates. A state is the handle of its function and a number that Go chose.
typedef struct {
	uintptr_t function;
	uint64_t id;
} sluice_state;

duckdb_state sluice_register_aggregate(duckdb_connection connection, uintptr_t function, const char *name, duckdb_logical_type *parameters, int parameter_count, duckdb_logical_type result);
