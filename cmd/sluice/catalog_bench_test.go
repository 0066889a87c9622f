package main

import (
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// catalogQuestions are what a tool asks when it opens a connection and a table.
var catalogQuestions = []struct{ name, sql string }{
	{"list of tables", `SELECT n.nspname, c.relname, pg_catalog.pg_get_userbyid(c.relowner) FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f', '') AND n.nspname <> 'pg_catalog' AND n.nspname !~ '^pg_toast' AND n.nspname <> 'information_schema' AND pg_catalog.pg_table_is_visible(c.oid) ORDER BY 1, 2`},
	{"one table by name", `SELECT c.oid, n.nspname, c.relname FROM pg_catalog.pg_class c LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relname OPERATOR(pg_catalog.~) '^(p0500)$' COLLATE pg_catalog.default AND n.nspname OPERATOR(pg_catalog.~) '^(d05)$' COLLATE pg_catalog.default ORDER BY 2, 3`},
	{"columns of one table", `SELECT a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_catalog.col_description(a.attrelid, a.attnum) FROM pg_catalog.pg_attribute a WHERE a.attrelid = 'd05.p0500'::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`},
	{"information_schema of one table", `SELECT column_name, data_type, is_nullable FROM information_schema.columns WHERE table_schema = 'd05' AND table_name = 'p0500' ORDER BY ordinal_position`},
	{"keys of one table", `SELECT c2.relname, i.indisprimary, pg_catalog.pg_get_indexdef(i.indexrelid, 0, true), pg_catalog.pg_get_constraintdef(con.oid, true) FROM pg_catalog.pg_class c, pg_catalog.pg_class c2, pg_catalog.pg_index i
		LEFT JOIN pg_catalog.pg_constraint con ON (conrelid = i.indrelid AND conindid = i.indexrelid AND contype IN ('p', 'u', 'x')) WHERE c.oid = 'd05.p0500'::regclass AND c.oid = i.indrelid AND i.indexrelid = c2.oid`},
	{"every column of the mesh", `SELECT count(*), max(pg_catalog.format_type(a.atttypid, a.atttypmod)) FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid WHERE c.relkind = 'r' AND a.attnum > 0`},
}

// BenchmarkCatalog asks of a mesh of 1,000 products with 30 columns each. A question
// should take less than 50 ms, a command of psql with its connection less than 200.
func BenchmarkCatalog(b *testing.B) {
	m := newMesh(b)
	for d := range 10 {
		m.domain(fmt.Sprintf("d%02d", d), "type: files\nroot: data\n")
	}
	columns := make([]fixtureColumn, 30)
	for i := range columns {
		columns[i] = fixtureColumn{fmt.Sprintf("c%02d", i), []string{"integer", "text", "numeric(12,2)", "timestamptz"}[i%4], "description: A column."}
	}
	columns[0].more = "primaryKey: true"
	for p := range 1000 {
		domain, name := fmt.Sprintf("d%02d", p/100), fmt.Sprintf("p%04d", p)
		m.product(domain, name, name+".csv", columns...)
		m.grant(domain, name, "readers", "")
	}
	for d := range 10 {
		m.write(fmt.Sprintf("domains/d%02d/data/.keep", d), "")
	}
	m.user("reader", "", "readers")
	gateway := m.serve()
	conn := gateway.connect(b, "reader")
	for _, q := range catalogQuestions {
		b.Run(strings.ReplaceAll(q.name, " ", "_"), func(b *testing.B) {
			defer reportCPU(b)()
			for b.Loop() {
				if a := ask(b.Context(), conn, q.sql); a.code != "" || len(a.rows) == 0 && q.name != "list of tables" {
					b.Fatal(a)
				}
			}
		})
	}
	for _, command := range []string{`\d d05.p0500`, `\dt *.*`} {
		b.Run("psql "+command, func(b *testing.B) {
			defer reportCPU(b)()
			binary, err := exec.LookPath("psql")
			if err != nil {
				b.Skip("no psql")
			}
			for b.Loop() {
				if out, err := exec.CommandContext(b.Context(), binary, "-X", "-d", gateway.dsn("reader"), "-c", command).CombinedOutput(); err != nil {
					b.Fatalf("%v: %s", err, out)
				}
			}
		})
	}
}

// reportCPU reports the processor time that this process takes for an operation, which
// says more than the clock on a machine that is busy with other things.
func reportCPU(b *testing.B) func() {
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			return 0
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := used()
	return func() {
		b.ReportMetric(float64(used()-before)/float64(time.Millisecond)/float64(b.N), "cpu-ms/op")
	}
}
