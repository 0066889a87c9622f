package testservers

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
)

// PostgresServer is one database of the process's PostgreSQL server. Text sorts by
// bytes (locale C), the encoding is UTF8, the time zone UTC.
type PostgresServer struct {
	Host     string
	Port     int
	Database string

	User, Password             string // a superuser
	Reader, ReaderPassword     string // a role that can read every table and write none
	DSN, ReaderDSN             string // URLs for pgx, as the superuser and as the reader
	Directory, SocketDirectory string // the throw-away directory; "log" in it is the server's log

	// running keeps the lifeline reachable: a collected pipe is a closed one.
	running *process
}

var (
	sharedPostgres  = sync.OnceValues(func() (*PostgresServer, error) { return startPostgres() })
	databaseCounter atomic.Int64
)

// Postgres returns the process's PostgreSQL server, starting it if need be. Its
// database "postgres" is shared by all tests: prefer NewDatabase.
func Postgres(t testing.TB) *PostgresServer {
	t.Helper()
	server, err := sharedPostgres()
	if err != nil {
		t.Fatalf("PostgreSQL for the tests: %v", err)
	}
	return server
}

// NewDatabase creates an empty database that is dropped when the test ends.
func (s *PostgresServer) NewDatabase(t testing.TB) *PostgresServer {
	t.Helper()
	name := fmt.Sprintf("test_%d", databaseCounter.Add(1))
	s.Exec(t, "CREATE DATABASE "+name+" TEMPLATE template0")
	t.Cleanup(func() { s.Exec(t, "DROP DATABASE "+name+" WITH (FORCE)") })
	return s.withDatabase(name)
}

// Exec runs statements as the superuser. One string may hold several statements.
func (s *PostgresServer) Exec(t testing.TB, statements ...string) {
	t.Helper()
	if err := s.exec(context.Background(), s.DSN, statements...); err != nil {
		t.Fatal(err)
	}
}

func (s *PostgresServer) exec(ctx context.Context, dsn string, statements ...string) error {
	connection, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer connection.Close(ctx)
	for _, statement := range statements {
		if _, err := connection.PgConn().Exec(ctx, statement).ReadAll(); err != nil {
			return fmt.Errorf("%w\nin: %.500s", err, statement)
		}
	}
	return nil
}

// PID is the process whose descendants are all of the server's processes.
func (s *PostgresServer) PID() int { return s.running.pid }

func (s *PostgresServer) withDatabase(name string) *PostgresServer {
	changed := *s
	changed.Database = name
	changed.DSN = changed.url(s.User, s.Password)
	changed.ReaderDSN = changed.url(s.Reader, s.ReaderPassword)
	return &changed
}

func (s *PostgresServer) url(user, password string) string {
	address := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(user, password),
		Host:     s.Host + ":" + strconv.Itoa(s.Port),
		Path:     "/" + s.Database,
		RawQuery: "sslmode=disable",
	}
	return address.String()
}

// startPostgres starts one of the reference's release, or else whichever is here.
func startPostgres(settings ...string) (*PostgresServer, error) {
	binary, err := findPostgres(ReferenceMajor)
	if err != nil {
		if binary, err = findBinary("PostgreSQL", postgresPlaces, "postgres"); err != nil {
			return nil, err
		}
	}
	return startPostgresOf(binary, settings...)
}

// startPostgresOf starts the server that a program is, initialised by the initdb beside it.
func startPostgresOf(binary string, settings ...string) (server *PostgresServer, err error) {
	initdb := filepath.Join(filepath.Dir(binary), "initdb")
	if _, err := os.Stat(initdb); err != nil {
		if initdb, err = findBinary("PostgreSQL", postgresPlaces, "initdb"); err != nil {
			return nil, err
		}
	}
	as, err := unprivileged("postgres", "nobody")
	if err != nil {
		return nil, err
	}
	from := template{name: "pg", version: []string{binary, "--version"}, as: as, command: func(data string) []string {
		return []string{initdb, "--pgdata=" + data, "--username=postgres", "--locale=C", "--encoding=UTF8",
			"--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync", "--wal-segsize=1"}
	}}
	for range attempts {
		if server, err = launchPostgres(from, binary, settings); err == nil {
			return server, nil
		}
	}
	return nil, err
}

func launchPostgres(from template, binary string, settings []string) (*PostgresServer, error) {
	directory, err := from.newDirectory()
	if err != nil {
		return nil, err
	}
	// SIGQUIT is PostgreSQL's immediate shutdown.
	running, port, err := launch(from.as, directory, "QUIT", binary, func(directory string, port int) []string {
		arguments := postgresArguments(directory, port)
		for _, setting := range settings {
			arguments = append(arguments, "-c", setting)
		}
		return arguments
	})
	if err != nil {
		os.RemoveAll(directory)
		return nil, err
	}
	server := &PostgresServer{
		Host: "127.0.0.1", Port: port,
		User: "postgres", Password: newPassword(),
		Reader: "reader", ReaderPassword: newPassword(),
		Directory: directory, SocketDirectory: directory, running: running,
	}
	socket := fmt.Sprintf("host=%s port=%d user=postgres dbname=postgres sslmode=disable", directory, port)
	ctx := context.Background()
	if err := running.ready(func() error { return server.exec(ctx, socket) }); err != nil {
		return nil, err
	}
	if err := server.exec(ctx, socket,
		"ALTER ROLE postgres PASSWORD '"+server.Password+"'",
		"CREATE ROLE reader LOGIN PASSWORD '"+server.ReaderPassword+"' IN ROLE pg_read_all_data",
	); err != nil {
		return nil, running.failure(err)
	}
	return server.withDatabase("postgres"), nil
}

// postgresArguments trade durability, which a throw-away server does not need, for
// speed. No parallel workers: tests run in parallel already, and sums of floats
// shall not depend on chance. mmap: containers have a tiny /dev/shm.
func postgresArguments(directory string, port int) []string {
	arguments := []string{"-D", filepath.Join(directory, "data")}
	for _, setting := range []string{
		"listen_addresses=127.0.0.1",
		"port=" + strconv.Itoa(port),
		"unix_socket_directories=" + directory,
		"max_connections=100",
		"shared_buffers=64MB",
		"work_mem=16MB",
		"fsync=off",
		"synchronous_commit=off",
		"full_page_writes=off",
		"wal_level=minimal",
		"max_wal_senders=0",
		"max_wal_size=256MB",
		"autovacuum=off",
		"jit=off",
		"max_parallel_workers_per_gather=0",
		"max_parallel_maintenance_workers=0",
		"dynamic_shared_memory_type=mmap",
		"TimeZone=UTC",
		"log_timezone=UTC",
		"logging_collector=off",
	} {
		arguments = append(arguments, "-c", setting)
	}
	return arguments
}
