// The part of DuckDB's C API that this package calls, and the Arrow C data
// interface. The static libraries come with github.com/duckdb/duckdb-go-bindings;
// its header is out of reach of cgo here, and its Go wrappers hide the Arrow
// functions behind a build tag and lack aggregates. Layouts: duckdb.h of 1.5.4.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t idx_t;
typedef int duckdb_state; // 0 is success

typedef struct sluice_opaque_database *duckdb_database;
typedef struct sluice_opaque_connection *duckdb_connection;
typedef struct sluice_opaque_config *duckdb_config;
typedef struct sluice_opaque_context *duckdb_client_context;
typedef struct sluice_opaque_prepared *duckdb_prepared_statement;
typedef struct sluice_opaque_pending *duckdb_pending_result;
typedef struct sluice_opaque_logical_type *duckdb_logical_type;
typedef struct sluice_opaque_chunk *duckdb_data_chunk;
typedef struct sluice_opaque_vector *duckdb_vector;
typedef struct sluice_opaque_value *duckdb_value;
typedef struct sluice_opaque_error *duckdb_error_data;
typedef struct sluice_opaque_arrow_options *duckdb_arrow_options;
typedef struct sluice_opaque_arrow_converted *duckdb_arrow_converted_schema;
typedef struct sluice_opaque_bind_info *duckdb_bind_info;
typedef struct sluice_opaque_init_info *duckdb_init_info;
typedef struct sluice_opaque_function_info *duckdb_function_info;
typedef struct sluice_opaque_table_function *duckdb_table_function;
typedef struct sluice_opaque_scalar_function *duckdb_scalar_function;
typedef struct sluice_opaque_scalar_function_set *duckdb_scalar_function_set;
typedef struct sluice_opaque_aggregate_function *duckdb_aggregate_function;
typedef struct sluice_opaque_aggregate_state *duckdb_aggregate_state;

typedef struct {
	idx_t deprecated_counts[3];
	void *deprecated_columns;
	char *deprecated_error_message;
	void *internal_data;
} duckdb_result;

typedef void (*duckdb_delete_callback_t)(void *data);
typedef void (*duckdb_table_function_bind_t)(duckdb_bind_info info);
typedef void (*duckdb_table_function_init_t)(duckdb_init_info info);
typedef void (*duckdb_table_function_t)(duckdb_function_info info, duckdb_data_chunk output);
typedef void (*duckdb_scalar_function_t)(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);
typedef idx_t (*duckdb_aggregate_state_size)(duckdb_function_info info);
typedef void (*duckdb_aggregate_init_t)(duckdb_function_info info, duckdb_aggregate_state state);
typedef void (*duckdb_aggregate_destroy_t)(duckdb_aggregate_state *states, idx_t count);
typedef void (*duckdb_aggregate_update_t)(duckdb_function_info info, duckdb_data_chunk input, duckdb_aggregate_state *states);
typedef void (*duckdb_aggregate_combine_t)(duckdb_function_info info, duckdb_aggregate_state *source, duckdb_aggregate_state *target, idx_t count);
typedef void (*duckdb_aggregate_finalize_t)(duckdb_function_info info, duckdb_aggregate_state *source, duckdb_vector result, idx_t count, idx_t offset);

// Arrow C data interface (arrow.apache.org/docs/format/CDataInterface.html).
struct ArrowSchema {
	const char *format;
	const char *name;
	const char *metadata;
	int64_t flags;
	int64_t n_children;
	struct ArrowSchema **children;
	struct ArrowSchema *dictionary;
	void (*release)(struct ArrowSchema *);
	void *private_data;
};

struct ArrowArray {
	int64_t length;
	int64_t null_count;
	int64_t offset;
	int64_t n_buffers;
	int64_t n_children;
	const void **buffers;
	struct ArrowArray **children;
	struct ArrowArray *dictionary;
	void (*release)(struct ArrowArray *);
	void *private_data;
};

// Instances and connections.
extern duckdb_state duckdb_create_config(duckdb_config *out);
extern duckdb_state duckdb_set_config(duckdb_config config, const char *name, const char *option);
extern void duckdb_destroy_config(duckdb_config *config);
extern duckdb_state duckdb_open_ext(const char *path, duckdb_database *out, duckdb_config config, char **error);
extern void duckdb_close(duckdb_database *database);
extern duckdb_state duckdb_connect(duckdb_database database, duckdb_connection *out);
extern void duckdb_disconnect(duckdb_connection *connection);
extern void duckdb_interrupt(duckdb_connection connection);
extern void duckdb_connection_get_client_context(duckdb_connection connection, duckdb_client_context *out);
extern idx_t duckdb_client_context_get_connection_id(duckdb_client_context context);
extern void duckdb_destroy_client_context(duckdb_client_context *context);
extern const char *duckdb_library_version(void);
extern void duckdb_free(void *ptr);

// Statements and results.
extern duckdb_state duckdb_query(duckdb_connection connection, const char *query, duckdb_result *out);
extern duckdb_state duckdb_prepare(duckdb_connection connection, const char *query, duckdb_prepared_statement *out);
extern const char *duckdb_prepare_error(duckdb_prepared_statement statement);
extern int duckdb_prepared_statement_type(duckdb_prepared_statement statement);
extern void duckdb_destroy_prepare(duckdb_prepared_statement *statement);
extern duckdb_state duckdb_pending_prepared_streaming(duckdb_prepared_statement statement, duckdb_pending_result *out);
extern const char *duckdb_pending_error(duckdb_pending_result pending);
extern duckdb_state duckdb_execute_pending(duckdb_pending_result pending, duckdb_result *out);
extern void duckdb_destroy_pending(duckdb_pending_result *pending);
extern const char *duckdb_result_error(duckdb_result *result);
extern idx_t duckdb_column_count(duckdb_result *result);
extern const char *duckdb_column_name(duckdb_result *result, idx_t column);
extern duckdb_logical_type duckdb_column_logical_type(duckdb_result *result, idx_t column);
extern duckdb_data_chunk duckdb_fetch_chunk(duckdb_result result);
extern void duckdb_destroy_result(duckdb_result *result);

// Arrow.
extern duckdb_arrow_options duckdb_result_get_arrow_options(duckdb_result *result);
extern void duckdb_destroy_arrow_options(duckdb_arrow_options *options);
extern duckdb_error_data duckdb_to_arrow_schema(duckdb_arrow_options options, duckdb_logical_type *types, const char **names, idx_t columns, struct ArrowSchema *out);
extern duckdb_error_data duckdb_data_chunk_to_arrow(duckdb_arrow_options options, duckdb_data_chunk chunk, struct ArrowArray *out);
extern duckdb_error_data duckdb_schema_from_arrow(duckdb_connection connection, struct ArrowSchema *schema, duckdb_arrow_converted_schema *out);
extern duckdb_error_data duckdb_data_chunk_from_arrow(duckdb_connection connection, struct ArrowArray *array, duckdb_arrow_converted_schema schema, duckdb_data_chunk *out);
extern void duckdb_destroy_arrow_converted_schema(duckdb_arrow_converted_schema *schema);
extern bool duckdb_error_data_has_error(duckdb_error_data error);
extern const char *duckdb_error_data_message(duckdb_error_data error);
extern void duckdb_destroy_error_data(duckdb_error_data *error);

// Types, values, chunks and vectors.
extern duckdb_logical_type duckdb_create_logical_type(int type);
extern duckdb_logical_type duckdb_create_decimal_type(uint8_t width, uint8_t scale);
extern duckdb_logical_type duckdb_create_list_type(duckdb_logical_type child);
extern duckdb_logical_type duckdb_create_struct_type(duckdb_logical_type *types, const char **names, idx_t count);
extern int duckdb_get_type_id(duckdb_logical_type type);
extern duckdb_logical_type duckdb_list_type_child_type(duckdb_logical_type type);
extern void duckdb_destroy_logical_type(duckdb_logical_type *type);
extern char *duckdb_get_varchar(duckdb_value value);
extern void duckdb_destroy_value(duckdb_value *value);
extern idx_t duckdb_data_chunk_get_column_count(duckdb_data_chunk chunk);
extern idx_t duckdb_data_chunk_get_size(duckdb_data_chunk chunk);
extern void duckdb_data_chunk_set_size(duckdb_data_chunk chunk, idx_t size);
extern duckdb_vector duckdb_data_chunk_get_vector(duckdb_data_chunk chunk, idx_t column);
extern void duckdb_destroy_data_chunk(duckdb_data_chunk *chunk);
extern void *duckdb_vector_get_data(duckdb_vector vector);
extern uint64_t *duckdb_vector_get_validity(duckdb_vector vector);
extern void duckdb_vector_ensure_validity_writable(duckdb_vector vector);
extern void duckdb_unsafe_vector_assign_string_element_len(duckdb_vector vector, idx_t index, const char *text, idx_t length);
extern void duckdb_vector_reference_vector(duckdb_vector to, duckdb_vector from);
extern duckdb_vector duckdb_list_vector_get_child(duckdb_vector vector);
extern idx_t duckdb_list_vector_get_size(duckdb_vector vector);
extern duckdb_state duckdb_list_vector_set_size(duckdb_vector vector, idx_t size);
extern duckdb_state duckdb_list_vector_reserve(duckdb_vector vector, idx_t capacity);

// Table functions.
extern duckdb_table_function duckdb_create_table_function(void);
extern void duckdb_destroy_table_function(duckdb_table_function *function);
extern void duckdb_table_function_set_name(duckdb_table_function function, const char *name);
extern void duckdb_table_function_add_parameter(duckdb_table_function function, duckdb_logical_type type);
extern void duckdb_table_function_set_extra_info(duckdb_table_function function, void *info, duckdb_delete_callback_t destroy);
extern void duckdb_table_function_set_bind(duckdb_table_function function, duckdb_table_function_bind_t bind);
extern void duckdb_table_function_set_init(duckdb_table_function function, duckdb_table_function_init_t init);
extern void duckdb_table_function_set_function(duckdb_table_function function, duckdb_table_function_t scan);
extern void duckdb_table_function_supports_projection_pushdown(duckdb_table_function function, bool pushdown);
extern duckdb_state duckdb_register_table_function(duckdb_connection connection, duckdb_table_function function);
extern void *duckdb_bind_get_extra_info(duckdb_bind_info info);
extern void duckdb_table_function_get_client_context(duckdb_bind_info info, duckdb_client_context *out);
extern duckdb_value duckdb_bind_get_parameter(duckdb_bind_info info, idx_t index);
extern void duckdb_bind_add_result_column(duckdb_bind_info info, const char *name, duckdb_logical_type type);
extern void duckdb_bind_set_bind_data(duckdb_bind_info info, void *data, duckdb_delete_callback_t destroy);
extern void duckdb_bind_set_cardinality(duckdb_bind_info info, idx_t cardinality, bool exact);
extern void duckdb_bind_set_error(duckdb_bind_info info, const char *error);
extern void *duckdb_init_get_bind_data(duckdb_init_info info);
extern void duckdb_init_set_init_data(duckdb_init_info info, void *data, duckdb_delete_callback_t destroy);
extern idx_t duckdb_init_get_column_count(duckdb_init_info info);
extern idx_t duckdb_init_get_column_index(duckdb_init_info info, idx_t column);
extern void duckdb_init_set_max_threads(duckdb_init_info info, idx_t threads);
extern void duckdb_init_set_error(duckdb_init_info info, const char *error);
extern void *duckdb_function_get_init_data(duckdb_function_info info);
extern void duckdb_function_set_error(duckdb_function_info info, const char *error);

// Scalar functions.
extern duckdb_scalar_function duckdb_create_scalar_function(void);
extern void duckdb_destroy_scalar_function(duckdb_scalar_function *function);
extern void duckdb_scalar_function_set_name(duckdb_scalar_function function, const char *name);
extern void duckdb_scalar_function_set_varargs(duckdb_scalar_function function, duckdb_logical_type type);
extern void duckdb_scalar_function_set_special_handling(duckdb_scalar_function function);
extern void duckdb_scalar_function_set_volatile(duckdb_scalar_function function);
extern void duckdb_scalar_function_add_parameter(duckdb_scalar_function function, duckdb_logical_type type);
extern void duckdb_scalar_function_set_return_type(duckdb_scalar_function function, duckdb_logical_type type);
extern void duckdb_scalar_function_set_extra_info(duckdb_scalar_function function, void *info, duckdb_delete_callback_t destroy);
extern void duckdb_scalar_function_set_function(duckdb_scalar_function function, duckdb_scalar_function_t call);
extern void *duckdb_scalar_function_get_extra_info(duckdb_function_info info);
extern void duckdb_scalar_function_set_error(duckdb_function_info info, const char *error);
extern duckdb_scalar_function_set duckdb_create_scalar_function_set(const char *name);
extern void duckdb_destroy_scalar_function_set(duckdb_scalar_function_set *set);
extern duckdb_state duckdb_add_scalar_function_to_set(duckdb_scalar_function_set set, duckdb_scalar_function function);
extern duckdb_state duckdb_register_scalar_function_set(duckdb_connection connection, duckdb_scalar_function_set set);

// Aggregate functions.
extern duckdb_aggregate_function duckdb_create_aggregate_function(void);
extern void duckdb_destroy_aggregate_function(duckdb_aggregate_function *function);
extern void duckdb_aggregate_function_set_name(duckdb_aggregate_function function, const char *name);
extern void duckdb_aggregate_function_add_parameter(duckdb_aggregate_function function, duckdb_logical_type type);
extern void duckdb_aggregate_function_set_return_type(duckdb_aggregate_function function, duckdb_logical_type type);
extern void duckdb_aggregate_function_set_functions(duckdb_aggregate_function function, duckdb_aggregate_state_size size, duckdb_aggregate_init_t init, duckdb_aggregate_update_t update, duckdb_aggregate_combine_t combine, duckdb_aggregate_finalize_t finalize);
extern void duckdb_aggregate_function_set_destructor(duckdb_aggregate_function function, duckdb_aggregate_destroy_t destroy);
extern void duckdb_aggregate_function_set_special_handling(duckdb_aggregate_function function);
extern void duckdb_aggregate_function_set_extra_info(duckdb_aggregate_function function, void *info, duckdb_delete_callback_t destroy);
extern void *duckdb_aggregate_function_get_extra_info(duckdb_function_info info);
extern void duckdb_aggregate_function_set_error(duckdb_function_info info, const char *error);
extern duckdb_state duckdb_register_aggregate_function(duckdb_connection connection, duckdb_aggregate_function function);
