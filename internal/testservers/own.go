package testservers

import "testing"

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

// OwnMariaDB starts a MariaDB server that no other test shares, with further options
// ("--innodb-buffer-pool-size=1G").
func OwnMariaDB(t testing.TB, options ...string) *MariaDBServer {
	t.Helper()
	server, err := startMariaDB(options...)
	if err != nil {
		t.Fatalf("MariaDB for the tests: %v", err)
	}
	return server
}
