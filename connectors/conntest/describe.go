package conntest

import (
	"context"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors"
)

// testDescribe: tables that are as their contracts say, and some that are not.
func testDescribe(t *testing.T, h Harness) {
	f := open(t, h, items(t, 200))
	missing := NewTable(t, "not_there", []string{"id bigint"}, nil)
	missing.Physical.Format, missing.Physical.Path = f.tables[0].Physical.Format, strings.Replace(f.tables[0].Physical.Path, "items", "not_there", 1)
	tables := []*catalog.Table{f.tables[0].Table, missing.Table}
	all, err := f.source.Describe(context.Background(), tables)
	if err != nil || len(all) != len(tables) {
		t.Fatalf("%d descriptions of %d tables, %v", len(all), len(tables), err)
	}
	present, absent := all[0], all[1]
	if !present.Found || present.Table != tables[0] || len(present.Problems) > 0 {
		t.Errorf("items: found %v, problems %q", present.Found, present.Problems)
	}
	if len(present.Columns) != len(tables[0].Columns) || present.Columns[2].Name != "label" {
		t.Errorf("items: columns %+v", present.Columns)
	}
	if s := present.Statistics; s == nil || s.Rows < 100 || s.Rows > 400 {
		t.Errorf("items: statistics %+v, want about 200 rows", s)
	}
	if absent.Found || len(absent.Problems) == 0 {
		t.Errorf("a missing table: found %v, problems %q", absent.Found, absent.Problems)
	}
	if h.Alter != nil {
		h.Alter(t, f.definition, f.tables[0])
		expectProblems(t, f.source, tables[0], "label", "price")
	}
}

func expectProblems(t testing.TB, s connectors.Source, table *catalog.Table, words ...string) {
	t.Helper()
	all, err := s.Describe(context.Background(), []*catalog.Table{table})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(all[0].Problems, "; ")
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("no problem with %s among %q", w, text)
		}
	}
}
