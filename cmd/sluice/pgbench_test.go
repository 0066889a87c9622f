package main

import (
	"bufio"
	"cmp"
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
	median time.Duration // 0 where it was not asked for
	rate   float64       // statements a second
	count  float64
	cpu    map[string]time.Duration // taken by each process watched, and by "client"
}

// run sends sql, in which :key is a key that changes, for three seconds over as many
// connections as clients.
func (p pgbench) run(b testing.TB, dsn, sql, protocol string, clients int, watch map[string]*os.Process) loaded {
	b.Helper()
	script := filepath.Join(p.dir, "script.sql")
	must(b, os.WriteFile(script, []byte("\\set key random(1, 1000)\n"+sql+"\n"), 0o644))
	arguments := []string{"-n", "-M", protocol, "-c", strconv.Itoa(clients), "-j", strconv.Itoa(min(clients, 2)), "-T", "3", "-f", script}
	if clients == 1 {
		arguments = append(arguments, "-l", "--log-prefix="+filepath.Join(p.dir, "log"))
	}
	command := exec.Command(p.program, arguments...)
	command.Env = append(os.Environ(), connectionEnvironment(b, dsn)...)
	before := cpuTimes(b, watch)
	out, err := command.CombinedOutput()
	if err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	m := loaded{rate: number(b, `tps = ([\d.]+)`, out), count: number(b, `actually processed: (\d+)`, out), cpu: cpuTimes(b, watch)}
	for name, was := range before {
		m.cpu[name] -= was
	}
	m.cpu["client"] = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	if clients == 1 {
		m.median = p.medianOfLog(b)
	}
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

// medianOfLog reads the times of single statements: the third field, in microseconds
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
	slices.Sort(all)
	return time.Duration(all[len(all)/2]) * time.Microsecond
}

// cpuTimes gives what processes have taken of the processors so far (proc(5), stat:
// utime and stime, in hundredths of a second).
func cpuTimes(b testing.TB, watch map[string]*os.Process) map[string]time.Duration {
	b.Helper()
	all := map[string]time.Duration{}
	for name, process := range watch {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", process.Pid))
		must(b, err)
		_, rest, _ := strings.Cut(string(stat), ") ")
		fields := strings.Fields(rest)
		user, _ := strconv.Atoi(fields[11])
		system, _ := strconv.Atoi(fields[12])
		all[name] = time.Duration(user+system) * 10 * time.Millisecond
	}
	return all
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
