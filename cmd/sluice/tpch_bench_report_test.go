package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

// tpchReport is what BenchmarkTPCH found, as docs/benchmarks.md.
type tpchReport struct {
	arena  *tpchArena
	began  time.Time
	suites []tpchSuite
}

// write puts the page and a plot for each suite into a directory. What stands on the
// page after the line endOfMeasured is other measurements', and is kept.
func (r *tpchReport) write(dir string) error {
	for i := range r.suites {
		suite := &r.suites[i]
		if len(suite.results) == 0 {
			continue
		}
		drawing, err := suite.plot(r.arena.all)
		if err != nil {
			return err
		}
		if err := put(filepath.Join(dir, "benchmarks-"+suite.name+".svg"), drawing); err != nil {
			return err
		}
	}
	page := filepath.Join(dir, "benchmarks.md")
	before, err := os.ReadFile(page)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	_, rest, _ := strings.Cut(string(before), endOfMeasured)
	return put(page, r.markdown()+endOfMeasured+rest)
}

const endOfMeasured = "<!-- `make bench` writes what stands above this line -->\n"

func (r *tpchReport) markdown() string {
	var b strings.Builder
	b.WriteString("# Benchmarks\n\n")
	r.setting(&b)
	r.summary(&b)
	for i := range r.suites {
		if suite := &r.suites[i]; len(suite.results) > 0 {
			fmt.Fprintf(&b, "## %s\n\n![Seconds by query and engine](benchmarks-%s.svg)\n\n", suite.title, suite.name)
			suite.timesTable(&b, r.arena.all)
			suite.movedTable(&b)
		}
	}
	r.memory(&b)
	r.differences(&b)
	return b.String()
}

func (r *tpchReport) setting(b *strings.Builder) {
	fmt.Fprintf(b, `Made by `+"`make bench BENCH=TPCH SCALE=%g LIMIT=%g REPEAT=%g`"+` on %s in %.0f minutes, %d processors, %s (load of the machine when it ended: %s).
TPC-H at scale %[1]g over three stores: orders and lineitem in PostgreSQL, customer, nation and region in MariaDB, part, supplier and
partsupp in Parquet files. Everything runs on one machine; every engine is a process of its own.

`, r.arena.data.Scale, benchLimit().Seconds(), envNumber("SLUICE_BENCH_REPEAT", 3), r.began.Format(time.DateOnly), time.Since(r.began).Minutes(), runtime.NumCPU(), memoryOfMachine(), load())
	for _, c := range r.arena.all {
		fmt.Fprintf(b, "- **%s**: %s%s\n", c.name, c.Title(), about[c.name])
	}
	for _, reason := range r.arena.absent {
		fmt.Fprintf(b, "- Left out: %s\n", reason)
	}
	fmt.Fprintf(b, `
Every PostgreSQL, source or peer, has the same settings (1 GB of shared buffers, 64 MB of work_mem, 2 parallel workers), and foreign
keys are indexed wherever the tables lie in a server. All are asked in turn, one round to warm up, then %s; a peer other
than one PostgreSQL that has taken %v for one query is asked it no more. Times are medians in seconds; * marks those asked once, cold. After %v a query
ends. Every answer is compared with one PostgreSQL's: Sluice's to the character.

`, often(int(envNumber("SLUICE_BENCH_REPEAT", 3))), patience, benchLimit())
}

// about is what must be known of each contender.
var about = map[string]string{
	"sluice":   ", its gateway reached as any client does. Parquet files are read from a copy in its memory after their first two reads (`--file-memory`, an eighth of 1536 MiB), as a server's tables are from its buffers",
	"postgres": ": all eight tables in a plain PostgreSQL, no federation at all; the bar to reach",
	"fdw":      " over the same two servers: use_remote_estimate, fetch_size 10000, async_capable, foreign tables analyzed. No wrapper reads Parquet, so these tables are local to it",
	"trino":    ", one node: postgresql, mariadb and hive connectors with the documentation's settings, 6 GB of heap, Parquet tables analyzed",
	"duckdb":   ": both servers attached by the postgres and mysql extensions, Parquet read in place; all processors, default memory",
	"direct":   ": the PostgreSQL that holds orders and lineitem, for queries that need no other",
}

func (r *tpchReport) summary(b *strings.Builder) {
	b.WriteString("Sluice's time in terms of each peer's; below 1 Sluice is faster. A query that was ended counts with all the time it was given.\n\n")
	b.WriteString("| queries | compared with | answered by both | geometric mean | slower in | worst | ended | refused | differs |\n|---|---|---:|---:|---:|---|---:|---:|---:|\n")
	for i := range r.suites {
		for k, c := range r.arena.all {
			if k == 0 || len(r.suites[i].results) == 0 {
				continue
			}
			s := r.suites[i].against(k)
			fmt.Fprintf(b, "| %s | %s | %d | **%.2f** | %d | %.2f (%s) | %d | %d | %d |\n",
				r.suites[i].name, c.name, s.queries, s.mean, s.slower, s.worst, s.worstOf, s.notDone, s.refused, s.differs)
		}
	}
	b.WriteString("\n")
}

func (s *tpchSuite) timesTable(b *strings.Builder, all []*contender) {
	b.WriteString("| query |")
	rule := "|---|"
	for i, c := range all {
		b.WriteString(" " + c.name + " |")
		rule += "---:|"
		if i > 0 {
			b.WriteString(" ratio |")
			rule += "---:|"
		}
	}
	b.WriteString("\n" + rule + "\n")
	for _, r := range s.results {
		fmt.Fprintf(b, "| %s |", r.query.Name)
		for i, t := range r.times {
			fmt.Fprintf(b, " %s |", t)
			if i == 0 {
				continue
			}
			if ratio, ok := r.ratio(i, benchLimit()); ok {
				fmt.Fprintf(b, " %.2f |", ratio)
			} else {
				b.WriteString(" |")
			}
		}
		b.WriteString("\n")
	}
	b.WriteString("\n")
}

var storeNames = []struct{ store, title string }{{"trade", "PostgreSQL"}, {"parties", "MariaDB"}, {"parts", "Parquet"}}

// mostMoved is how many times the least possible may move without a reason beside the query.
const mostMoved = 2

// movedTable compares what moved with the least possible.
func (s *tpchSuite) movedTable(b *strings.Builder) {
	b.WriteString("Rows (and MiB) that each source sent to Sluice / the fewest it must send:\n\n| query |")
	for _, n := range storeNames {
		b.WriteString(" " + n.title + " |")
	}
	b.WriteString(" all / fewest |  |\n|---|---:|---:|---:|---:|---|\n")
	for _, r := range s.results {
		fmt.Fprintf(b, "| %s |", r.query.Name)
		for _, n := range storeNames {
			fmt.Fprintf(b, " %s |", r.movedFrom(n.store))
		}
		ratio, about := "", r.query.Title
		if x := r.movedByLeast(); x > 0 {
			ratio = fmt.Sprintf("%.1f", x)
			if x > mostMoved {
				about += ". " + cmp.Or(r.query.More, "**Not explained.**")
			}
		}
		fmt.Fprintf(b, " %s | %s |\n", ratio, about)
	}
	b.WriteString("\n")
}

func (r *tpchResult) movedFrom(store string) string {
	at := slices.IndexFunc(r.moved, func(m movedRows) bool { return m.source == store })
	least, bounded := r.least[store]
	if at < 0 && !bounded {
		return ""
	}
	var m movedRows
	if at >= 0 {
		m = r.moved[at]
	}
	text := fmt.Sprintf("%d (%.1f)", m.rows, float64(m.bytes)/(1<<20))
	if bounded {
		text += fmt.Sprintf(" / %d", least)
	}
	return text
}

func (r *tpchReport) memory(b *strings.Builder) {
	b.WriteString("## Memory\n\nThe most that each engine's own processes held while they were asked (private memory added up, shared once):\n\n| engine | MiB |\n|---|---:|\n")
	for _, c := range r.arena.all {
		fmt.Fprintf(b, "| %s | %d |\n", c.name, c.peak>>20)
	}
	b.WriteString("\n")
}

func (r *tpchReport) differences(b *strings.Builder) {
	var lines []string
	for _, s := range r.suites {
		for _, result := range s.results {
			for i, t := range result.times {
				if t.differs != "" {
					lines = append(lines, fmt.Sprintf("- %s, %s: %s", result.query.Name, r.arena.all[i].name, strings.Join(strings.Fields(t.differs), " ")))
				}
			}
		}
	}
	if len(lines) > 0 {
		fmt.Fprintf(b, "## Answers that are not PostgreSQL's\n\nA number counts as equal where it is PostgreSQL's rounded to the peer's digits.\n\n%s\n\n", strings.Join(lines, "\n"))
	}
}
