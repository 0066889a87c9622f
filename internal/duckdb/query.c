#include "bridge.h"

#include <stdlib.h>
#include <string.h>

static char *copy_error(const char *text) { return strdup(text && *text ? text : "Internal Error: no message"); }

static char *take_error(duckdb_error_data error) {
	char *text = NULL;
	if (error && duckdb_error_data_has_error(error)) {
		text = copy_error(duckdb_error_data_message(error));
	}
	if (error) {
		duckdb_destroy_error_data(&error);
	}
	return text;
}

char *sluice_prepare(sluice_query *q, duckdb_connection connection, const char *sql, int *statement_type) {
	if (duckdb_prepare(connection, sql, &q->statement)) {
		return copy_error(duckdb_prepare_error(q->statement));
	}
	*statement_type = duckdb_prepared_statement_type(q->statement);
	return NULL;
}

// Arrow's intervals count nanoseconds where DuckDB's count microseconds; DuckDB
// multiplies without looking, so what does not fit is refused here.
enum { type_interval = 15, type_list = 24 };

typedef struct {
	int32_t months;
	int32_t days;
	int64_t micros;
} interval;

static bool intervals_fit(duckdb_vector vector, idx_t rows) {
	const int64_t limit = INT64_MAX / 1000;
	interval *values = duckdb_vector_get_data(vector);
	uint64_t *valid = duckdb_vector_get_validity(vector);
	for (idx_t i = 0; i < rows; i++) {
		bool null = valid && !(valid[i / 64] >> (i % 64) & 1);
		if (!null && (values[i].micros > limit || values[i].micros < -limit)) {
			return false;
		}
	}
	return true;
}

static bool column_fits(sluice_query *q, duckdb_data_chunk chunk, idx_t column, idx_t rows) {
	duckdb_vector vector = duckdb_data_chunk_get_vector(chunk, column);
	switch (q->intervals[column]) {
	case type_interval:
		return intervals_fit(vector, rows);
	case type_list:
		return intervals_fit(duckdb_list_vector_get_child(vector), duckdb_list_vector_get_size(vector));
	}
	return true;
}

// interval_kind marks columns of intervals and of lists of them; 0 is any other.
static char interval_kind(duckdb_logical_type type) {
	int id = duckdb_get_type_id(type);
	if (id != type_list) {
		return id == type_interval ? type_interval : 0;
	}
	duckdb_logical_type child = duckdb_list_type_child_type(type);
	char kind = duckdb_get_type_id(child) == type_interval ? type_list : 0;
	duckdb_destroy_logical_type(&child);
	return kind;
}

static char *result_schema(sluice_query *q, struct ArrowSchema *schema) {
	idx_t n = duckdb_column_count(&q->result);
	duckdb_logical_type *types = calloc(n, sizeof(*types));
	const char **names = calloc(n, sizeof(*names));
	q->columns = n;
	q->intervals = calloc(n, 1);
	for (idx_t i = 0; i < n; i++) {
		types[i] = duckdb_column_logical_type(&q->result, i);
		q->intervals[i] = interval_kind(types[i]);
		names[i] = duckdb_column_name(&q->result, i);
	}
	char *error = take_error(duckdb_to_arrow_schema(q->options, types, names, n, schema));
	for (idx_t i = 0; i < n; i++) {
		duckdb_destroy_logical_type(&types[i]);
	}
	free(types);
	free(names);
	return error;
}

char *sluice_execute(sluice_query *q, struct ArrowSchema *schema) {
	duckdb_pending_result pending = NULL;
	char *error = NULL;
	if (duckdb_pending_prepared_streaming(q->statement, &pending)) {
		error = copy_error(duckdb_pending_error(pending));
		duckdb_destroy_pending(&pending);
		return error;
	}
	q->has_result = true;
	if (duckdb_execute_pending(pending, &q->result)) {
		error = copy_error(duckdb_result_error(&q->result));
	}
	duckdb_destroy_pending(&pending);
	if (error) {
		return error;
	}
	q->options = duckdb_result_get_arrow_options(&q->result);
	return result_schema(q, schema);
}

char *sluice_fetch(sluice_query *q, struct ArrowArray *batch, idx_t *rows) {
	*rows = 0;
	duckdb_data_chunk chunk = duckdb_fetch_chunk(q->result);
	if (!chunk) {
		const char *error = duckdb_result_error(&q->result);
		return error && *error ? strdup(error) : NULL;
	}
	char *error = NULL;
	*rows = duckdb_data_chunk_get_size(chunk);
	for (idx_t i = 0; *rows > 0 && i < q->columns && !error; i++) {
		if (!column_fits(q, chunk, i, *rows)) {
			error = strdup("Out of Range Error: interval");
		}
	}
	if (*rows > 0 && !error) {
		error = take_error(duckdb_data_chunk_to_arrow(q->options, chunk, batch));
	}
	duckdb_destroy_data_chunk(&chunk);
	return error;
}

char *sluice_exec(duckdb_connection connection, const char *sql) {
	duckdb_result result;
	char *error = NULL;
	if (duckdb_query(connection, sql, &result)) {
		error = copy_error(duckdb_result_error(&result));
	}
	duckdb_destroy_result(&result);
	return error;
}

void sluice_query_close(sluice_query *q) {
	free(q->intervals);
	q->intervals = NULL;
	if (q->options) {
		duckdb_destroy_arrow_options(&q->options);
	}
	if (q->has_result) {
		duckdb_destroy_result(&q->result);
		q->has_result = false;
	}
	if (q->statement) {
		duckdb_destroy_prepare(&q->statement);
	}
}
