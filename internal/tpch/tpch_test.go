package tpch_test

import (
	"context"
	"database/sql"
	"fmt"
	"hash/fnv"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/internal/tpch"
)

var small = tpch.Dataset{Scale: 0.01}

// TestQueriesSelectSomething runs all 22 against one PostgreSQL: each must return rows
// that are not merely NULL, or it proves nothing elsewhere. The times logged are the
// baseline for the gateway's.
func TestQueriesSelectSomething(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	database := testservers.Postgres(t).NewDatabase(t)
	start := time.Now()
	if err := small.LoadPostgres(ctx, database.DSN); err != nil {
		t.Fatal(err)
	}
	t.Logf("loaded in %s", time.Since(start).Round(time.Millisecond))
	connection, err := pgx.Connect(ctx, database.ReaderDSN)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close(ctx)
	if got := len(tpch.Queries()); got != 22 {
		t.Fatalf("%d queries, want 22", got)
	}
	for _, query := range tpch.Queries() {
		start := time.Now()
		rows, values, err := count(ctx, connection, query.SQL)
		if err != nil {
			t.Errorf("%s: %v", query.Name, err)
			continue
		}
		t.Logf("%s %6d rows %8s", query.Name, rows, time.Since(start).Round(time.Millisecond))
		if values == 0 {
			t.Errorf("%s selects nothing", query.Name)
		}
	}
}

// count gives the number of rows, and of values in them that are not NULL.
func count(ctx context.Context, connection *pgx.Conn, query string) (rows, values int, err error) {
	result, err := connection.Query(ctx, query)
	if err != nil {
		return 0, 0, err
	}
	defer result.Close()
	for result.Next() {
		rows++
		for _, value := range result.RawValues() {
			if value != nil {
				values++
			}
		}
	}
	return rows, values, result.Err()
}

// TestStoresHoldTheSameRows reads each table back from PostgreSQL and from MariaDB and
// compares every cell's text.
func TestStoresHoldTheSameRows(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	tiny := tpch.Dataset{Scale: 0.001, VariableText: true}
	postgres, mariadb := testservers.Postgres(t).NewDatabase(t), testservers.MariaDB(t).NewDatabase(t)
	if err := tiny.LoadPostgres(ctx, postgres.DSN); err != nil {
		t.Fatal(err)
	}
	if err := tiny.LoadMySQL(ctx, mariadb.DSN); err != nil {
		t.Fatal(err)
	}
	pg := openPostgres(t, postgres.ReaderDSN)
	my := openMariaDB(t, mariadb.ReaderDSN)
	for _, table := range tpch.Tables() {
		query := fmt.Sprintf("SELECT * FROM %s ORDER BY %s", table.Name, strings.Join(table.Key, ", "))
		pgDigest, pgRows := digest(t, pg, query)
		myDigest, myRows := digest(t, my, query)
		if pgDigest != myDigest || pgRows != myRows || pgRows == 0 {
			t.Errorf("%s: PostgreSQL has %d rows (%x), MariaDB %d (%x)", table.Name, pgRows, pgDigest, myRows, myDigest)
		}
	}
}

func TestMariaDBLoadsQuickly(t *testing.T) {
	t.Parallel()
	database := testservers.MariaDB(t).NewDatabase(t)
	start := time.Now()
	if err := small.LoadMySQL(t.Context(), database.DSN); err != nil {
		t.Fatal(err)
	}
	t.Logf("loaded in %s", time.Since(start).Round(time.Millisecond))
}

func TestParquetHasEveryRowInSeveralGroups(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	start := time.Now()
	if err := small.WriteParquet(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	t.Logf("written in %s", time.Since(start).Round(time.Millisecond))
	for _, table := range tpch.Tables() {
		reader, err := file.OpenParquetFile(filepath.Join(dir, table.Name+".parquet"), false)
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Close()
		var want int64
		for range small.Rows(table.Name) {
			want++
		}
		if got := reader.NumRows(); got != want {
			t.Errorf("%s: %d rows, want %d", table.Name, got, want)
		}
		if want > 5_000 && reader.NumRowGroups() < 2 {
			t.Errorf("%s: %d rows in one row group", table.Name, want)
		}
	}
}

func TestRowsFollowTheSpecification(t *testing.T) {
	t.Parallel()
	wantRows := map[string]int{"region": 5, "nation": 25, "supplier": 100, "customer": 1500, "part": 2000, "partsupp": 8000, "orders": 15000}
	supplied := map[[2]int64]bool{}
	for _, table := range tpch.Tables() {
		rows := 0
		for row := range small.Rows(table.Name) {
			rows++
			checkLengths(t, table, row)
			switch pair := [2]int64{row[0].Number, row[1].Number}; table.Name {
			case "partsupp":
				supplied[pair] = true
			case "lineitem":
				if pair = [2]int64{row[1].Number, row[2].Number}; !supplied[pair] {
					t.Fatalf("line item of a part %v its supplier does not have", pair)
				}
			case "orders":
				if row[1].Number%3 == 0 {
					t.Fatalf("customer %d has an order", row[1].Number)
				}
			}
		}
		if want, fixed := wantRows[table.Name]; fixed && rows != want {
			t.Errorf("%s: %d rows, want %d", table.Name, rows, want)
		}
	}
	if len(supplied) != 8000 {
		t.Errorf("%d different part-supplier pairs, want 8000", len(supplied))
	}
}

func checkLengths(t *testing.T, table tpch.Table, row []tpch.Value) {
	t.Helper()
	for i, column := range table.Columns {
		if column.Length > 0 && (row[i].Text == "" || len(row[i].Text) > column.Length) {
			t.Fatalf("%s = %q, want 1 to %d characters", column.Name, row[i].Text, column.Length)
		}
	}
}

func BenchmarkRows(b *testing.B) {
	for b.Loop() {
		for range small.Rows("lineitem") {
		}
	}
}

func openMariaDB(t *testing.T, dsn string) rowsOf {
	t.Helper()
	database, err := sql.Open("mysql", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { database.Close() })
	return func(query string, each func([][]byte)) error {
		rows, err := database.Query(query)
		if err != nil {
			return err
		}
		defer rows.Close()
		columns, _ := rows.Columns()
		cells, targets := make([][]byte, len(columns)), make([]any, len(columns))
		for i := range cells {
			targets[i] = &cells[i]
		}
		for rows.Next() {
			if err := rows.Scan(targets...); err != nil {
				return err
			}
			each(cells)
		}
		return rows.Err()
	}
}

func openPostgres(t *testing.T, dsn string) rowsOf {
	t.Helper()
	connection, err := pgx.Connect(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { connection.Close(context.Background()) })
	return func(query string, each func([][]byte)) error {
		rows, err := connection.Query(context.Background(), query, pgx.QueryExecModeSimpleProtocol)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			each(rows.RawValues())
		}
		return rows.Err()
	}
}

// rowsOf runs a query and shows each row's cells as text.
type rowsOf func(query string, each func([][]byte)) error

func digest(t *testing.T, run rowsOf, query string) (sum uint64, rows int) {
	t.Helper()
	hash := fnv.New64a()
	err := run(query, func(cells [][]byte) {
		rows++
		for _, cell := range cells {
			hash.Write(cell)
			hash.Write([]byte{0})
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return hash.Sum64(), rows
}
