// The table function over Go streams. It declares projection pushdown and nothing
// else: DuckDB's own Arrow scan also takes filters, which its C entry point loses.
#include "bridge.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { slice_rows = 2048 }; // DuckDB's vector size

extern void sluiceStreamBind(duckdb_bind_info info);
extern void sluiceStreamInit(duckdb_init_info info);
extern int sluiceStreamNext(uintptr_t stream, sluice_batch **batch);
extern void sluiceBatchDone(uintptr_t owner);

// One scan of one stream, shared by the threads that run it.
typedef struct {
	pthread_mutex_t lock; // guards batch, offset and done
	sluice_batch *batch;
	int64_t offset;
	bool done;

	uintptr_t stream;
	duckdb_connection connection;
	duckdb_arrow_converted_schema schema;
	idx_t output_columns; // of the chunk DuckDB hands in
	idx_t columns;        // of them, those that are columns of the stream
	idx_t *source;        // stream column of each
	idx_t *target;        // chunk column of each
} sluice_scan;

static void retain_batch(sluice_batch *batch) { __atomic_add_fetch(&batch->references, 1, __ATOMIC_RELAXED); }

static void release_batch(sluice_batch *batch) {
	if (__atomic_sub_fetch(&batch->references, 1, __ATOMIC_ACQ_REL) > 0) {
		return;
	}
	if (batch->array.release) {
		batch->array.release(&batch->array);
	}
	sluiceBatchDone(batch->owner);
	free(batch);
}

// A slice is one allocation: header, child pointers, children.
typedef struct {
	sluice_batch *batch;
	struct ArrowArray *children[];
} sluice_slice;

static void release_child(struct ArrowArray *array) { array->release = NULL; }

static void release_slice(struct ArrowArray *array) {
	sluice_slice *slice = array->private_data;
	array->release = NULL;
	release_batch(slice->batch);
	free(slice);
}

// make_slice fills out with rows [offset, offset+length) of the scan's columns and
// takes over one reference to batch.
static void make_slice(sluice_scan *scan, sluice_batch *batch, int64_t offset, int64_t length, struct ArrowArray *out) {
	static const void *no_validity[1] = {NULL};
	size_t pointers = sizeof(sluice_slice) + scan->columns * sizeof(struct ArrowArray *);
	sluice_slice *slice = malloc(pointers + scan->columns * sizeof(struct ArrowArray));
	struct ArrowArray *children = (struct ArrowArray *)((char *)slice + pointers);
	slice->batch = batch;
	for (idx_t i = 0; i < scan->columns; i++) {
		struct ArrowArray *child = &children[i];
		*child = *batch->array.children[scan->source[i]];
		child->offset += offset;
		child->length = length;
		child->null_count = child->null_count == 0 ? 0 : -1;
		child->release = release_child;
		child->private_data = NULL;
		slice->children[i] = child;
	}
	memset(out, 0, sizeof(*out));
	out->length = length;
	out->n_buffers = 1;
	out->buffers = no_validity;
	out->n_children = (int64_t)scan->columns;
	out->children = slice->children;
	out->release = release_slice;
	out->private_data = slice;
}

// next_slice gives the next rows with a reference to their batch: 1, 0 at the end,
// -1 after an error.
static int next_slice(sluice_scan *scan, sluice_batch **batch, int64_t *offset, int64_t *length) {
	int state = 1;
	pthread_mutex_lock(&scan->lock);
	while (!scan->done && (!scan->batch || scan->offset >= scan->batch->array.length)) {
		if (scan->batch) {
			release_batch(scan->batch);
			scan->batch = NULL;
		}
		scan->offset = 0;
		state = sluiceStreamNext(scan->stream, &scan->batch);
		scan->done = state != 1;
	}
	if (scan->batch) {
		int64_t left = scan->batch->array.length - scan->offset;
		*batch = scan->batch;
		*offset = scan->offset;
		*length = left < slice_rows ? left : slice_rows;
		scan->offset += *length;
		retain_batch(scan->batch);
	} else if (state == 1) {
		state = 0;
	}
	pthread_mutex_unlock(&scan->lock);
	return state;
}

static char *fill_chunk(sluice_scan *scan, struct ArrowArray *slice, duckdb_data_chunk output) {
	duckdb_data_chunk converted = NULL;
	duckdb_error_data error = duckdb_data_chunk_from_arrow(scan->connection, slice, scan->schema, &converted);
	char *text = NULL;
	if (error && duckdb_error_data_has_error(error)) {
		text = strdup(duckdb_error_data_message(error));
	}
	if (error) {
		duckdb_destroy_error_data(&error);
	}
	if (slice->release) {
		slice->release(slice);
	}
	if (text) {
		return text;
	}
	for (idx_t i = 0; i < scan->columns; i++) {
		duckdb_vector to = duckdb_data_chunk_get_vector(output, scan->target[i]);
		duckdb_vector_reference_vector(to, duckdb_data_chunk_get_vector(converted, i));
	}
	duckdb_destroy_data_chunk(&converted);
	return NULL;
}

static void scan_stream(duckdb_function_info info, duckdb_data_chunk output) {
	sluice_scan *scan = duckdb_function_get_init_data(info);
	sluice_batch *batch = NULL;
	int64_t offset = 0, length = 0;
	int state = next_slice(scan, &batch, &offset, &length);
	if (state != 1) {
		duckdb_data_chunk_set_size(output, 0);
		if (state < 0) {
			duckdb_function_set_error(info, "the stream failed");
		}
		return;
	}
	if (scan->columns == 0) { // count(*): only the number of rows is asked for
		release_batch(batch);
		duckdb_data_chunk_set_size(output, (idx_t)length);
		return;
	}
	struct ArrowArray slice;
	make_slice(scan, batch, offset, length, &slice);
	char *error = fill_chunk(scan, &slice, output);
	if (error) {
		duckdb_data_chunk_set_size(output, 0);
		duckdb_function_set_error(info, error);
		free(error);
		return;
	}
	duckdb_data_chunk_set_size(output, (idx_t)length);
}

static void free_scan(void *data) {
	sluice_scan *scan = data;
	if (scan->batch) {
		release_batch(scan->batch);
	}
	if (scan->schema) {
		duckdb_destroy_arrow_converted_schema(&scan->schema);
	}
	pthread_mutex_destroy(&scan->lock);
	free(scan->source);
	free(scan->target);
	free(scan);
}

// sluice_new_scan makes the state of a scan of the columns that DuckDB projects.
// projected is the Arrow schema of those below columns, in their order.
char *sluice_new_scan(duckdb_init_info info, duckdb_connection connection, uintptr_t stream, struct ArrowSchema *projected, idx_t columns, idx_t threads) {
	sluice_scan *scan = calloc(1, sizeof(*scan));
	pthread_mutex_init(&scan->lock, NULL);
	scan->stream = stream;
	scan->connection = connection;
	scan->output_columns = duckdb_init_get_column_count(info);
	scan->source = calloc(scan->output_columns + 1, sizeof(idx_t));
	scan->target = calloc(scan->output_columns + 1, sizeof(idx_t));
	for (idx_t i = 0; i < scan->output_columns; i++) {
		idx_t column = duckdb_init_get_column_index(info, i);
		if (column < columns) {
			scan->source[scan->columns] = column;
			scan->target[scan->columns++] = i;
		}
	}
	if (scan->columns > 0) {
		duckdb_error_data error = duckdb_schema_from_arrow(connection, projected, &scan->schema);
		char *text = NULL;
		if (error && duckdb_error_data_has_error(error)) {
			text = strdup(duckdb_error_data_message(error));
		}
		if (error) {
			duckdb_destroy_error_data(&error);
		}
		if (text) {
			free_scan(scan);
			return text;
		}
	}
	duckdb_init_set_max_threads(info, threads);
	duckdb_init_set_init_data(info, scan, free_scan);
	return NULL;
}

// sluice_bind_stream remembers the stream between bind and init.
void sluice_bind_stream(duckdb_bind_info info, uintptr_t stream) {
	uintptr_t *bound = malloc(sizeof(*bound));
	*bound = stream;
	duckdb_bind_set_bind_data(info, bound, free);
}

duckdb_state sluice_register_stream_function(duckdb_connection connection, uintptr_t engine, const char *name) {
	uintptr_t *extra = malloc(sizeof(*extra));
	*extra = engine;
	duckdb_table_function function = duckdb_create_table_function();
	duckdb_logical_type varchar = duckdb_create_logical_type(17);
	duckdb_table_function_set_name(function, name);
	duckdb_table_function_add_parameter(function, varchar);
	duckdb_table_function_set_extra_info(function, extra, free);
	duckdb_table_function_set_bind(function, sluiceStreamBind);
	duckdb_table_function_set_init(function, sluiceStreamInit);
	duckdb_table_function_set_function(function, scan_stream);
	duckdb_table_function_supports_projection_pushdown(function, true);
	duckdb_state state = duckdb_register_table_function(connection, function);
	duckdb_destroy_logical_type(&varchar);
	duckdb_destroy_table_function(&function);
	return state;
}
