package postgres

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors"
)

// Describe asks the server's catalog for all tables at once.
func (s *Source) Describe(ctx context.Context, tables []*catalog.Table) ([]connectors.Description, error) {
	connection, err := s.acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer connection.Release()
	d := &describing{ctx: ctx, c: connection.Conn().PgConn(), byOID: map[string][]int{}, physical: map[string][]physical{}}
	for _, t := range tables {
		d.all = append(d.all, connectors.Description{Table: t})
	}
	for _, step := range []func() error{d.relations, d.columns, d.keys, d.statistics} {
		if err := step(); err != nil {
			return nil, s.failure(ctx, err)
		}
	}
	for i := range d.all {
		d.all[i].Problems = d.problems(i)
	}
	return d.all, nil
}

// describing gathers the answers of the catalog queries.
type describing struct {
	ctx      context.Context
	c        *pgconn.PgConn
	all      []connectors.Description
	oids     []string // of each description's relation, "" where there is none
	denied   []bool
	byOID    map[string][]int
	physical map[string][]physical // columns by the relation's OID
}

// physical is a column as the server has it. A domain is what it is over.
type physical struct {
	name    string
	of      pgtype.Type
	text    string // the server's own spelling
	class   string // pg_type.typtype
	notNull bool
}

// query runs a catalog query; parameters are arrays of text.
func (d *describing) query(text string, parameters ...[]string) ([][]string, error) {
	values := make([][]byte, len(parameters))
	for i, p := range parameters {
		values[i] = []byte(arrayText(p))
	}
	result := d.c.ExecParams(d.ctx, text, values, nil, nil, nil).Read()
	rows := make([][]string, len(result.Rows))
	for i, fields := range result.Rows {
		for _, f := range fields {
			rows[i] = append(rows[i], string(f)) // NULL reads as ""
		}
	}
	return rows, result.Err
}

func arrayText(items []string) string {
	quoted := make([]string, len(items))
	for i, item := range items {
		quoted[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(item) + `"`
	}
	return "{" + strings.Join(quoted, ",") + "}"
}

// relations finds the tables and views, and how large they are, with all their partitions and
// children. A partitioned table itself has no size; autovacuum leaves its count of rows, too.
func (d *describing) relations() error {
	var schemas, names []string
	for _, one := range d.all {
		schemas, names = append(schemas, schemaOf(one.Table)), append(names, one.Table.Physical.Name)
	}
	rows, err := d.query(`
		SELECT w.i, c.oid, s.tuples, s.pages::float8 * current_setting('block_size')::float8, has_any_column_privilege(c.oid, 'SELECT')
		FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w(schema, name, i)
		JOIN pg_namespace n ON n.nspname = w.schema
		JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = w.name
		CROSS JOIN LATERAL (
			WITH RECURSIVE tree AS (SELECT c.oid UNION SELECT i.inhrelid FROM tree JOIN pg_inherits i ON i.inhparent = tree.oid)
			SELECT CASE WHEN bool_or(t.reltuples < 0 AND pg_relation_size(t.oid) > 0) THEN -1 ELSE sum(greatest(t.reltuples, 0)) END AS tuples,
				sum(greatest(t.relpages, 0)) AS pages
			FROM tree JOIN pg_class t USING (oid) WHERE t.relkind <> 'p') AS s
		WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f')`, schemas, names)
	if err != nil {
		return err
	}
	d.oids, d.denied = make([]string, len(d.all)), make([]bool, len(d.all))
	for _, r := range rows {
		i, _ := strconv.Atoi(r[0])
		one := &d.all[i-1]
		one.Found, d.oids[i-1], d.denied[i-1] = true, r[1], r[4] != "t"
		d.byOID[r[1]] = append(d.byOID[r[1]], i-1)
		if tuples := number(r[2]); tuples >= 0 && number(r[3]) > 0 {
			one.Statistics = &catalog.Statistics{Rows: tuples, Bytes: number(r[3]), Columns: make([]catalog.ColumnStatistics, len(one.Table.Columns))}
		}
	}
	return nil
}

func number(text string) float64 {
	f, _ := strconv.ParseFloat(text, 64)
	return f
}

func (d *describing) found() []string {
	return slices.DeleteFunc(slices.Clone(d.oids), func(oid string) bool { return oid == "" })
}

func (d *describing) columns() error {
	rows, err := d.query(`
		SELECT a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull OR t.typnotnull, t.typtype,
			CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE a.atttypid END, CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE a.atttypmod END
		FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
		WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
		ORDER BY a.attrelid, a.attnum`, d.found())
	for _, r := range rows {
		oid, _ := strconv.ParseUint(r[5], 10, 32)
		mod, _ := strconv.ParseInt(r[6], 10, 32)
		p := physical{name: r[1], text: r[2], notNull: r[3] == "t", class: r[4], of: pgtype.Type{OID: pgtype.OID(oid), Mod: int32(mod)}}
		d.physical[r[0]] = append(d.physical[r[0]], p)
		for _, i := range d.byOID[r[0]] {
			d.all[i].Columns = append(d.all[i].Columns, connectors.ColumnDescription{Name: p.name, Type: p.text, NotNull: p.notNull})
		}
	}
	return err
}

// keys are the unique indexes over plain columns that hold for every row at all times.
func (d *describing) keys() error {
	rows, err := d.query(`
		SELECT x.indrelid, c.relname, x.indisprimary, a.attname
		FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid
		CROSS JOIN LATERAL unnest(x.indkey::int2[]) WITH ORDINALITY AS k(attnum, i)
		JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum
		WHERE x.indrelid = ANY ($1::oid[]) AND x.indisunique AND x.indisvalid AND x.indimmediate
			AND x.indpred IS NULL AND x.indexprs IS NULL AND k.i <= x.indnkeyatts
		ORDER BY x.indrelid, NOT x.indisprimary, x.indexrelid, k.i`, d.found())
	if err != nil {
		return err
	}
	for len(rows) > 0 {
		next := slices.IndexFunc(rows, func(r []string) bool { return r[0] != rows[0][0] || r[1] != rows[0][1] })
		if next < 0 {
			next = len(rows)
		}
		for _, i := range d.byOID[rows[0][0]] {
			addKey(&d.all[i], rows[:next])
		}
		rows = rows[next:]
	}
	return nil
}

// addKey adds a key whose columns the contract has all.
func addKey(to *connectors.Description, rows [][]string) {
	key := catalog.Key{Name: rows[0][1], Primary: rows[0][2] == "t"}
	for _, r := range rows {
		i := columnIndex(to.Table, r[3])
		if i < 0 {
			return
		}
		key.Columns = append(key.Columns, i)
	}
	to.Keys = append(to.Keys, key)
}

// columnIndex finds the contract's column over a physical one.
func columnIndex(t *catalog.Table, name string) int {
	return slices.IndexFunc(t.Columns, func(c *catalog.Column) bool { return physicalName(c) == name })
}

// statistics are the samples ANALYZE left. Bounds come from histograms: they tell where
// values mostly lie, not the least and the greatest.
func (d *describing) statistics() error {
	rows, err := d.query(`
		SELECT c.oid, s.attname, s.null_frac, s.n_distinct,
			(s.histogram_bounds::text::text[])[1], (s.histogram_bounds::text::text[])[cardinality(s.histogram_bounds::text::text[])]
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname
		WHERE c.oid = ANY ($1::oid[]) ORDER BY s.inherited -- last, what is known of children too
		`, d.found())
	for _, r := range rows {
		for _, i := range d.byOID[r[0]] {
			one := &d.all[i]
			column := columnIndex(one.Table, r[1])
			if one.Statistics == nil || column < 0 {
				continue
			}
			distinct := number(r[3])
			if distinct < 0 { // a share of the rows
				distinct *= -one.Statistics.Rows
			}
			one.Statistics.Columns[column] = catalog.ColumnStatistics{Distinct: distinct, NullFraction: number(r[2]), Min: r[4], Max: r[5]}
		}
	}
	return err
}
