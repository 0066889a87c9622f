package bind

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/testservers"
	"github.com/sluicemesh/sluice/sqlstate"
)

// mirror is a PostgreSQL database and the same tables as a catalog.
type mirror struct {
	dsn    string
	tables map[catalog.Address]*catalog.Table
}

// sharedMirror is made once; queries only read it.
var sharedMirror = sync.OnceValues(newMirror)

func mirrored(t testing.TB) *mirror {
	t.Helper()
	testservers.Postgres(t)
	mirrorServer = testservers.Postgres(t)
	m, err := sharedMirror()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var mirrorServer *testservers.PostgresServer

func newMirror() (*mirror, error) {
	ctx := context.Background()
	schema, err := os.ReadFile("testdata/schema.sql")
	if err != nil {
		return nil, err
	}
	rows, err := os.ReadFile("testdata/rows.sql")
	if err != nil {
		return nil, err
	}
	admin, err := pgx.Connect(ctx, mirrorServer.DSN)
	if err != nil {
		return nil, err
	}
	defer admin.Close(ctx)
	if _, err := admin.Exec(ctx, "CREATE DATABASE bind_mirror"); err != nil {
		return nil, err
	}
	config := admin.Config().Copy()
	config.Database = "bind_mirror"
	dsn := fmt.Sprintf("host=%s port=%d user=%s password=%s dbname=bind_mirror sslmode=disable",
		config.Host, config.Port, config.User, config.Password)
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return nil, err
	}
	defer conn.Close(ctx)
	path := "ALTER DATABASE bind_mirror SET search_path = " + strings.Join(searchPath, ", ")
	if _, err := conn.PgConn().Exec(ctx, string(schema)+string(rows)+path).ReadAll(); err != nil {
		return nil, err
	}
	m := &mirror{dsn: dsn, tables: map[catalog.Address]*catalog.Table{}}
	if err := m.readColumns(ctx, conn); err != nil {
		return nil, err
	}
	return m, m.readKeys(ctx, conn)
}

func (m *mirror) readColumns(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `
		SELECT n.nspname, c.relname, c.oid::int8, a.attname, a.attnum, a.atttypid::int8, a.atttypmod, a.attnotnull
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relkind = 'r' AND n.nspname IN ('public', 'other', 'tpch') AND a.attnum > 0 ORDER BY c.oid, a.attnum`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var a catalog.Address
		var oid, typeOID int64
		var ordinal int16
		c := &catalog.Column{}
		if err := rows.Scan(&a.Schema, &a.Name, &oid, &c.Name, &ordinal, &typeOID, &c.Type.Mod, &c.NotNull); err != nil {
			return err
		}
		c.Ordinal, c.Type.OID = int(ordinal), pgtype.OID(typeOID)
		if m.tables[a] == nil {
			m.tables[a] = &catalog.Table{OID: uint32(oid), Addresses: []catalog.Address{a}}
		}
		m.tables[a].Columns = append(m.tables[a].Columns, c)
	}
	return rows.Err()
}

func (m *mirror) readKeys(ctx context.Context, conn *pgx.Conn) error {
	rows, err := conn.Query(ctx, `
		SELECT n.nspname, c.relname, k.conname, k.contype = 'p', k.conkey
		FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE k.contype IN ('p', 'u') AND n.nspname IN ('public', 'other', 'tpch')`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var a catalog.Address
		var k catalog.Key
		var attributes []int16
		if err := rows.Scan(&a.Schema, &a.Name, &k.Name, &k.Primary, &attributes); err != nil {
			return err
		}
		for _, n := range attributes {
			k.Columns = append(k.Columns, int(n)-1)
		}
		m.tables[a].Keys = append(m.tables[a].Keys, k)
	}
	return rows.Err()
}

var searchPath = []string{"public", "tpch"}

// environment resolves names as a session with this search_path does.
func (m *mirror) environment() Environment {
	now := time.Date(2024, 2, 29, 12, 30, 0, 0, time.UTC)
	return Environment{
		Resolve: func(schema, name string) (*catalog.Table, error) {
			path := searchPath
			if schema != "" {
				path = []string{schema}
			}
			for _, s := range path {
				if t := m.tables[catalog.Address{Schema: s, Name: name}]; t != nil {
					return t, nil
				}
			}
			if schema != "" {
				name = schema + "." + name
			}
			return nil, sqlstate.New(sqlstate.UndefinedTable, "relation \"%s\" does not exist", name)
		},
		Setting:  func(string) (string, bool) { return "", false },
		User:     "postgres",
		Database: "bind_mirror", Version: "15.18", SearchPath: searchPath,
		TransactionStart: now, StatementStart: now, TimeZone: time.UTC, DateOrder: "MDY",
	}
}
