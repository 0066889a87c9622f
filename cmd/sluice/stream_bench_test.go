package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/internal/tpch"
)

// streamRows is how many rows BenchmarkStream moves at scale 1: TPC-H's line items.
// SLUICE_BENCH_SCALE chooses another scale.
const streamScale = 1.0

const streamSQL = "SELECT l_orderkey, l_partkey, l_quantity, l_extendedprice, l_shipdate FROM %slineitem"

// BenchmarkStream moves all line items from PostgreSQL to a client that throws them
// away: directly and through a gateway process, in turn, and prints the rates, their
// ratio and the gateway's peak of resident memory.
func BenchmarkStream(b *testing.B) {
	data := tpch.Dataset{Scale: benchScale(b)}
	pg := testservers.Postgres(b).NewDatabase(b)
	b.Logf("loading line items at scale %g", data.Scale)
	must(b, data.LoadPostgres(b.Context(), pg.DSN, "lineitem"))
	m := newMesh(b)
	m.user("reader", "", "readers")
	m.domain("trade", m.serverSource("postgres", pg.Host, pg.Port, pg.Database, pg.User, pg.Password))
	m.tpchProduct("trade", "lineitem", "", data)
	gateway := m.serveProcess()
	for b.Loop() {
		var ratios []float64
		for range 3 {
			direct := streamRate(b, pg.DSN, fmt.Sprintf(streamSQL, ""))
			through := streamRate(b, gateway.dsn("reader"), fmt.Sprintf(streamSQL, "trade."))
			b.Logf("direct %.2f M rows/s, through Sluice %.2f M rows/s, ratio %.2f", direct/1e6, through/1e6, through/direct)
			ratios = append(ratios, through/direct)
		}
		slices.Sort(ratios)
		b.ReportMetric(ratios[1], "ratio")
		b.ReportMetric(gateway.peakMiB(b), "peak-MiB")
	}
}

func benchScale(b *testing.B) float64 {
	text := os.Getenv("SLUICE_BENCH_SCALE")
	if text == "" {
		return streamScale
	}
	scale, err := strconv.ParseFloat(text, 64)
	must(b, err)
	return scale
}

// streamRate gives rows per second of one query, by the simple protocol.
func streamRate(b *testing.B, dsn, sql string) float64 {
	b.Helper()
	conn, err := pgconn.Connect(b.Context(), dsn)
	must(b, err)
	defer conn.Close(context.Background())
	start, rows := time.Now(), 0
	results := conn.Exec(b.Context(), sql)
	for results.NextResult() {
		r := results.ResultReader()
		for r.NextRow() {
			rows++
		}
		_, err := r.Close()
		must(b, err)
	}
	must(b, results.Close())
	return float64(rows) / time.Since(start).Seconds()
}

// process is a gateway that runs as a process of its own.
type process struct {
	served
	command *exec.Cmd
	mesh    string
}

// serveProcess builds the program and serves the mesh with it.
func (m *meshFixture) serveProcess(more ...string) *process {
	m.t.Helper()
	binary := filepath.Join(m.t.TempDir(), "sluice")
	if out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		m.t.Fatalf("%v: %s", err, out)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(m.t, err)
	address := listener.Addr().(*net.TCPAddr)
	must(m.t, listener.Close())
	p := &process{served: served{t: m.t, address: address}, mesh: m.dir}
	p.command = exec.Command(binary, "serve", "--mesh", m.dir, "--listen", address.String(), "--audit-dir", m.t.TempDir())
	p.command.Args = append(p.command.Args, more...)
	p.command.Stderr = m.t.Output()
	must(m.t, p.command.Start())
	m.t.Cleanup(func() {
		_ = p.command.Process.Signal(os.Interrupt)
		_ = p.command.Wait()
	})
	p.waitUntilServing()
	return p
}

// waitUntilServing dials until somebody answers; each try is bounded.
func (p *process) waitUntilServing() {
	p.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for time.Now().Before(deadline) {
		conn, err := net.DialTimeout("tcp", p.address.String(), time.Second)
		if err == nil {
			_ = conn.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	p.t.Fatal("the gateway does not answer")
}

// peakMiB is the peak of the process's resident memory (proc(5), VmHWM).
func (p *process) peakMiB(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	must(b, err)
	for _, line := range strings.Split(string(status), "\n") {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseFloat(strings.Fields(value)[0], 64)
			must(b, err)
			return kib / 1024
		}
	}
	b.Fatal("no VmHWM")
	return 0
}
