package conntest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/planner/plan"
)

// Rows reads everything, releases the reader and gives the rows as PostgreSQL prints them.
func Rows(t testing.TB, r array.RecordReader, columns []plan.Column) [][]string {
	t.Helper()
	rows, err := drain(r, columns)
	if err != nil {
		t.Fatalf("reading: %v", err)
	}
	return rows
}

// drain checks each batch against the types that were promised.
func drain(r array.RecordReader, columns []plan.Column) ([][]string, error) {
	defer r.Release()
	if n := r.Schema().NumFields(); n != len(columns) {
		return nil, fmt.Errorf("%d fields for %d columns", n, len(columns))
	}
	var rows [][]string
	for r.Next() {
		batch := r.RecordBatch()
		for i, c := range columns {
			if got, want := batch.Column(i).DataType(), pgtype.Arrow(c.Type); !arrow.TypeEqual(got, want) {
				return nil, fmt.Errorf("column %d (%s) is %s, want %s", i, pgtype.FormatType(c.Type), got, want)
			}
		}
		for row := range int(batch.NumRows()) {
			one := make([]string, len(columns))
			for i, c := range columns {
				one[i] = Text(batch.Column(i), row, c.Type)
			}
			rows = append(rows, one)
		}
	}
	return rows, r.Err()
}

// PostgresRows runs a query on PostgreSQL, the oracle, and gives its rows in text form.
func PostgresRows(t testing.TB, dsn, query string, columns []plan.Column) [][]string {
	t.Helper()
	rows, code := postgresAnswer(t, dsn, query, columns)
	if code != "" {
		t.Fatalf("PostgreSQL: SQLSTATE %s\nin: %s", code, query)
	}
	return rows
}

// postgresAnswer gives the rows, or the SQLSTATE of PostgreSQL's error.
func postgresAnswer(t testing.TB, dsn, query string, columns []plan.Column) ([][]string, string) {
	t.Helper()
	ctx := context.Background()
	c, err := pgconn.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(ctx)
	results, err := c.Exec(ctx, "SET TimeZone = 'UTC'; "+query).ReadAll()
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		return nil, answer.Code
	} else if err != nil {
		t.Fatal(err)
	}
	var rows [][]string
	for _, fields := range results[len(results)-1].Rows {
		one := make([]string, len(columns))
		for i, c := range columns {
			one[i] = Null
			if fields[i] != nil {
				one[i] = canonical(string(fields[i]), c.Type)
			}
		}
		rows = append(rows, one)
	}
	return rows, ""
}

// Compare fails where two answers differ, order included.
func Compare(t testing.TB, got, want [][]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("got %d rows, want %d", len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("row %d:\n got %s\nwant %s", i, strings.Join(got[i], " | "), strings.Join(want[i], " | "))
			return
		}
	}
}
