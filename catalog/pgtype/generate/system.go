package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
)

// columnsOf lists the columns of a row c of pg_class.
const columnsOf = `
	(SELECT string_agg(attname || ' ' || atttypid || ' ' || atttypmod || ' ' || attnotnull::int || ' ' || attcollation, ',' ORDER BY attnum)
	   FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS columns`

// systemTables are those whose indexes and keys are dumped.
const systemTables = `(SELECT oid FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind = 'r')`

// relations lists every relation of the two system schemas with its columns.
const relations = `
	SELECT c.oid, nspname, relname, relkind, reltype,
	       ` + columnsOf + `
	  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
	 WHERE nspname IN ('pg_catalog', 'information_schema') AND relkind IN ('r', 'v') ORDER BY c.oid`

// dumpedConstraints are those of information_schema's domains, and the keys of system tables.
const dumpedConstraints = "(contypid <> 0 OR conrelid IN " + systemTables + ")"

// static are the tables whose rows are the same in every database as initdb made it,
// and which of them those are. information_schema's features stay out: they are claims
// of PostgreSQL's own.
var static = []struct{ table, where string }{
	{"pg_aggregate", ""}, {"pg_am", ""}, {"pg_amop", ""}, {"pg_amproc", ""}, {"pg_cast", ""},
	{"pg_collation", "oid < 12000"}, {"pg_constraint", dumpedConstraints}, {"pg_conversion", ""}, {"pg_index", "indrelid IN " + systemTables}, {"pg_language", ""}, {"pg_namespace", ""}, {"pg_opclass", ""}, {"pg_operator", ""},
	{"pg_opfamily", ""}, {"pg_proc", "oid < 16384"}, {"pg_range", ""}, {"pg_ts_config", ""}, {"pg_ts_config_map", ""}, {"pg_ts_dict", ""},
	{"pg_ts_parser", ""}, {"pg_ts_template", ""}, {"pg_tablespace", ""},
	{"pg_type", "oid < 16384 AND typnamespace <> 'pg_toast'::regnamespace"},
	{"pg_description", "classoid <> 'pg_proc'::regclass OR objoid < 16384"},
}

// further are the files that are no table's rows.
var further = []struct{ file, query string }{
	{"relations", relations},
	{"keywords", "SELECT * FROM pg_get_keywords() ORDER BY word"},
	{"constraint_definitions", "SELECT oid, pg_get_constraintdef(oid), pg_get_constraintdef(oid, true) FROM pg_constraint WHERE " + dumpedConstraints + " ORDER BY oid"},
	{"index_definitions", "SELECT c.oid, relname, relam, indrelid, pg_get_indexdef(c.oid), pg_get_indexdef(c.oid, 0, true), " + columnsOf +
		" FROM pg_index JOIN pg_class c ON c.oid = indexrelid WHERE indrelid IN " + systemTables + " ORDER BY c.oid"},
	{"view_definitions", "SELECT oid, pg_get_viewdef(oid), pg_get_viewdef(oid, true) FROM pg_class WHERE relkind = 'v' AND oid < 16384 ORDER BY oid"},
	{"function_definitions", "SELECT oid, pg_get_functiondef(oid) FROM pg_proc WHERE prokind <> 'a' AND oid < 16384 ORDER BY oid"},
	{"token_types", "SELECT * FROM ts_token_type('default') ORDER BY tokid"},
}

// dumpSystem writes the system catalogs, one compressed file a table in the text format
// of COPY.
func dumpSystem(ctx context.Context, conn *pgx.Conn, dir string) error {
	for _, f := range further {
		if err := copyOut(ctx, conn, f.query, filepath.Join(dir, f.file+".tsv.gz")); err != nil {
			return err
		}
	}
	for _, s := range static {
		columns, err := columnList(ctx, conn, s.table)
		if err != nil {
			return err
		}
		query := "SELECT " + columns + " FROM pg_catalog." + s.table
		if s.where != "" {
			query += " WHERE " + s.where
		}
		query += " ORDER BY 1, 2, 3"
		if err := copyOut(ctx, conn, query, filepath.Join(dir, s.table+".tsv.gz")); err != nil {
			return err
		}
	}
	return nil
}

// columnList names a table's columns; those that print as a function's name are written
// as its number.
func columnList(ctx context.Context, conn *pgx.Conn, table string) (list string, err error) {
	err = conn.QueryRow(ctx, `
		SELECT string_agg(attname || CASE atttypid WHEN 'regproc'::regtype THEN '::oid' ELSE '' END, ', ' ORDER BY attnum)
		  FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0`, "pg_catalog."+table).Scan(&list)
	return list, err
}

// copyOut writes a query's rows. The header of the compressed file holds no time, so
// that the same rows give the same file.
func copyOut(ctx context.Context, conn *pgx.Conn, query, file string) error {
	var text, packed bytes.Buffer
	if _, err := conn.PgConn().CopyTo(ctx, &text, "COPY ("+strings.TrimSpace(query)+") TO STDOUT"); err != nil {
		return fmt.Errorf("%s: %w", filepath.Base(file), err)
	}
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(text.Bytes()); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return os.WriteFile(file, packed.Bytes(), 0o644)
}
