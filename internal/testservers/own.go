package testservers

import (
	"sync"
	"testing"
)

// OwnPostgres starts a PostgreSQL server that no other test shares, with further
// settings ("shared_buffers=1GB"), for measurements. It ends with this process.
func OwnPostgres(t testing.TB, settings ...string) *PostgresServer {
	t.Helper()
	server, err := startPostgres(settings...)
	if err != nil {
		t.Fatalf("PostgreSQL for the tests: %v", err)
	}
	return server
}

var newestPostgres = sync.OnceValues(func() (*PostgresServer, error) {
	binary, err := findPostgres(NewestMajor)
	if err != nil {
		return nil, nil
	}
	return startPostgresOf(binary)
})

// NewestPostgres returns the process's PostgreSQL 17, the release that Sluice presents
// itself as; the test is skipped, and says so, where there is none.
func NewestPostgres(t testing.TB) *PostgresServer {
	t.Helper()
	server, err := newestPostgres()
	switch {
	case err != nil:
		t.Fatalf("PostgreSQL %d for the tests: %v", NewestMajor, err)
	case server == nil:
		_, err := findPostgres(NewestMajor)
		t.Skip(err)
	}
	return server
}

// OwnMariaDB starts a MariaDB server that no other test shares, with further options
// ("--innodb-buffer-pool-size=1G").
func OwnMariaDB(t testing.TB, options ...string) *MySQLServer {
	t.Helper()
	server, err := startMySQL(mariadbProduct, options...)
	if err != nil {
		t.Fatalf("MariaDB for the tests: %v", err)
	}
	return server
}

// OwnMySQL starts a MySQL server that no other test shares.
func OwnMySQL(t testing.TB, options ...string) *MySQLServer {
	t.Helper()
	if _, err := findMySQL(); err != nil {
		t.Skip(err)
	}
	server, err := startMySQL(mysqlProduct, options...)
	if err != nil {
		t.Fatalf("MySQL for the tests: %v", err)
	}
	return server
}
