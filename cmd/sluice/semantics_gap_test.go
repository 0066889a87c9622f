package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	table "github.com/sluicemesh/sluice/planner/functions"
)

// documented asks a PostgreSQL for the functions, aggregates and operators that people
// write: not what implements an operator, reads or prints a type, serves an index, a
// trigger or a statistics view. pg_description tells them apart.
const documented = `
	SELECT 'function', p.proname, p.proargtypes::oid[]::int8[], ''
	FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace AND n.nspname = 'pg_catalog'
	LEFT JOIN pg_description d ON d.objoid = p.oid AND d.classoid = 'pg_proc'::regclass
	WHERE coalesce(d.description, '') !~ '^(implementation of|I/O|internal|.*support$|.*support function|less-equal-greater|hash|join selectivity|restriction selectivity|selectivity|aggregate (transition|final|serial|deserial|combine|inverse)|statistics:|.*trigger|window|bitmap|deprecated)'
	AND p.prokind IN ('f', 'a', 'w') AND p.prorettype NOT IN ('internal'::regtype, 'cstring'::regtype, 'trigger'::regtype, 'event_trigger'::regtype, 'index_am_handler'::regtype, 'table_am_handler'::regtype, 'language_handler'::regtype, 'fdw_handler'::regtype, 'tsm_handler'::regtype, 'void'::regtype)
	AND NOT p.proargtypes::oid[] && ARRAY['internal'::regtype, 'cstring'::regtype]::oid[]
	AND p.proname !~ '^(pg_stat|pg_ls_|pg_read_|pg_logical|pg_replication|pg_create_|pg_copy_|pg_wal|pg_xact|pg_backup|pg_start_|pg_stop_|pg_switch|pg_get_replication|pg_control|pg_hba|pg_ident|pg_show|pg_config|pg_current_wal|pg_last_|pg_is_wal|pg_is_in|pg_promote|pg_rotate|pg_reload|pg_terminate|pg_cancel|pg_file|pg_event|pg_lock|pg_advisory|pg_try|pg_sequence|pg_prepared|pg_cursor|pg_timezone|pg_available|pg_extension|pg_partition|pg_safe|pg_isolation|pg_blocking|pg_nextoid|pg_stop|pg_import|pg_log|pg_get_shmem|pg_get_backend|pg_mcv|pg_ddl|pg_collation_act|pg_database_coll|pg_notification|pg_trigger|pg_describe|pg_identify|pg_get_object|pg_tablespace|pg_relation_(file|is)|pg_filenode|pg_jit|pg_split|pg_options|binary_upgrade|brin_|gin_|gist|spg|bt|ts_debug|lo_|lo|txid|pg_snapshot|pg_visible|int[248]_|has_|row_security|currtid|cursor_to|table_to|query_to|schema_to|database_to|xml|suppress|elem_contained|mxid|aclinsert|aclremove|aclcontains|acldefault|aclitemeq|makeacl|.*send$|.*recv$|.*typmod.*|range_|multirange_|in_range|.*_ops?$|inet_(merge|same|client|server)|pg_my_temp|pg_conf|uuid_.*cmp|.*_sortsupport|.*_accum|booland|boolor|float[48]_|numeric_|.*_combine|.*larger|.*smaller|.*_transfn|.*finalfn)'
	AND NOT EXISTS (SELECT 1 FROM pg_operator o WHERE o.oprcode = p.oid)
	AND NOT EXISTS (SELECT 1 FROM pg_cast c WHERE c.castfunc = p.oid AND p.proname NOT IN (SELECT typname FROM pg_type))
	AND NOT EXISTS (SELECT 1 FROM pg_type t WHERE t.typname = p.proname)
	UNION
	SELECT 'operator', o.oprname, array_remove(ARRAY[nullif(o.oprleft, 0), o.oprright]::int8[], NULL), ''
	FROM pg_operator o JOIN pg_namespace n ON n.oid = o.oprnamespace AND n.nspname = 'pg_catalog'
	LEFT JOIN pg_description d ON d.objoid = o.oid AND d.classoid = 'pg_operator'::regclass
	WHERE coalesce(d.description, '') !~ '^deprecated' AND o.oprname !~ '^(\*[<>=]|~[<>]|<\?>)'
	ORDER BY 1, 2, 3`

// familyOf names what types a source's contract can hold and Sluice serves none of; ""
// where all are served.
func familyOf(types []pgtype.OID) string {
	for _, t := range types {
		name := table.TypeName(t)
		for family, members := range otherTypes {
			if slices.Contains(strings.Fields(members), strings.TrimSuffix(name, "[]")) {
				return family
			}
		}
	}
	return ""
}

// otherTypes are PostgreSQL's types that no product has, by the manual's names.
var otherTypes = map[string]string{
	"geometric types":             "point line lseg box path polygon circle",
	"network addresses":           "inet cidr macaddr macaddr8",
	"text search":                 "tsvector tsquery regconfig regdictionary gtsvector",
	"XML":                         "xml",
	"money":                       "money",
	"ranges and multiranges":      "anyrange anymultirange int4range int8range numrange tsrange tstzrange daterange int4multirange int8multirange nummultirange tsmultirange tstzmultirange datemultirange anycompatiblerange anycompatiblemultirange",
	"bit strings":                 "bit varbit",
	"time with time zone":         "timetz",
	"jsonpath":                    "jsonpath",
	"transactions and log places": "pg_lsn xid xid8 cid tid pg_snapshot txid_snapshot xid",
	"other system types":          "aclitem refcursor record record[] int2vector oidvector anyenum pg_node_tree regproc regprocedure regoper regoperator regclass regtype regrole regnamespace regcollation pg_dependencies pg_ndistinct pg_mcv_list char oid",
}

// gap lists what is documented and has no row of the function table.
func gap(t *testing.T, oracle, gateway *pgx.Conn) string {
	t.Helper()
	rows, err := oracle.Query(t.Context(), documented)
	must(t, err)
	all, has := map[string]int{}, map[string]int{}
	missing := map[string]map[string][]string{} // by family, then name
	for rows.Next() {
		var kind, name, more string
		var oids []int64
		must(t, rows.Scan(&kind, &name, &oids, &more))
		types := make([]pgtype.OID, len(oids))
		words := make([]string, len(oids))
		for i, o := range oids {
			types[i] = pgtype.OID(o)
			words[i] = table.TypeName(types[i])
		}
		family := familyOf(types)
		all[family]++
		if answered(t, gateway, kind, name, types) {
			has[family]++
			continue
		}
		if missing[family] == nil {
			missing[family] = map[string][]string{}
		}
		missing[family][name] = append(missing[family][name], strings.Join(words, ","))
	}
	must(t, rows.Err())
	var b strings.Builder
	fmt.Fprintf(&b, "\n## Functions and operators without a row of the function table\n\nPostgreSQL's own catalog lists what there is to write; those that only implement an operator or a type are left out.\n\n| argument types | served | missing |\n|---|---|---|\n")
	var families []string
	for f := range all {
		families = append(families, f)
	}
	slices.Sort(families)
	for _, f := range families {
		title := f
		if f == "" {
			title = "served types"
		}
		var names []string
		for name, signatures := range missing[f] {
			text := name
			if f == "" {
				text += "(" + strings.Join(signatures, "), (") + ")"
			}
			names = append(names, "`"+strings.ReplaceAll(text, "|", `\|`)+"`")
		}
		slices.Sort(names)
		fmt.Fprintf(&b, "| %s | %d of %d | %s |\n", title, has[f], all[f], strings.Join(names, ", "))
	}
	return b.String()
}

// answered tells whether the function table has it, or the gateway answers a call with NULLs.
func answered(t *testing.T, gateway *pgx.Conn, kind, name string, types []pgtype.OID) bool {
	words := make([]string, len(types))
	args := make([]string, len(types))
	for i, of := range types {
		words[i] = table.TypeName(of)
		word := words[i]
		switch {
		case strings.HasPrefix(word, "any") && strings.HasSuffix(word, "array"):
			word = "int4[]"
		case strings.HasPrefix(word, "any"):
			word = "int4"
		}
		args[i] = "NULL::" + word
	}
	signature := name + "(" + strings.Join(words, ",") + ")"
	_, plain := table.Find(signature)
	_, shaped := table.Find("shaped " + signature) // of arrays with bounds
	if plain || shaped || table.OrderedSet(signature) {
		return true
	}
	call := "SELECT " + name + "(" + strings.Join(args, ", ") + ")"
	switch {
	case kind == "operator" && len(args) == 1:
		call = "SELECT " + name + " " + args[0]
	case kind == "operator":
		call = "SELECT " + args[0] + " " + name + " " + args[1]
	}
	return ask(t.Context(), gateway, call).code == ""
}
