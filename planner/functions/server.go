package functions

import (
	"strconv"
	"strings"
)

// server is what the server tells of itself (manual, "System Information Functions and
// Operators", "System Administration Functions"), and sequences, of which a mesh has none.
var server = []Row{
	local("nextval(regclass)", "pg_catalog_sequence($H, $1)", session), local("currval(regclass)", "pg_catalog_sequence($H, $1)", session),
	local("setval(regclass,int8)", "CASE WHEN $2 IS NOT NULL THEN pg_catalog_sequence($H, $1) END", session),
	local("setval(regclass,int8,bool)", "CASE WHEN $2 IS NOT NULL AND $3 IS NOT NULL THEN pg_catalog_sequence($H, $1) END", session),
	local("lastval()", "pg_catalog_last_value($H, '')", session),
	local("to_regoper(text)", "pg_catalog_to_oid($H, 'regoper', $1)", session),
	local("pg_current_logfile()", absent, total), local("pg_current_logfile(text)", absent, total),
	local("pg_blocking_pids(int4)", "CASE WHEN $1 IS NOT NULL THEN CAST([] AS INTEGER[]) END", total),
	local("pg_safe_snapshot_blocking_pids(int4)", "CASE WHEN $1 IS NOT NULL THEN CAST([] AS INTEGER[]) END", total),
	local("pg_trigger_depth()", "0::INTEGER", total), local("pg_jit_available()", "false", total),
	local("pg_size_bytes(text)", "pg_size_bytes($1)"),
	local("pg_encoding_max_length(int4)", "CASE WHEN $1 BETWEEN 0 AND "+strconv.Itoa(len(longest)-1)+" THEN CAST(substr('"+longest+"', $1 + 1, 1) AS INTEGER) END", total),
}

// longest are the bytes that a character takes at most in each encoding, by its number
// (wchar.c, pg_wchar_table).
var longest = "133343" + "44" + strings.Repeat("1", 27) + "2222" + "432"
