package postgres

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5/pgconn"
)

// explained is what EXPLAIN says of a node of the server's plan.
type explained struct {
	Type     string      `json:"Node Type"`
	Rows     float64     `json:"Plan Rows"`
	Parallel bool        `json:"Parallel Aware"`
	Plans    []explained `json:"Plans"`
}

// explain asks how the server would run a statement.
func explain(ctx context.Context, c *pgconn.PgConn, text string) (explained, bool) {
	results, err := c.Exec(ctx, "EXPLAIN (FORMAT JSON) "+text).ReadAll()
	if err != nil || len(results) != 1 || len(results[0].Rows) != 1 {
		return explained{}, false
	}
	var all []struct{ Plan explained }
	if json.Unmarshal(results[0].Rows[0][0], &all) != nil || len(all) != 1 {
		return explained{}, false
	}
	return all[0].Plan, true
}

// alone tells whether one process of the server does everything.
func (n explained) alone() bool {
	for _, p := range n.Plans {
		if !p.alone() {
			return false
		}
	}
	return n.Type != "Gather" && n.Type != "Gather Merge"
}

// groups tells whether rows are put together before they are sent.
func (n explained) groups() bool { return n.Type == "Aggregate" || n.Type == "Group" }

// scanned is how many rows the server expects to read of its tables.
func (n explained) scanned() float64 {
	if len(n.Plans) == 0 {
		return n.Rows
	}
	rows := 0.0
	for _, p := range n.Plans {
		rows += p.scanned()
	}
	return rows
}

// sequential tells whether the whole table is read in one process, and its rows are at most
// put into groups.
func (n explained) sequential() bool {
	switch n.Type {
	case "Seq Scan":
		return !n.Parallel
	case "Append", "Result", "Subquery Scan", "Aggregate":
		for _, p := range n.Plans {
			if !p.sequential() {
				return false
			}
		}
		return len(n.Plans) > 0
	}
	return false
}
