package mysql

import (
	"context"
	"database/sql/driver"
	"fmt"
	"io"
	"strings"
	"time"

	mysql "github.com/go-sql-driver/mysql"
)

// session is one connection of the driver, set up, with the server's number for it. It
// is used without database/sql, which would copy every value once more. A statement runs
// by conn or by wire, one at a time.
type session struct {
	conn driver.Conn
	wire *wire  // beneath conn, for statements with many rows
	id   uint64 // for KILL
	used time.Time
}

// dial connects and makes the session independent of the server's and the user's
// settings, as far as an answer depends on them, and read-only.
func (s *Source) dial(ctx context.Context) (*session, error) {
	dial, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	c, err := s.connect(dial)
	if err != nil {
		return nil, err
	}
	if err := c.setUp(dial, s.of.Limits.StatementTimeout); err != nil {
		c.close()
		return nil, err
	}
	return c, nil
}

// connect gives a session as the server has it.
func (s *Source) connect(ctx context.Context) (*session, error) {
	connector, err := mysql.NewConnector(s.config)
	if err != nil {
		return nil, err
	}
	conn, err := connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	below, err := wireOf(conn)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return &session{conn: conn, wire: below}, nil
}

// settings: no mode that changes what quotes, backslashes, bars or blanks mean; text in
// and out as UTF-8; patience with a reader that is slower than the server (the driver's
// rows are taken as the gateway needs them).
var settings = []string{
	"SET NAMES utf8mb4",
	"SET SESSION TRANSACTION READ ONLY",
	"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", // under others a snapshot is none
	"SET SESSION sql_mode = 'NO_ENGINE_SUBSTITUTION', time_zone = '+00:00', sql_select_limit = 18446744073709551615, " +
		"sql_big_selects = 1, sql_auto_is_null = 0, autocommit = 1, net_write_timeout = 86400",
}

func (c *session) setUp(ctx context.Context, timeout time.Duration) error {
	for _, text := range settings {
		if err := c.exec(ctx, text); err != nil {
			return err
		}
	}
	rows, err := c.rows(ctx, "SELECT CONNECTION_ID(), VERSION()")
	if err != nil {
		return err
	}
	if _, err := fmt.Sscan(rows[0][0], &c.id); err != nil {
		return err
	}
	maria := strings.Contains(rows[0][1], "MariaDB")
	if !maria {
		// MySQL's information_schema may tell a table's size as it was a day ago.
		if err := c.exec(ctx, "SET SESSION information_schema_stats_expiry = 0"); err != nil {
			return err
		}
	}
	if timeout <= 0 {
		return nil
	}
	if maria {
		return c.exec(ctx, fmt.Sprintf("SET SESSION max_statement_time = %.3f", timeout.Seconds()))
	}
	return c.exec(ctx, fmt.Sprintf("SET SESSION max_execution_time = %d", max(timeout.Milliseconds(), 1)))
}

func (c *session) exec(ctx context.Context, text string) error {
	_, err := c.conn.(driver.ExecerContext).ExecContext(ctx, text, nil)
	return err
}

func (c *session) query(ctx context.Context, text string) (driver.Rows, error) {
	return c.conn.(driver.QueryerContext).QueryContext(ctx, text, nil)
}

// rows runs a small query, values as text; NULL reads as "".
func (c *session) rows(ctx context.Context, text string) ([][]string, error) {
	_, rows, err := c.table(ctx, text)
	return rows, err
}

// table is rows with the names of the columns.
func (c *session) table(ctx context.Context, text string) (names []string, all [][]string, err error) {
	rows, err := c.query(ctx, text)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	names = rows.Columns()
	values := make([]driver.Value, len(names))
	for {
		if err := rows.Next(values); err == io.EOF {
			return names, all, nil
		} else if err != nil {
			return nil, nil, err
		}
		line := make([]string, len(values))
		for i, v := range values {
			switch v := v.(type) {
			case nil:
			case []byte:
				line[i] = string(v)
			default:
				line[i] = fmt.Sprint(v)
			}
		}
		all = append(all, line)
	}
}

// alive tells whether the server still holds the connection.
func (c *session) alive(ctx context.Context) bool {
	if v, ok := c.conn.(driver.Validator); ok && !v.IsValid() {
		return false
	}
	r, ok := c.conn.(driver.SessionResetter)
	return !ok || r.ResetSession(ctx) == nil
}

func (c *session) close() { _ = c.conn.Close() }
