package duckdb

import (
	"context"
	"fmt"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgname"
	"github.com/sluicemesh/sluice/sqlstate"
)

// fileColumn is the name of the column that holds a row's file.
const fileColumn = "sluice_file"

// relation is a table as the engine sees it.
type relation struct {
	from    string // what stands in FROM
	shown   string // the same for people: paths as the contract has them
	file    bool   // it has the column fileColumn
	json    bool   // its texts are JSON's
	columns map[string]string
	names   []string // of columns, in order
	files   []string
}

// relation finds a table's files and the types of its columns, which it asks the engine
// for unless that is known.
func (s *Source) relation(ctx context.Context, e *duckdb.Engine, t *catalog.Table) (*relation, error) {
	r, err := s.place(t)
	if err != nil {
		return nil, err
	}
	if s.shapes.fill(e, t.Physical, r) {
		return r, nil
	}
	before := r.first()
	rows, err := texts(ctx, e, "DESCRIBE SELECT * FROM "+r.from)
	if err != nil {
		return nil, s.failure(ctx, fmt.Errorf("%w", s.missing(err, t)))
	}
	r.columns = map[string]string{}
	for _, row := range rows {
		if row[0] == fileColumn && r.file {
			continue
		}
		r.names = append(r.names, row[0])
		r.columns[strings.ToLower(row[0])] = row[1]
	}
	s.shapes.keep(e, t.Physical, r, before)
	return r, nil
}

// missing tells the one error of DESCRIBE that has a plain reason.
func (s *Source) missing(err error, t *catalog.Table) error {
	if s.of.Kind != catalog.DuckDB {
		return sqlstate.New(sqlstate.SystemError, "domain %s: the files %q of source %s cannot be read as %s", s.of.Domain, t.Physical.Path, s.of.Name, formatOf(t))
	}
	return sqlstate.New(sqlstate.SystemError, "domain %s: source %s has no table %s that can be read", s.of.Domain, s.of.Name, t.Physical.Name)
}

// place writes what stands in FROM.
func (s *Source) place(t *catalog.Table) (*relation, error) {
	if s.of.Kind == catalog.DuckDB {
		from := pgname.Quoted(attached) + "." + pgname.Quoted(schemaOf(t)) + "." + pgname.Quoted(t.Physical.Name)
		return &relation{from: from, shown: from}, nil
	}
	files, err := s.resolve(t)
	if err != nil {
		return nil, err
	}
	r := &relation{file: true, files: files}
	arguments := ""
	name := "read_" + formatOf(t)
	switch formatOf(t) {
	case "parquet":
	case "csv":
		d := dialectOf(s.of.Options, t)
		names, err := s.csvColumns(t, d, files)
		if err != nil {
			return nil, err
		}
		arguments = d.arguments() + ", columns = " + varchars(names)
	case "json":
		r.json = true
		arguments = ", columns = " + jsonColumns(t)
	default:
		return nil, sqlstate.New(sqlstate.FeatureNotSupported, "domain %s: files of format %q are not supported", s.of.Domain, formatOf(t))
	}
	write := func(paths string) string {
		return name + "(" + paths + arguments + ", filename = '" + fileColumn + "')"
	}
	quoted := make([]string, len(files))
	for i, f := range files {
		quoted[i] = quoteText(f)
	}
	r.from, r.shown = write("["+strings.Join(quoted, ", ")+"]"), write(quoteText(t.Physical.Path))
	return r, nil
}

func schemaOf(t *catalog.Table) string {
	if t.Physical.Schema == "" {
		return "main"
	}
	return t.Physical.Schema
}

func (d dialect) arguments() string {
	return fmt.Sprintf(", auto_detect = false, header = %t, delim = %s, quote = %s, escape = %s, nullstr = %s, allow_quoted_nulls = false, strict_mode = true",
		d.header, quoteText(d.delimiter), quoteText(d.quote), quoteText(d.escape), quoteText(d.null))
}

func varchars(names []string) string {
	fields := make([]string, len(names))
	for i, n := range names {
		fields[i] = quoteText(n) + ": 'VARCHAR'"
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

func physicalName(c *catalog.Column) string {
	if c.Physical == "" {
		return c.Name
	}
	return c.Physical
}

// column writes one column, converted to the representation of its contract's type.
func (s *Source) column(r *relation, alias string, c *catalog.Column) (string, error) {
	name := physicalName(c)
	has, ok := r.columns[strings.ToLower(name)]
	if !ok {
		return "", sqlstate.New(sqlstate.SystemError, "domain %s: source %s has no column %s", s.of.Domain, s.of.Name, name)
	}
	v := conversion{to: c.Type, column: name, file: "''", json: r.json}
	if r.file {
		v.file = alias + "." + pgname.Quoted(fileColumn)
	}
	text, ok := v.convert(alias+"."+pgname.Quoted(name), has)
	if !ok {
		return "", sqlstate.New(sqlstate.SystemError, "domain %s: source %s: %s", s.of.Domain, s.of.Name, mismatch(name, has, c.Type))
	}
	return text, nil
}

// texts runs a statement whose columns are all text.
func texts(ctx context.Context, e *duckdb.Engine, sql string) ([][]string, error) {
	r, err := e.Query(ctx, sql, nil)
	if err != nil {
		return nil, err
	}
	defer r.Release()
	var rows [][]string
	for r.Next() {
		b := r.RecordBatch()
		for row := range int(b.NumRows()) {
			one := make([]string, b.NumCols())
			for i, c := range b.Columns() {
				if text, ok := c.(*array.String); ok && !c.IsNull(row) {
					one[i] = strings.Clone(text.Value(row)) // the batch's memory goes with it
				}
			}
			rows = append(rows, one)
		}
	}
	return rows, r.Err()
}

func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
