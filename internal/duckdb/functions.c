// Registration of functions that Go computes. Each call of one is a single crossing
// into Go for a whole chunk.
#include "bridge.h"

#include <stdlib.h>

extern void sluiceScalarCall(duckdb_function_info info, duckdb_data_chunk input, duckdb_vector output);
extern void sluiceAggregateUpdate(duckdb_function_info info, duckdb_data_chunk input, duckdb_aggregate_state *states);
extern void sluiceAggregateCombine(duckdb_function_info info, duckdb_aggregate_state *source, duckdb_aggregate_state *target, idx_t count);
extern void sluiceAggregateFinalize(duckdb_function_info info, duckdb_aggregate_state *source, duckdb_vector result, idx_t count, idx_t offset);
extern void sluiceAggregateDestroy(duckdb_aggregate_state *states, idx_t count);

static void *new_handle(uintptr_t handle) {
	uintptr_t *extra = malloc(sizeof(*extra));
	*extra = handle;
	return extra;
}

void sluice_add_scalar(duckdb_scalar_function_set set, uintptr_t handle, const char *name, duckdb_logical_type *parameters, int parameter_count, duckdb_logical_type result, duckdb_logical_type variadic, bool special_nulls, bool is_volatile) {
	duckdb_scalar_function function = duckdb_create_scalar_function();
	duckdb_scalar_function_set_name(function, name);
	for (int i = 0; i < parameter_count; i++) {
		duckdb_scalar_function_add_parameter(function, parameters[i]);
	}
	if (variadic) {
		duckdb_scalar_function_set_varargs(function, variadic);
	}
	if (special_nulls) {
		duckdb_scalar_function_set_special_handling(function);
	}
	if (is_volatile) {
		duckdb_scalar_function_set_volatile(function);
	}
	duckdb_scalar_function_set_return_type(function, result);
	duckdb_scalar_function_set_extra_info(function, new_handle(handle), free);
	duckdb_scalar_function_set_function(function, sluiceScalarCall);
	duckdb_add_scalar_function_to_set(set, function);
	duckdb_destroy_scalar_function(&function);
}

void sluice_assign_strings(duckdb_vector vector, idx_t first, idx_t n, const char *text, const uint64_t *ends) {
	uint64_t *valid = duckdb_vector_get_validity(vector);
	uint64_t start = 0;
	for (idx_t i = 0; i < n; i++) {
		idx_t row = first + i;
		if (!valid || (valid[row / 64] >> (row % 64) & 1)) {
			duckdb_unsafe_vector_assign_string_element_len(vector, row, text + start, ends[i] - start);
		}
		start = ends[i];
	}
}

static idx_t state_size(duckdb_function_info info) {
	(void)info;
	return sizeof(sluice_state);
}

static void init_state(duckdb_function_info info, duckdb_aggregate_state state) {
	sluice_state *own = (sluice_state *)state;
	own->function = *(uintptr_t *)duckdb_aggregate_function_get_extra_info(info);
	own->id = 0;
}

duckdb_state sluice_register_aggregate(duckdb_connection connection, uintptr_t handle, const char *name, duckdb_logical_type *parameters, int parameter_count, duckdb_logical_type result) {
	duckdb_aggregate_function function = duckdb_create_aggregate_function();
	duckdb_aggregate_function_set_name(function, name);
	for (int i = 0; i < parameter_count; i++) {
		duckdb_aggregate_function_add_parameter(function, parameters[i]);
	}
	duckdb_aggregate_function_set_return_type(function, result);
	duckdb_aggregate_function_set_extra_info(function, new_handle(handle), free);
	duckdb_aggregate_function_set_functions(function, state_size, init_state, sluiceAggregateUpdate, sluiceAggregateCombine, sluiceAggregateFinalize);
	duckdb_aggregate_function_set_destructor(function, sluiceAggregateDestroy);
	duckdb_state state = duckdb_register_aggregate_function(connection, function);
	duckdb_destroy_aggregate_function(&function);
	return state;
}
