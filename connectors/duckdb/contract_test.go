package duckdb

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/pgfunctions"
	"github.com/sluicemesh/sluice/internal/pgname"
	"github.com/sluicemesh/sluice/planner/plan"
)

func base() duckdb.Options {
	return duckdb.Options{Scalars: pgfunctions.Scalars(), Aggregates: pgfunctions.Aggregates(), Setup: pgfunctions.Setup(), Threads: 2}
}

// harness is what all kinds of files have in common.
func harness(load func(t testing.TB, dir string, tables []*conntest.Table) *catalog.Source) conntest.Harness {
	return conntest.Harness{
		Connector: func(memory.Allocator) connectors.Connector { return Connector{Base: base()} },
		Load: func(t testing.TB, tables []*conntest.Table) (*catalog.Source, string) {
			return load(t, t.TempDir(), tables), ""
		},
		Unreachable: func(s *catalog.Source) { s.Path += ".gone" },
		Skips:       map[string]string{"jsonb": "its text form is PostgreSQL's own"},
	}
}

func TestDatabaseContract(t *testing.T) {
	h := harness(func(t testing.TB, dir string, tables []*conntest.Table) *catalog.Source {
		file := filepath.Join(dir, "data.duckdb")
		build(t, file, tables, "")
		return &catalog.Source{Domain: "sales", Name: "shop", Kind: catalog.DuckDB, Path: file}
	})
	h.Alter = func(t testing.TB, s *catalog.Source, items *conntest.Table) {
		replaced := s.Path + ".new"
		e, err := duckdb.Open(duckdb.Options{Path: replaced})
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Exec(context.Background(), "CREATE TABLE items (id BIGINT NOT NULL, price VARCHAR[])"); err != nil {
			t.Fatal(err)
		}
		_ = e.Close()
		if err := os.Rename(replaced, s.Path); err != nil {
			t.Fatal(err)
		}
	}
	conntest.Run(t, h)
}

func TestParquetContract(t *testing.T) {
	h := harness(func(t testing.TB, dir string, tables []*conntest.Table) *catalog.Source {
		build(t, filepath.Join(t.TempDir(), "data.duckdb"), tables, dir)
		for _, table := range tables {
			table.Physical = catalog.Physical{Name: table.Physical.Name, Path: table.Physical.Name + "/*.parquet", Format: "parquet"}
		}
		return &catalog.Source{Domain: "sales", Name: "lake", Kind: catalog.Files, Path: dir}
	})
	h.SkipsValue = func(of, text string) bool { // Parquet has no negative intervals
		return of == "interval" && strings.Contains(text, "-")
	}
	runContract(t, h)
}

// build writes tables into a database file, with the types DuckDB has for them, and
// then as two Parquet files each below a directory, where one is named.
func build(t testing.TB, file string, tables []*conntest.Table, parquet string) {
	t.Helper()
	o := duckdb.Options{Path: file, Scalars: pgfunctions.Scalars()}
	if parquet != "" {
		o.AllowedDirectories = []string{parquet}
	}
	e, err := duckdb.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	exec := func(format string, args ...any) {
		t.Helper()
		if err := e.Exec(context.Background(), fmt.Sprintf(format, args...)); err != nil {
			t.Fatalf("%v\nin: %.300s", err, fmt.Sprintf(format, args...))
		}
	}
	for _, table := range tables {
		name := table.Physical.Name
		var columns []string
		for _, c := range table.Columns {
			text := pgname.Quoted(c.Name) + " " + nativeType(c.Type)
			if c.NotNull {
				text += " NOT NULL"
			}
			columns = append(columns, text)
		}
		exec("CREATE TABLE %s (%s)", name, strings.Join(columns, ", "))
		for from := 0; from < len(table.Rows); from += 1000 {
			exec("INSERT INTO %s %s", name, literals(t, table, table.Rows[from:min(from+1000, len(table.Rows))]))
		}
		if parquet == "" {
			continue
		}
		if err := os.Mkdir(filepath.Join(parquet, name), 0o755); err != nil {
			t.Fatal(err)
		}
		half := len(table.Rows) / 2
		exec("COPY (SELECT * FROM %s LIMIT %d) TO '%s' (FORMAT parquet)", name, half, filepath.Join(parquet, name, "1.parquet"))
		exec("COPY (SELECT * FROM %s OFFSET %d) TO '%s' (FORMAT parquet)", name, half, filepath.Join(parquet, name, "2.parquet"))
	}
}

// nativeType is what people would choose in DuckDB.
func nativeType(t pgtype.Type) string {
	if elem, ok := pgtype.ElementOf(t.OID); ok {
		return nativeType(pgtype.Type{OID: elem, Mod: t.Mod}) + "[]"
	}
	if p, s, ok := pgtype.IsDecimal128(t); ok {
		return decimalName(p, s)
	}
	if t.OID == pgtype.UUID {
		return "UUID"
	}
	if name, ok := engineTypes[t.OID]; ok {
		return name
	}
	return "VARCHAR"
}

func literals(t testing.TB, table *conntest.Table, rows [][]string) string {
	t.Helper()
	values := &plan.Values{}
	for i, c := range table.Columns {
		values.Cols = append(values.Cols, plan.Column{ID: plan.ColumnID(i + 1), Name: c.Name, Type: c.Type})
	}
	for _, row := range rows {
		var list []plan.Expr
		for i, cell := range row {
			list = append(list, &plan.Literal{Of: table.Columns[i].Type, Null: cell == conntest.Null, Text: cell})
		}
		values.Rows = append(values.Rows, list)
	}
	text, err := sqlwriter.DuckDB(values, sqlwriter.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestCSVContract(t *testing.T) {
	h := harness(func(t testing.TB, dir string, tables []*conntest.Table) *catalog.Source {
		for _, table := range tables {
			var b strings.Builder
			for i, c := range table.Columns {
				b.WriteString(map[bool]string{true: ","}[i > 0] + c.Name)
			}
			for _, row := range table.Rows {
				b.WriteString("\n")
				for i, cell := range row {
					b.WriteString(map[bool]string{true: ","}[i > 0])
					if cell != conntest.Null {
						b.WriteString(`"` + strings.ReplaceAll(cell, `"`, `""`) + `"`)
					}
				}
			}
			write(t, filepath.Join(dir, table.Physical.Name+".csv"), b.String()+"\n")
			table.Physical = catalog.Physical{Name: table.Physical.Name, Path: table.Physical.Name + ".csv"}
		}
		return &catalog.Source{Domain: "crm", Name: "exports", Kind: catalog.Files, Path: dir}
	})
	for _, of := range []string{"integer[]", "text[]", "numeric(10,2)[]"} {
		h.Skips[of] = "CSV has no lists"
	}
	runContract(t, h)
}

func write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
