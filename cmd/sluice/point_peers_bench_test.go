package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// startPgbouncer serves a database through pgbouncer and gives its port; 0 where it is
// not installed. Sessions keep their connection: prepared statements of clients demand it.
func startPgbouncer(b *testing.B, pg *testservers.PostgresServer) int {
	b.Helper()
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		if program = "/usr/sbin/pgbouncer"; exec.Command(program, "--version").Run() != nil {
			b.Log("pgbouncer is not installed: left out")
			return 0
		}
	}
	port := unusedPort(b)
	dir, err := os.MkdirTemp("", "pgbouncer")
	must(b, err)
	must(b, os.Chmod(dir, 0o755))
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	users, config := filepath.Join(dir, "users"), filepath.Join(dir, "config")
	must(b, os.WriteFile(users, []byte(fmt.Sprintf("%q %q\n", pg.User, pg.Password)), 0o644))
	must(b, os.WriteFile(config, []byte(fmt.Sprintf(`[databases]
%[1]s = host=%[2]s port=%[3]d dbname=%[1]s user=%[4]s password=%[5]s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %[6]d
unix_socket_dir =
auth_type = trust
auth_file = %[7]s
pool_mode = session
default_pool_size = 40
max_client_conn = 200
ignore_startup_parameters = extra_float_digits
log_connections = 0
log_disconnections = 0
`, pg.Database, pg.Host, pg.Port, pg.User, pg.Password, port, users)), 0o644))
	command := exec.Command(program, "-q", config)
	command.SysProcAttr = unprivileged()
	must(b, command.Start())
	b.Cleanup(func() { _ = command.Process.Kill(); _ = command.Wait() })
	waitUntilDials(b, port)
	return port
}

// unprivileged is for programs that refuse to run as root.
func unprivileged() *syscall.SysProcAttr {
	nobody, err := user.Lookup("nobody")
	if os.Getuid() != 0 || err != nil {
		return nil
	}
	uid, _ := strconv.ParseUint(nobody.Uid, 10, 32)
	gid, _ := strconv.ParseUint(nobody.Gid, 10, 32)
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

func unusedPort(b *testing.B) int {
	b.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(b, err)
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

func waitUntilDials(b *testing.B, port int) {
	b.Helper()
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		conn, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), time.Second)
		if err == nil {
			_ = conn.Close()
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	b.Fatalf("nobody answers on port %d", port)
}

// foreignOrders gives a database that reaches orders by postgres_fdw; "" where the
// extension is not installed.
func foreignOrders(b *testing.B, pg *testservers.PostgresServer) string {
	b.Helper()
	db := pg.NewDatabase(b)
	conn, err := pgx.Connect(b.Context(), db.DSN)
	must(b, err)
	defer conn.Close(context.Background())
	if _, err := conn.Exec(b.Context(), "CREATE EXTENSION postgres_fdw"); err != nil {
		b.Log("postgres_fdw is not installed: left out")
		return ""
	}
	for _, sql := range []string{
		fmt.Sprintf("CREATE SERVER trade FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '%s', port '%d', dbname '%s')", pg.Host, pg.Port, pg.Database),
		fmt.Sprintf("CREATE USER MAPPING FOR CURRENT_USER SERVER trade OPTIONS (user '%s', password '%s')", pg.User, pg.Password),
		"IMPORT FOREIGN SCHEMA public LIMIT TO (orders) FROM SERVER trade INTO public",
	} {
		_, err := conn.Exec(b.Context(), sql)
		must(b, err)
	}
	return db.DSN
}
