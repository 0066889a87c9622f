package duckdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/sqlstate"
)

func open(t testing.TB, o Options) *Engine {
	t.Helper()
	e, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e
}

// rows runs a statement and gives its rows as text, one string each.
func rows(t testing.TB, e *Engine, sql string, streams map[string]Stream) ([]string, error) {
	t.Helper()
	r, err := e.Query(context.Background(), sql, streams)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	var out []string
	for r.Next() {
		out = append(out, batchText(r.RecordBatch())...)
	}
	return out, r.Err()
}

func batchText(b arrow.RecordBatch) []string {
	out := make([]string, b.NumRows())
	for i := range out {
		values := make([]string, b.NumCols())
		for c := range values {
			values[c] = valueText(b.Column(c), i)
		}
		out[i] = strings.Clone(strings.Join(values, "|")) // values are views of the batch
	}
	return out
}

func valueText(a arrow.Array, i int) string {
	if ts, ok := a.(*array.Timestamp); ok && !ts.IsNull(i) {
		return fmt.Sprint(int64(ts.Value(i)))
	}
	if d, ok := a.(*array.Date32); ok && !d.IsNull(i) {
		return fmt.Sprint(int32(d.Value(i)))
	}
	return a.ValueStr(i)
}

func wantRows(t *testing.T, e *Engine, sql string, streams map[string]Stream, want ...string) {
	t.Helper()
	got, err := rows(t, e, sql, streams)
	if err != nil {
		t.Errorf("%s: %v (%v)", sql, err, errors.Unwrap(err))
		return
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%s:\n got %q\nwant %q", sql, got, want)
	}
}

func wantError(t *testing.T, e *Engine, sql string, code sqlstate.Code, message string) {
	t.Helper()
	got, err := rows(t, e, sql, nil)
	var stated *sqlstate.Error
	switch {
	case err == nil:
		t.Errorf("%s: no error, rows %q", sql, got)
	case !errors.As(err, &stated):
		t.Errorf("%s: not a sqlstate.Error: %v", sql, err)
	case stated.Code != code || message != "" && stated.Message != message:
		t.Errorf("%s:\n got %s %s (%v)\nwant %s %s", sql, stated.Code, stated.Message, errors.Unwrap(err), code, message)
	}
}

func TestQueryGivesRows(t *testing.T) {
	t.Parallel()
	e := open(t, Options{})
	wantRows(t, e, "SELECT 1 AS a, 'x' AS b, NULL::INTEGER AS c", nil, "1|x|(null)")
	wantRows(t, e, "SELECT x FROM (VALUES (2), (NULL), (1)) t(x) ORDER BY x DESC", nil, "(null)", "2", "1")
	wantRows(t, e, "SELECT 1 WHERE false", nil)
	wantRows(t, e, "SELECT count(*), min(i), max(i) FROM range(1000000) t(i)", nil, "1000000|0|999999")
	got, err := rows(t, e, "SELECT i FROM range(100000) t(i)", nil)
	if err != nil || len(got) != 100000 {
		t.Errorf("got %d rows, %v", len(got), err)
	}
}

func TestErrorsHavePostgresCodes(t *testing.T) {
	t.Parallel()
	e := open(t, Options{})
	wantError(t, e, "SELECT 2147483647::INTEGER + i::INTEGER FROM range(1, 2) t(i)", "22003", "integer out of range")
	wantError(t, e, "SELECT 32767::SMALLINT * (i + 1)::SMALLINT FROM range(1, 2) t(i)", "22003", "smallint out of range")
	wantError(t, e, "SELECT -9223372036854775807::BIGINT - (i + 1) FROM range(1, 2) t(i)", "22003", "bigint out of range")
	wantError(t, e, "SELECT -(i - 9223372036854775807 - 2) FROM range(1, 2) t(i)", "22003", "value out of range")
	wantError(t, e, "SELECT abs((i - 2147483649)::INTEGER) FROM range(1, 2) t(i)", "22003", "integer out of range")
	wantError(t, e, "SELECT ('214748364' || (i+7))::INTEGER FROM range(1, 2) t(i)", "22003", `value "2147483648" is out of range for type integer`)
	wantError(t, e, "SELECT sqrt(-1.0 - i) FROM range(1, 2) t(i)", "2201F", "cannot take square root of a negative number")
	wantError(t, e, "SELECT ln(0.0 - i) FROM range(1) t(i)", "2201E", "cannot take logarithm of zero")
	wantError(t, e, "SELECT (i + 1000.5)::DECIMAL(10,2)::DECIMAL(4,2) FROM range(1, 2) t(i)", "22003", "numeric field overflow")
	wantError(t, e, "SELECT ('x' || i)::UUID FROM range(1) t(i)", "22P02", `invalid input syntax for type uuid: "x0"`)
	wantError(t, e, "SELECT regexp_matches('a' || i, '(' || i) FROM range(1) t(i)", "2201B", "")
	wantError(t, e, "SELECT INTERVAL '1 hour' * 9000000", "0A000", "an interval whose time exceeds 292 years is not supported")
	wantError(t, e, "SELECT [INTERVAL '1 hour' * 9000000]", "0A000", "an interval whose time exceeds 292 years is not supported")
	wantError(t, e, "SELECT (i + 3000000000)::INTEGER FROM range(1, 2) t(i)", "22003", "integer out of range")
	wantError(t, e, "SELECT ('a' || i)::INTEGER FROM range(1, 2) t(i)", "22P02", `invalid input syntax for type integer: "a1"`)
	wantError(t, e, "SELECT ('a' || i)::DATE FROM range(1, 2) t(i)", "22007", `invalid input syntax for type date: "a1"`)
	wantError(t, e, "SELECT ('a' || i)::TIMESTAMP FROM range(1, 2) t(i)", "22007", `invalid input syntax for type timestamp: "a1"`)
	wantError(t, e, "SELECT (i + 1000)::DECIMAL(4,2) FROM range(1, 2) t(i)", "22003", "numeric field overflow")
	wantError(t, e, "SELECT (i + 1000)::VARCHAR::DECIMAL(4,2) FROM range(1, 2) t(i)", "22003", "numeric field overflow")
	wantError(t, e, "SELECT no_such_column", "XX000", "internal error")
	wantError(t, e, "SELECT 'geheim' FROM", "XX000", "internal error")
	wantError(t, e, "SELECT no_such_function(1)", "XX000", "internal error")
	wantError(t, e, "SELECT 1; SELECT 2", "XX000", "internal error")
	wantError(t, e, "CREATE TABLE t (a INTEGER)", "XX000", "duckdb: only a query can run here")
	wantError(t, e, "SELECT (SELECT i FROM range(3) t(i))", "21000", "more than one row returned by a subquery used as an expression")
}

func TestContextEndsAStatement(t *testing.T) {
	t.Parallel()
	e := open(t, Options{})
	const forever = "SELECT count(*) FROM range(1000000000) a, range(1000000000) b WHERE (a.range * b.range) % 7 = 8"
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	r, err := e.Query(ctx, forever, nil)
	if err == nil {
		r.Release()
		t.Fatal("no error")
	}
	if code := sqlstate.From(err).Code; code != sqlstate.QueryCanceled || time.Since(start) > 5*time.Second {
		t.Errorf("got %s after %s", code, time.Since(start))
	}
	wantRows(t, e, "SELECT 1", nil, "1")

	ctx, cancel = context.WithCancel(context.Background())
	r, err = e.Query(ctx, "SELECT i FROM range(1000000000) t(i)", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	if !r.Next() {
		t.Fatal("no rows")
	}
	cancel()
	for r.Next() {
	}
	if code := sqlstate.From(r.Err()).Code; code != sqlstate.QueryCanceled {
		t.Errorf("got %v", r.Err())
	}
}

func TestResultStreams(t *testing.T) {
	t.Parallel()
	e := open(t, Options{MemoryLimit: 64 << 20})
	r, err := e.Query(context.Background(), "SELECT i, repeat('x', 1000) AS s FROM range(10000000) t(i)", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Release()
	for i := 0; i < 500; i++ {
		if !r.Next() {
			t.Fatal(r.Err())
		}
	}
}

func TestMemoryLimit(t *testing.T) {
	t.Parallel()
	e := open(t, Options{MemoryLimit: 32 << 20})
	wantError(t, e, "SELECT list(i::VARCHAR || 'some longer text') FROM range(10000000) t(i)", "53200", "out of memory")
	spilling := open(t, Options{MemoryLimit: 64 << 20, TempDir: t.TempDir()})
	got, err := rows(t, spilling, "SELECT i FROM (SELECT i, md5(i::VARCHAR) AS m FROM range(3000000) t(i)) ORDER BY m LIMIT 1 OFFSET 2999999", nil)
	if err != nil || len(got) != 1 {
		t.Errorf("got %q, %v", got, err)
	}
}

// What DuckDB refuses by itself once an instance is locked, below Query's own rule
// that a statement is a SELECT.
func TestLockedInstanceRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "secret.csv")
	if err := os.WriteFile(file, []byte("a,b\n1,geheim\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	e := open(t, Options{TempDir: filepath.Join(dir, "spill")})
	for _, sql := range []string{
		"SELECT * FROM read_csv('" + file + "')", "SELECT * FROM read_text('" + file + "')", "SELECT * FROM read_blob('" + file + "')",
		"SELECT * FROM read_json('" + file + "')", "SELECT * FROM read_parquet('" + file + "')", "SELECT * FROM glob('" + dir + "/*')",
		"SELECT * FROM '" + file + "'", "SELECT * FROM '/etc/passwd'", "FROM sniff_csv('" + file + "')",
		"SELECT * FROM parquet_metadata('" + file + "')", "SELECT getenv('HOME')", "SELECT * FROM query('SELECT * FROM read_text(''" + file + "'')')",
		"SELECT * FROM query_table('" + file + "')", "SELECT * FROM 'https://example.com/a.csv'", "SELECT * FROM python_scan_all_frames",
	} {
		if got, err := rows(t, e, sql, nil); err == nil {
			t.Errorf("Query allows %s: %q", sql, got)
		}
	}
	for _, sql := range []string{
		"ATTACH '" + dir + "/x.duckdb'", "COPY (SELECT 1) TO '" + dir + "/out.csv'", "EXPORT DATABASE '" + dir + "/exp'",
		"INSTALL httpfs", "LOAD httpfs", "LOAD '/tmp/x.duckdb_extension'", "INSTALL spatial FROM community", "SET threads = 1", "SET memory_limit = '99GB'",
		"SET enable_external_access = true", "SET lock_configuration = false", "RESET lock_configuration", "PRAGMA threads=9",
		"PRAGMA enable_external_access", "SET TimeZone = 'Europe/Berlin'", "SET allowed_directories = ['/']", "SET custom_extension_repository = 'x'",
		"IMPORT DATABASE '" + dir + "'", "CREATE SECRET (TYPE http)", "SET temp_directory = '/tmp'", "PRAGMA enable_profiling", "SET profiling_output='/tmp/x'",
		"PRAGMA enable_logging", "CALL enable_logging(storage='file', storage_path='" + dir + "/log')",
	} {
		if err := e.Exec(context.Background(), sql); err == nil {
			t.Logf("DuckDB itself allows %s", sql)
		}
		if got, err := rows(t, e, sql, nil); err == nil {
			t.Errorf("Query allows %s: %q", sql, got)
		}
	}
}

func TestHeaderFitsTheLibrary(t *testing.T) {
	t.Parallel()
	if got := libraryVersion(); got != "v1.5.4" {
		t.Errorf("DuckDB is %s: compare api.h with its duckdb.h", got)
	}
}

// Every connection has the settings, not only the one that made them.
func TestSettingsHoldOnEveryConnection(t *testing.T) {
	t.Parallel()
	e := open(t, Options{})
	var held []array.RecordReader
	for range 3 {
		r, err := e.Query(context.Background(), "SELECT TIMESTAMPTZ '2020-01-01 12:00:00+02'::VARCHAR || ' ' || list(x ORDER BY x DESC)::VARCHAR FROM (VALUES (1), (NULL)) t(x)", nil)
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, r)
		if !r.Next() || r.RecordBatch().Column(0).ValueStr(0) != "2020-01-01 10:00:00+00 [NULL, 1]" {
			t.Errorf("got %v, %v", r.RecordBatch(), r.Err())
		}
	}
	for _, r := range held {
		r.Release()
	}
}

func TestResultTypes(t *testing.T) {
	t.Parallel()
	e := open(t, Options{})
	for sql, want := range map[string]string{
		"1::HUGEINT": "decimal(38, 0)", "uuid()": "utf8", "'{}'::JSON": "utf8", "1::TINYINT": "int8", "[[1]]": "list<l: list<l: int32, nullable>, nullable>",
		"TIME '24:00:00'": "time64[us]", "NULL": "int32", "1.5": "decimal(2, 1)", "1::UBIGINT": "uint64",
	} {
		r, err := e.Query(context.Background(), "SELECT "+sql, nil)
		if err != nil {
			t.Error(sql, err)
			continue
		}
		if got := r.Schema().Field(0).Type.String(); got != want {
			t.Errorf("%s is %s, want %s", sql, got, want)
		}
		for r.Next() {
		}
		if r.Err() != nil {
			t.Error(sql, r.Err())
		}
		r.Release()
	}
	wantRows(t, e, "SELECT column_name, column_type FROM (DESCRIBE SELECT 1 AS a, 'x' AS b)", nil, "a|INTEGER", "b|VARCHAR")
}
