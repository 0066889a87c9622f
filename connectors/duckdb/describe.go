package duckdb

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Describe looks into the files or the database.
func (s *Source) Describe(ctx context.Context, tables []*catalog.Table) ([]connectors.Description, error) {
	e, err := s.running()
	if err != nil {
		return nil, err
	}
	all := make([]connectors.Description, len(tables))
	for i, t := range tables {
		if all[i], err = s.describe(ctx, e, t); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// describe reports what is wrong with one table as a problem of that table.
func (s *Source) describe(ctx context.Context, e *duckdb.Engine, t *catalog.Table) (connectors.Description, error) {
	d := connectors.Description{Table: t}
	r, err := s.relation(ctx, e, t)
	if err != nil {
		if ctx.Err() != nil {
			return d, s.failure(ctx, err)
		}
		d.Problems = []string{sqlstate.From(err).Message}
		return d, nil
	}
	d.Found = true
	for _, name := range r.names {
		d.Columns = append(d.Columns, connectors.ColumnDescription{Name: name, Type: r.columns[strings.ToLower(name)]})
	}
	if s.of.Kind == catalog.DuckDB {
		err = s.constraints(ctx, e, &d)
	}
	if err == nil {
		d.Statistics, err = s.statistics(ctx, e, t, r)
	}
	if err != nil {
		return d, s.failure(ctx, err)
	}
	d.Problems = s.problems(&d, r)
	return d, nil
}

func (s *Source) problems(d *connectors.Description, r *relation) []string {
	var found []string
	for _, c := range d.Table.Columns {
		name := physicalName(c)
		has, ok := r.columns[strings.ToLower(name)]
		if !ok {
			found = append(found, fmt.Sprintf("column %s is missing", name))
			continue
		}
		v := conversion{to: c.Type, column: name, json: r.json}
		if _, ok := v.convert("x", has); !ok {
			found = append(found, mismatch(name, has, c.Type))
		}
		if s.of.Kind == catalog.DuckDB && c.NotNull && !d.Columns[index(d, name)].NotNull {
			found = append(found, fmt.Sprintf("column %s may hold NULL, the contract says it is required", name))
		}
	}
	return found
}

// constraints reads what a database declares: columns that hold no NULL, and keys.
func (s *Source) constraints(ctx context.Context, e *duckdb.Engine, d *connectors.Description) error {
	rows, err := texts(ctx, e, fmt.Sprintf(`SELECT constraint_type, array_to_string(constraint_column_names, chr(31)), constraint_name
		FROM duckdb_constraints() WHERE database_name = %s AND schema_name = %s AND table_name = %s
		ORDER BY constraint_type, constraint_index`, quoteText(attached), quoteText(schemaOf(d.Table)), quoteText(d.Table.Physical.Name)))
	for _, row := range rows {
		names := strings.Split(row[1], "\x1f")
		switch row[0] {
		case "NOT NULL", "PRIMARY KEY":
			for _, name := range names {
				if i := index(d, name); i >= 0 {
					d.Columns[i].NotNull = true
				}
			}
		}
		if row[0] == "PRIMARY KEY" || row[0] == "UNIQUE" {
			addKey(d, names, row[2], row[0] == "PRIMARY KEY")
		}
	}
	return err
}

func index(d *connectors.Description, name string) int {
	return slices.IndexFunc(d.Columns, func(c connectors.ColumnDescription) bool { return strings.EqualFold(c.Name, name) })
}

// addKey adds a key whose columns the contract has all.
func addKey(d *connectors.Description, names []string, name string, primary bool) {
	key := catalog.Key{Name: name, Primary: primary}
	for _, n := range names {
		i := slices.IndexFunc(d.Table.Columns, func(c *catalog.Column) bool { return strings.EqualFold(physicalName(c), n) })
		if i < 0 {
			return
		}
		key.Columns = append(key.Columns, i)
	}
	d.Keys = append(d.Keys, key)
}

func (s *Source) statistics(ctx context.Context, e *duckdb.Engine, t *catalog.Table, r *relation) (*catalog.Statistics, error) {
	st := &catalog.Statistics{At: time.Now(), Columns: make([]catalog.ColumnStatistics, len(t.Columns))}
	if s.of.Kind == catalog.DuckDB {
		rows, err := texts(ctx, e, fmt.Sprintf("SELECT CAST(estimated_size AS VARCHAR) FROM duckdb_tables() WHERE database_name = %s AND schema_name || '.' || table_name = %s",
			quoteText(attached), quoteText(schemaOf(t)+"."+t.Physical.Name)))
		if err != nil || len(rows) == 0 {
			return nil, err // a view tells no size
		}
		st.Rows = number(rows[0][0])
		return st, nil
	}
	for _, f := range r.files {
		if info, err := os.Stat(f); err == nil {
			st.Bytes += float64(info.Size())
		}
	}
	if formatOf(t) == "parquet" {
		return st, parquetStatistics(ctx, e, t, r, st)
	}
	st.Rows = estimateLines(r.files, st.Bytes)
	return st, nil
}

// parquetStatistics come from the footers: rows, NULLs, and bounds that hold.
func parquetStatistics(ctx context.Context, e *duckdb.Engine, t *catalog.Table, r *relation, st *catalog.Statistics) error {
	list := make([]string, len(r.files))
	for i, f := range r.files {
		list[i] = quoteText(f)
	}
	files := "[" + strings.Join(list, ", ") + "]"
	rows, err := texts(ctx, e, "SELECT CAST(sum(num_rows) AS VARCHAR) FROM parquet_file_metadata("+files+")")
	if err != nil || len(rows) == 0 {
		return err
	}
	st.Rows = number(rows[0][0])
	for i, c := range t.Columns {
		has := r.columns[strings.ToLower(physicalName(c))]
		if has == "" || strings.ContainsAny(strings.TrimPrefix(has, "DECIMAL("), "([") {
			continue
		}
		rows, err := texts(ctx, e, fmt.Sprintf(`SELECT CAST(sum(stats_null_count) AS VARCHAR),
			CASE WHEN count(*) = count(stats_min_value) THEN CAST(min(TRY_CAST(stats_min_value AS %[1]s)) AS VARCHAR) END,
			CASE WHEN count(*) = count(stats_max_value) THEN CAST(max(TRY_CAST(stats_max_value AS %[1]s)) AS VARCHAR) END
			FROM parquet_metadata(%s) WHERE path_in_schema = %s`, has, files, quoteText(physicalName(c))))
		if err != nil || len(rows) == 0 {
			return err
		}
		st.Columns[i] = catalog.ColumnStatistics{Min: rows[0][1], Max: rows[0][2]}
		if st.Rows > 0 {
			st.Columns[i].NullFraction = number(rows[0][0]) / st.Rows
		}
	}
	return nil
}

func number(text string) float64 {
	f, _ := strconv.ParseFloat(text, 64)
	return f
}

// sample is how much of a text file is looked at to guess its rows.
const sample = 64 << 10

func estimateLines(files []string, bytes float64) float64 {
	if len(files) == 0 {
		return 0
	}
	file, err := os.Open(files[0])
	if err != nil {
		return 0
	}
	defer file.Close()
	start := make([]byte, sample)
	n, _ := file.Read(start)
	lines := strings.Count(string(start[:n]), "\n")
	if n == 0 || strings.HasSuffix(files[0], ".gz") {
		return 0
	}
	return bytes * float64(max(lines, 1)) / float64(n)
}
