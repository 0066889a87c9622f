package postgres

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/internal/tpch"
	"github.com/sluicemesh/sluice/planner/plan"
)

// BenchmarkLineItem reads all of lineitem, once as COPY alone (its bytes discarded) and
// once into Arrow, by one connection and by as many as Read takes. SLUICE_BENCH_SCALE sets the scale; 0.1 is 600 thousand rows.
func BenchmarkLineItem(b *testing.B) {
	scale := 0.1
	if text := os.Getenv("SLUICE_BENCH_SCALE"); text != "" {
		scale, _ = strconv.ParseFloat(text, 64)
	}
	ctx := context.Background()
	server := testservers.Postgres(b).NewDatabase(b)
	if err := (tpch.Dataset{Scale: scale}).LoadPostgres(ctx, server.DSN, "lineitem"); err != nil {
		b.Fatal(err)
	}
	table, _ := tpch.Dataset{}.Table("lineitem")
	var columns []plan.Column
	var specifications []string
	text := ""
	for i, c := range table.Columns {
		of, err := pgtype.ParseTypeName(c.SQLType())
		if err != nil {
			b.Fatal(err)
		}
		columns = append(columns, plan.Column{ID: plan.ColumnID(i), Name: c.Name, Type: of})
		specifications = append(specifications, c.Name+" "+c.SQLType())
		text += fmt.Sprintf("%s%s", map[bool]string{true: ", "}[i > 0], c.Name)
	}
	text = "SELECT " + text + " FROM public.lineitem"
	b.Run("copy", func(b *testing.B) {
		c, err := pgconn.Connect(ctx, server.DSN)
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close(ctx)
		for b.Loop() {
			if _, err := c.CopyTo(ctx, io.Discard, "COPY ("+text+") TO STDOUT (FORMAT binary)"); err != nil {
				b.Fatal(err)
			}
		}
	})
	server.Exec(b, "GRANT SELECT ON lineitem TO "+server.Reader, "ANALYZE lineitem")
	contract := conntest.NewTable(b, "lineitem", specifications, nil)
	scan := &plan.Scan{Table: contract.Table, Cols: columns}
	for i := range columns {
		scan.Ordinals = append(scan.Ordinals, i)
	}
	opened, err := Connector{}.Open(sourceOf(server), server.ReaderPassword)
	if err != nil {
		b.Fatal(err)
	}
	defer opened.Close()
	b.Run("arrow", func(b *testing.B) { benchmarkRead(b, opened, &plan.Remote{Root: scan}) })
	b.Run("divided", func(b *testing.B) { benchmarkRead(b, opened, &plan.Remote{Root: scan, Divisible: true}) })
}

func benchmarkRead(b *testing.B, s connectors.Source, remote *plan.Remote) {
	rows := int64(0)
	for b.Loop() {
		r, err := s.Read(b.Context(), remote)
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
}
