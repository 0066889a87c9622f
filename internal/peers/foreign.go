package peers

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// Foreign makes an empty database one that reaches the stores by postgres_fdw and
// mysql_fdw, set as their documentation advises: remote estimates, large fetches,
// statistics of the foreign tables, and asynchronous scans. No wrapper reads Parquet, so
// those tables are copied into the database, with the indexes given.
func Foreign(ctx context.Context, stores Stores, db *testservers.PostgresServer, indexes []string, memory func() int64) (Peer, error) {
	peer, err := Postgres(ctx, "PostgreSQL with postgres_fdw and mysql_fdw", db.DSN, memory)
	if err != nil {
		return nil, err
	}
	conn := peer.(*postgres).conn
	for _, extension := range []string{"postgres_fdw", "mysql_fdw"} {
		if err := run(ctx, conn, "CREATE EXTENSION "+extension); err != nil {
			return nil, fmt.Errorf("%s: %w (%w)", extension, ErrAbsent, err)
		}
	}
	if err := stores.Data.LoadPostgres(ctx, db.DSN, stores.Tables["parts"]...); err != nil {
		return nil, err
	}
	statements := append(indexes, foreignServers(stores)...)
	for _, name := range stores.Tables["parties"] {
		table, err := stores.Data.Table(name)
		if err != nil {
			return nil, err
		}
		var columns []string
		for _, c := range table.Columns {
			columns = append(columns, c.Name+" "+c.SQLType()+" NOT NULL")
		}
		statements = append(statements, fmt.Sprintf("CREATE FOREIGN TABLE %s (%s) SERVER parties OPTIONS (dbname '%s', table_name '%s')",
			name, strings.Join(columns, ", "), stores.Parties.Database, name))
	}
	return peer, run(ctx, conn, append(statements, "ANALYZE")...)
}

func foreignServers(stores Stores) []string {
	pg, my := stores.Trade, stores.Parties
	return []string{
		fmt.Sprintf("CREATE SERVER trade FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '%s', port '%d', dbname '%s', use_remote_estimate 'true', fetch_size '10000', async_capable 'true')",
			pg.Host, pg.Port, pg.Database),
		fmt.Sprintf("CREATE SERVER parties FOREIGN DATA WRAPPER mysql_fdw OPTIONS (host '%s', port '%d', use_remote_estimate 'true', fetch_size '10000')", my.Host, my.Port),
		fmt.Sprintf("CREATE USER MAPPING FOR CURRENT_USER SERVER trade OPTIONS (user '%s', password '%s')", pg.User, pg.Password),
		fmt.Sprintf("CREATE USER MAPPING FOR CURRENT_USER SERVER parties OPTIONS (username '%s', password '%s')", my.User, my.Password),
		"IMPORT FOREIGN SCHEMA public FROM SERVER trade INTO public",
	}
}

func run(ctx context.Context, conn *pgconn.PgConn, statements ...string) error {
	for _, sql := range statements {
		if err := conn.Exec(ctx, sql).Close(); err != nil {
			return fmt.Errorf("%w\nin: %.200s", err, sql)
		}
	}
	return nil
}
