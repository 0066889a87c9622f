package peers

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// postgres is whatever speaks PostgreSQL's protocol.
type postgres struct {
	title  string
	conn   *pgconn.PgConn
	memory func() int64
}

var _ Peer = (*postgres)(nil)

// Postgres connects to a server that holds or reaches all tables; memory tells what it
// holds. The connection ends with the process.
func Postgres(ctx context.Context, title, dsn string, memory func() int64) (Peer, error) {
	conn, err := pgconn.Connect(ctx, dsn)
	if err != nil {
		return nil, err
	}
	return &postgres{title: title, conn: conn, memory: memory}, nil
}

func (p *postgres) Title() string { return p.title }
func (p *postgres) Memory() int64 { return p.memory() }

func (p *postgres) Ask(ctx context.Context, sql string, limit time.Duration) (Answer, error) {
	if err := p.conn.Exec(ctx, fmt.Sprintf("SET statement_timeout = %d", limit.Milliseconds())).Close(); err != nil {
		return nil, err
	}
	results, err := p.conn.Exec(ctx, sql).ReadAll()
	var refused *pgconn.PgError
	switch {
	case errors.As(err, &refused) && refused.Code == "57014":
		return nil, ErrTimeLimit
	case err != nil:
		return nil, err
	}
	var all Answer
	for _, values := range results[len(results)-1].Rows {
		row := make([]string, len(values))
		for i, value := range values {
			row[i] = string(value)
			if value == nil {
				row[i] = Null
			}
		}
		all = append(all, row)
	}
	return all, nil
}
