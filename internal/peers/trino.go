package peers

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/sluicemesh/sluice/internal/tpch"
)

// trino is one Trino server that is coordinator and worker.
type trino struct {
	version string
	url     string
	command *exec.Cmd
	died    chan struct{} // closed when the process has ended
}

var _ Peer = (*trino)(nil)

// trinoStart is how long a loaded machine may need until Trino serves: half a minute is
// usual, but its parts give each other ten seconds to answer, and start over.
const trinoStart = 6 * time.Minute

// Trino starts the server that scripts/peers.sh has put into installed, over the
// stores: its postgresql, mariadb and hive connectors, with the defaults that its
// documentation gives, statistics of the Parquet tables taken. Files go below directory.
// end stops it.
func Trino(ctx context.Context, installed, directory string, stores Stores) (peer Peer, end func(), err error) {
	home, java := filepath.Join(installed, "trino"), filepath.Join(installed, "java")
	version, err := os.ReadFile(filepath.Join(home, "version"))
	if err != nil {
		return nil, nil, fmt.Errorf("%w: scripts/peers.sh says why", ErrAbsent)
	}
	port, err := freePort()
	if err != nil {
		return nil, nil, err
	}
	if err := configureTrino(directory, port, stores); err != nil {
		return nil, nil, err
	}
	log, err := os.Create(filepath.Join(directory, "log"))
	if err != nil {
		return nil, nil, err
	}
	defer log.Close()
	t := &trino{version: strings.TrimSpace(string(version)), url: fmt.Sprintf("http://127.0.0.1:%d", port), died: make(chan struct{})}
	t.command = exec.Command(filepath.Join(home, "bin", "launcher"), "run", "--etc-dir", filepath.Join(directory, "etc"))
	t.command.Env = append(os.Environ(), "JAVA_HOME="+java, "PATH="+java+"/bin:"+os.Getenv("PATH"))
	t.command.Stdout, t.command.Stderr = log, log
	// The launcher becomes Java. Should we die, so does it.
	t.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := t.command.Start(); err != nil {
		return nil, nil, err
	}
	go func() {
		defer close(t.died)
		_ = t.command.Wait()
	}()
	end = func() {
		_ = t.command.Process.Kill()
		<-t.died
	}
	if err := t.prepare(ctx, stores); err != nil {
		end()
		said, _ := os.ReadFile(log.Name())
		if _, after, ok := strings.Cut(string(said), "ERROR"); ok {
			said = []byte(after)
		}
		return nil, nil, fmt.Errorf("%w; its log says:\n%.3000s", err, said)
	}
	return t, end, nil
}

func (t *trino) Title() string { return "Trino " + t.version }
func (t *trino) Memory() int64 { return ResidentOf(t.command.Process.Pid) }

// prepare waits until the server serves, and gives all tables their bare names by views
// of the memory connector, which Trino expands before it plans.
func (t *trino) prepare(ctx context.Context, stores Stores) error {
	ctx, cancel := context.WithTimeout(ctx, trinoStart)
	defer cancel()
	statements := []string{"CREATE SCHEMA IF NOT EXISTS parts.lake WITH (location = 'local:///lake')"}
	for _, name := range stores.Tables["parts"] {
		table, err := stores.Data.Table(name)
		if err != nil {
			return err
		}
		statements = append(statements,
			fmt.Sprintf("CREATE TABLE parts.lake.%s (%s) WITH (external_location = 'local:///%[1]s', format = 'PARQUET')", name, hiveColumns(table)),
			"ANALYZE parts.lake."+name)
	}
	for store, schema := range map[string]string{"trade": "public", "parties": stores.Parties.Database, "parts": "lake"} {
		for _, name := range stores.Tables[store] {
			statements = append(statements, fmt.Sprintf("CREATE VIEW names.default.%s AS SELECT * FROM %s.%s.%[1]s", name, store, schema),
				"SELECT 1 FROM names.default."+name+" LIMIT 1") // which takes a worker; what stands above does not
		}
	}
	for _, sql := range statements {
		if err := t.insist(ctx, sql); err != nil {
			return fmt.Errorf("%w\nin: %s", err, sql)
		}
	}
	return nil
}

// hiveColumns are a table's columns as the Parquet files have them: texts without the
// blanks that char(n) would add.
func hiveColumns(table tpch.Table) string {
	var columns []string
	for _, c := range table.Columns {
		kind := c.SQLType()
		if c.Kind == tpch.Fixed {
			kind = "var" + kind
		}
		columns = append(columns, c.Name+" "+kind)
	}
	return strings.Join(columns, ", ")
}

// insist asks again while the server is still starting: first it does not listen, then
// it has no workers.
func (t *trino) insist(ctx context.Context, sql string) error {
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	var last error
	for {
		_, err := t.Ask(ctx, sql, trinoStart)
		if err == nil {
			return nil
		}
		if ctx.Err() == nil {
			last = err
		}
		select {
		case <-tick.C:
			continue
		case <-t.died:
		case <-ctx.Done():
		}
		return last
	}
}

func freePort() (int, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(port)
}
