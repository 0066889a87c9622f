package testservers

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// MariaDBServer is one database of the process's MariaDB server. The default
// collation is utf8mb4_general_ci on purpose: it is what people have, and it is
// case-insensitive and pads spaces, which connectors must not be fooled by.
type MariaDBServer struct {
	Host     string
	Port     int
	Database string

	User, Password         string // all rights
	Reader, ReaderPassword string // may SELECT everywhere and write nowhere
	DSN, ReaderDSN         string // for github.com/go-sql-driver/mysql
	Directory              string // the throw-away directory; "log" in it is the server's log

	// running keeps the lifeline reachable: a collected pipe is a closed one.
	running *process
}

var sharedMariaDB = sync.OnceValues(func() (*MariaDBServer, error) { return startMariaDB() })

// MariaDB returns the process's MariaDB server, starting it if need be. Its database
// "test" is shared by all tests: prefer NewDatabase.
func MariaDB(t testing.TB) *MariaDBServer {
	t.Helper()
	server, err := sharedMariaDB()
	if err != nil {
		t.Fatalf("MariaDB for the tests: %v", err)
	}
	return server
}

// NewDatabase creates an empty database that is dropped when the test ends.
func (s *MariaDBServer) NewDatabase(t testing.TB) *MariaDBServer {
	t.Helper()
	name := fmt.Sprintf("test_%d", databaseCounter.Add(1))
	s.Exec(t, "CREATE DATABASE "+name)
	t.Cleanup(func() { s.Exec(t, "DROP DATABASE "+name) })
	return s.withDatabase(name)
}

// Exec runs statements with all rights, one statement per string.
func (s *MariaDBServer) Exec(t testing.TB, statements ...string) {
	t.Helper()
	if err := s.exec(context.Background(), s.DSN, statements...); err != nil {
		t.Fatal(err)
	}
}

func (s *MariaDBServer) exec(ctx context.Context, dsn string, statements ...string) error {
	database, err := sql.Open("mysql", dsn)
	if err != nil {
		return err
	}
	defer database.Close()
	connection, err := database.Conn(ctx)
	if err != nil {
		return err
	}
	defer connection.Close()
	for _, statement := range statements {
		if _, err := connection.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%w\nin: %.500s", err, statement)
		}
	}
	return nil
}

func (s *MariaDBServer) withDatabase(name string) *MariaDBServer {
	changed := *s
	changed.Database = name
	changed.DSN = changed.dsn(s.User, s.Password)
	changed.ReaderDSN = changed.dsn(s.Reader, s.ReaderPassword)
	return &changed
}

func (s *MariaDBServer) dsn(user, password string) string {
	config := mysql.NewConfig()
	config.Net, config.Addr = "tcp", s.Host+":"+strconv.Itoa(s.Port)
	config.User, config.Passwd, config.DBName = user, password, s.Database
	return config.FormatDSN()
}

func startMariaDB(options ...string) (server *MariaDBServer, err error) {
	binary, err := findBinary("MariaDB", mariadbPlaces, "mariadbd")
	if err != nil {
		return nil, err
	}
	install, err := findBinary("MariaDB", append(mariadbPlaces, filepath.Join(filepath.Dir(binary), "..", "scripts")), "mariadb-install-db", "mysql_install_db")
	if err != nil {
		return nil, err
	}
	as, err := unprivileged("mysql", "nobody")
	if err != nil {
		return nil, err
	}
	from := template{name: "my", version: []string{binary, "--no-defaults", "--version"}, as: as, command: func(data string) []string {
		return []string{install, "--no-defaults", "--datadir=" + data, "--auth-root-authentication-method=normal",
			"--skip-test-db", "--skip-name-resolve", "--innodb-log-file-size=16M", "--innodb-use-native-aio=0"}
	}}
	for range attempts {
		if server, err = launchMariaDB(from, binary, options); err == nil {
			return server, nil
		}
	}
	return nil, err
}

func launchMariaDB(from template, binary string, options []string) (*MariaDBServer, error) {
	directory, err := from.newDirectory()
	if err != nil {
		return nil, err
	}
	// Nothing in the directory is worth an orderly shutdown, which takes seconds.
	running, port, err := launch(from.as, directory, "KILL", binary, func(directory string, port int) []string {
		return append(mariadbArguments(directory, port), options...)
	})
	if err != nil {
		os.RemoveAll(directory)
		return nil, err
	}
	server := &MariaDBServer{
		Host: "127.0.0.1", Port: port,
		User: "root", Password: newPassword(),
		Reader: "reader", ReaderPassword: newPassword(),
		Directory: directory, running: running,
	}
	socket := "root@unix(" + filepath.Join(directory, "socket") + ")/"
	ctx := context.Background()
	if err := running.ready(func() error { return server.exec(ctx, socket) }); err != nil {
		return nil, err
	}
	if err := server.exec(ctx, socket,
		"CREATE DATABASE test",
		"CREATE OR REPLACE USER root@'127.0.0.1' IDENTIFIED BY '"+server.Password+"'",
		"GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION",
		"CREATE USER reader@'127.0.0.1' IDENTIFIED BY '"+server.ReaderPassword+"'",
		"GRANT SELECT, SHOW VIEW ON *.* TO reader@'127.0.0.1'",
		"ALTER USER root@localhost IDENTIFIED BY '"+server.Password+"'",
	); err != nil {
		return nil, running.failure(err)
	}
	return server.withDatabase("test"), nil
}

// mariadbArguments trade durability, which a throw-away server does not need, for
// speed and a small footprint.
func mariadbArguments(directory string, port int) []string {
	return []string{
		"--no-defaults", // must be the first
		"--datadir=" + filepath.Join(directory, "data"),
		"--socket=" + filepath.Join(directory, "socket"),
		"--pid-file=" + filepath.Join(directory, "pid"),
		"--tmpdir=" + directory,
		"--bind-address=127.0.0.1",
		"--port=" + strconv.Itoa(port),
		"--skip-name-resolve",
		"--character-set-server=utf8mb4",
		"--collation-server=utf8mb4_general_ci",
		"--default-time-zone=+00:00",
		"--local-infile=ON",
		"--performance-schema=OFF",
		"--skip-log-bin",
		"--max-connections=100",
		"--innodb-buffer-pool-size=64M",
		"--innodb-log-file-size=16M",
		"--innodb-temp-data-file-path=ibtmp1:4M:autoextend",
		"--table-open-cache=400",
		"--innodb-flush-log-at-trx-commit=0",
		"--innodb-use-native-aio=0",
		"--skip-innodb-doublewrite",
		"--sync-frm=OFF",
	}
}
