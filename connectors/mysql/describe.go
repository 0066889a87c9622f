package mysql

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors"
)

// Describe asks information_schema for all tables at once.
func (s *Source) Describe(ctx context.Context, tables []*catalog.Table) ([]connectors.Description, error) {
	if len(tables) == 0 {
		return nil, nil
	}
	c, err := s.pool.acquire(ctx)
	if err != nil {
		return nil, s.unreachable(ctx, err)
	}
	d := &describing{ctx: ctx, c: c, tables: tables, all: make([]connectors.Description, len(tables))}
	for _, step := range []func() error{d.columns, d.sizes, d.indexes, d.histograms} {
		if err := step(); err != nil {
			s.pool.release(c, false)
			return nil, s.failure(ctx, err)
		}
	}
	s.pool.release(c, true)
	for i := range d.all {
		d.all[i].Problems = d.problems(i)
	}
	return d.all, nil
}

// describing gathers the answers of the catalog queries.
type describing struct {
	ctx      context.Context
	c        *session
	tables   []*catalog.Table
	all      []connectors.Description
	physical map[tableName][]physical
}

func (d *describing) columns() (err error) {
	d.physical, err = columnsOf(d.ctx, d.c, d.tables)
	for i, t := range d.tables {
		d.all[i].Table = t
		for _, p := range d.physical[nameOf(t)] {
			d.all[i].Found = true
			d.all[i].Columns = append(d.all[i].Columns, connectors.ColumnDescription{Name: p.name, Type: p.text, NotNull: p.notNull})
		}
	}
	return err
}

// each calls f for every description of the table a row begins with: its schema, ""
// for the session's, and its name.
func (d *describing) each(row []string, f func(*connectors.Description)) {
	for i, t := range d.tables {
		n := nameOf(t)
		if strings.EqualFold(n.name, row[2]) && (strings.EqualFold(n.schema, row[1]) || n.schema == "" && row[0] == "") {
			f(&d.all[i])
		}
	}
}

// sizes are the storage engine's estimates.
func (d *describing) sizes() error {
	rows, err := d.c.rows(d.ctx, `SELECT IF(TABLE_SCHEMA = database(), '', TABLE_SCHEMA), TABLE_SCHEMA, TABLE_NAME, TABLE_ROWS, DATA_LENGTH
		FROM information_schema.TABLES WHERE TABLE_ROWS IS NOT NULL AND (TABLE_SCHEMA, TABLE_NAME) IN `+tableList(d.tables))
	for _, r := range rows {
		d.each(r, func(one *connectors.Description) {
			one.Statistics = &catalog.Statistics{Rows: float(r[3]), Bytes: float(r[4]), Columns: make([]catalog.ColumnStatistics, len(one.Table.Columns))}
		})
	}
	return err
}

func float(text string) float64 {
	f, _ := strconv.ParseFloat(text, 64)
	return f
}

// indexes gives the unique keys over whole columns, and how many values the first
// column of each index has. An index over a prefix or an expression tells neither.
func (d *describing) indexes() error {
	rows, err := d.c.rows(d.ctx, `SELECT IF(TABLE_SCHEMA = database(), '', TABLE_SCHEMA), TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, NON_UNIQUE, COLUMN_NAME,
		CARDINALITY, IF(SUB_PART IS NULL AND COLUMN_NAME IS NOT NULL, 'whole', '')
		FROM information_schema.STATISTICS WHERE (TABLE_SCHEMA, TABLE_NAME) IN `+tableList(d.tables)+`
		ORDER BY TABLE_SCHEMA, TABLE_NAME, INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX`)
	for len(rows) > 0 {
		next := slices.IndexFunc(rows, func(r []string) bool { return !slices.Equal(r[1:4], rows[0][1:4]) })
		if next < 0 {
			next = len(rows)
		}
		index := rows[:next]
		d.each(index[0], func(one *connectors.Description) { addIndex(one, index) })
		rows = rows[next:]
	}
	return err
}

func addIndex(to *connectors.Description, index [][]string) {
	key := catalog.Key{Name: index[0][3], Primary: index[0][3] == "PRIMARY"}
	for i, r := range index {
		column := slices.IndexFunc(to.Table.Columns, func(c *catalog.Column) bool { return strings.EqualFold(physicalName(c), r[5]) })
		if column < 0 || r[7] == "" {
			return
		}
		key.Columns = append(key.Columns, column)
		if i == 0 && to.Statistics != nil {
			to.Statistics.Columns[column].Distinct = float(r[6])
		}
	}
	if index[0][4] == "0" {
		to.Keys = append(to.Keys, key)
	}
}
