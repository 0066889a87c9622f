package postgres

import (
	"context"
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/planner/optimization"
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
	by() []optimization.Name    // what divides so
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
	ordered bool  // its rows have places: a table, not a view, and so its partitions and children
	blocks  []int // of the table itself and of each of these, in order
}

func (s tableSize) total() int {
	all := 0
	for _, blocks := range s.blocks {
		all += blocks
	}
	return all
}

// blockRange is blocks from first, up to before next; next 0 is without end, so that rows
// added since the table was measured are in it.
type blockRange struct{ first, next int }

// partitionsRange is a range of the blocks of each of several partitions.
type partitionsRange struct{ blockRange }

// divide gives the parts in which a statement's table is to be read; nil: read it whole.
func (s *Source) divide(ctx context.Context, c *pgconn.PgConn, r *plan.Remote, text string, scans []*plan.Scan) []part {
	if !r.Divisible && r.GroupKeys == nil || len(scans) != 1 {
		return nil
	}
	size, ok := s.sizeOf(ctx, c, tableName(scans[0].Table))
	if !ok || !size.ordered || size.total() < s.dividing.blocks {
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
	if !r.Divisible || len(size.blocks) > 1 && r.Off[optimization.DividePartitions] || serverVersion(c) < divideVersion || !explained.sequential() {
		return nil
	}
	if explained.groups() {
		if s.of.Limits.MaxRows > 0 {
			return nil // more rows may come than there are groups
		}
		return size.ranges(s.dividing.readers)
	}
	return size.ranges(s.dividing.readers * s.dividing.partsEach)
}

// ranges divides blocks into parts of about the same size. Where there are partitions a range
// is one of each of them: the small ones end in the first ranges, so that these are shorter.
func (s tableSize) ranges(parts int) []part {
	var all []part
	add := func(b blockRange) {
		if len(s.blocks) > 1 {
			all = append(all, partitionsRange{b})
			return
		}
		all = append(all, b)
	}
	first, longest := 0, s.blocks[len(s.blocks)-1]
	for i := 1; i < parts; i++ {
		next := sort.Search(longest, func(bound int) bool { return s.below(bound)*parts >= s.total()*i })
		if next > first {
			add(blockRange{first, next})
			first = next
		}
	}
	add(blockRange{first, 0})
	return all
}

// below counts the blocks before a bound.
func (s tableSize) below(bound int) int {
	all := 0
	for _, blocks := range s.blocks {
		all += min(blocks, bound)
	}
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

func (blockRange) by() []optimization.Name { return []optimization.Name{optimization.DivideScan} }

func (partitionsRange) by() []optimization.Name {
	return []optimization.Name{optimization.DivideScan, optimization.DividePartitions}
}

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
		WITH RECURSIVE tree AS (SELECT to_regclass($1)::oid AS oid UNION SELECT i.inhrelid FROM tree JOIN pg_inherits i ON i.inhparent = tree.oid)
		SELECT c.relkind IN ('r', 'p', 'm'), pg_relation_size(c.oid) / current_setting('block_size')::int
		FROM tree JOIN pg_class c USING (oid) ORDER BY 2`, [][]byte{[]byte(table)}, nil, nil, nil).Read()
	if answer.Err != nil || len(answer.Rows) == 0 {
		return tableSize{}, false
	}
	size := tableSize{at: time.Now(), ordered: true}
	for _, row := range answer.Rows {
		blocks, _ := strconv.Atoi(string(row[1]))
		size.ordered = size.ordered && string(row[0]) == "t"
		size.blocks = append(size.blocks, blocks)
	}
	s.sizes.Store(table, size)
	return size, true
}
