package mysql

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/planner/plan"
	"github.com/sluicemesh/sluice/sqlstate"
)

// TestServersSettings: an answer does not depend on how a server is set up.
func TestServersSettings(t *testing.T) {
	t.Parallel()
	options := []string{
		"--sql-mode=ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,IGNORE_SPACE,HIGH_NOT_PRECEDENCE,ONLY_FULL_GROUP_BY,NO_UNSIGNED_SUBTRACTION",
		"--default-time-zone=+05:30", "--collation-server=utf8mb4_turkish_ci", "--transaction-isolation=SERIALIZABLE",
		"--max-sort-length=8", "--div-precision-increment=0", "--autocommit=0", "--init-connect=SET sql_select_limit = 2, sql_safe_updates = 1, sql_auto_is_null = 1",
	}
	for name, start := range map[string]func(testing.TB, ...string) *testservers.MySQLServer{"MariaDB": testservers.OwnMariaDB, "MySQL": testservers.OwnMySQL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := start(t, options...)
			o := textOracle(t, server)
			for _, c := range names(server) {
				for _, text := range []string{`a\b`, "'", `"`, "a ", "ä", "é", "日本", `\`} {
					o.mustSame(t, "SELECT id, "+c+" FROM sample WHERE "+c+" = "+quoted(text)+" ORDER BY id")
					o.mustSame(t, "SELECT id FROM sample WHERE NOT "+c+" <> "+quoted(text)+" ORDER BY id")
				}
				o.mustSame(t, "SELECT id, "+c+" || 'x' FROM sample WHERE "+c+` LIKE 'a\\b' OR `+c+" LIKE 'a%' ORDER BY id")
			}
			o.mustSame(t, "SELECT id, padded FROM sample ORDER BY id DESC")
			n := numberOracle(t, server)
			for _, query := range []string{
				"SELECT id, moment, at, day, u FROM numbers ORDER BY id", "SELECT id FROM numbers WHERE moment = timestamptz '2024-02-29 13:30:00+01' ORDER BY id",
				"SELECT id, b / 3, u - 20, NOT ok FROM numbers ORDER BY id", "SELECT i, count(*) FROM numbers GROUP BY i ORDER BY i", "SELECT count(*) FROM numbers WHERE i IS NULL",
			} {
				n.mustSame(t, query)
			}
		})
	}
}

// TestTLS connects to a MySQL with the certificate that it makes for itself, which names no host.
func TestTLS(t *testing.T) {
	t.Parallel()
	server := testservers.OwnMySQL(t)
	server.Exec(t, "CREATE TABLE one (id int NOT NULL)", "INSERT INTO one VALUES (1)", "SET GLOBAL require_secure_transport = ON")
	own := filepath.Join(t.TempDir(), "ca.pem")
	pem, err := os.ReadFile(filepath.Join(server.Directory, "data", "ca.pem"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(own, pem, 0o600); err != nil {
		t.Fatal(err)
	}
	other, err := os.ReadFile(filepath.Join(server.Directory, "data", "client-cert.pem"))
	if err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(t.TempDir(), "foreign.pem")
	if err := os.WriteFile(foreign, other, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		tls  catalog.TLS
		says string // of the refusal; empty: it is read
	}{
		{catalog.TLS{}, ""},
		{catalog.TLS{Mode: "require"}, ""},
		{catalog.TLS{Mode: "require", CA: own}, ""},
		{catalog.TLS{Mode: "verify-ca", CA: own}, ""},
		{catalog.TLS{Mode: "verify-full", CA: own}, "certificate is not trusted"},
		{catalog.TLS{Mode: "verify-ca", CA: foreign}, "certificate is not trusted"},
		{catalog.TLS{Mode: "disable"}, "encrypted connections"},
	} {
		err := readOne(t, server, func(s *catalog.Source) { s.TLS = c.tls })
		var e *sqlstate.Error
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%+v: %v", c.tls, err)
		case c.says != "" && (!errors.As(err, &e) || e.Code != sqlstate.UnableToConnect || !strings.Contains(e.Detail, c.says)):
			t.Errorf("%+v: got %v, want one that says %q", c.tls, err, c.says)
		}
	}
}

// TestAccounts logs in by each of the methods a server may have for an account.
func TestAccounts(t *testing.T) {
	t.Parallel()
	server := testservers.MySQL(t)
	database := server.NewDatabase(t)
	database.Exec(t, "CREATE TABLE one (id int NOT NULL)", "INSERT INTO one VALUES (1)",
		"CREATE USER sha@'127.0.0.1' IDENTIFIED WITH caching_sha2_password BY 'se cret'", "GRANT SELECT ON *.* TO sha@'127.0.0.1'",
		"CREATE USER locked@'127.0.0.1' IDENTIFIED BY 'se cret' ACCOUNT LOCK", "GRANT SELECT ON *.* TO locked@'127.0.0.1'",
		"CREATE USER expired@'127.0.0.1' IDENTIFIED BY 'se cret' PASSWORD EXPIRE", "GRANT SELECT ON *.* TO expired@'127.0.0.1'",
		"CREATE USER narrow@'127.0.0.1' IDENTIFIED BY 'se cret'",
	)
	for _, c := range []struct {
		user, says string
		code       sqlstate.Code
	}{
		{"sha", "", ""}, {"sha", "", ""}, // the second time from the server's cache
		{"locked", "account is locked", sqlstate.UnableToConnect},
		{"expired", "password has expired", sqlstate.UnableToConnect},
		{"narrow", "", sqlstate.UnableToConnect},
	} {
		err := readOne(t, database, func(s *catalog.Source) { s.User = c.user; s.Secret = catalog.SecretRef{} })
		var e *sqlstate.Error
		switch {
		case c.code == "" && err != nil:
			t.Errorf("%s: %v", c.user, err)
		case c.code != "" && (!errors.As(err, &e) || e.Code != c.code || !strings.Contains(e.Detail, c.says)):
			t.Errorf("%s: got %#v, want %s saying %q", c.user, err, c.code, c.says)
		}
	}
}

// TestStatistics: the size is that of now, and histograms tell of columns without an index.
func TestStatistics(t *testing.T) {
	t.Parallel()
	database := testservers.MySQL(t).NewDatabase(t)
	table := conntest.NewTable(t, "histograms", []string{"id integer not null", "k integer", "word text", "day date"}, nil)
	database.Exec(t, "CREATE TABLE histograms (id int PRIMARY KEY, k int, word varchar(10), day date)", "ANALYZE TABLE histograms",
		"SET SESSION cte_max_recursion_depth = 2000",
		"INSERT INTO histograms WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "+
			"SELECT i, IF(i % 4 = 0, NULL, i % 300), concat('v', i % 7), date '2024-01-01' + INTERVAL i % 50 DAY FROM n",
		"ANALYZE TABLE histograms UPDATE HISTOGRAM ON k, word, day WITH 100 BUCKETS", "ANALYZE TABLE histograms")
	definition := sourceOf(database)
	open, err := Connector{}.Open(definition, database.ReaderPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	table.Source = definition
	all, err := open.Describe(t.Context(), []*catalog.Table{table.Table})
	if err != nil {
		t.Fatal(err)
	}
	found := all[0].Statistics
	if found == nil || found.Rows < 1500 || found.Rows > 2500 {
		t.Fatalf("statistics %+v, want about 2,000 rows", found)
	}
	want := []catalog.ColumnStatistics{
		{Distinct: found.Columns[0].Distinct}, {Distinct: 225, NullFraction: 0.25, Min: "1", Max: "299"},
		{Distinct: 7, Min: "v0", Max: "v6"}, {Distinct: 50, Min: "2024-01-01", Max: "2024-02-19"},
	}
	if !slices.Equal(found.Columns, want) {
		t.Errorf("columns %+v, want %+v", found.Columns, want)
	}
}

// readOne reads the table one of a server through a changed source.
func readOne(t *testing.T, server *testservers.MySQLServer, change func(*catalog.Source)) error {
	t.Helper()
	definition, password := sourceOf(server), server.ReaderPassword
	change(definition)
	if definition.User != server.Reader {
		password = "se cret"
	}
	table := conntest.NewTable(t, "one", []string{"id integer not null"}, nil)
	table.Source = definition
	open, err := Connector{}.Open(definition, password)
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	scan := &plan.Scan{Table: table.Table, Alias: "x", Ordinals: []int{0}, Cols: []plan.Column{{ID: 1, Name: "id", Type: table.Columns[0].Type}}}
	r, err := open.Read(context.Background(), &plan.Remote{Source: definition, Root: scan})
	if err != nil {
		return err
	}
	defer r.Release()
	for r.Next() {
	}
	return r.Err()
}
