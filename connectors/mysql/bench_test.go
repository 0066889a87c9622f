package mysql

import (
	"os"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/internal/tpch"
	"github.com/sluicemesh/sluice/planner/plan"
)

// BenchmarkParallelReads reads all of orders over one, two and four connections in turn,
// and then a condition that few rows meet, of which the server does the work. It gives the
// median of each. SLUICE_BENCH_SCALE sets the scale; 1 is 1.5 million rows.
func BenchmarkParallelReads(b *testing.B) {
	scale := 1.0
	if text := os.Getenv("SLUICE_BENCH_SCALE"); text != "" {
		scale, _ = strconv.ParseFloat(text, 64)
	}
	for name, start := range map[string]func(testing.TB, ...string) *testservers.MySQLServer{"MariaDB": testservers.OwnMariaDB, "MySQL": testservers.OwnMySQL} {
		b.Run(name, func(b *testing.B) {
			server := start(b, "--innodb-buffer-pool-size=1G")
			if err := (tpch.Dataset{Scale: scale}).LoadMySQL(b.Context(), server.DSN, "orders"); err != nil {
				b.Fatal(err)
			}
			all := benchScan(b, "orders", "o_orderkey", "o_custkey", "o_totalprice", "o_orderdate", "o_comment")
			few := &plan.Filter{Input: all, Conjuncts: []plan.Expr{&plan.IsNull{Arg: &plan.ColumnRef{Column: all.Cols[3]}}}}
			times := map[string][]time.Duration{}
			for b.Loop() {
				for range 7 {
					for _, connections := range []string{"1", "2", "4"} {
						for _, read := range []struct {
							name string
							root plan.Node
						}{{"all", all}, {"few", few}} {
							key := read.name + "-" + connections
							times[key] = append(times[key], timed(b, server, connections, read.root))
						}
					}
				}
			}
			for key, list := range times {
				slices.Sort(list)
				b.ReportMetric(float64(list[len(list)/2].Milliseconds()), key+"-ms")
			}
		})
	}
}

// BenchmarkRows reads all of customer, and two of its numbers: the processor time that the
// gateway's process takes for a row, from the packet to Arrow, the least of seven reads.
func BenchmarkRows(b *testing.B) {
	for name, start := range map[string]func(testing.TB, ...string) *testservers.MySQLServer{"MariaDB": testservers.OwnMariaDB, "MySQL": testservers.OwnMySQL} {
		b.Run(name, func(b *testing.B) {
			server := start(b)
			if err := (tpch.Dataset{Scale: 1}).LoadMySQL(b.Context(), server.DSN, "customer"); err != nil {
				b.Fatal(err)
			}
			all := []string{"c_custkey", "c_name", "c_address", "c_nationkey", "c_phone", "c_acctbal", "c_mktsegment", "c_comment"}
			least := map[int]float64{}
			for b.Loop() {
				for range 7 {
					for _, columns := range [][]string{all, {"c_custkey", "c_nationkey"}} {
						before := processorTime(b)
						timed(b, server, "1", benchScan(b, "customer", columns...))
						took := float64((processorTime(b) - before).Nanoseconds()) / (2 * 150_000)
						if was, ok := least[len(columns)]; !ok || took < was {
							least[len(columns)] = took
						}
					}
				}
			}
			for columns, took := range least {
				b.ReportMetric(took, strconv.Itoa(columns)+"-columns-ns/row")
			}
		})
	}
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// timed reads a plan over some connections that are dialled already.
func timed(b *testing.B, server *testservers.MySQLServer, connections string, root plan.Node) time.Duration {
	b.Helper()
	definition := sourceOf(server)
	definition.User = server.User
	definition.Options = map[string]string{"parallelReads": connections, "snapshot": "lock"}
	open, err := Connector{}.Open(definition, server.Password)
	if err != nil {
		b.Fatal(err)
	}
	defer open.Close()
	var took time.Duration
	for range 2 { // the first dials
		start := time.Now()
		r, err := open.Read(b.Context(), &plan.Remote{Source: definition, Root: root})
		if err != nil {
			b.Fatal(err)
		}
		for r.Next() {
		}
		if r.Err() != nil {
			b.Fatal(r.Err())
		}
		r.Release()
		took = time.Since(start)
	}
	return took
}

// benchScan reads columns of a table.
func benchScan(b *testing.B, name string, names ...string) *plan.Scan {
	b.Helper()
	table, err := tpch.Dataset{}.Table(name)
	if err != nil {
		b.Fatal(err)
	}
	var columns []string
	for _, name := range names {
		at := slices.IndexFunc(table.Columns, func(c tpch.Column) bool { return c.Name == name })
		columns = append(columns, name+" "+table.Columns[at].SQLType())
	}
	of := conntest.NewTable(b, name, columns, nil)
	of.Source = &catalog.Source{}
	scan := &plan.Scan{Table: of.Table, Alias: name}
	for i, c := range of.Columns {
		scan.Ordinals = append(scan.Ordinals, i)
		scan.Cols = append(scan.Cols, plan.Column{ID: plan.ColumnID(i + 1), Name: c.Name, Type: c.Type})
	}
	return scan
}
