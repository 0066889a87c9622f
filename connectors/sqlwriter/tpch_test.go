package sqlwriter_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/connectors/sqlwriter"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/internal/tpch"
)

// TestTPCH writes the 22 queries in both dialects and runs them on engines with the
// same data: each must answer as PostgreSQL answers the query itself.
func TestTPCH(t *testing.T) {
	t.Parallel()
	data := tpch.Dataset{Scale: 0.01}
	db := testservers.Postgres(t).NewDatabase(t)
	if err := data.LoadPostgres(t.Context(), db.DSN); err != nil {
		t.Fatal(err)
	}
	directory := t.TempDir()
	if err := data.WriteParquet(t.Context(), directory); err != nil {
		t.Fatal(err)
	}
	options := duckdb.Options{AllowedDirectories: []string{directory}}
	for _, table := range tpch.Tables() {
		options.Setup = append(options.Setup, "CREATE TABLE "+table.Name+" AS SELECT "+padded(table)+" FROM '"+directory+"/"+table.Name+".parquet'")
	}
	o := newOracle(t, db.DSN, options)
	equal, all := 0, 0
	for _, query := range tpch.Queries() {
		all += 2
		equal += o.check(t, query.Name, query.SQL, false)
	}
	t.Logf("%d of %d equal", equal, all)
}

// check runs a query as it is and as both dialects write its plan; it gives how many
// of the two agree.
func (o *oracle) check(t *testing.T, name, sql string, sorted bool) int {
	t.Helper()
	want := o.postgres(t.Context(), sql).text(sorted)
	q, err := o.bind(sql)
	if err != nil {
		t.Errorf("%s: bind: %v\n%s", name, err, sql)
		return 0
	}
	equal := 0
	report := func(dialect, text, got string) {
		if got == want {
			equal++
			return
		}
		t.Errorf("%s in %s:\n%s\n--- written\n%s\n--- got\n%.1500s\n--- want\n%.1500s", name, dialect, sql, text, got, want)
	}
	options := sqlwriter.Options{}.ForQuery(q)
	if text, err := sqlwriter.Postgres(q.Root, options); err != nil {
		t.Errorf("%s in postgres: %v\n%s", name, err, sql)
	} else {
		report("postgres", text, o.postgres(t.Context(), text).text(sorted))
	}
	if text, err := sqlwriter.DuckDB(q.Root, options); err != nil {
		t.Errorf("%s in duckdb: %v\n%s", name, err, sql)
	} else {
		r := o.duckdb(t.Context(), text, q)
		if r.err != nil {
			t.Logf("%s in duckdb: %v", name, r.err)
		}
		report("duckdb", text, r.text(sorted))
	}
	return equal
}

// padded selects a table's columns with char(n) as it stands in plans.
func padded(table tpch.Table) string {
	list := make([]string, len(table.Columns))
	for i, c := range table.Columns {
		list[i] = c.Name
		if c.Kind == tpch.Fixed {
			list[i] = fmt.Sprintf("rpad(%s, %d, ' ') AS %s", c.Name, c.Length, c.Name)
		}
	}
	return strings.Join(list, ", ")
}
