package duckdb

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/sqlstate"
)

// A source's instance reads its own files and attachments, and nothing beside them.
// (DuckDB itself counts an attached file among the paths that may be read raw.)
func TestFilesAreConfined(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	own, other := filepath.Join(dir, "own"), filepath.Join(dir, "other")
	for _, d := range []string{own, other} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(d, "a.csv"), []byte("x,y\n1,one\n2,two\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "shop.duckdb")
	writeDatabase(t, file)
	e := open(t, Options{AllowedDirectories: []string{own}, Attach: []Attachment{{Name: "it's a \"shop\"", Path: file}}})
	wantRows(t, e, `SELECT id, name FROM "it's a ""shop""".main.product ORDER BY id`, nil, "1|pen", "2|ink")
	wantRows(t, e, "SELECT * FROM read_csv('"+own+"/*.csv') ORDER BY x", nil, "1|one", "2|two")
	for _, sql := range []string{
		"SELECT * FROM read_csv('" + other + "/a.csv')", "SELECT * FROM read_csv('" + own + "/../other/a.csv')", "SELECT * FROM read_csv('" + dir + "/*/a.csv')",
		"SELECT * FROM glob('" + other + "/*')", "SELECT * FROM read_text('" + own + "x/a.csv')",
	} {
		if got, err := rows(t, e, sql, nil); err == nil && len(got) > 0 {
			t.Errorf("%s gives %.200q", sql, got)
		} else if err != nil && sqlstate.From(err).Code == sqlstate.SystemError && strings.Contains(err.Error(), dir) {
			t.Errorf("%s: the error names a path: %v", sql, err)
		}
	}
	more := map[string]string{"bad.csv": ", columns = {'a': 'INTEGER', 'b': 'INTEGER'}, header = true, auto_detect = false"}
	for name, content := range map[string]string{"bad.json": "{\"a\": 1}\n{\"a\": ", "bad.parquet": "no parquet", "bad.csv": "a,b\n1,2\n3,x\n"} {
		if err := os.WriteFile(filepath.Join(own, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		wantError(t, e, "SELECT * FROM read_"+strings.TrimPrefix(filepath.Ext(name), ".")+"('"+own+"/"+name+"'"+more[name]+")", "58000", "could not read from the source")
	}
	wantError(t, e, "SELECT * FROM read_parquet('"+own+"/missing.parquet')", "58000", "could not read from the source")
	if err := e.Exec(context.Background(), `INSERT INTO "it's a ""shop""".main.product VALUES (3, 'no')`); err == nil {
		t.Error("an attachment can be written")
	}
	direct := open(t, Options{Path: file, ReadOnly: true})
	wantRows(t, direct, "SELECT count(*) FROM product", nil, "2")
	if _, err := Open(Options{Path: filepath.Join(dir, "missing.duckdb"), ReadOnly: true}); err == nil {
		t.Error("a missing file opens")
	}
}

func writeDatabase(t *testing.T, file string) {
	t.Helper()
	e, err := Open(Options{Path: file, Setup: []string{"CREATE TABLE product AS SELECT * FROM (VALUES (1, 'pen'), (2, 'ink')) t(id, name)"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestCloseWaitsForReaders(t *testing.T) {
	t.Parallel()
	e, err := Open(Options{})
	if err != nil {
		t.Fatal(err)
	}
	r, err := e.Query(context.Background(), "SELECT i FROM range(100000) t(i)", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	n := int64(0)
	for r.Next() {
		n += r.RecordBatch().NumRows()
	}
	if n != 100000 || r.Err() != nil {
		t.Errorf("%d rows, %v", n, r.Err())
	}
	r.Release()
	if _, err := e.Query(context.Background(), "SELECT 1", nil); sqlstate.From(err).Code != sqlstate.AdminShutdown {
		t.Errorf("got %v", err)
	}
}

// Statements on one instance do not disturb each other.
func TestStatementsRunAtOnce(t *testing.T) {
	t.Parallel()
	e := open(t, Options{Threads: 2})
	errs := make(chan error)
	for range 16 {
		go func() {
			s := numberStream(Allocator(), 20, 3000)
			got, err := rows(t, e, "SELECT count(*), sum(i)::BIGINT FROM sluice_stream('n') WHERE s <> 'x'", one(s))
			if err == nil && (len(got) != 1 || got[0] != "60000|1799970000") {
				err = sqlstate.New(sqlstate.InternalError, "got %q", got)
			}
			errs <- err
		}()
	}
	for range 16 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}
