package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"regexp"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/meshdir"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/executor"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// live serves the mesh inside this process and asks its sources: what differs from the
// contracts, which values look like a tag their column does not carry, and whether the
// tests of the policies answer as their authors expect, and whether the contracts' rules
// about data hold. It gives the number of tests and rules of severity error that failed,
// and what the rules came to; the rest are warnings.
func (c *check) live(ctx context.Context, out io.Writer) (failed int, measured map[catalog.Address]meshdir.Measured, err error) {
	audit, err := os.MkdirTemp("", "sluice-check-*")
	if err != nil {
		return 0, nil, err
	}
	defer os.RemoveAll(audit)
	app, err := (&serve{Mesh: c.Mesh, AuditDir: audit, Memory: "512MiB"}).assemble(slog.New(slog.DiscardHandler))
	if err != nil {
		return 0, nil, err
	}
	defer app.close()
	mesh, _ := meshdir.Load(c.Mesh, meshdir.Options{Review: true})
	if mesh == nil {
		return 0, nil, fmt.Errorf("mesh %s has changed while it was checked", c.Mesh)
	}
	for _, d := range mesh.Domains {
		for _, s := range d.Sources {
			checkSource(ctx, out, app.sources, mesh, d, s)
		}
	}
	asked := &quality{
		mesh: mesh, out: out, progress: cmp.Or[io.Writer](c.progress, io.Discard),
		executor: &executor.Executor{Engines: app.engines.local, Budget: app.engines.budget, Source: app.sources.Source},
	}
	asked.run(ctx)
	failed = asked.failed
	server, err := serveInProcess(ctx, app)
	if err != nil {
		return 0, nil, err
	}
	defer server.close()
	for _, p := range mesh.Policies {
		for _, t := range p.Tests {
			if why := server.test(ctx, t); why != "" {
				failed++
				fmt.Fprintf(out, "%s: test of policy %s as %s: %s\n", t.Position, p.ID, t.As, why)
			}
		}
	}
	return failed, asked.measured, nil
}

// checkSource compares the tables of one source with their contracts and samples them.
func checkSource(ctx context.Context, out io.Writer, sources *connectors.Registry, mesh *catalog.Mesh, d *catalog.Domain, s *catalog.Source) {
	var tables []*catalog.Table
	for _, t := range d.Tables() {
		if t.Source == s {
			tables = append(tables, t)
		}
	}
	source, err := sources.Source(s)
	if err == nil {
		var found []connectors.Description
		if found, err = source.Describe(ctx, tables); err == nil {
			for _, f := range found {
				reportDescription(out, f)
			}
		}
	}
	if err != nil {
		fmt.Fprintf(out, "%s: warning: source %s cannot be asked: %s\n", s.Position, s.ID(), sqlstate.From(err).Message)
		return
	}
	for _, t := range tables {
		samples, err := sample(ctx, source, t)
		if err != nil {
			fmt.Fprintf(out, "%s: warning: %s cannot be sampled: %s\n", t.Position, t.Address().Name, sqlstate.From(err).Message)
			continue
		}
		for _, f := range mesh.DetectedBySample(t, func(c *catalog.Column) []string { return samples[c.Name] }) {
			// The values themselves stay where they are.
			fmt.Fprintf(out, "%s: warning: column %s holds values that look like %s and does not carry the tag\n", f.Column.Position, f.Column.Name, f.Tag)
		}
	}
}

func reportDescription(out io.Writer, d connectors.Description) {
	if !d.Found && len(d.Problems) == 0 {
		fmt.Fprintf(out, "%s: warning: the source has no such table\n", d.Table.Position)
	}
	for _, p := range d.Problems {
		fmt.Fprintf(out, "%s: warning: %s\n", d.Table.Position, p)
	}
}

// sampled is how many rows of a table are looked at.
const sampled = 200

// sample reads some values of a table's text columns.
func sample(ctx context.Context, source connectors.Source, t *catalog.Table) (map[string][]string, error) {
	scan := &plan.Scan{Table: t}
	for i, c := range t.Columns {
		if catalog.PartialFits(c.Type) {
			scan.Cols = append(scan.Cols, plan.Column{ID: plan.ColumnID(i + 1), Name: c.Name, Type: c.Type})
			scan.Ordinals = append(scan.Ordinals, i)
		}
	}
	if len(scan.Cols) == 0 {
		return nil, nil
	}
	limit := &plan.Limit{Input: scan, Count: &plan.Literal{Of: pgtype.Of(pgtype.Int8), Text: fmt.Sprint(sampled)}}
	reader, err := source.Read(ctx, &plan.Remote{Source: t.Source, Root: limit})
	if err != nil {
		return nil, err
	}
	defer reader.Release()
	values := map[string][]string{}
	for reader.Next() {
		batch := reader.RecordBatch()
		for i, c := range scan.Cols {
			if texts, ok := batch.Column(i).(*array.String); ok {
				for row := range texts.Len() {
					if !texts.IsNull(row) {
						values[c.Name] = append(values[c.Name], strings.Clone(texts.Value(row))) // it outlives the batch
					}
				}
			}
		}
	}
	return values, reader.Err()
}

// test asks a policy's question and says what is not as expected; "": nothing.
func (s *inProcess) test(ctx context.Context, t catalog.PolicyTest) string {
	conn, err := s.connect(ctx, t.As)
	if err != nil {
		return err.Error()
	}
	defer func() { _ = conn.Close(ctx) }()
	if t.Purpose != "" {
		if _, err := conn.Exec(ctx, "SELECT set_config('sluice.purpose', "+quote(t.Purpose)+", false)").ReadAll(); err != nil {
			return err.Error()
		}
	}
	results, err := conn.Exec(ctx, t.Query).ReadAll()
	if code := codeOf(err); err != nil || t.Error != "" {
		if code == t.Error {
			return ""
		}
		if err == nil {
			return "it is answered, " + t.Error + " was expected"
		}
		return err.Error()
	}
	if len(results) == 0 {
		return "it is no query"
	}
	return expected(t, results[len(results)-1].Rows)
}

func expected(t catalog.PolicyTest, rows [][][]byte) string {
	if t.Rows >= 0 && len(rows) != t.Rows {
		return fmt.Sprintf("it gives %d rows, %d were expected", len(rows), t.Rows)
	}
	if t.Value != nil && (len(rows) == 0 || len(rows[0]) == 0 || string(rows[0][0]) != *t.Value) {
		return "the first value is not the one expected"
	}
	pattern := regexp.MustCompile(t.Matches)
	if t.Matches != "" && len(rows) == 0 {
		return "it gives no rows, so nothing matches"
	}
	for _, r := range rows {
		if t.Matches != "" && (len(r) == 0 || !pattern.Match(r[0])) {
			return "a value does not match " + t.Matches
		}
	}
	return ""
}

func codeOf(err error) string {
	if e, ok := err.(*pgconn.PgError); ok {
		return e.Code
	}
	return ""
}

func quote(text string) string {
	out := "'"
	for _, r := range text {
		if r == '\'' {
			out += "'"
		}
		out += string(r)
	}
	return out + "'"
}
