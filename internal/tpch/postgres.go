package tpch

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// LoadPostgres creates the tables named (none: all eight) in the database's current
// schema, fills them and analyzes them.
func (d Dataset) LoadPostgres(ctx context.Context, dsn string, tables ...string) error {
	chosen, err := d.named(tables)
	if err != nil {
		return err
	}
	return eachTable(ctx, chosen, func(ctx context.Context, table Table) error {
		return d.copyTable(ctx, dsn, table)
	})
}

// copyTable copies in the transaction that creates the table: then PostgreSQL needs
// neither a log nor a second write to mark the rows as visible (FREEZE).
func (d Dataset) copyTable(ctx context.Context, dsn string, table Table) error {
	connection, err := pgconn.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer connection.Close(context.WithoutCancel(ctx))
	run := func(sql string) error { return connection.Exec(ctx, sql).Close() }
	if err := run(fmt.Sprintf("BEGIN; CREATE TABLE %s (%s)", table.Name, table.columnList())); err != nil {
		return err
	}
	rows := d.textRows(ctx, table)
	defer rows.Close()
	if _, err := connection.CopyFrom(ctx, rows, "COPY "+table.Name+" FROM STDIN (FREEZE)"); err != nil {
		return err
	}
	return run(fmt.Sprintf("ALTER TABLE %s ADD PRIMARY KEY (%s); COMMIT; ANALYZE %[1]s", table.Name, table.keyList()))
}
