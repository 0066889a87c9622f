package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sluicemesh/sluice/internal/testservers"
)

// foreignTimeout ends a query of the foreign data wrappers: without it four of the 22
// would take many minutes each.
// SLUICE_BENCH_TIMEOUT chooses other seconds.
func foreignTimeout() time.Duration {
	if s, err := strconv.Atoi(os.Getenv("SLUICE_BENCH_TIMEOUT")); err == nil {
		return time.Duration(s) * time.Second
	}
	return 60 * time.Second
}

// addForeign adds a PostgreSQL that reaches the same stores by postgres_fdw and
// mysql_fdw. The Parquet tables are local to it: there is no wrapper for them.
func (a *tpchArena) addForeign(b testing.TB, db *testservers.PostgresServer) {
	b.Helper()
	conn := connectTo(b, db.DSN)
	for _, extension := range []string{"postgres_fdw", "mysql_fdw"} {
		if _, err := conn.Exec(context.Background(), "CREATE EXTENSION "+extension); err != nil {
			a.absent = append(a.absent, "PostgreSQL with foreign data wrappers: "+extension+" is not installed (Debian: postgresql-15-mysql-fdw)")
			return
		}
	}
	must(b, a.data.LoadPostgres(context.Background(), db.DSN, tpchMesh["parts"]...))
	db.Exec(b, indexes(tpchMesh["parts"]...)...)
	pg, my := a.trade, a.parties
	for _, sql := range []string{
		fmt.Sprintf("CREATE SERVER trade FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '%s', port '%d', dbname '%s', use_remote_estimate 'true', fetch_size '10000')", pg.Host, pg.Port, pg.Database),
		fmt.Sprintf("CREATE SERVER parties FOREIGN DATA WRAPPER mysql_fdw OPTIONS (host '%s', port '%d')", my.Host, my.Port),
		fmt.Sprintf("CREATE USER MAPPING FOR CURRENT_USER SERVER trade OPTIONS (user '%s', password '%s')", pg.User, pg.Password),
		fmt.Sprintf("CREATE USER MAPPING FOR CURRENT_USER SERVER parties OPTIONS (username '%s', password '%s')", my.User, my.Password),
		"IMPORT FOREIGN SCHEMA public FROM SERVER trade INTO public",
	} {
		mustExec(b, conn, sql)
	}
	for _, name := range tpchMesh["parties"] {
		table, err := a.data.Table(name)
		must(b, err)
		var columns []string
		for _, c := range table.Columns {
			columns = append(columns, c.Name+" "+c.SQLType()+" NOT NULL")
		}
		mustExec(b, conn, fmt.Sprintf("CREATE FOREIGN TABLE %s (%s) SERVER parties OPTIONS (dbname '%s', table_name '%s')",
			name, strings.Join(columns, ", "), my.Database, name))
	}
	mustExec(b, conn, "ANALYZE")
	mustExec(b, conn, fmt.Sprintf("SET statement_timeout = %d", foreignTimeout().Milliseconds()))
	a.peers = append(a.peers, tpchPeer{name: "fdw", title: "foreign data wrappers", conn: conn, patience: 5 * time.Second})
}
