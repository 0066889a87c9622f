package tpch_test

import (
	"maps"
	"testing"
	"testing/fstest"

	"github.com/sluicemesh/sluice/internal/tpch"
)

func TestReadQueries(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{
		"b.sql": {Data: []byte("-- b, second\nSELECT 2\n")},
		"a.sql": {Data: []byte("-- a, first, of two\n-- least one: SELECT 1\n--   + 1\n-- least two: SELECT 3\n-- more: it is\n--   so\nSELECT 1\n")},
	}
	got, err := tpch.ReadQueries(files, "*.sql")
	if err != nil || len(got) != 2 {
		t.Fatal(got, err)
	}
	if a := got[0]; a.Name != "a" || a.Title != "first, of two" || a.SQL != "SELECT 1\n" || a.More != "it is so" ||
		!maps.Equal(a.Least, map[string]string{"one": "SELECT 1 + 1", "two": "SELECT 3"}) {
		t.Errorf("got %+v", a)
	}
	for _, broken := range []string{"", "SELECT 1", "-- a, title\n", "-- a, title\n-- most one: SELECT 1\nSELECT 1"} {
		if got, err := tpch.ReadQueries(fstest.MapFS{"a.sql": {Data: []byte(broken)}}, "*.sql"); err == nil {
			t.Errorf("%q gives %+v", broken, got)
		}
	}
}
