package postgres

import (
	"context"
	"net"
	"strconv"
	"testing"

	"github.com/apache/arrow-go/v18/arrow/memory"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/connectors"
	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/internal/testservers"
)

func TestContract(t *testing.T) {
	server := testservers.Postgres(t)
	conntest.Run(t, conntest.Harness{
		Connector: func(mem memory.Allocator) connectors.Connector { return Connector{Allocator: mem} },
		Load: func(t testing.TB, tables []*conntest.Table) (*catalog.Source, string) {
			database := server.NewDatabase(t)
			for _, table := range tables {
				table.Physical.Schema = "public"
			}
			conntest.LoadPostgres(t, database, tables)
			return sourceOf(database), server.ReaderPassword
		},
		Unreachable: func(s *catalog.Source) { s.Port = closedPort(t) },
		Rejected:    "not the password",
		Active: func(t testing.TB) int {
			rows := conntest.PostgresRows(t, server.DSN, "SELECT FROM pg_stat_activity WHERE application_name = 'sluice' AND state = 'active'", nil)
			return len(rows)
		},
		Write: func(s connectors.Source, _ *catalog.Table) error {
			c, err := s.(*Source).acquire(context.Background())
			if err != nil {
				return err
			}
			defer c.Release()
			return c.Conn().PgConn().Exec(context.Background(), "CREATE TEMPORARY TABLE mine (); SELECT 1").Close()
		},
		Alter: func(t testing.TB, s *catalog.Source, items *conntest.Table) {
			database := *server
			c := sourceDSN(&database, s.Database)
			database.DSN = c
			database.Exec(t, "ALTER TABLE public.items DROP label, ALTER price TYPE double precision")
		},
	})
}

func sourceDSN(server *testservers.PostgresServer, database string) string {
	host := net.JoinHostPort(server.Host, strconv.Itoa(server.Port))
	return "postgres://" + server.User + ":" + server.Password + "@" + host + "/" + database + "?sslmode=disable"
}

// closedPort is one nobody listens on.
func closedPort(t testing.TB) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
