package postgres

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/planner/plan"
)

// A large table is read in parts at once: ranges of its blocks or of a key, each by a COPY of
// its own in a connection of its own, all under one snapshot. TID range scans, which read
// just the blocks of a range, came with PostgreSQL 14.
const divideVersion = 14

// part is what one statement reads of a table.
type part interface {
	within(table string) string // the FROM
	settings() string           // statements under which it is planned, in its transaction
	defaults() string           // what undoes these
}

// dividing says when a table is read in parts.
type dividing struct {
	blocks    int     // the least a table must have
	rows      float64 // the least that must be expected to come
	readers   int     // connections that read it
	partsEach int     // how many parts each takes, about
	keys      int     // the most of a subquery that its statement is told
}

// divideFrom: below 32 MB (at 8 kB a block) a second connection costs what it saves. Where
// few of many rows come, PostgreSQL has workers of its own look for them, or an index. Two
// readers keep two processors of the server busy, and decoding here is faster than either
// (BenchmarkLineItem). Several parts each let all end at about the same time, though parts
// differ in the rows that pass.
var divideFrom = dividing{blocks: 4096, rows: 100_000, readers: 2, partsEach: 4, keys: 100_000}

// tableSize is how a table lies in its server.
type tableSize struct {
	at      time.Time
	ordered bool // its rows have places: a table, not a view
	blocks  int  // of its largest part
}

// blockRange is blocks from first, up to before next; next 0 is without end, so that rows
// added since the table was measured are in it.
type blockRange struct{ first, next int }

// divide gives the parts in which a statement's table is to be read; nil: read it whole.
func (s *Source) divide(ctx context.Context, c *pgconn.PgConn, r *plan.Remote, text string, scans []*plan.Scan) []part {
	if !r.Divisible && r.GroupKeys == nil || len(scans) != 1 {
		return nil
	}
	size, ok := s.sizeOf(ctx, c, tableName(scans[0].Table))
	if !ok || !size.ordered || size.blocks < s.dividing.blocks {
		return nil
	}
	explained, ok := explain(ctx, c, text)
	if !ok || explained.scanned() <= s.dividing.rows {
		return nil
	}
	if explained.alone() {
		if parts := s.keyRanges(ctx, c, scans[0], r.GroupKeys); parts != nil {
			return parts
		}
	}
	if !r.Divisible || serverVersion(c) < divideVersion || !explained.sequential() {
		return nil
	}
	if explained.groups() {
		if s.of.Limits.MaxRows > 0 {
			return nil // more rows may come than there are groups
		}
		return ranges(size.blocks, s.dividing.readers)
	}
	return ranges(size.blocks, s.dividing.readers*s.dividing.partsEach)
}

// ranges divides blocks into parts of about the same size.
func ranges(blocks, parts int) []part {
	all := make([]part, parts)
	for i := range all {
		all[i] = blockRange{blocks * i / parts, blocks * (i + 1) / parts}
	}
	all[parts-1] = blockRange{blocks * (parts - 1) / parts, 0}
	return all
}

// within gives the FROM of a table's blocks. A partitioned table's range is that of each
// of its partitions.
func (b blockRange) within(table string) string {
	conditions := fmt.Sprintf("ctid >= '(%d,0)'::tid", b.first)
	if b.next > 0 {
		conditions += fmt.Sprintf(" AND ctid < '(%d,0)'::tid", b.next)
	}
	return "(SELECT * FROM " + table + " WHERE " + conditions + ")"
}

func (blockRange) settings() string { return "" }
func (blockRange) defaults() string { return "" }

// writePart gives the statement for a part of its table.
func (s *Source) writePart(r *plan.Remote, p part) (string, error) {
	scans := &scanning{source: s}
	return sqlwriter.Postgres(r.Root, sqlwriter.Options{Scan: func(n *plan.Scan, alias string) (string, []string, error) {
		table, columns, err := scans.name(n, alias)
		return p.within(table), columns, err
	}})
}

// serverVersion gives the major version: 15 of "15.4 (Debian …)", 17 of "17beta1".
func serverVersion(c *pgconn.PgConn) int {
	text := c.ParameterStatus("server_version")
	if end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' }); end >= 0 {
		text = text[:end]
	}
	n, _ := strconv.Atoi(text)
	return n
}

// sizeOf measures a table, at most once a minute.
func (s *Source) sizeOf(ctx context.Context, c *pgconn.PgConn, table string) (tableSize, bool) {
	if known, ok := s.sizes.Load(table); ok && time.Since(known.(tableSize).at) < checkedFor {
		return known.(tableSize), true
	}
	answer := c.ExecParams(ctx, `
		SELECT c.relkind IN ('r', 'p', 'm'), greatest(pg_relation_size(c.oid),
			(SELECT max(pg_relation_size(p.relid)) FROM pg_partition_tree(c.oid) AS p WHERE p.isleaf)) / current_setting('block_size')::int
		FROM pg_class c WHERE c.oid = to_regclass($1)`, [][]byte{[]byte(table)}, nil, nil, nil).Read()
	if answer.Err != nil || len(answer.Rows) != 1 {
		return tableSize{}, false
	}
	size := tableSize{at: time.Now(), ordered: string(answer.Rows[0][0]) == "t"}
	size.blocks, _ = strconv.Atoi(string(answer.Rows[0][1]))
	s.sizes.Store(table, size)
	return size, true
}
