package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/internal/duckdb"
)

// forged is SQL that no plan is ever written as. %s is a directory with a file of every
// kind and one that must not come into being.
var forged = []string{
	// files
	"SELECT * FROM read_csv('%s/secret.csv')", "SELECT * FROM read_csv_auto('%s/secret.csv')", "SELECT * FROM '%s/secret.csv'",
	"SELECT * FROM read_text('%s/secret.csv')", "SELECT * FROM read_blob('%s/secret.csv')", "SELECT * FROM read_json('%s/secret.json')",
	"SELECT * FROM read_ndjson('%s/secret.json')", "SELECT * FROM read_parquet('%s/secret.parquet')", "SELECT * FROM parquet_metadata('%s/secret.parquet')",
	"SELECT * FROM parquet_schema('%s/secret.parquet')", "SELECT * FROM parquet_file_metadata('%s/secret.parquet')", "SELECT * FROM sniff_csv('%s/secret.csv')",
	"SELECT * FROM glob('%s/*')", "SELECT * FROM read_csv('/proc/self/environ')", "SELECT * FROM read_text('/etc/passwd')",
	"SELECT * FROM read_duckdb('%s/secret.db')", "SELECT * FROM parquet_kv_metadata('%s/secret.parquet')", "SELECT * FROM parquet_bloom_probe('%s/secret.parquet', 'a', 1)",
	"COPY (SELECT 1) TO '%s/made.csv'", "COPY (SELECT 1) TO '%s/made.parquet' (FORMAT parquet)", "CREATE TABLE t AS SELECT * FROM read_csv('%s/secret.csv')",
	"CREATE TABLE t (a INT); COPY t FROM '%s/secret.csv'", "EXPORT DATABASE '%s/made'", "IMPORT DATABASE '%s'", "ATTACH '%s/secret.db' AS s", "ATTACH '%s/made.db' AS s",
	"ATTACH ':memory:' AS s", "CREATE VIEW v AS SELECT * FROM read_csv('%s/secret.csv'); SELECT * FROM v", "SET VARIABLE a = (SELECT content FROM read_text('%s/secret.csv'))",
	// the network and extensions
	"SELECT * FROM 'https://example.org/a.csv'", "SELECT * FROM read_parquet('s3://bucket/a.parquet')", "INSTALL httpfs", "LOAD httpfs", "FORCE INSTALL json",
	"INSTALL 'x' FROM 'https://example.org'", "ATTACH 'postgres:dbname=x' AS p (TYPE postgres)", "ATTACH 'https://example.org/a.db' AS h", "UPDATE EXTENSIONS", "LOAD '%s/x.duckdb_extension'",
	// settings
	"SET enable_external_access = true", "SET GLOBAL enable_external_access = true", "PRAGMA enable_external_access = true", "RESET enable_external_access", "SET lock_configuration = false",
	"SET allowed_directories = ['/']", "SET allowed_paths = ['/etc/passwd']", "SET autoload_known_extensions = true", "SET allow_unsigned_extensions = true", "SET threads = 64",
	"SET memory_limit = '1TB'", "SET temp_directory = '%s'", "SET home_directory = '%s'", "SET extension_directory = '%s'", "SET secret_directory = '%s'",
	"SET log_query_path = '%s/made.log'", "SET profiling_output = '%s/made.json'", "PRAGMA enable_profiling = 'json'", "SET enable_logging = true", "CALL enable_logging(storage = 'file', storage_path = '%s/made')",
	"CALL enable_logging('QueryLog')", "SET custom_extension_repository = 'http://example.org'", "SET http_proxy = 'example.org'", "SET python_enable_replacements = true",
	// secrets and the machine
	"SELECT * FROM duckdb_secrets()", "CREATE SECRET s (TYPE s3, KEY_ID 'a', SECRET 'b')", "CREATE PERSISTENT SECRET s (TYPE http)", "SELECT which_secret('s3://a', 's3')", "SELECT getenv('HOME')",
	// metadata
	"SELECT * FROM duckdb_settings()", "SELECT current_setting('temp_directory')", "SELECT * FROM duckdb_databases()", "SELECT * FROM duckdb_functions()", "SELECT * FROM duckdb_tables()",
	"SELECT * FROM duckdb_memory()", "SELECT * FROM duckdb_temporary_files()", "SELECT * FROM duckdb_extensions()", "SELECT * FROM duckdb_logs()", "SELECT * FROM duckdb_log_contexts()",
	"SELECT * FROM duckdb_views()", "SELECT * FROM duckdb_columns()", "SELECT * FROM duckdb_variables()", "SELECT * FROM duckdb_prepared_statements()",
	"SELECT * FROM information_schema.tables", "SELECT * FROM pg_catalog.pg_class", "SELECT * FROM sqlite_master", "PRAGMA database_list", "PRAGMA show_tables", "PRAGMA version", "PRAGMA platform",
	"SHOW TABLES", "SHOW ALL TABLES", "DESCRIBE SELECT 1", "SUMMARIZE SELECT 1", "CALL pragma_database_size()", "SELECT * FROM pragma_storage_info('t')", "EXPLAIN SELECT 1",
	// another statement's streams, and code as data
	"SELECT * FROM sluice_stream('r0')", "SELECT * FROM query('SELECT 1')", "SELECT * FROM query_table('t')", "SELECT * FROM json_execute_serialized_sql('{}')",
	"SELECT json_serialize_sql('SELECT 1')", "PREPARE p AS SELECT 1", "EXECUTE p", "CREATE MACRO m(a) AS a", "CREATE FUNCTION f(a) AS TABLE SELECT * FROM read_csv(a)",
	"CREATE TABLE t (a INT)", "CREATE TEMP TABLE t (a INT)", "CREATE SCHEMA s", "CREATE TYPE e AS ENUM ('a')", "CREATE SEQUENCE q", "DROP SCHEMA main CASCADE", "USE memory", "BEGIN", "CHECKPOINT", "VACUUM",
	"SELECT 1; SELECT 2",
}

// TestForgedPlans proves that the local engines refuse what could reach beyond the
// statement, even if a plan that asks for it came about.
func TestForgedPlans(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"secret.csv", "secret.json", "secret.parquet", "secret.db"} {
		must(t, os.WriteFile(filepath.Join(dir, name), []byte("a\n1\n"), 0o644))
	}
	before := listing(t, dir)
	for name, engine := range lockedEngines(t) {
		t.Run(name, func(t *testing.T) {
			for _, sql := range forged {
				sql = strings.ReplaceAll(sql, "%s", dir)
				reader, err := engine.Query(t.Context(), sql, nil)
				if err == nil {
					rows := int64(0)
					for reader.Next() {
						rows += reader.RecordBatch().NumRows()
					}
					err = reader.Err()
					reader.Release()
					if err == nil {
						t.Errorf("%s: answered with %d rows", sql, rows)
					}
				}
			}
			if after := listing(t, dir); after != before {
				t.Errorf("files came about: %s", after)
			}
		})
	}
}

// lockedEngines are made as the server makes them.
func lockedEngines(t *testing.T) map[string]*duckdb.Engine {
	t.Helper()
	all, err := openEngines(&catalog.Mesh{}, nil, &serve{Memory: "512MiB", Threads: 1})
	must(t, err)
	t.Cleanup(func() { must(t, all.close()) })
	engine, err := all.local.Open()
	must(t, err)
	t.Cleanup(func() { must(t, engine.Close()) })
	return map[string]*duckdb.Engine{"local": engine}
}

func listing(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return strings.Join(names, " ")
}
