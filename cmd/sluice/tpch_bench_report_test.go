package main

import (
	"fmt"
	"math"
	"runtime"
	"strings"
	"time"
)

// tpchReport is what BenchmarkTPCH found, as docs/benchmarks.md.
type tpchReport struct {
	arena   *tpchArena
	all     []tpchTimes
	peakMiB float64
}

func (r *tpchReport) add(t tpchTimes) { r.all = append(r.all, t) }

// ratio is Sluice's time in terms of a peer's: below 1 Sluice is faster.
func (t tpchTimes) ratio(peer int) float64 {
	took := t.peers[peer]
	if took == 0 {
		took = foreignTimeout()
	}
	return float64(t.sluice) / float64(took)
}

// geometricMean is that of the ratios. A query that ran out of time counts as one that
// took all of it, which flatters the peer.
func (r *tpchReport) geometricMean(peer int) float64 {
	sum := 0.0
	for _, t := range r.all {
		sum += math.Log(t.ratio(peer))
	}
	return math.Exp(sum / float64(max(len(r.all), 1)))
}

func (r *tpchReport) lastLine() string {
	t := r.all[len(r.all)-1]
	line := t.query + ": Sluice " + seconds(t.sluice)
	for i, peer := range r.arena.peers {
		line += ", " + peer.title + " " + seconds(t.peers[i])
	}
	return line
}

func seconds(d time.Duration) string {
	if d == 0 {
		return fmt.Sprintf("> %.0f", foreignTimeout().Seconds())
	}
	return fmt.Sprintf("%.3f", d.Seconds())
}

func (r *tpchReport) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Benchmarks

Made by `+"`make bench BENCH=TPCH`"+` on %s, %d processors. TPC-H at scale %g: orders and lineitem in PostgreSQL, customer,
nation and region in MariaDB, part, supplier and partsupp in Parquet files. The gateway is a process of its own and does the
merging; everything runs on one machine.

- **one PostgreSQL**: a plain PostgreSQL that holds all eight tables, with indexes on the foreign keys, 1 GB of shared buffers
  and 64 MB of work_mem: no federation at all, the bar to reach. The PostgreSQL that serves as source is set up the same.
- **foreign data wrappers**: a PostgreSQL that reaches the same stores by postgres_fdw (use_remote_estimate, fetch_size 10000) and
  mysql_fdw; the Parquet tables are local to it. A query ends after %v.
- Trino and DuckDB's scanners are not compared: Debian packages neither, and no other way to get them was tried.
`, time.Now().Format("2006-01-02"), runtime.NumCPU(), r.arena.data.Scale, foreignTimeout())
	for _, a := range r.arena.absent {
		fmt.Fprintf(&b, "- Left out: %s.\n", a)
	}
	fmt.Fprintf(&b, `
Medians of %d in seconds, asked in turn, after one run to warm up. The foreign data wrappers are asked once where they need more
than five seconds, so that those answers are cold ones.
All answers are checked to be equal to Sluice's. A ratio below 1 means that Sluice is faster. In the means a query that ran out
of time counts as one that took all of it.

`, repetitions)
	r.table(&b)
	fmt.Fprintf(&b, "\nThe gateway's peak of resident memory was %.0f MiB.\n\n", r.peakMiB)
	r.movedTable(&b)
	r.plot(&b)
	return b.String()
}

func (r *tpchReport) table(b *strings.Builder) {
	b.WriteString("| query | Sluice |")
	rule := "|---|---:|"
	for _, p := range r.arena.peers {
		b.WriteString(" " + p.title + " | ratio |")
		rule += "---:|---:|"
	}
	b.WriteString("\n" + rule + "\n")
	for _, t := range r.all {
		fmt.Fprintf(b, "| %s | %s |", t.query, seconds(t.sluice))
		for i := range r.arena.peers {
			if t.peers[i] == 0 {
				fmt.Fprintf(b, " > %.0f | < %.3f |", foreignTimeout().Seconds(), t.ratio(i))
				continue
			}
			fmt.Fprintf(b, " %s | %.2f |", seconds(t.peers[i]), t.ratio(i))
		}
		b.WriteString("\n")
	}
	b.WriteString("| geometric mean of ratios | |")
	for i := range r.arena.peers {
		fmt.Fprintf(b, " | **%.2f** |", r.geometricMean(i))
	}
	b.WriteString("\n")
}

func (r *tpchReport) movedTable(b *strings.Builder) {
	b.WriteString("## Rows moved\n\nWhat each source sent to the gateway: rows, and MiB as they lie in its memory.\n\n| query | PostgreSQL | MariaDB | Parquet |\n|---|---:|---:|---:|\n")
	for _, t := range r.all {
		cells := map[string]string{}
		for _, m := range t.moved {
			cells[m.source] = fmt.Sprintf("%d (%.1f)", m.rows, float64(m.bytes)/(1<<20))
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", t.query, cells["trade"], cells["parties"], cells["parts"])
	}
}

// plot draws the ratios to the first peer as bars, a tenth each.
func (r *tpchReport) plot(b *strings.Builder) {
	fmt.Fprintf(b, "\n## Sluice's time in terms of %s\n\n```\n", r.arena.peers[0].title)
	for _, t := range r.all {
		if t.peers[0] == 0 {
			continue
		}
		ratio := t.ratio(0)
		fmt.Fprintf(b, "%s %5.2f %s\n", t.query, ratio, strings.Repeat("#", min(int(ratio*10+0.5), 60)))
	}
	b.WriteString("    1.00 ##########\n```\n")
}
