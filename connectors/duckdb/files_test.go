package duckdb

import (
	"compress/gzip"
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// files opens a directory source.
func files(t *testing.T, options map[string]string) (*Source, string) {
	t.Helper()
	root := filepath.Join(t.TempDir(), "root")
	if err := os.Mkdir(root, 0o755); err != nil {
		t.Fatal(err)
	}
	s, err := Connector{Base: base()}.Open(&catalog.Source{Domain: "crm", Name: "exports", Kind: catalog.Files, Path: root, Options: options}, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s.(*Source), root
}

// readAll reads all columns of a table whose files a path names.
func readAll(t *testing.T, s *Source, path string, columns ...string) ([][]string, error) {
	t.Helper()
	table := conntest.NewTable(t, "people", columns, nil)
	table.Physical = catalog.Physical{Name: "people", Path: path}
	n := &plan.Scan{Table: table.Table, Alias: "people"}
	for i, c := range table.Columns {
		n.Ordinals = append(n.Ordinals, i)
		n.Cols = append(n.Cols, plan.Column{ID: plan.ColumnID(i + 1), Name: c.Name, Type: c.Type})
	}
	r, err := s.Read(context.Background(), &plan.Remote{Source: s.of, Root: n})
	if err != nil {
		return nil, err
	}
	defer r.Release()
	var rows [][]string
	for r.Next() {
		for row := range int(r.RecordBatch().NumRows()) {
			var one []string
			for i, c := range n.Cols {
				one = append(one, conntest.Text(r.RecordBatch().Column(i), row, c.Type))
			}
			rows = append(rows, one)
		}
	}
	return rows, r.Err()
}

func TestPathsStayInside(t *testing.T) {
	t.Parallel()
	s, root := files(t, nil)
	outside := filepath.Join(filepath.Dir(root), "secret.csv")
	write(t, outside, "id\n42\n")
	write(t, filepath.Join(root, "in.csv"), "id\n1\n")
	for name, to := range map[string]string{"link.csv": outside, "dir": filepath.Dir(root), "fine.csv": filepath.Join(root, "in.csv")} {
		if err := os.Symlink(to, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	for path, works := range map[string]bool{
		"in.csv": true, "fine.csv": true, "./in.csv": true,
		"../secret.csv": false, "x/../../secret.csv": false, outside: false, "link.csv": false, "dir/secret.csv": false, "l*.csv": false,
		"in.csv', '" + outside: false, "missing.csv": false, "[": false, "": false,
	} {
		rows, err := readAll(t, s, path, "id integer")
		if works != (err == nil) || works && !slices.Equal(rows[0], []string{"1"}) {
			t.Errorf("%q gives %v, %v", path, rows, err)
		}
		if err != nil && (sqlstate.From(err).Owner() != sqlstate.OwnerDomain || strings.Contains(err.Error(), root)) {
			t.Errorf("%q: %v, owner %v", path, err, sqlstate.From(err).Owner())
		}
	}
}

func TestPatterns(t *testing.T) {
	t.Parallel()
	s, root := files(t, nil)
	for _, name := range []string{"a/1.csv", "a/b/2.csv", "3.csv", "a/4.txt", "a/.hidden.csv", "b/1.csv"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(root, name), "name\n"+name+"\n")
	}
	for pattern, want := range map[string]string{
		"*.csv": "3.csv", "a/*.csv": "a/1.csv", "**/*.csv": "3.csv a/1.csv a/b/2.csv b/1.csv", "a/**/*.csv": "a/1.csv a/b/2.csv",
		"*/1.csv": "a/1.csv b/1.csv", "[ab]/?.csv": "a/1.csv b/1.csv", "**/2.csv": "a/b/2.csv",
	} {
		rows, err := readAll(t, s, pattern, "name text")
		var got []string
		for _, r := range rows {
			got = append(got, r[0])
		}
		slices.Sort(got)
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s gives %v, %v, want %s", pattern, got, err, want)
		}
	}
}

func TestCSVIsReadAsStated(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text, want string
		options          map[string]string
		columns          []string
	}{
		{name: "order of the header", text: "b,a\n1,x\n", want: "x|1", columns: []string{"a text", "b integer"}},
		{name: "empty and NULL", text: "a,b\n\"\",\n", want: "|" + conntest.Null, columns: []string{"a text", "b text"}},
		{name: "quotes", text: "a\n\"x \"\"y\"\", z\"\n", want: `x "y", z`, columns: []string{"a text"}},
		{name: "line end in a value", text: "a,b\r\n\"1\n2\",3\r\n", want: "1\n2|3", columns: []string{"a text", "b integer"}},
		{name: "byte order mark", text: "\ufeffa\n1\n", want: "1", columns: []string{"a integer"}},
		{name: "options", text: "x;~;'y;z'\n", options: map[string]string{"delimiter": ";", "quote": "'", "escape": "'", "header": "false", "null": "~"},
			want: "x|" + conntest.Null + "|y;z", columns: []string{"a text", "b text", "c text"}},
		{name: "types", text: "a,b,c,d\n 7 ,1.50,2024-02-30x,x\n", want: "!column c", columns: []string{"a integer", "b numeric", "c date"}},
		{name: "no rounding", text: "a\n1.5\n", want: "!a value cannot be read as integer", columns: []string{"a integer"}},
		{name: "out of range", text: "a\n40000\n", want: "!smallint", columns: []string{"a smallint"}},
		{name: "too long", text: "a\nsecret\n", want: "!character varying", columns: []string{"a character varying(3)"}},
		{name: "numbers as printed", text: "a,b,c\n007,1e3,1.50\n", want: "7|1000|1.50", columns: []string{"a integer", "b numeric", "c numeric"}},
		{name: "rounded to the scale", text: "a\n1.255\n", want: "1.26", columns: []string{"a numeric(10,2)"}},
		{name: "times", text: "a,b\n2024-01-02 03:04:05+02,12:30\n", want: "2024-01-02 01:04:05+00|12:30:00", columns: []string{"a timestamptz", "b time"}},
		{name: "missing column", text: "a\n1\n", want: "!no column b", columns: []string{"b integer"}},
		{name: "too many fields", text: "a\n1,2\n", want: "!domain crm", columns: []string{"a integer"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, root := files(t, test.options)
			write(t, filepath.Join(root, "people.csv"), test.text)
			rows, err := readAll(t, s, "people.csv", test.columns...)
			if want, fails := strings.CutPrefix(test.want, "!"); fails {
				if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "domain crm") {
					t.Errorf("got %v, %v, want %q", rows, err, want)
				}
				if err != nil && strings.Contains(err.Error()+sqlstate.From(err).Detail, "secret") {
					t.Errorf("the error tells a value: %v", err)
				}
				return
			}
			if err != nil || len(rows) != 1 || strings.Join(rows[0], "|") != test.want {
				t.Errorf("got %q, %v, want %q", rows, err, test.want)
			}
		})
	}
}

func TestCSVFilesMustAgree(t *testing.T) {
	t.Parallel()
	s, root := files(t, nil)
	write(t, filepath.Join(root, "1.csv"), "a,b\n1,2\n")
	write(t, filepath.Join(root, "2.csv"), "b,a\n3,4\n")
	if rows, err := readAll(t, s, "*.csv", "a integer"); err == nil || !strings.Contains(err.Error(), "2.csv") {
		t.Errorf("files with different headers give %v, %v", rows, err)
	}
}

func TestCompressedCSV(t *testing.T) {
	t.Parallel()
	s, root := files(t, nil)
	file, err := os.Create(filepath.Join(root, "people.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	w := gzip.NewWriter(file)
	_, _ = w.Write([]byte("a,b\n1,x\n"))
	_ = w.Close()
	_ = file.Close()
	if rows, err := readAll(t, s, "people.csv.gz", "b text", "a integer"); err != nil || strings.Join(rows[0], "|") != "x|1" {
		t.Errorf("got %v, %v", rows, err)
	}
}

func TestJSONIsNotRounded(t *testing.T) {
	t.Parallel()
	s, root := files(t, nil)
	write(t, filepath.Join(root, "ok.json"), `[{"a": 12345678901234567890123, "b": 0.1, "c": {"y": 1, "x": [1]}, "d": ["p", null]}]`)
	rows, err := readAll(t, s, "ok.json", "a numeric", "b numeric(10,3)", "c json", "d text[]")
	if want := `12345678901234567890123|0.100|{"y":1,"x":[1]}|{p,NULL}`; err != nil || strings.Join(rows[0], "|") != want {
		t.Errorf("got %v, %v, want %s", rows, err, want)
	}
	write(t, filepath.Join(root, "long.json"), `{"a": 0.12345678901234567890123}`)
	if rows, err := readAll(t, s, "long.json", "a numeric"); err == nil {
		t.Errorf("a number longer than a double gives %v", rows)
	}
}

func TestTextShowsNoAbsolutePath(t *testing.T) {
	t.Parallel()
	s, root := files(t, nil)
	write(t, filepath.Join(root, "people.csv"), "a\n1\n")
	table := conntest.NewTable(t, "people", []string{"a integer"}, nil)
	table.Physical.Path = "*.csv"
	text, err := s.Text(&plan.Remote{Root: &plan.Scan{Table: table.Table, Ordinals: []int{0}, Cols: []plan.Column{{ID: 1, Name: "a", Type: pgtype.Of(pgtype.Int4)}}}})
	if err != nil || strings.Contains(text, root) || !strings.Contains(text, "'*.csv'") {
		t.Errorf("got %s, %v", text, err)
	}
}

// TestReplacedFiles: what is remembered of a file's columns is not taken for those of the
// next file of its name.
func TestReplacedFiles(t *testing.T) {
	t.Parallel()
	s, root := files(t, nil)
	e, err := duckdb.Open(duckdb.Options{AllowedDirectories: []string{root}})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	for _, id := range []string{"CAST(7 AS INTEGER)", "CAST('7' AS VARCHAR)", "CAST(7 AS BIGINT)"} {
		next := filepath.Join(root, "next")
		if err := e.Exec(t.Context(), "COPY (SELECT "+id+" AS id) TO '"+next+"' (FORMAT parquet)"); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(next, filepath.Join(root, "in.parquet")); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			rows, err := readAll(t, s, "in.parquet", "id bigint")
			if err != nil || len(rows) != 1 || rows[0][0] != "7" {
				t.Errorf("%s is read as %v, %v", id, rows, err)
			}
		}
	}
}
