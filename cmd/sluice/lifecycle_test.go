package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgproto3"
)

// beSluice makes the test binary run as the program.
const beSluice = "SLUICE_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(beSluice) != "" {
		_ = os.Unsetenv(beSluice)
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// serveProcess is sluice serve in a process of its own.
type serveProcess struct {
	t   *testing.T
	cmd *exec.Cmd
	log *bufio.Scanner
	served
}

// startServe starts the program over a mesh and waits until it serves.
func startServe(t *testing.T, m *meshFixture) *serveProcess {
	t.Helper()
	p := &serveProcess{t: t, cmd: sluice(t, "serve", "--mesh", m.dir, "--listen", "127.0.0.1:0", "--audit-dir", t.TempDir(), "--memory", "256MiB")}
	stderr, err := p.cmd.StderrPipe()
	must(t, err)
	must(t, p.cmd.Start())
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	p.log = bufio.NewScanner(stderr)
	line := p.until("msg=serving")
	_, address, _ := strings.Cut(line, "address=")
	p.address, err = net.ResolveTCPAddr("tcp", strings.Fields(address)[0])
	must(t, err)
	return p
}

// until reads the log up to a line.
func (p *serveProcess) until(text string) string {
	p.t.Helper()
	for p.log.Scan() {
		p.t.Log(p.log.Text())
		if strings.Contains(p.log.Text(), text) {
			return p.log.Text()
		}
	}
	p.t.Fatalf("the log ends without %q", text)
	return ""
}

// TestSIGTERMDrains lets the running statement end, ends idle sessions with 57P01 and
// leaves with success.
func TestSIGTERMDrains(t *testing.T) {
	m, source := smallMesh(t)
	p := startServe(t, m)
	busy, idle := p.connect(t, "reader"), p.connect(t, "reader")
	release := locked(t, source, "things")
	done := make(chan answer, 1)
	go func() { done <- ask(context.WithoutCancel(t.Context()), busy, "SELECT count(*) FROM shop.things") }()
	waiting(t, source, 1)
	must(t, p.cmd.Process.Signal(syscall.SIGTERM))
	message, err := idle.PgConn().Frontend().Receive()
	must(t, err)
	if e, ok := message.(*pgproto3.ErrorResponse); !ok || e.Code != "57P01" {
		t.Errorf("the idle session is told %+v", message)
	}
	release()
	if got := <-done; got.code != "" || len(got.rows) != 1 || got.rows[0][0] != "500" {
		t.Errorf("the running statement: %s", got)
	}
	for p.log.Scan() {
		t.Log(p.log.Text())
	}
	if err := p.cmd.Wait(); err != nil {
		t.Errorf("the program: %v", err)
	}
	if conn, err := pgx.Connect(t.Context(), p.dsn("reader")); err == nil {
		_ = conn.Close(t.Context())
		t.Error("it still lets in")
	}
}

// TestSIGHUPReloads brings new products and takes grants away; a mesh that cannot be
// served changes nothing.
func TestSIGHUPReloads(t *testing.T) {
	m, _ := smallMesh(t)
	p := startServe(t, m)
	conn := p.connect(t, "reader")
	expect := func(sql, code string) {
		t.Helper()
		if got := ask(t.Context(), conn, sql); got.code != code {
			t.Errorf("%s: %s, want code %q", sql, got, code)
		}
	}
	reload := func(says string) {
		t.Helper()
		must(t, p.cmd.Process.Signal(syscall.SIGHUP))
		p.until(says)
	}
	expect("SELECT * FROM shop.things", "")
	expect("SELECT * FROM lake.pets", "42P01")
	m.addLake("1,cat\n")
	must(t, os.Remove(m.dir+"/domains/shop/grants/things-readers.grant.yaml"))
	expect("SELECT * FROM lake.pets", "42P01")
	reload("msg=reloaded")
	expect("SELECT * FROM lake.pets", "")
	expect("SELECT * FROM shop.things", "42P01")
	before := readFile(t, m.dir+"/mesh.yaml")
	m.write("mesh.yaml", "kind: [")
	reload("not reloaded")
	expect("SELECT * FROM lake.pets", "")
	m.write("mesh.yaml", before)
	m.grant("shop", "things", "readers", "")
	m.write("domains/lake/domain.yaml", "apiVersion: mesh/v1\nkind: Domain\nname: [")
	reload("msg=reloaded")
	expect("SELECT * FROM shop.things", "")
	expect("SELECT * FROM lake.pets", "42P01")
}

// TestReloadIsAtomic swaps two products at once under load: no statement sees one of
// them old and the other new.
func TestReloadIsAtomic(t *testing.T) {
	m := newMesh(t)
	m.user("reader", "", "readers")
	m.domain("lake", "type: files\npath: lake\n")
	publish := func(rows int) {
		for _, name := range []string{"one", "two"} {
			file := fmt.Sprintf("%s-%d.csv", name, rows)
			m.write("lake/"+file, "id\n"+strings.Repeat("1\n", rows))
			m.product("lake", name, file, fixtureColumn{"id", "integer", ""})
			m.grant("lake", name, "readers", "")
		}
	}
	publish(1)
	gateway := m.serve()
	conn := gateway.connect(t, "reader")
	stop, hammered := make(chan struct{}), make(chan map[string]int, 1)
	go func() {
		seen := map[string]int{}
		defer func() { hammered <- seen }()
		for {
			select {
			case <-stop:
				return
			default:
				seen[ask(context.WithoutCancel(t.Context()), conn, "SELECT (SELECT count(*) FROM lake.one), (SELECT count(*) FROM lake.two)").String()]++
			}
		}
	}()
	for rows := 2; rows <= 6; rows++ {
		publish(rows)
		gateway.app.epoch++
		mesh, err := gateway.app.load()
		must(t, err)
		gateway.app.gateway.Swap(mesh)
	}
	close(stop)
	for answer := range <-hammered {
		lines := strings.Split(answer, "\n")
		if values := strings.Split(line(lines, 1), " | "); len(values) != 2 || values[0] != values[1] {
			t.Errorf("a mixture: %s", answer)
		}
	}
}
