package testservers

import (
	"path/filepath"
	"sync"
	"testing"
)

// product is one of the two that speak MySQL's protocol.
type product struct {
	name      string
	prepare   func() (from template, binary string, err error)
	arguments []string // beyond mysqlArguments
}

var (
	mariadbProduct = product{name: "MariaDB", prepare: prepareMariaDB, arguments: []string{
		"--character-set-server=utf8mb4",
		"--collation-server=utf8mb4_general_ci",
		"--innodb-log-file-size=16M",
		"--innodb-temp-data-file-path=ibtmp1:4M:autoextend",
		"--sync-frm=OFF",
	}}
	mysqlProduct = product{name: "MySQL", prepare: prepareMySQL, arguments: []string{
		"--innodb-redo-log-capacity=32M",
		"--mysqlx=OFF",
	}}
)

var (
	sharedMariaDB = sync.OnceValues(func() (*MySQLServer, error) { return startMySQL(mariadbProduct) })
	sharedMySQL   = sync.OnceValues(func() (*MySQLServer, error) { return startMySQL(mysqlProduct) })
)

// MariaDB returns the process's MariaDB server, starting it if need be. Its database
// "test" is shared by all tests: prefer NewDatabase.
func MariaDB(t testing.TB) *MySQLServer {
	t.Helper()
	server, err := sharedMariaDB()
	if err != nil {
		t.Fatalf("MariaDB for the tests: %v", err)
	}
	return server
}

// MySQL is as MariaDB, with MySQL itself. Where that is not installed the test is skipped:
// unlike the others it is not to be had from every system's packages.
func MySQL(t testing.TB) *MySQLServer {
	t.Helper()
	if _, err := findMySQL(); err != nil {
		t.Skip(err)
	}
	server, err := sharedMySQL()
	if err != nil {
		t.Fatalf("MySQL for the tests: %v", err)
	}
	return server
}

// MySQLFamily runs a test against MariaDB and against MySQL.
func MySQLFamily(t *testing.T, test func(t *testing.T, server *MySQLServer)) {
	t.Helper()
	for _, one := range []struct {
		name  string
		start func(testing.TB) *MySQLServer
	}{{"MariaDB", MariaDB}, {"MySQL", MySQL}} {
		t.Run(one.name, func(t *testing.T) { test(t, one.start(t)) })
	}
}

func prepareMariaDB() (template, string, error) {
	binary, err := findBinary("MariaDB", mariadbPlaces, "mariadbd")
	if err != nil {
		return template{}, "", err
	}
	install, err := findBinary("MariaDB", append(mariadbPlaces, filepath.Join(filepath.Dir(binary), "..", "scripts")), "mariadb-install-db", "mysql_install_db")
	if err != nil {
		return template{}, "", err
	}
	as, err := unprivileged("mysql", "nobody")
	return template{name: "my", version: []string{binary, "--no-defaults", "--version"}, as: as, command: func(data string) []string {
		return []string{install, "--no-defaults", "--datadir=" + data, "--auth-root-authentication-method=normal",
			"--skip-test-db", "--skip-name-resolve", "--innodb-log-file-size=16M", "--innodb-use-native-aio=0"}
	}}, binary, err
}

func prepareMySQL() (template, string, error) {
	binary, err := findMySQL()
	if err != nil {
		return template{}, "", err
	}
	as, err := unprivileged("mysql", "nobody")
	return template{name: "mysql", version: []string{binary, "--no-defaults", "--version"}, as: as, command: func(data string) []string {
		return []string{binary, "--no-defaults", "--initialize-insecure", "--datadir=" + data,
			"--innodb-redo-log-capacity=32M", "--innodb-use-native-aio=0", "--innodb-flush-log-at-trx-commit=0"}
	}}, binary, err
}
