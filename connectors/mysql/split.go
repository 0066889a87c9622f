package mysql

import (
	"context"
	"strconv"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// rangesPerConnection is how many ranges there are for each connection: keys have gaps, and
// whoever gets a range with few rows takes another.
const rangesPerConnection = 4

// split is a read over several sessions, each in a transaction with a snapshot of its own.
type split struct {
	sessions []*session
	texts    []string // one statement for each range of keys
}

// split prepares a read over several sessions where that is allowed and worth it; nil where
// the read stays with its one connection, which is still whole then. The snapshots are taken
// when it returns.
func (s *Source) split(ctx context.Context, c *session, r *plan.Remote, text string, known tables) *split {
	scan := soleScan(r.Root)
	if s.parallel.connections < 2 || scan == nil || r.Off[optimization.DivideKeys] {
		return nil
	}
	key := s.keys.of(ctx, c, scan.Table)
	p, ok := find(known[scan.Table], key.column)
	if !ok || integers[p.word] == 0 || key.rows < s.parallel.rows || !s.worthIt(ctx, c, text) {
		return nil
	}
	sessions := s.gather(ctx, c, scan.Table)
	if len(sessions) < 2 {
		s.dismiss(sessions[1:])
		return nil
	}
	out := &split{sessions: sessions}
	least, most, ok := bounds(ctx, c, scan.Table, key.column)
	if ok {
		for _, part := range ranges(scan, key.column, least, most, uint64(rangesPerConnection*len(sessions))) {
			text, err := writePart(r, known.storage, &part)
			ok = ok && err == nil
			out.texts = append(out.texts, text)
		}
	}
	if !ok {
		s.dismiss(sessions[1:])
		_ = c.exec(ctx, "ROLLBACK")
		return nil
	}
	return out
}

// longestExplained bounds the statements whose size is asked for: one with many keys in
// it reads few rows.
const longestExplained = 64 << 10

// worthIt asks the server how many rows it would look at, and whether it would walk the
// table from end to end. A statement that an index serves is not taken apart.
func (s *Source) worthIt(ctx context.Context, c *session, text string) bool {
	if len(text) > longestExplained {
		return false
	}
	names, rows, err := c.table(ctx, "EXPLAIN FORMAT=TRADITIONAL "+text)
	if err != nil || len(rows) != 1 {
		return false
	}
	said := map[string]string{}
	for i, name := range names {
		said[strings.ToLower(name)] = rows[0][i]
	}
	count, _ := strconv.ParseFloat(said["rows"], 64)
	whole := said["type"] == "ALL" || said["type"] == "index" || said["type"] == "range" && said["key"] == "PRIMARY"
	return whole && count >= s.parallel.rows
}

// bounds gives the least and the most key; false where the table is empty, or they are
// beyond 64 bits with a sign.
func bounds(ctx context.Context, c *session, t *catalog.Table, key string) (least, most int64, ok bool) {
	rows, err := c.rows(ctx, "SELECT MIN("+quotedName(key)+"), MAX("+quotedName(key)+") FROM "+tableText(t))
	if err != nil || len(rows) != 1 {
		return 0, 0, false
	}
	least, failed := strconv.ParseInt(rows[0][0], 10, 64)
	most, failed2 := strconv.ParseInt(rows[0][1], 10, 64)
	return least, most, failed == nil && failed2 == nil && least < most
}

func quotedName(name string) string { return sqlparser.String(sqlparser.NewColName(name)) }

func tableText(t *catalog.Table) string {
	if t.Physical.Schema != "" {
		return sqlparser.String(sqlparser.NewTableNameWithQualifier(t.Physical.Name, t.Physical.Schema))
	}
	return sqlparser.String(sqlparser.NewTableName(t.Physical.Name))
}
