package conntest

import (
	"testing"

	"github.com/sluicemesh/sluice/planner/plan"
)

// testShapes reads parts of a table, nothing of it, none of its rows, and many batches.
func testShapes(t *testing.T, h Harness) {
	const many = 20_000
	big := NewTable(t, "big", []string{"n integer not null", "text text"}, nil)
	for i := range many {
		big.Rows = append(big.Rows, []string{itoa(i), "row number " + itoa(i)})
	}
	empty := NewTable(t, "nothing", []string{"id bigint", "label text", "price numeric"}, nil)
	f := open(t, h, items(t, 300), big, empty)
	cases := []struct {
		name, query string
		root        plan.Node
	}{
		{"all", "SELECT * FROM items ORDER BY id", scan(f.tables[0])},
		{"some", "SELECT label, id FROM items ORDER BY id", scan(f.tables[0], 2, 0)},
		{"many batches", "SELECT n, text FROM big ORDER BY n", scan(big)},
		{"no rows", "SELECT * FROM nothing", scan(empty)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			by := 0
			if c.name == "some" {
				by = 1
			}
			want := PostgresRows(t, f.oracle.DSN, c.query, c.root.Columns())
			for _, few := range []bool{false, true, true} { // the second time it is known that there are many
				r, err := f.source.Read(t.Context(), &plan.Remote{Source: f.definition, Root: c.root, Few: few})
				if err != nil {
					t.Fatal(err)
				}
				Compare(t, sorted(Rows(t, r, c.root.Columns()), by), want)
			}
		})
	}
	t.Run("no columns", func(t *testing.T) {
		for _, table := range []*Table{big, empty} {
			root := &plan.Scan{Table: table.Table, Alias: "x"}
			if rows := Rows(t, f.read(t, root), nil); len(rows) != len(table.Rows) {
				t.Errorf("%d rows of %s, want %d", len(rows), table.Physical.Name, len(table.Rows))
			}
		}
	})
	t.Run("names", func(t *testing.T) {
		r := f.read(t, scan(big))
		defer r.Release()
		if got := r.Schema().Field(1).Name; got != "c2" {
			t.Errorf("field of column 2 is named %s, not c2", got)
		}
	})
	t.Run("text", func(t *testing.T) {
		if text, err := f.source.Text(&plan.Remote{Source: f.definition, Root: scan(big)}); err != nil || text == "" {
			t.Errorf("Text gives %q, %v", text, err)
		}
	})
}
