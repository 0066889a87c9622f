package duckdb

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/tpch"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

func database(t testing.TB, statements ...string) *Source {
	t.Helper()
	dir := t.TempDir()
	e, err := duckdb.Open(duckdb.Options{Path: filepath.Join(dir, "shop.duckdb"), AllowedDirectories: []string{"/"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range statements {
		if err := e.Exec(context.Background(), statement); err != nil {
			t.Fatalf("%v\nin: %s", err, statement)
		}
	}
	_ = e.Close()
	s, err := Connector{Base: base()}.Open(&catalog.Source{Domain: "sales", Name: "shop", Kind: catalog.DuckDB, Path: filepath.Join(dir, "shop.duckdb")}, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s.(*Source)
}

// readTable reads all columns of a table and gives the rows, cells joined.
func readTable(t *testing.T, s *Source, name string, columns ...string) ([]string, error) {
	t.Helper()
	table := conntest.NewTable(t, name, columns, nil)
	n := &plan.Scan{Table: table.Table, Alias: name}
	for i, c := range table.Columns {
		n.Ordinals = append(n.Ordinals, i)
		n.Cols = append(n.Cols, plan.Column{ID: plan.ColumnID(i + 1), Name: c.Name, Type: c.Type})
	}
	r, err := s.Read(context.Background(), &plan.Remote{Source: s.of, Root: n})
	if err != nil {
		return nil, err
	}
	defer r.Release()
	var rows []string
	for r.Next() {
		for row := range int(r.RecordBatch().NumRows()) {
			var one []string
			for i, c := range n.Cols {
				one = append(one, conntest.Text(r.RecordBatch().Column(i), row, c.Type))
			}
			rows = append(rows, strings.Join(one, "|"))
		}
	}
	return rows, r.Err()
}

// TestViewsReachNoFiles: a view of the database may name any file of the machine.
func TestViewsReachNoFiles(t *testing.T) {
	t.Parallel()
	outside := filepath.Join(t.TempDir(), "secret.csv")
	write(t, outside, "id\n42\n")
	s := database(t, "CREATE VIEW leak AS SELECT * FROM read_csv('"+outside+"')", "CREATE VIEW fine AS SELECT 1::BIGINT AS id")
	if rows, err := readTable(t, s, "leak", "id bigint"); err == nil || sqlstate.From(err).Owner() != sqlstate.OwnerDomain {
		t.Errorf("got %v, %v", rows, err)
	}
	if rows, err := readTable(t, s, "fine", "id bigint"); err != nil || rows[0] != "1" {
		t.Errorf("got %v, %v", rows, err)
	}
}

// TestTypesOfDuckDB reads types that PostgreSQL does not have.
func TestTypesOfDuckDB(t *testing.T) {
	t.Parallel()
	s := database(t, "CREATE TYPE mood AS ENUM ('sad', 'ok')", `CREATE TABLE odd AS SELECT 200::UTINYINT AS ut, 60000::USMALLINT AS us, 4000000000::UINTEGER AS ui,
		18446744073709551615::UBIGINT AS ub, 170141183460469231731687303715884105727::HUGEINT AS hi, 'sad'::mood AS feeling, 1.5::DOUBLE AS d, 0.1::FLOAT AS f,
		0.05::DECIMAL(2,2) AS low, {'a': 1, 'b': ['x']} AS struct, '{"k": 1}'::JSON AS js, TIMESTAMP_NS '2024-01-01 00:00:00.123456789' AS ns, [1.5::DECIMAL(3,1), NULL] AS list,
		DATE '2024-02-03' AS day, TIMESTAMP '2024-02-03 01:02:03.456' AS at, -5::TINYINT AS tiny, [[1]] AS matrix, MAP {'k': 1} AS m`)
	tests := []struct{ column, of, want string }{
		{"ut", "smallint", "200"},
		{"us", "integer", "60000"},
		{"ui", "bigint", "4000000000"},
		{"ui", "integer", "!22003"},
		{"ub", "numeric(20,0)", "18446744073709551615"},
		{"hi", "numeric", "170141183460469231731687303715884105727"},
		{"tiny", "numeric(5,2)", "-5.00"},
		{"tiny", "text", "-5"},
		{"feeling", "text", "sad"},
		{"feeling", "character(5)", "sad  "},
		{"d", "numeric", "1.5"},
		{"d", "numeric(5,2)", "1.50"},
		{"f", "numeric", "0.1"},
		{"f", "double precision", "0.10000000149011612"},
		{"d", "real", "!58000"},
		{"d", "integer", "!58000"},
		{"low", "numeric", "0.05"},
		{"low", "numeric(45,3)", "0.050"},
		{"low", "numeric(3,1)", "0.1"},
		{"struct", "json", `{"a":1,"b":["x"]}`},
		{"m", "json", `{"k":1}`},
		{"matrix", "json", `[[1]]`},
		{"matrix", "integer[]", "!58000"},
		{"js", "json", `{"k": 1}`},
		{"js", "jsonb", "!58000"},
		{"ns", "timestamp", "2024-01-01 00:00:00.123456"},
		{"at", "timestamp(1)", "2024-02-03 01:02:03.5"},
		{"at", "timestamptz", "!58000"},
		{"day", "timestamp", "2024-02-03 00:00:00"},
		{"at", "date", "!58000"},
		{"list", "numeric(5,2)[]", "{1.50,NULL}"},
		{"list", "numeric[]", "{1.5,NULL}"},
	}
	for _, test := range tests {
		t.Run(test.column+" as "+test.of, func(t *testing.T) {
			rows, err := readTable(t, s, "odd", test.column+" "+test.of)
			if code, fails := strings.CutPrefix(test.want, "!"); fails {
				if err == nil || string(sqlstate.From(err).Code) != code {
					t.Errorf("got %v, %v, want %s", rows, err, code)
				}
				return
			}
			if err != nil || rows[0] != test.want {
				t.Errorf("got %q, %v, want %s", rows, err, test.want)
			}
		})
	}
}

// BenchmarkLineItem reads all of lineitem from Parquet, and only asks for its plan.
func BenchmarkLineItem(b *testing.B) {
	dir := b.TempDir()
	if err := (tpch.Dataset{Scale: 0.1}).WriteParquet(context.Background(), dir, "lineitem"); err != nil {
		b.Fatal(err)
	}
	opened, err := Connector{Base: base()}.Open(&catalog.Source{Domain: "sales", Name: "lake", Kind: catalog.Files, Path: dir}, "")
	if err != nil {
		b.Fatal(err)
	}
	defer opened.Close()
	definition, _ := tpch.Dataset{}.Table("lineitem")
	var columns []string
	for _, c := range definition.Columns {
		columns = append(columns, c.Name+" "+c.SQLType())
	}
	table := conntest.NewTable(b, "lineitem", columns, nil)
	table.Physical = catalog.Physical{Name: "lineitem", Path: "*.parquet"}
	n := &plan.Scan{Table: table.Table, Alias: "l"}
	for i, c := range table.Columns {
		n.Ordinals = append(n.Ordinals, i)
		n.Cols = append(n.Cols, plan.Column{ID: plan.ColumnID(i + 1), Name: c.Name, Type: c.Type})
	}
	remote := &plan.Remote{Root: n}
	b.Run("text", func(b *testing.B) {
		for b.Loop() {
			if _, err := opened.Text(remote); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("read", func(b *testing.B) {
		rows := int64(0)
		for b.Loop() {
			r, err := opened.Read(context.Background(), remote)
			if err != nil {
				b.Fatal(err)
			}
			for r.Next() {
				rows += r.RecordBatch().NumRows()
			}
			if r.Err() != nil {
				b.Fatal(r.Err())
			}
			r.Release()
		}
		b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
	})
}
