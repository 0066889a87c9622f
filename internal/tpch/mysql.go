package tpch

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"sync/atomic"

	"github.com/go-sql-driver/mysql"
)

// LoadMySQL creates the tables named (none: all eight) in the DSN's database, of MySQL or
// MariaDB, fills them and analyzes them. Text has the database's collation, by default one that
// ignores case. The server must allow LOAD DATA LOCAL (local_infile).
func (d Dataset) LoadMySQL(ctx context.Context, dsn string, tables ...string) error {
	chosen, err := d.named(tables)
	if err != nil {
		return err
	}
	database, err := sql.Open("mysql", dsn)
	if err != nil {
		return err
	}
	defer database.Close()
	return eachTable(ctx, chosen, func(ctx context.Context, table Table) error {
		return d.loadTable(ctx, database, table)
	})
}

// streams numbers the readers handed to the driver, which knows them by name.
var streams atomic.Int64

func (d Dataset) loadTable(ctx context.Context, database *sql.DB, table Table) error {
	rows := d.textRows(ctx, table)
	defer rows.Close()
	stream := fmt.Sprintf("tpch-%d", streams.Add(1))
	mysql.RegisterReaderHandler(stream, func() io.Reader { return rows })
	defer mysql.DeregisterReaderHandler(stream)
	for _, statement := range []string{
		fmt.Sprintf("CREATE TABLE %s (%s, PRIMARY KEY (%s)) ENGINE=InnoDB", table.Name, table.columnList(), table.keyList()),
		fmt.Sprintf("LOAD DATA LOCAL INFILE 'Reader::%s' INTO TABLE %s CHARACTER SET utf8mb4", stream, table.Name),
		"ANALYZE TABLE " + table.Name,
	} {
		if _, err := database.ExecContext(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
