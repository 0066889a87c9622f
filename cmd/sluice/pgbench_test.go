package main

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// pgbench is PostgreSQL's own load generator: it takes less of the machine than any
// client written here, so that what is measured is what stands behind it.
type pgbench struct {
	program string
	dir     string
}

// newPgbench finds it, or skips.
func newPgbench(b testing.TB) pgbench {
	b.Helper()
	places, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	found, err := exec.LookPath("pgbench")
	if err != nil && len(places) == 0 {
		b.Skip("pgbench is not installed (it comes with PostgreSQL's server)")
	}
	if err != nil {
		found = places[len(places)-1]
	}
	return pgbench{program: found, dir: b.TempDir()}
}

// loaded is what a run of pgbench gives.
type loaded struct {
	median time.Duration
	rate   float64 // statements a second
	count  float64
	cpu    map[string]time.Duration // taken by each process watched, and by "client"
}

const (
	// mostLoadSeconds is how long a run may be on a machine that is so busy that its clients
	// are not connected before.
	mostLoadSeconds = 8
	// loadPatience is how much longer it may take before it counts as stuck.
	loadPatience = 30 * time.Second
	// loggedShare of the statements are logged with their time: enough for a median, too
	// few to slow pgbench down.
	loggedShare = "0.05"
)

// run sends sql, in which :key is a key that changes, over as many connections as clients.
// pgbench counts in whole seconds, of which connecting takes a part.
func (p pgbench) run(b testing.TB, dsn, sql, protocol string, clients int, watch map[string]int) loaded {
	b.Helper()
	must(b, os.WriteFile(p.script(), []byte("\\set key random(1, 1000)\n"+sql+"\n"), 0o644))
	seconds := min(clients, 2)
	m := p.runFor(b, seconds, dsn, protocol, clients, watch)
	for ; m.count == 0 && seconds < mostLoadSeconds; seconds *= 2 {
		m = p.runFor(b, 2*seconds, dsn, protocol, clients, watch)
	}
	if m.count == 0 {
		b.Fatalf("no statement was answered in %d seconds", seconds)
	}
	return m
}

func (p pgbench) script() string { return filepath.Join(p.dir, "script.sql") }

func (p pgbench) runFor(b testing.TB, seconds int, dsn, protocol string, clients int, watch map[string]int) loaded {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), time.Duration(seconds)*time.Second+loadPatience)
	defer cancel()
	command := exec.CommandContext(ctx, p.program, "-n", "-M", protocol, "-c", strconv.Itoa(clients), "-j", strconv.Itoa(min(clients, 2)),
		"-T", strconv.Itoa(seconds), "-f", p.script(), "-l", "--sampling-rate="+loggedShare, "--log-prefix="+filepath.Join(p.dir, "log"))
	command.Env = append(os.Environ(), connectionEnvironment(b, dsn)...)
	before := cpuTimes(b, watch)
	out, err := command.CombinedOutput()
	if err != nil {
		b.Fatalf("%v: %s", cmp.Or(ctx.Err(), err), out)
	}
	m := loaded{count: number(b, `actually processed: (\d+)`, out), cpu: cpuTimes(b, watch), median: p.medianOfLog(b)}
	if m.count > 0 {
		m.rate = number(b, `tps = ([\d.]+)`, out)
	}
	for name, was := range before {
		m.cpu[name] -= was
	}
	m.cpu["client"] = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	return m
}

// connectionEnvironment says in libpq's variables where a DSN leads.
func connectionEnvironment(b testing.TB, dsn string) []string {
	b.Helper()
	c, err := pgconn.ParseConfig(dsn)
	must(b, err)
	return []string{
		"PGHOST=" + c.Host, fmt.Sprintf("PGPORT=%d", c.Port), "PGUSER=" + c.User, "PGPASSWORD=" + c.Password,
		"PGDATABASE=" + c.Database, "PGSSLMODE=disable",
	}
}

func number(b testing.TB, pattern string, in []byte) float64 {
	b.Helper()
	found := regexp.MustCompile(pattern).FindSubmatch(in)
	if found == nil {
		b.Fatalf("no %s in: %s", pattern, in)
	}
	n, err := strconv.ParseFloat(string(found[1]), 64)
	must(b, err)
	return n
}

// medianOfLog reads the times of single statements (0: none): the third field, in microseconds
// (pgbench's manual page, "Per-Transaction Logging").
func (p pgbench) medianOfLog(b testing.TB) time.Duration {
	b.Helper()
	logs, _ := filepath.Glob(filepath.Join(p.dir, "log.*"))
	var all []int
	for _, name := range logs {
		f, err := os.Open(name)
		must(b, err)
		for lines := bufio.NewScanner(f); lines.Scan(); {
			micros, err := strconv.Atoi(strings.Fields(lines.Text())[2])
			must(b, err)
			all = append(all, micros)
		}
		must(b, f.Close())
		must(b, os.Remove(name))
	}
	if len(all) == 0 {
		return 0
	}
	slices.Sort(all)
	return time.Duration(all[len(all)/2]) * time.Microsecond
}

// cpuTimes gives what processes, with all that they have started, have taken of the
// processors so far.
func cpuTimes(b testing.TB, watch map[string]int) map[string]time.Duration {
	b.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	must(b, err)
	taken, children := map[int]time.Duration{}, map[int][]int{}
	for _, name := range stats {
		stat, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended; its parent has its time
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		parent, time := ofStat(string(stat))
		taken[pid], children[parent] = time, append(children[parent], pid)
	}
	var withChildren func(pid int) time.Duration
	withChildren = func(pid int) time.Duration {
		sum := taken[pid]
		for _, child := range children[pid] {
			sum += withChildren(child)
		}
		return sum
	}
	all := map[string]time.Duration{}
	for name, pid := range watch {
		all[name] = withChildren(pid)
	}
	return all
}

// ofStat reads a process's parent, and its time with that of children that have ended, in
// hundredths of a second (proc(5), stat: ppid, utime, stime, cutime, cstime).
func ofStat(stat string) (parent int, taken time.Duration) {
	_, rest, _ := strings.Cut(stat, ") ")
	fields := strings.Fields(rest)
	parent, _ = strconv.Atoi(fields[1])
	for _, f := range fields[11:15] {
		n, _ := strconv.Atoi(f)
		taken += time.Duration(n) * 10 * time.Millisecond
	}
	return parent, taken
}

// each gives the microseconds of processor that one statement took of a process.
func (m loaded) each(name string) float64 {
	return float64(m.cpu[name].Microseconds()) / max(m.count, 1)
}

// medianRun gives the run in the middle, by rate.
func medianRun(runs []loaded) loaded {
	slices.SortFunc(runs, func(a, b loaded) int { return cmp.Compare(a.rate, b.rate) })
	return runs[len(runs)/2]
}

// withDatabase gives a DSN that leads to another address, in libpq's words.
func withAddress(b testing.TB, dsn, host string, port int) string {
	b.Helper()
	u, err := url.Parse(dsn)
	must(b, err)
	u.Host = fmt.Sprintf("%s:%d", host, port)
	return u.String()
}
