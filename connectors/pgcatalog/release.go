package pgcatalog

import (
	"slices"

	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// The dump is of PostgreSQL 15; the server presents itself as 17. What the release notes
// of 16 and 17 changed in the columns of system tables stands here. Columns that were
// renamed keep their old name too, at the end: clients of 15 ask for it.

// added are new columns, behind the one named; "" is the front.
var added = map[string][]struct {
	after, name string
	of          pgtype.OID
	notNull     bool
}{
	"pg_auth_members": {
		{"", "oid", pgtype.Oid, true}, {"admin_option", "inherit_option", pgtype.Bool, true}, {"inherit_option", "set_option", pgtype.Bool, true},
	},
	"pg_collation": {
		{"collctype", "colllocale", pgtype.Text, false}, {"colllocale", "collicurules", pgtype.Text, false},
	},
	"pg_database": {
		{"datallowconn", "dathasloginevt", pgtype.Bool, true}, {"datctype", "datlocale", pgtype.Text, false},
		{"datlocale", "daticurules", pgtype.Text, false},
	},
	"pg_prepared_statements": {{"parameter_types", "result_types", regtypeArray, false}},
	"pg_replication_slots": {
		{"two_phase", "inactive_since", pgtype.Timestamptz, false}, {"inactive_since", "conflicting", pgtype.Bool, false},
		{"conflicting", "invalidation_reason", pgtype.Text, false}, {"invalidation_reason", "failover", pgtype.Bool, false},
		{"failover", "synced", pgtype.Bool, false},
	},
	"pg_stat_all_indexes":  {{"idx_scan", "last_idx_scan", pgtype.Timestamptz, false}},
	"pg_stat_sys_indexes":  {{"idx_scan", "last_idx_scan", pgtype.Timestamptz, false}},
	"pg_stat_user_indexes": {{"idx_scan", "last_idx_scan", pgtype.Timestamptz, false}},
	"pg_stat_all_tables":   statTables,
	"pg_stat_sys_tables":   statTables,
	"pg_stat_user_tables":  statTables,
	"pg_stats": {
		{"elem_count_histogram", "range_length_histogram", pgtype.AnyArray, false},
		{"range_length_histogram", "range_empty_frac", pgtype.Float4, false},
		{"range_empty_frac", "range_bounds_histogram", pgtype.AnyArray, false},
	},
	"pg_subscription": {
		{"subdisableonerr", "subpasswordrequired", pgtype.Bool, true}, {"subpasswordrequired", "subrunasowner", pgtype.Bool, true},
		{"subrunasowner", "subfailover", pgtype.Bool, true}, {"subpublications", "suborigin", pgtype.Text, false},
	},
}

var statTables = []struct {
	after, name string
	of          pgtype.OID
	notNull     bool
}{
	{"seq_scan", "last_seq_scan", pgtype.Timestamptz, false}, {"idx_scan", "last_idx_scan", pgtype.Timestamptz, false},
	{"n_tup_hot_upd", "n_tup_newpage_upd", pgtype.Int8, false},
}

// moved are columns that stand elsewhere now: behind the one named, or at the end.
var moved = map[string][][2]string{
	"pg_collation": {{"colliculocale", ""}},
	"pg_database":  {{"daticulocale", ""}},
	"pg_attribute": {{"attndims", "atttypmod"}, {"attstattarget", "attcollation"}},
}

// retyped are columns of another type now.
var retyped = map[string]map[string]struct {
	of      pgtype.OID
	notNull bool
}{
	"pg_attribute": {
		"attndims": {pgtype.Int2, true}, "attinhcount": {pgtype.Int2, true}, "attstattarget": {pgtype.Int2, false},
	},
	"pg_constraint": {"coninhcount": {pgtype.Int2, true}},
}

const regtypeArray pgtype.OID = 2211

// changed gives a relation's columns as the presented release has them.
func changed(name string, columns []column) []column {
	for _, m := range moved[name] {
		at := position(columns, m[0])
		c := columns[at]
		columns = slices.Delete(columns, at, at+1)
		to := len(columns)
		if m[1] != "" {
			to = position(columns, m[1]) + 1
		}
		columns = slices.Insert(columns, to, c)
	}
	for _, a := range added[name] {
		to := 0
		if a.after != "" {
			to = position(columns, a.after) + 1
		}
		columns = slices.Insert(columns, to, column{name: a.name, declare: pgtype.Of(a.of), notNull: a.notNull, collation: collationOf(a.of)})
	}
	for i, c := range columns {
		if to, ok := retyped[name][c.name]; ok {
			columns[i].declare, columns[i].notNull = pgtype.Of(to.of), to.notNull
		}
	}
	return columns
}

// collationOf is that of the columns of system tables.
func collationOf(t pgtype.OID) uint32 {
	if info, ok := pgtype.TypeByOID(t); ok && info.Collation != 0 {
		return collationC
	}
	return 0
}

func position(columns []column, name string) int {
	at := slices.IndexFunc(columns, func(c column) bool { return c.name == name })
	if at < 0 {
		panic("pgcatalog: no column " + name) // the tables above name columns of the dump
	}
	return at
}
