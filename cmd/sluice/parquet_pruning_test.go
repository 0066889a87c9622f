package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/testservers"
)

// TestParquetIsPruned spoils the parts of Parquet files that a query has no need of: whole
// files of other directories of a hive, the data of files whose footers say that they hold
// other values, and row groups of one file. The answer is that of one PostgreSQL; whatever
// read more would fail, as a query does that needs those parts.
func TestParquetIsPruned(t *testing.T) {
	t.Parallel()
	pg, oracle := testservers.Postgres(t).NewDatabase(t), testservers.Postgres(t).NewDatabase(t)
	const all = "SELECT i::bigint AS id, CASE WHEN i < 40000 THEN 'EU' WHEN i < 80000 THEN 'NA' ELSE 'APAC' END AS region, DATE '2020-01-01' + CAST(floor(i / 100.0) AS integer) AS day, 'text ' || i AS label FROM generate_series(0, 119999) AS s(i)"
	wanted := "CREATE TABLE %s.wanted AS SELECT 17 * i AS id, i AS part FROM generate_series(1, 50) AS i"
	oracle.Exec(t, "CREATE SCHEMA lake", "CREATE SCHEMA pg", fmt.Sprintf(wanted, "pg"))
	for _, table := range []string{"hive", "files", "groups"} {
		oracle.Exec(t, "CREATE TABLE lake."+table+" AS "+all)
	}
	pg.Exec(t, fmt.Sprintf(wanted, "public"), "ANALYZE wanted")

	m := newMesh(t)
	dir := filepath.Join(m.dir, "lake")
	must(t, os.Mkdir(dir, 0o755))
	engine, err := duckdb.Open(duckdb.Options{AllowedDirectories: []string{dir}})
	must(t, err)
	defer engine.Close()
	write := func(rows, name, options string) {
		must(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		must(t, engine.Exec(t.Context(), fmt.Sprintf("COPY (SELECT %s FROM (%s) WHERE %s) TO '%s' (FORMAT parquet%s)", columnsOf(name), all, rows, filepath.Join(dir, name), options)))
	}
	for region, rows := range map[string]string{"EU": "region = 'EU'", "NA": "region = 'NA'", "APAC": "region = 'APAC'"} {
		write(rows, "hive/region="+region+"/part.parquet", "")
	}
	for i := range 3 {
		write(fmt.Sprintf("id >= %d AND id < %d ORDER BY id", 40_000*i, 40_000*(i+1)), fmt.Sprintf("files/%d.parquet", i), "")
	}
	write("true ORDER BY id", "groups/one.parquet", ", ROW_GROUP_SIZE 4096")
	must(t, os.WriteFile(filepath.Join(dir, "hive/region=NA/part.parquet"), []byte("PAR1 is not all"), 0o644))
	spoil(t, filepath.Join(dir, "files/1.parquet"), 0)
	spoil(t, filepath.Join(dir, "files/2.parquet"), 0)
	spoil(t, filepath.Join(dir, "groups/one.parquet"), 0.5)

	m.user("reader", "", "readers")
	m.domain("pg", m.serverSource("postgres", pg.Host, pg.Port, pg.Database, pg.User, pg.Password))
	m.domain("lake", "type: files\npath: lake\n")
	columns := []fixtureColumn{{"id", "bigint", ""}, {"region", "text", ""}, {"day", "date", ""}, {"label", "text", ""}}
	m.product("lake", "hive", "hive/**/*.parquet", columns...)
	m.product("lake", "files", "files/*.parquet", columns...)
	m.product("lake", "groups", "groups/one.parquet", columns...)
	m.product("pg", "wanted", "", fixtureColumn{"id", "integer", ""}, fixtureColumn{"part", "integer", ""})
	for _, table := range []string{"lake.hive", "lake.files", "lake.groups", "pg.wanted"} {
		m.grant(table[:len(table)-len(filepath.Ext(table))], filepath.Ext(table)[1:], "readers", "")
	}
	served := m.serveWith(func(f *serve) { f.FileMemory = "0" }) // what is spoilt must be left out of the files
	want, conn := connectTo(t, oracle.DSN), served.connect(t, "reader")
	for _, c := range []struct {
		sql  string
		ends bool // by an error: it needs what is spoilt
	}{
		{"SELECT count(*), sum(id), max(label) FROM lake.hive WHERE region = 'EU'", false},
		{"SELECT region, count(*) FROM lake.hive WHERE region IN ('EU', 'APAC') GROUP BY region ORDER BY region", false},
		{"SELECT count(*), max(label) FROM lake.hive", true},
		{"SELECT count(*), sum(id), max(label) FROM lake.files WHERE id BETWEEN 100 AND 39000", false},
		{"SELECT count(*), max(label) FROM lake.files WHERE day < date '2020-06-01'", false},
		{"SELECT label FROM lake.files WHERE id IN (3, 5, 39999) ORDER BY label", false},
		{"SELECT count(*), max(label) FROM lake.files WHERE id > 39000", true},
		{"SELECT count(*), sum(id), max(label) FROM lake.groups WHERE id < 50000", false},
		{"SELECT count(*), max(label) FROM lake.groups WHERE day BETWEEN date '2020-02-01' AND date '2020-06-01'", false},
		{"SELECT count(*), max(label) FROM lake.groups", true},
		// Keys of another source, so few that they are a list, and more.
		{"SELECT w.part, f.label FROM pg.wanted w JOIN lake.files f ON f.id = w.id WHERE w.part < 30 ORDER BY 1", false},
		{"SELECT w.part, f.label FROM pg.wanted w JOIN lake.groups f ON f.id = w.id WHERE w.part < 30 ORDER BY 1", false},
		{"SELECT w.part, f.label FROM pg.wanted w JOIN lake.files f ON f.id = w.id WHERE w.part < 15 ORDER BY 1", false},
		{"SELECT w.part, f.label FROM pg.wanted w JOIN lake.groups f ON f.id = w.id WHERE w.part < 15 ORDER BY 1", false},
	} {
		got := ask(t.Context(), conn, c.sql)
		if c.ends {
			if got.code == "" {
				t.Errorf("%s: an answer though what it needs is spoilt", c.sql)
			}
			continue
		}
		if d := difference(got, ask(t.Context(), want, c.sql)); d != "" {
			t.Errorf("%s: %s", c.sql, d)
		}
	}
}

// columnsOf gives the columns of a file: those of a hive do not repeat its directories.
func columnsOf(name string) string {
	if filepath.Dir(filepath.Dir(name)) == "hive" {
		return "id, day, label"
	}
	return "id, region, day, label"
}

// spoil overwrites the data of a Parquet file from a share of it on; the footer, whose length
// stands before the last four bytes, stays (Parquet format, "File format").
func spoil(t *testing.T, name string, from float64) {
	t.Helper()
	content, err := os.ReadFile(name)
	must(t, err)
	end := len(content) - 8 - int(binary.LittleEndian.Uint32(content[len(content)-8:]))
	for i := 4 + int(from*float64(end-4)); i < end; i++ {
		content[i] = 0xa5
	}
	must(t, os.WriteFile(name, content, 0o644))
}
