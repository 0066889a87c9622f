package postgres

import (
	"context"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgproto3"

	"github.com/sluicemesh/sluice/connectors/conntest"
	"github.com/sluicemesh/sluice/internal/testservers"
)

// TestConnectionIsLost closes a connection under a statement that sends nothing, without
// a request to cancel, as when that came too early. The server must find out by itself.
func TestConnectionIsLost(t *testing.T) {
	t.Parallel()
	server := testservers.Postgres(t).NewDatabase(t)
	s, err := Connector{}.Open(sourceOf(server), server.ReaderPassword)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	c, err := s.(*Source).acquire(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Release()
	connection := c.Conn().PgConn()
	connection.Frontend().SendQuery(&pgproto3.Query{String: "SELECT count(*) FROM generate_series(1, 1000000000000)"})
	if err := connection.Frontend().Flush(); err != nil {
		t.Fatal(err)
	}
	running := func() int {
		return len(conntest.PostgresRows(t, server.DSN,
			"SELECT FROM pg_stat_activity WHERE state = 'active' AND pid = "+strconv.Itoa(int(connection.PID())), nil))
	}
	deadline := time.Now().Add(30 * time.Second)
	for ; running() == 0 && time.Now().Before(deadline); runtime.Gosched() {
	}
	if err := connection.Conn().Close(); err != nil {
		t.Fatal(err)
	}
	for ; running() > 0; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("the statement runs on for nobody")
		}
	}
}
