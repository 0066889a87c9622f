package sqlwriter_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/planner/plan"
)

// TestStreamsAreReadOnce: a leaf that the text would read several times is computed once.
func TestStreamsAreReadOnce(t *testing.T) {
	t.Parallel()
	o := schemaOracle(t)
	for _, c := range []struct {
		sql  string
		once bool // a leaf moves into a CTE
	}{
		{"SELECT n.id FROM numbers n JOIN words w ON n.id = w.id", false},
		{"SELECT nullif((SELECT max(id) FROM numbers), 3)", true},
		{"WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT r.n + 1 FROM r JOIN numbers ON numbers.id = r.n) SELECT n FROM r", true},
		{"WITH a AS (SELECT id FROM numbers) SELECT x.id FROM a x JOIN a y ON x.id = y.id", false},
	} {
		q, err := o.bind(c.sql)
		if err != nil {
			t.Fatal(err)
		}
		root := plan.Transform(q.Root, func(n plan.Node) plan.Node {
			if s, ok := n.(*plan.Scan); ok {
				return &plan.Remote{Source: &catalog.Source{}, Root: s}
			}
			return n
		})
		leaves := 0
		options := sqlwriter.Options{Leaf: func(plan.Node) (string, error) {
			leaves++
			return fmt.Sprintf("sluice_stream('r%d')", leaves), nil
		}}
		text, err := sqlwriter.DuckDB(root, options.ForQuery(q))
		if err != nil {
			t.Fatal(err)
		}
		for i := 1; i <= leaves; i++ {
			if n := strings.Count(text, fmt.Sprintf("sluice_stream('r%d')", i)); n != 1 {
				t.Errorf("leaf %d is read %d times\n%s", i, n, text)
			}
		}
		if got := strings.Contains(text, "leaf1 AS MATERIALIZED"); got != c.once {
			t.Errorf("moved: %v, want %v\n%s", got, c.once, text)
		}
	}
}

// TestRowFiltersStandBehindAFence: where the plan says so, which rules.Placed sees to.
func TestRowFiltersStandBehindAFence(t *testing.T) {
	t.Parallel()
	o := schemaOracle(t)
	for _, c := range []struct {
		where string
		fence bool
	}{
		{"whole > 3", false},
		{"100 / whole > 3", true},
	} {
		q, err := o.bind("SELECT id FROM numbers WHERE " + c.where)
		if err != nil {
			t.Fatal(err)
		}
		root := plan.Transform(q.Root, func(n plan.Node) plan.Node {
			if s, ok := n.(*plan.Scan); ok && s.Table.Physical.Name == "numbers" {
				return &plan.Governed{Input: s, Table: s.Table, Filtered: true, Fenced: c.fence}
			}
			return n
		})
		for dialect, write := range map[string]func(plan.Node, sqlwriter.Options) (string, error){"OFFSET 0": sqlwriter.Postgres, "LIMIT 92": sqlwriter.DuckDB} {
			text, err := write(root, sqlwriter.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(text, dialect) != c.fence {
				t.Errorf("%s: fence %v, want %v\n%s", c.where, !c.fence, c.fence, text)
			}
		}
	}
}
