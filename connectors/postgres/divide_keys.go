package postgres

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/internal/pgname"
	"github.com/sluicemesh/sluice/planner/optimization"
	"github.com/sluicemesh/sluice/planner/plan"
)

// keyRange is the rows with a key from first, up to before next; "" is without end.
type keyRange struct{ column, first, next string }

func (k keyRange) within(table string) string {
	var conditions []string
	if k.first != "" {
		conditions = append(conditions, k.column+" >= '"+k.first+"'")
	}
	if k.next != "" {
		conditions = append(conditions, k.column+" < '"+k.next+"'")
	}
	return "(SELECT * FROM " + table + " WHERE " + strings.Join(conditions, " AND ") + ")"
}

// walked are the ways of PostgreSQL's other than to walk an index. It takes that for dear
// where an index has several columns, whatever the order of the table (btcostestimate in
// selfuncs.c), and would hash the groups; walking takes two thirds of the time.
var walked = []string{"enable_seqscan = off", "enable_bitmapscan = off", "enable_hashagg = off", "max_parallel_workers_per_gather = 0"}

func (keyRange) settings() string { return "SET LOCAL " + strings.Join(walked, "; SET LOCAL ") }

func (keyRange) by() []optimization.Name { return []optimization.Name{optimization.DivideGroups} }

func (keyRange) defaults() string {
	names := make([]string, len(walked))
	for i, w := range walked {
		names[i], _, _ = strings.Cut(w, " ")
	}
	return "RESET " + strings.Join(names, "; RESET ")
}

// ordered is a column that an index leads through in order, and values that divide its table
// into parts of about the same size.
type ordered struct {
	at     time.Time
	column string
	bounds []string
}

// keyRanges gives ranges of a key of groups, where an index leads through one of them fast:
// the table lies in its order, or the index has all that is read. Then groups are formed
// one after the other, and none is held. PostgreSQL would hash them all, and write them to
// files where there are more than it expected. nil: there is no such index.
func (s *Source) keyRanges(ctx context.Context, c *pgconn.PgConn, scan *plan.Scan, keys []plan.ColumnID) []part {
	var candidates, read []string
	for i, col := range scan.Cols {
		name := physicalName(scan.Table.Columns[scan.Ordinals[i]])
		read = append(read, name)
		if slices.Contains(keys, col.ID) {
			candidates = append(candidates, name)
		}
	}
	o, ok := s.orderedBy(ctx, c, tableName(scan.Table), candidates, read)
	parts := s.dividing.readers * s.dividing.partsEach
	if !ok || len(o.bounds) <= parts {
		return nil
	}
	all, first := make([]part, parts), ""
	for i := range all {
		next := ""
		if i < parts-1 {
			next = o.bounds[(i+1)*(len(o.bounds)-1)/parts]
		}
		all[i] = keyRange{pgname.Quoted(o.column), first, next}
		first = next
	}
	return all
}

// orderedBy asks for an index that leads through a table in the order of one of some columns,
// at most once a minute. Of a table with children nothing is known, nor of one where the
// column may be NULL.
func (s *Source) orderedBy(ctx context.Context, c *pgconn.PgConn, table string, candidates, read []string) (ordered, bool) {
	if len(candidates) == 0 {
		return ordered{}, false
	}
	key := table + arrayText(candidates) + arrayText(read)
	if known, ok := s.orders.Load(key); ok && time.Since(known.(ordered).at) < checkedFor {
		return known.(ordered), known.(ordered).bounds != nil
	}
	answer := c.ExecParams(ctx, `
		SELECT a.attname, array_to_string(s.histogram_bounds::text::text[], ',')
		FROM pg_class t
		JOIN pg_namespace n ON n.oid = t.relnamespace
		JOIN pg_index x ON x.indrelid = t.oid AND x.indisvalid AND x.indpred IS NULL AND x.indexprs IS NULL
		JOIN pg_class i ON i.oid = x.indexrelid
		JOIN pg_am m ON m.oid = i.relam AND m.amname = 'btree'
		JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0] AND a.attnotnull
		JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = t.relname AND s.attname = a.attname AND NOT s.inherited
		WHERE t.oid = to_regclass($1) AND t.relkind IN ('r', 'm') AND NOT t.relhassubclass
			AND a.attname = ANY ($2::text[]) AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'date'::regtype)
			AND s.histogram_bounds IS NOT NULL
			AND (abs(s.correlation) > 0.95 OR t.relallvisible > 0.9 * t.relpages
				AND $3::text[] <@ (SELECT array_agg(b.attname::text) FROM pg_attribute b WHERE b.attrelid = t.oid AND b.attnum = ANY (x.indkey::int2[])))
		ORDER BY abs(s.correlation) DESC, i.relpages LIMIT 1`,
		[][]byte{[]byte(table), []byte(arrayText(candidates)), []byte(arrayText(read))}, nil, nil, nil).Read()
	if answer.Err != nil {
		return ordered{}, false
	}
	found := ordered{at: time.Now()}
	if len(answer.Rows) == 1 {
		found.column, found.bounds = string(answer.Rows[0][0]), strings.Split(string(answer.Rows[0][1]), ",")
	}
	s.orders.Store(key, found)
	return found, found.bounds != nil
}
