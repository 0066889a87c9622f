package postgres

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/internal/socket"
	"github.com/sluicemesh/sluice/sqlstate"
)

const (
	connectTimeout = 10 * time.Second
	// readBuffer is what one read from the network takes. The server writes 8 KiB at a
	// time; with a larger buffer here one system call takes several of them.
	readBuffer = 64 << 10
)

// poolConfig says where and how to connect. Nothing comes from the environment: the
// gateway's own PGHOST or PGPASSWORD must not reach a domain's source.
func poolConfig(s *catalog.Source, secret string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig("host=localhost user=none dbname=none sslmode=disable")
	if err != nil {
		return nil, sqlstate.New(sqlstate.ConfigFileError, "domain %s: source %s: the gateway's environment holds unusable PG variables", s.Domain, s.Name)
	}
	config.MaxConns = defaultConnections
	if s.Limits.Connections > 0 {
		config.MaxConns = int32(s.Limits.Connections)
	}
	config.MinConns, config.MinIdleConns = 0, 0
	config.BeforeClose = letGo
	c := &config.ConnConfig.Config
	c.Host, c.Port, c.Database, c.User, c.Password = s.Host, uint16(s.Port), s.Database, s.User, secret
	if c.Port == 0 {
		c.Port = 5432
	}
	c.ConnectTimeout, c.Fallbacks = connectTimeout, nil
	c.RuntimeParams = map[string]string{"application_name": "sluice", "client_encoding": "UTF8"}
	c.BuildFrontend = func(r io.Reader, w io.Writer) *pgproto3.Frontend {
		return pgproto3.NewFrontend(bufio.NewReaderSize(r, readBuffer), w)
	}
	dial := c.DialFunc
	c.DialFunc = func(ctx context.Context, network, address string) (net.Conn, error) {
		connection, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return socket.Direct(connection), nil
	}
	c.AfterConnect = setUp(s.Limits.StatementTimeout)
	return config, setTLS(c, s)
}

// setUp makes a session read-only and its answers independent of the server's and the
// role's settings. By statements, not by startup parameters: poolers refuse those.
func setUp(timeout time.Duration) pgconn.AfterConnectFunc {
	settings := []string{
		"default_transaction_read_only = on", "search_path = ''", "TimeZone = 'UTC'", "DateStyle = 'ISO, MDY'",
		"IntervalStyle = 'postgres'", "bytea_output = 'hex'", "extra_float_digits = 1", "standard_conforming_strings = on",
		fmt.Sprintf("statement_timeout = %d", timeout.Milliseconds()),
	}
	text := "SET " + strings.Join(settings, "; SET ")
	return func(ctx context.Context, c *pgconn.PgConn) error {
		if err := c.Exec(ctx, text).Close(); err != nil {
			return err
		}
		if serverVersion(c) < 14 {
			return nil
		}
		// A request to cancel that comes before its statement ends nothing. The server then
		// finds the connection closed, where its platform lets it look.
		err := c.Exec(ctx, "SET client_connection_check_interval = 1000").Close()
		if refused := (*pgconn.PgError)(nil); errors.As(err, &refused) {
			return nil
		}
		return err
	}
}
