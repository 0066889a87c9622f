package duckdb

// The bindings bring DuckDB's static libraries for each platform to the linker.
import _ "github.com/duckdb/duckdb-go-bindings"
