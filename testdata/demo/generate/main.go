// Command generate makes the data of the demo mesh, the same at every run: a DuckDB
// file, CSV, JSON and Parquet, a few thousand rows. Run it from the project's root.
package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/sluicemesh/sluice/internal/duckdb"
)

//go:embed data.sql
var statements string

const directory = "testdata/demo/data"

func main() {
	if err := generate(directory); err != nil {
		fmt.Fprintln(os.Stderr, "demo data:", err)
		os.Exit(1)
	}
	fmt.Println("demo data is in", directory)
}

// generate replaces the directory in one step, so that a broken run leaves the old data.
func generate(directory string) error {
	if err := os.MkdirAll(filepath.Dir(directory), 0o755); err != nil {
		return err
	}
	fresh, err := os.MkdirTemp(filepath.Dir(directory), "data-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(fresh)
	if err := os.Chmod(fresh, 0o755); err != nil {
		return err
	}
	if err := fill(fresh); err != nil {
		return err
	}
	if err := os.RemoveAll(directory); err != nil {
		return err
	}
	return os.Rename(fresh, directory)
}

// fill runs the statements in a database file that stays behind as the sales domain's.
func fill(directory string) error {
	absolute, err := filepath.Abs(directory)
	if err != nil {
		return err
	}
	engine, err := duckdb.Open(duckdb.Options{
		Path: filepath.Join(absolute, "sales.duckdb"), AllowedDirectories: []string{absolute}, Threads: 1,
	})
	if err != nil {
		return err
	}
	defer engine.Close()
	for _, s := range strings.Split(strings.ReplaceAll(statements, "{dir}", absolute), ";\n") {
		if strings.TrimSpace(s) == "" {
			continue
		}
		if err := engine.Exec(context.Background(), s); err != nil {
			return fmt.Errorf("%w in: %s", err, s)
		}
	}
	return nil
}
