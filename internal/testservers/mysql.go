package testservers

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// MySQLServer is one database of a server that speaks MySQL's protocol: MySQL itself or
// MariaDB. The default collation is the product's own default on purpose: it is what
// people have, and it is case-insensitive (and MariaDB's pads spaces), which connectors
// must not be fooled by.
type MySQLServer struct {
	Product  string // "MySQL" or "MariaDB"
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

// Kind is the type of such a source in a mesh: "mysql" or "mariadb".
func (s *MySQLServer) Kind() string { return strings.ToLower(s.Product) }

// NewDatabase creates an empty database that is dropped when the test ends.
func (s *MySQLServer) NewDatabase(t testing.TB) *MySQLServer {
	t.Helper()
	name := fmt.Sprintf("test_%d", databaseCounter.Add(1))
	s.Exec(t, "CREATE DATABASE "+name)
	t.Cleanup(func() { s.Exec(t, "DROP DATABASE "+name) })
	return s.withDatabase(name)
}

// Exec runs statements with all rights, one statement per string.
func (s *MySQLServer) Exec(t testing.TB, statements ...string) {
	t.Helper()
	if err := s.exec(context.Background(), s.DSN, statements...); err != nil {
		t.Fatal(err)
	}
}

func (s *MySQLServer) exec(ctx context.Context, dsn string, statements ...string) error {
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

func (s *MySQLServer) withDatabase(name string) *MySQLServer {
	changed := *s
	changed.Database = name
	changed.DSN = changed.dsn(s.User, s.Password)
	changed.ReaderDSN = changed.dsn(s.Reader, s.ReaderPassword)
	return &changed
}

func (s *MySQLServer) dsn(user, password string) string {
	config := mysql.NewConfig()
	config.Net, config.Addr = "tcp", s.Host+":"+strconv.Itoa(s.Port)
	config.User, config.Passwd, config.DBName = user, password, s.Database
	return config.FormatDSN()
}

// startMySQL starts a server of a product.
func startMySQL(of product, options ...string) (server *MySQLServer, err error) {
	from, binary, err := of.prepare()
	if err != nil {
		return nil, err
	}
	for range attempts {
		if server, err = launchMySQL(of, from, binary, options); err == nil {
			return server, nil
		}
	}
	return nil, err
}

func launchMySQL(of product, from template, binary string, options []string) (*MySQLServer, error) {
	directory, err := from.newDirectory()
	if err != nil {
		return nil, err
	}
	// Nothing in the directory is worth an orderly shutdown, which takes seconds.
	running, port, err := launch(from.as, directory, "KILL", binary, func(directory string, port int) []string {
		return slices.Concat(mysqlArguments(directory, port), of.arguments, options)
	})
	if err != nil {
		os.RemoveAll(directory)
		return nil, err
	}
	server := &MySQLServer{
		Product: of.name,
		Host:    "127.0.0.1", Port: port,
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
		"DROP USER IF EXISTS root@'127.0.0.1'",
		"CREATE USER root@'127.0.0.1' IDENTIFIED BY '"+server.Password+"'",
		"GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION",
		"CREATE USER reader@'127.0.0.1' IDENTIFIED BY '"+server.ReaderPassword+"'",
		"GRANT SELECT, SHOW VIEW ON *.* TO reader@'127.0.0.1'",
		"ALTER USER root@localhost IDENTIFIED BY '"+server.Password+"'",
	); err != nil {
		return nil, running.failure(err)
	}
	return server.withDatabase("test"), nil
}

// mysqlArguments trade durability, which a throw-away server does not need, for speed and
// a small footprint.
func mysqlArguments(directory string, port int) []string {
	return []string{
		"--no-defaults", // must be the first
		"--datadir=" + filepath.Join(directory, "data"),
		"--socket=" + filepath.Join(directory, "socket"),
		"--pid-file=" + filepath.Join(directory, "pid"),
		"--tmpdir=" + directory,
		"--bind-address=127.0.0.1",
		"--port=" + strconv.Itoa(port),
		"--skip-name-resolve",
		"--default-time-zone=+00:00",
		"--local-infile=ON",
		"--secure-file-priv=" + directory,
		"--performance-schema=OFF",
		"--skip-log-bin",
		"--max-connections=100",
		"--innodb-buffer-pool-size=64M",
		"--table-open-cache=400",
		"--innodb-flush-log-at-trx-commit=0",
		"--innodb-use-native-aio=0",
		"--skip-innodb-doublewrite",
	}
}
