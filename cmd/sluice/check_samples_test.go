package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/testservers"
)

// TestDetectorsByValues holds values of a tag in columns of each kind of source that do not
// carry it, and in some that are not like it: `sluice check --live` names the former only,
// and no value.
func TestDetectorsByValues(t *testing.T) {
	t.Parallel()
	const rows = "(1, 'a@b.example', 'none', NULL, 'DE'), (2, 'e@f.example', 'x@y.example', NULL, 'FR'), (3, NULL, 'nor here', NULL, 'DE'), (4, 'é@h.example', 'nothing', NULL, '')"
	const columns = "(id bigint, contact varchar(40), remark varchar(40), nothing varchar(40), country varchar(2))"
	file := func(extension, statement string) func(*testing.T, *meshFixture) (source, path string) {
		return func(t *testing.T, m *meshFixture) (string, string) {
			dir := filepath.Join(m.dir, "lake")
			must(t, os.MkdirAll(dir, 0o755))
			writer, err := duckdb.Open(duckdb.Options{AllowedDirectories: []string{dir}})
			must(t, err)
			defer writer.Close()
			must(t, writer.Exec(t.Context(), strings.NewReplacer("ROWS", "SELECT id, contact, remark, CAST(nothing AS varchar) AS nothing, country FROM (VALUES "+rows+") v(id, contact, remark, nothing, country)", "FILE", filepath.Join(dir, "people"+extension)).Replace(statement)))
			return "type: files\npath: lake\n", "people" + extension
		}
	}
	mysql := func(server func(testing.TB) *testservers.MySQLServer) func(*testing.T, *meshFixture) (source, path string) {
		return func(t *testing.T, m *meshFixture) (string, string) {
			my := server(t).NewDatabase(t)
			my.Exec(t, "CREATE TABLE people "+columns+" CHARACTER SET utf8mb4", "INSERT INTO people VALUES "+rows)
			return m.serverSource(my.Kind(), my.Host, my.Port, my.Database, my.User, my.Password), ""
		}
	}
	for name, publish := range map[string]func(*testing.T, *meshFixture) (source, path string){
		"PostgreSQL": func(t *testing.T, m *meshFixture) (string, string) {
			pg := testservers.Postgres(t).NewDatabase(t)
			pg.Exec(t, "CREATE TABLE people "+columns, "INSERT INTO people VALUES "+rows)
			return m.serverSource("postgres", pg.Host, pg.Port, pg.Database, pg.User, pg.Password), ""
		},
		"MariaDB":                   mysql(testservers.MariaDB),
		"CSV":                       file(".csv", "COPY (ROWS) TO 'FILE' (HEADER)"),
		"JSON":                      file(".ndjson", "COPY (ROWS) TO 'FILE' (FORMAT json)"),
		"Parquet":                   file(".parquet", "COPY (ROWS) TO 'FILE' (FORMAT parquet)"),
		"Parquet with small groups": file(".parquet", "COPY (ROWS) TO 'FILE' (FORMAT parquet, ROW_GROUP_SIZE 2048, COMPRESSION zstd)"),
		"DuckDB": func(t *testing.T, m *meshFixture) (string, string) {
			path := filepath.Join(m.dir, "people.duckdb")
			writer, err := duckdb.Open(duckdb.Options{AllowedDirectories: []string{m.dir}})
			must(t, err)
			defer writer.Close()
			for _, statement := range []string{"ATTACH '" + path + "' AS d", "CREATE TABLE d.people " + columns, "INSERT INTO d.people VALUES " + rows, "DETACH d"} {
				must(t, writer.Exec(t.Context(), statement))
			}
			return "type: duckdb\npath: people.duckdb\n", ""
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMesh(t)
			m.write("governance/tags.yaml", strings.Replace(readFile(t, m.dir+"/governance/tags.yaml"), "pii.email: {parent: pii,", "pii.email: {parent: pii, detect: {sample: '^[^@]+@[^@]+$'},", 1))
			m.user("ann", "", "readers")
			source, path := publish(t, m)
			m.domain("crm", source)
			m.product("crm", "people", path, fixtureColumn{"id", "bigint", ""}, fixtureColumn{"contact", "varchar(40)", ""}, fixtureColumn{"remark", "text", ""}, fixtureColumn{"nothing", "varchar(40)", ""}, fixtureColumn{"country", "varchar(2)", ""})
			m.grant("crm", "people", "readers", "")
			for _, tagged := range []bool{false, true} {
				if tagged {
					m.product("crm", "people", path, fixtureColumn{"id", "bigint", ""}, fixtureColumn{"contact", "varchar(40)", "tags: [pii.email]"}, fixtureColumn{"remark", "text", ""})
				}
				var out strings.Builder
				err := (&check{Mesh: m.dir, Live: true}).run(t.Context(), &out)
				got := out.String()
				if found := strings.Contains(got, "column contact holds values that look like pii.email and does not carry the tag"); found == tagged || err != nil {
					t.Errorf("tagged %t: %v\n%s", tagged, err, got)
				}
				if strings.Count(got, "holds values that look like") > 1 || strings.Contains(got, "example") || strings.Contains(got, "cannot be sampled") {
					t.Errorf("tagged %t:\n%s", tagged, got)
				}
			}
		})
	}
}
