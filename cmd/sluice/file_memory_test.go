package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// TestFilesAreReadFromMemory: what is read often is, EXPLAIN tells, and it can be turned
// off; a file that is replaced is read itself.
func TestFilesAreReadFromMemory(t *testing.T) {
	t.Parallel()
	m := newMesh(t)
	must(t, os.Mkdir(filepath.Join(m.dir, "lake"), 0o755))
	file := filepath.Join(m.dir, "lake", "items.csv")
	must(t, os.WriteFile(file, []byte("id,label\n1,one\n2,two\n"), 0o644))
	m.user("reader", "", "readers")
	m.domain("lake", "type: files\npath: lake\n")
	m.product("lake", "items", "items.csv", fixtureColumn{"id", "integer", "primaryKey: true, primaryKeyPosition: 1"}, fixtureColumn{"label", "text", ""})
	m.grant("lake", "items", "readers", "")
	const sql = "SELECT label FROM lake.items WHERE id = 2"
	ways := func(conn *pgx.Conn, disabled string) (fromMemory bool, label string) {
		must(t, set(t.Context(), conn, disabled))
		explained := ask(t.Context(), conn, "EXPLAIN (ANALYZE) "+sql)
		return strings.Contains(explained.String(), "(from memory)"), ask(t.Context(), conn, sql).String()
	}
	s := m.serve().connect(t, "reader")
	_, want := ways(s, "ReadFilesFromMemory")
	deadline := time.Now().Add(10 * time.Second)
	for hot := false; !hot; {
		label := ""
		if hot, label = ways(s, ""); label != want || time.Now().After(deadline) {
			t.Fatalf("from memory: %t, got %s, want %s", hot, label, want)
		}
	}
	if hot, label := ways(s, "ReadFilesFromMemory"); hot || label != want {
		t.Errorf("turned off: from memory: %t, %s", hot, label)
	}
	must(t, os.WriteFile(file, []byte("id,label\n1,one\n2,second\n"), 0o644))
	if _, label := ways(s, ""); label == want || !strings.Contains(label, "second") {
		t.Errorf("after a change: %s", label)
	}
	never := m.serveWith(func(f *serve) { f.FileMemory = "0" }).connect(t, "reader")
	for range 4 {
		if hot, _ := ways(never, ""); hot {
			t.Error("from memory though there is none")
		}
	}
}
