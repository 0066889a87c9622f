package pgcatalog

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// userTableStatistics: nothing is counted, which PostgreSQL shows as zeros. The columns
// of the four views differ, hence by type.
func (v *View) userTableStatistics(w *writer) {
	names := []string{"relid", "schemaname", "relname"}
	for _, c := range w.relation.columns[3:] {
		if c.declare.OID == pgtype.Int8 && !slices.Contains([]string{"idx_scan", "idx_tup_fetch"}, c.name) {
			names = append(names, c.name)
		}
	}
	add := w.columns(names...)
	for _, t := range v.tables {
		values := []any{t.oid, t.schema.name, t.name}
		for range names[3:] {
			values = append(values, 0)
		}
		add(values...)
	}
}

// databaseStatistics is the one database's row: nothing is counted.
func (v *View) databaseStatistics(w *writer) {
	v.zeros(w, []string{"datid", "datname"}, v.objects.database, v.database)
}

// noStatistics is the one row of what PostgreSQL counts for the server.
func (v *View) noStatistics(w *writer) { v.zeros(w, nil) }

// zeros adds a row with the values of columns, and 0 in every counter besides.
func (v *View) zeros(w *writer, names []string, values ...any) {
	for _, c := range w.relation.columns {
		if slices.Contains(names, c.name) {
			continue
		}
		switch c.declare.OID {
		case pgtype.Int4, pgtype.Int8:
			names, values = append(names, c.name), append(values, 0)
		case pgtype.Float8:
			names, values = append(names, c.name), append(values, 0.0)
		case pgtype.Numeric:
			names, values = append(names, c.name), append(values, "0")
		}
	}
	w.columns(names...)(values...)
}
