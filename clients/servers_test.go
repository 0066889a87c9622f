package clients

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// server is one that clients are pointed at.
type server struct {
	name, host, user, password string
	port                       int
	// tidy takes away what a client leaves behind for those after it to see; nil: nothing.
	tidy func()
}

func (s server) connect(t *testing.T, user, password string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), fmt.Sprintf("host=%s port=%d user=%s password=%s dbname=mesh sslmode=disable", s.host, s.port, user, password))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

var address = regexp.MustCompile(`msg=serving .*address=127\.0\.0\.1:(\d+)`)

// serveDemo starts bin/sluice over the demo mesh, for the steward, who may see everything.
func serveDemo(t *testing.T) server {
	t.Helper()
	log := &logged{seen: make(chan int, 1)}
	command := exec.Command("../bin/sluice", "serve", "--mesh", "../testdata/demo", "--listen", "127.0.0.1:0", "--audit-dir", t.TempDir(), "--drain", "1s")
	command.Stdout, command.Stderr = log, log
	if err := command.Start(); err != nil {
		t.Fatalf("%v: run `make build` first", err)
	}
	t.Cleanup(func() {
		_ = command.Process.Signal(os.Interrupt)
		if err := command.Wait(); err != nil {
			t.Errorf("sluice: %v", err)
		}
		if keep := os.Getenv("SLUICE_CLIENTS_OUT"); keep != "" {
			_ = os.WriteFile(filepath.Join(keep, "sluice.log"), log.Bytes(), 0o644)
		}
	})
	select {
	case port := <-log.seen:
		return server{name: "sluice", host: "127.0.0.1", port: port, user: "steward", password: "demo"}
	case <-time.After(time.Minute):
		t.Fatalf("sluice does not serve:\n%s", log.Bytes())
	}
	return server{}
}

// logged keeps a log and tells the port it names.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
	seen chan int
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if m := address.FindSubmatch(p); m != nil {
		port, _ := strconv.Atoi(string(m[1]))
		l.seen <- port
	}
	return l.text.Write(p)
}

func (l *logged) Bytes() []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Clone(l.text.Bytes())
}

// sameTables fills a PostgreSQL with the tables that Sluice shows, under the same names,
// with the same keys, comments and rows, for a role of the same name and rights.
func sameTables(t *testing.T, ours server, pg *testservers.PostgresServer) server {
	t.Helper()
	pg.Exec(t, "CREATE ROLE somebody", "CREATE ROLE stewards", "CREATE ROLE steward LOGIN PASSWORD 'demo' IN ROLE stewards", "CREATE DATABASE mesh TEMPLATE template0")
	theirs := server{name: "postgres", host: pg.Host, port: pg.Port, user: "steward", password: "demo"}
	from, to := ours.connect(t, ours.user, ours.password), theirs.connect(t, pg.User, pg.Password)
	path := single(t, from, "SHOW search_path")
	run(t, to, "ALTER DATABASE mesh SET search_path = "+path, "ALTER SYSTEM SET default_transaction_read_only = on", "SET default_transaction_read_only = off", "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
	for _, ddl := range list(t, from, definitions) {
		run(t, to, ddl)
	}
	for _, table := range list(t, from, "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1") {
		copyRows(t, from, to, table)
	}
	run(t, to, "ANALYZE", "SELECT pg_reload_conf()")
	theirs.tidy = func() { run(t, to, dropTemporary) }
	return theirs
}

// dropTemporary drops the schemas of temporary tables, which PostgreSQL keeps for the next
// session.
const dropTemporary = `DO $$ DECLARE name text; BEGIN
	FOR name IN SELECT nspname FROM pg_namespace WHERE nspname ~ '^pg_(toast_)?temp_' LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP;
END $$`

// definitions asks for the statements that make the tables, in an order in which each can
// be run: what is first said of a table is that it exists.
const definitions = `
WITH own AS (
	SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
	WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')),
columns AS (
	SELECT a.attrelid, string_agg(format('%I %s%s', a.attname, format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END), ', ' ORDER BY a.attnum) AS list
	FROM pg_attribute a WHERE a.attnum > 0 GROUP BY 1),
statements AS (
	SELECT 1 AS step, format('CREATE SCHEMA %I AUTHORIZATION somebody', nspname) AS ddl FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('public', 'information_schema')
	UNION ALL SELECT 2, format('GRANT USAGE ON SCHEMA %I TO steward', nspname) FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('public', 'information_schema')
	UNION ALL SELECT 3, format('COMMENT ON SCHEMA %I IS %L', nspname, obj_description(oid, 'pg_namespace')) FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname NOT IN ('public', 'information_schema')
	UNION ALL SELECT 4, format('CREATE TABLE %s (%s)', own.name, c.list) FROM own JOIN columns c ON c.attrelid = own.oid
	UNION ALL SELECT 5, format('ALTER TABLE %s OWNER TO somebody', own.name) FROM own
	UNION ALL SELECT 6, format('REVOKE ALL ON %s FROM somebody', own.name) FROM own
	UNION ALL SELECT 7, format('GRANT SELECT ON %s TO steward', own.name) FROM own
	UNION ALL SELECT CASE k.contype WHEN 'f' THEN 9 ELSE 8 END, format('ALTER TABLE %s ADD CONSTRAINT %I %s', own.name, k.conname, pg_get_constraintdef(k.oid)) FROM own JOIN pg_constraint k ON k.conrelid = own.oid
	UNION ALL SELECT 10, format('COMMENT ON TABLE %s IS %L', own.name, obj_description(own.oid, 'pg_class')) FROM own
	UNION ALL SELECT 11, format('COMMENT ON COLUMN %s.%I IS %L', own.name, a.attname, col_description(own.oid, a.attnum)) FROM own JOIN pg_attribute a ON a.attrelid = own.oid AND a.attnum > 0)
SELECT ddl FROM statements ORDER BY step, ddl`

func run(t *testing.T, conn *pgx.Conn, statements ...string) {
	t.Helper()
	for _, s := range statements {
		if _, err := conn.Exec(t.Context(), s); err != nil {
			t.Fatalf("%v\n%s", err, s)
		}
	}
}

func list(t *testing.T, conn *pgx.Conn, sql string) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	all, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatalf("%v\n%s", err, sql)
	}
	return all
}

func single(t *testing.T, conn *pgx.Conn, sql string) string {
	t.Helper()
	return strings.Join(list(t, conn, sql), "\n")
}

// copyRows copies a table from one server to the other in its binary form.
func copyRows(t *testing.T, from, to *pgx.Conn, table string) {
	t.Helper()
	in, out := io.Pipe()
	sent := make(chan error, 1)
	go func() {
		_, err := from.PgConn().CopyTo(t.Context(), out, "COPY "+table+" TO STDOUT (FORMAT binary)")
		sent <- out.CloseWithError(err)
	}()
	if _, err := to.PgConn().CopyFrom(t.Context(), in, "COPY "+table+" FROM STDIN (FORMAT binary)"); err != nil {
		t.Errorf("%s: %v", table, err)
	}
	<-sent
}
