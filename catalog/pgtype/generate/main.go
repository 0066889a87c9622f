// Command generate dumps PostgreSQL's type system from a live server into the
// tab-separated files that package pgtype embeds.
//
// In: the addresses of a PostgreSQL 15 and of a 17 whose databases are as initdb made
// them, and two directories. Out: one file per catalog table: what package pgtype reads,
// and the rows of the system catalogs that connectors/pgcatalog serves; and the
// procedures that 16 and 17 added. It knows no rule of resolution.
//
// The files use PostgreSQL's own OIDs, so any fresh server of the same major version
// gives the same files.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// procedures and newer are the files of pg_proc: of the older server, and of what only the newer has.
const procedures, newer = "procedure.tsv", "procedure_newer.tsv"

type table struct{ file, query string }

// tables are the files and the queries they come from. Every column is text.
var tables = []table{
	{"type.tsv", `
		SELECT t.oid, nspname, typname, typlen, typbyval, typtype, typcategory, typispreferred, typdelim,
		       typrelid, typelem, typarray, typbasetype, typtypmod, typndims, typcollation, typalign,
		       typstorage, typnotnull, typinput, typoutput, typreceive, typsend, typmodin, typmodout, typsubscript
		FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace
		WHERE t.oid < 16384 AND nspname <> 'pg_toast' ORDER BY t.oid`},
	{"cast.tsv", `
		SELECT castsource, casttarget, castfunc, castcontext, castmethod
		FROM pg_cast WHERE oid < 16384 ORDER BY castsource, casttarget`},
	{"operator.tsv", `
		SELECT oid, oprname, oprleft, oprright, oprresult, oprcode::oid, oprcom, oprnegate, oprcanmerge, oprcanhash
		FROM pg_operator WHERE oid < 16384 ORDER BY oid`},
	{procedures, `
		SELECT p.oid, nspname, proname, prokind, proargtypes, prorettype, proretset, provolatile, proisstrict,
		       provariadic, proallargtypes, proargmodes, proargnames,
		       (SELECT string_agg(pg_get_function_arg_default(p.oid, i), E'\x1f' ORDER BY i)
		          FROM generate_series(1, pronargs) i
		         WHERE pronargdefaults > 0 AND pg_get_function_arg_default(p.oid, i) IS NOT NULL),
		       aggkind, aggnumdirectargs, aggsortop
		FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace LEFT JOIN pg_aggregate a ON a.aggfnoid = p.oid
		WHERE p.oid < 16384 ORDER BY p.oid`},
	{"range.tsv", `
		SELECT rngtypid, rngsubtype, rngmultitypid FROM pg_range ORDER BY rngtypid`},
	{"collation.tsv", `
		SELECT oid, collname, collprovider, collisdeterministic
		FROM pg_collation WHERE oid < 12000 ORDER BY oid`},
	{"operator_class.tsv", `
		SELECT opcintype, amname,
		       max(amopopr) FILTER (WHERE amopstrategy = 1),
		       max(amopopr) FILTER (WHERE amopstrategy = CASE amname WHEN 'btree' THEN 3 ELSE 1 END),
		       max(amopopr) FILTER (WHERE amopstrategy = 5)
		FROM pg_opclass c JOIN pg_am m ON m.oid = opcmethod
		JOIN pg_amop o ON o.amopfamily = opcfamily AND amoplefttype = opcintype AND amoprighttype = opcintype
		WHERE opcdefault AND amname IN ('btree', 'hash') GROUP BY 1, 2 ORDER BY 1, 2`},
}

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: generate DSN-OF-15 DSN-OF-17 DIRECTORY SYSTEM-DIRECTORY")
		os.Exit(2)
	}
	ctx, dir := context.Background(), os.Args[3]
	err := dump(ctx, os.Args[1], dir, os.Args[4])
	if err == nil {
		err = dumpNewer(ctx, os.Args[2], dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func dump(ctx context.Context, dsn, dir, system string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, t := range tables {
		text, err := read(ctx, conn, t.query)
		if err != nil {
			return fmt.Errorf("%s: %w", t.file, err)
		}
		if err := os.WriteFile(filepath.Join(dir, t.file), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return dumpSystem(ctx, conn, system)
}

// dumpNewer writes the procedures that the older server's file lacks and a query could
// call. Those for PostgreSQL's own use (internal arguments, upgrades) are left out.
func dumpNewer(ctx context.Context, dsn, dir string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	older, err := os.ReadFile(filepath.Join(dir, procedures))
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for line := range strings.Lines(string(older)) {
		known[cell(line, 0)] = true
	}
	query := tables[slices.IndexFunc(tables, func(t table) bool { return t.file == procedures })].query
	text, err := read(ctx, conn, query)
	if err != nil {
		return fmt.Errorf("%s: %w", newer, err)
	}
	var added strings.Builder
	for line := range strings.Lines(text) {
		const internal = "2281"
		switch {
		case known[cell(line, 0)], cell(line, 1) != "pg_catalog", slices.Contains(strings.Fields(cell(line, 4)), internal),
			strings.HasPrefix(cell(line, 2), "binary_upgrade"), strings.HasPrefix(cell(line, 2), "plpgsql"):
		default:
			added.WriteString(line)
		}
	}
	return os.WriteFile(filepath.Join(dir, newer), []byte(added.String()), 0o644)
}

func cell(line string, i int) string { return strings.Split(line, "\t")[i] }

// read gives a query's rows as lines of tab-separated text; NULL is empty.
func read(ctx context.Context, conn *pgx.Conn, query string) (string, error) {
	var b strings.Builder
	rows := conn.PgConn().Exec(ctx, query)
	for rows.NextResult() {
		r := rows.ResultReader()
		for r.NextRow() {
			for i, cell := range r.Values() {
				if i > 0 {
					b.WriteByte('\t')
				}
				if strings.ContainsAny(string(cell), "\t\n") {
					return "", fmt.Errorf("a cell holds a tab or a newline: %q", cell)
				}
				b.Write(cell)
			}
			b.WriteByte('\n')
		}
	}
	return b.String(), rows.Close()
}
