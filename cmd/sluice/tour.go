package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"text/tabwriter"

	"github.com/jackc/pgx/v5/pgconn"
)

// tour asks the demo's questions as two principals, so that the governed difference
// shows, and explains one of them.
func tour(ctx context.Context, out io.Writer, address *net.TCPAddr) error {
	for _, user := range []string{"steward", "analyst"} {
		if err := visit(ctx, out, address, user, queries); err != nil {
			return err
		}
	}
	explain := []question{{"What each source is asked, and which policies hold.", "EXPLAIN " + queries[0].sql}}
	return visit(ctx, out, address, "analyst", explain)
}

// visit connects as one user and prints each answer.
func visit(ctx context.Context, out io.Writer, address *net.TCPAddr, user string, list []question) error {
	dsn := fmt.Sprintf("host=%s port=%d user=%s password=demo dbname=mesh sslmode=disable", address.IP, address.Port, user)
	conn, err := pgconn.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, q := range list {
		fmt.Fprintf(out, "\n[%s] %s\n%s;\n\n", user, q.title, q.sql)
		results, err := conn.Exec(ctx, q.sql).ReadAll()
		if err != nil {
			return fmt.Errorf("%s: %w", q.title, err)
		}
		if err := print(out, results[0]); err != nil {
			return err
		}
	}
	return nil
}

// print shows a result as aligned columns.
func print(out io.Writer, r *pgconn.Result) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	names := make([]string, len(r.FieldDescriptions))
	for i, f := range r.FieldDescriptions {
		names[i] = f.Name
	}
	fmt.Fprintln(w, "  "+strings.Join(names, "\t"))
	for _, row := range r.Rows {
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = string(c)
			if c == nil {
				cells[i] = "NULL"
			}
		}
		fmt.Fprintln(w, "  "+strings.Join(cells, "\t"))
	}
	return w.Flush()
}
