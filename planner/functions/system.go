package functions

import (
	"strconv"
	"strings"
)

// Manual, "System Catalog Information Functions", "Access Privilege Inquiry Functions",
// "Object Identifier Types". What looks into the catalog is answered by functions of the
// session (connectors/pgcatalog), which $H stands for; none of it is ever pushed.
var system = join(
	identifierTypes, systemTypes, visibility, definitions, privileges(), withoutObjects, systemText, systemSets,
)

// registered are the types whose text is the name of an object.
var registered = []string{
	"regproc", "regprocedure", "regoper", "regoperator", "regclass", "regtype", "regnamespace", "regrole", "regcollation", "regconfig", "regdictionary",
}

// identifierTypes: all of them, and oid itself, are one number.
var identifierTypes = join(
	[]Row{
		local("cast(int2,oid)", "CAST(CAST($1 AS BIGINT) & 4294967295 AS UINTEGER)", total), local("cast(int4,oid)", "CAST($1 & 4294967295 AS UINTEGER)"), local("cast(int8,oid)", "CAST($1 AS UINTEGER)"),
		local("cast(oid,int4)", "CAST(CASE WHEN $1 > 2147483647 THEN CAST($1 AS BIGINT) - 4294967296 ELSE $1 END AS INTEGER)"), local("cast(oid,int8)", "CAST($1 AS BIGINT)", total),
		local("cast(oid,text)", "CAST($1 AS VARCHAR)", total), local("cast(oid,varchar)", "CAST($1 AS VARCHAR)", total),
		local("cast(text,oid)", "CAST(pg_oid_in($1) AS UINTEGER)"), local("cast(varchar,oid)", "CAST(pg_oid_in($1) AS UINTEGER)"),
		local("to_regclass(text)", "pg_catalog_to_oid($H, 'regclass', $1)", session),
		local("to_regtype(text)", "pg_catalog_to_oid($H, 'regtype', $1)", session),
		local("to_regnamespace(text)", "pg_catalog_to_oid($H, 'regnamespace', $1)", session),
		local("to_regrole(text)", "pg_catalog_to_oid($H, 'regrole', $1)", session),
		local("to_regproc(text)", "pg_catalog_to_oid($H, 'regproc', $1)", session),
		local("to_regprocedure(text)", "pg_catalog_to_oid($H, 'regprocedure', $1)", session),
		local("to_regcollation(text)", "pg_catalog_to_oid($H, 'regcollation', $1)", session),
	},
	each(registered, func(t string) []Row {
		rows := []Row{
			local("cast("+t+",oid)", "$1", total), local("cast(oid,"+t+")", "$1", total),
			local("cast(int2,"+t+")", "CAST($1 AS UINTEGER)"), local("cast(int4,"+t+")", "CAST($1 & 4294967295 AS UINTEGER)"),
			local("cast(int8,"+t+")", "CAST($1 AS UINTEGER)"),
			local("cast("+t+",int4)", "CAST($1 AS INTEGER)"), local("cast("+t+",int8)", "CAST($1 AS BIGINT)", total),
		}
		for _, text := range []string{"text", "varchar", "name", "bpchar"} {
			rows = append(rows,
				local("cast("+text+","+t+")", "pg_catalog_oid($H, '"+t+"', $1)", session),
				local("cast("+t+","+text+")", "pg_catalog_name($H, '"+t+"', $1)", session))
		}
		return rows
	}),
	[]Row{
		local("cast(regproc,regprocedure)", "$1", total), local("cast(regprocedure,regproc)", "$1", total),
		local("cast(regoper,regoperator)", "$1", total), local("cast(regoperator,regoper)", "$1", total),
	},
)

// textual are types whose values stand as their text.
var textual = []string{"char", "name", "int2vector", "oidvector", "xid", "cid", "aclitem", "pg_node_tree", "pg_lsn", "anyarray"}

var systemTypes = join(
	each(textual, func(t string) []Row {
		rows := []Row{local("cast("+t+",text)", "$1", total), local("cast("+t+",varchar)", "$1", total)}
		if t == "name" {
			return nil // casts.go has it
		}
		return rows
	}),
	[]Row{
		local("cast(text,name)", "pg_name_in($1)", total), local("cast(varchar,name)", "pg_name_in($1)", total), local("cast(bpchar,name)", "pg_name_in(rtrim($1, ' '))", total),
		local("cast(text,char)", "pg_char_in($1)", total), local("cast(varchar,char)", "pg_char_in($1)", total),
		local("cast(text,int2vector)", "$1"), local("cast(text,oidvector)", "$1"),
		local("=(oidvector,oidvector)", "", total), local("<>(oidvector,oidvector)", "", total),
		local("=(xid,xid)", "", total), local("<>(xid,xid)", "", total),
		local("sluice.record_field(record,int4)", "pg_record_field($1, $2)"),
		local("cast(record,text)", "$T1", total), local("cast(record,varchar)", "$T1", total), local("row_to_json(record)", "$J1"),
	},
	each([]string{"<", "<=", ">", ">="}, func(op string) []Row { return []Row{local(op+"(char,char)", "", total)} }),
	each(comparisonOperators, func(op string) []Row {
		return []Row{local(op+"(name,text)", "$1 "+op+" $2", total), local(op+"(text,name)", "$1 "+op+" $2", total)}
	}),
)

// visible is a function of one OID that only tells whether a name leads there.
func visible(name, function string) Row {
	return local("pg_"+name+"_is_visible(oid)", "pg_catalog_"+function+"($H, $1)", session)
}

var visibility = []Row{
	visible("table", "table_is_visible"), visible("type", "type_is_visible"), visible("function", "function_is_visible"),
	visible("operator", "is_visible"), visible("opclass", "is_visible"), visible("opfamily", "is_visible"), visible("collation", "is_visible"),
	visible("conversion", "is_visible"), visible("ts_config", "is_visible"), visible("ts_dict", "is_visible"), visible("ts_parser", "is_visible"),
	visible("ts_template", "is_visible"), visible("statistics_obj", "is_visible"),
}

var definitions = []Row{
	local("format_type(oid,int4)", "pg_catalog_format_type($H, $1, $2)", session),
	local("pg_get_userbyid(oid)", "pg_catalog_role($H, $1)", session),
	local("pg_get_constraintdef(oid)", "pg_catalog_constraintdef($H, $1, false)", session),
	local("pg_get_constraintdef(oid,bool)", "pg_catalog_constraintdef($H, $1, $2)", session),
	local("pg_get_indexdef(oid)", "pg_catalog_indexdef($H, $1, 0::INTEGER, false)", session),
	local("pg_get_indexdef(oid,int4,bool)", "pg_catalog_indexdef($H, $1, $2, $3)", session),
	local("pg_get_function_arguments(oid)", "pg_catalog_function_arguments($H, $1)", session),
	local("pg_get_function_identity_arguments(oid)", "pg_catalog_function_identity_arguments($H, $1)", session),
	local("pg_get_function_result(oid)", "pg_catalog_function_result($H, $1)", session),
	local("pg_get_functiondef(oid)", "pg_catalog_functiondef($H, $1)", session),
	local("obj_description(oid)", "pg_catalog_obj_description($H, $1)", session),
	local("obj_description(oid,name)", "pg_catalog_obj_description($H, $1, $2)", session),
	local("col_description(oid,int4)", "pg_catalog_col_description($H, $1, $2)", session),
	local("pg_relation_size(regclass)", "pg_catalog_relation_size($H, $1)", session),
	local("pg_relation_size(regclass,text)", "pg_catalog_relation_size($H, $1)", session),
	local("pg_table_size(regclass)", "pg_catalog_relation_size($H, $1)", session),
	local("pg_indexes_size(regclass)", "pg_catalog_relation_size($H, $1)", session),
	local("pg_total_relation_size(regclass)", "pg_catalog_relation_size($H, $1)", session),
	local("pg_get_expr(pg_node_tree,oid)", "$1", total), local("pg_get_expr(pg_node_tree,oid,bool)", "$1", total),
	local("set_config(text,text,bool)", "pg_catalog_set_config($H, $1, $2, $3)", session),
	local("current_setting(text)", "pg_catalog_current_setting($H, $1, false)", session),
	local("current_setting(text,bool)", "pg_catalog_current_setting($H, $1, $2)", session),
	local("pg_get_viewdef(oid)", "pg_catalog_viewdef($H, $1, false)", session),
	local("pg_get_viewdef(oid,bool)", "pg_catalog_viewdef($H, $1, $2)", session),
	local("pg_get_viewdef(oid,int4)", "pg_catalog_viewdef($H, $1, true)", session),
	local("pg_get_viewdef(text)", "pg_catalog_viewdef($H, pg_catalog_oid($H, 'regclass', $1), false)", session),
	local("pg_get_viewdef(text,bool)", "pg_catalog_viewdef($H, pg_catalog_oid($H, 'regclass', $1), $2)", session),
	local("pg_has_role(name,name,text)", "pg_catalog_has_role($H, $1, $2)", session), local("pg_has_role(name,text)", "pg_catalog_has_role($H, '', $1)", session),
	local("pg_has_role(oid,text)", "pg_catalog_has_role($H, '', pg_catalog_role_or_public($H, $1))", session),
	local("pg_has_role(name,oid,text)", "pg_catalog_has_role($H, $1, pg_catalog_role_or_public($H, $2))", session),
	local("pg_has_role(oid,oid,text)", "pg_catalog_has_role($H, pg_catalog_role_or_public($H, $1), pg_catalog_role_or_public($H, $2))", session),
	local("pg_has_role(oid,name,text)", "pg_catalog_has_role($H, pg_catalog_role_or_public($H, $1), $2)", session),
}

// privileges are has_table_privilege and its like: with a role by name, by OID or
// without, and an object by name or by OID.
func privileges() []Row {
	var rows []Row
	for _, kind := range []string{
		"table", "any_column", "schema", "database", "function", "language", "sequence", "server", "tablespace", "type", "foreign_data_wrapper",
	} {
		for _, role := range []string{"", "name", "oid"} {
			for _, object := range []string{"text", "oid"} {
				rows = append(rows, privilege(kind, role, object))
			}
		}
	}
	return append(rows,
		local("has_column_privilege(text,text,text)", "pg_catalog_has_column_privilege($H, pg_catalog_oid($H, 'regclass', $1), $2, $3)", session),
		local("has_column_privilege(oid,text,text)", "pg_catalog_has_column_privilege($H, $1, $2, $3)", session),
		local("has_column_privilege(text,int2,text)", "pg_catalog_has_column_privilege($H, pg_catalog_oid($H, 'regclass', $1), $2, $3)", session),
		local("has_column_privilege(oid,int2,text)", "pg_catalog_has_column_privilege($H, $1, $2, $3)", session),
	)
}

func privilege(kind, role, object string) Row {
	types := []string{object, "text"}
	who, at := "''", 1
	if role != "" {
		types, at = append([]string{role}, types...), 2
		who = map[string]string{"name": "$1", "oid": "pg_catalog_role_or_public($H, $1)"}[role]
	}
	what := "$" + strconv.Itoa(at)
	if object == "text" {
		find := "pg_catalog_find($H, '" + kind + "', " + what + ")"
		if kind == "table" || kind == "any_column" || kind == "sequence" {
			find = "pg_catalog_oid($H, 'regclass', " + what + ")"
		}
		what = find
	}
	name := "has_" + kind + "_privilege"
	return local(name+"("+strings.Join(types, ",")+")", "pg_catalog_"+name+"($H, "+who+", "+what+", $"+strconv.Itoa(at+1)+")", session)
}

// withoutObjects are functions about what a mesh has none of: triggers, rules, sequences,
// partitions, extended statistics, publications, temporary schemas, replication.
var withoutObjects = []Row{
	local("pg_get_ruledef(oid)", absent, total), local("pg_get_ruledef(oid,bool)", absent, total),
	local("pg_get_triggerdef(oid)", absent, total), local("pg_get_triggerdef(oid,bool)", absent, total),
	local("pg_get_partkeydef(oid)", absent, total), local("pg_get_partition_constraintdef(oid)", absent, total),
	local("pg_get_statisticsobjdef(oid)", absent, total), local("pg_get_statisticsobjdef_columns(oid)", absent, total),
	local("pg_get_serial_sequence(text,text)", absent, total), local("pg_get_function_sqlbody(oid)", absent, total),
	local("pg_get_function_arg_default(oid,int4)", absent, total),
	local("shobj_description(oid,name)", absent, total),
	local("pg_relation_filenode(regclass)", "CAST(NULL AS UINTEGER)", total), local("pg_relation_filepath(regclass)", absent, total),
	local("pg_my_temp_schema()", "pg_catalog_my_temp_schema($H, '')", session), local("pg_is_other_temp_schema(oid)", "CASE WHEN $1 IS NOT NULL THEN false END", total),
	local("pg_is_in_recovery()", "false", total), local("pg_is_wal_replay_paused()", "false", total),
	local("pg_relation_is_publishable(regclass)", "CASE WHEN $1 IS NOT NULL THEN true END", total),
	local("pg_relation_is_updatable(regclass,bool)", "CASE WHEN $1 IS NOT NULL THEN 0::INTEGER END", total),
	local("pg_column_is_updatable(regclass,int2,bool)", "CASE WHEN $1 IS NOT NULL THEN false END", total),
	local("pg_database_size(name)", "0::BIGINT", total), local("pg_database_size(oid)", "0::BIGINT", total),
	local("pg_tablespace_size(oid)", "0::BIGINT", total), local("pg_tablespace_size(name)", "0::BIGINT", total),
	local("pg_tablespace_location(oid)", "''", total),
	local("pg_stat_get_numscans(oid)", "0::BIGINT", total),
	local("pg_collation_actual_version(oid)", absent, total),
	local("pg_partition_ancestors(regclass)", "CAST([] AS UINTEGER[])", total),
	local("pg_listening_channels()", "CAST([] AS VARCHAR[])", total),
	local("pg_partition_tree(regclass)", "CAST([] AS VARCHAR[])", total),
	// Nobody can hold a lock: pools ask for this before they lend a connection again.
	local("pg_advisory_unlock_all()", "''", total),
	local("pg_partition_root(regclass)", "CAST(NULL AS UINTEGER)", total),
}

const absent = "CAST(NULL AS VARCHAR)"

// rowsOf splits the rows that a function gives as one text.
func rowsOf(call string) string {
	return "CASE WHEN " + call + " = '' THEN CAST([] AS VARCHAR[]) ELSE string_split(" + call + ", chr(30)) END"
}

var systemSets = []Row{
	local("pg_get_keywords()", rowsOf("pg_catalog_keywords($H, '')"), session),
	local("pg_timezone_names()", rowsOf("pg_catalog_timezone_names($H, '')"), session),
	local("pg_timezone_abbrevs()", rowsOf("pg_catalog_timezone_abbrevs($H, '')"), session),
	local("ts_token_type(oid)", rowsOf("pg_catalog_token_types($H, $1)"), session),
	local("aclexplode(aclitem[])", rowsOf("pg_catalog_aclexplode($H, array_to_string($1, chr(30)))"), session),
	local("pg_options_to_table(text[])", rowsOf("pg_catalog_options_to_table($H, array_to_string($1, chr(30)))"), session),
}

// encodings are PostgreSQL's names by number (pg_wchar.h).
const encodings = "SQL_ASCII EUC_JP EUC_CN EUC_KR EUC_TW EUC_JIS_2004 UTF8 MULE_INTERNAL LATIN1 LATIN2 LATIN3 LATIN4 LATIN5 LATIN6 LATIN7 LATIN8 LATIN9 LATIN10 " +
	"WIN1256 WIN1258 WIN866 WIN874 KOI8R WIN1251 WIN1252 ISO_8859_5 ISO_8859_6 ISO_8859_7 ISO_8859_8 WIN1250 " +
	"WIN1253 WIN1254 WIN1255 WIN1257 KOI8U SJIS BIG5 GBK UHC GB18030 JOHAB SHIFT_JIS_2004"

var systemText = []Row{
	local("pg_encoding_to_char(int4)", "CASE WHEN $1 >= 0 THEN coalesce(string_split('"+encodings+"', ' ')[$1 + 1], '') WHEN $1 < 0 THEN '' END", total),
	local("pg_char_to_encoding(name)", "CASE WHEN lower(replace($1, '-', '')) IN ('utf8', 'unicode') THEN 6::INTEGER ELSE (-1)::INTEGER END", total),
	local("information_schema._pg_char_max_length(oid,int4)", "CASE WHEN $2 = -1 THEN NULL WHEN $1 IN (1042, 1043) THEN $2 - 4 WHEN $1 IN (1560, 1562) THEN $2 END", total),
	local("information_schema._pg_numeric_precision_radix(oid,int4)", "CASE WHEN $1 IN (20, 21, 23, 700, 701) THEN 2::INTEGER WHEN $1 = 1700 THEN 10::INTEGER END", total),
	local("information_schema._pg_numeric_precision(oid,int4)",
		"CASE WHEN $1 = 21 THEN 16::INTEGER WHEN $1 = 23 THEN 32 WHEN $1 = 20 THEN 64 WHEN $1 = 700 THEN 24 WHEN $1 = 701 THEN 53 WHEN $1 = 1700 AND $2 <> -1 THEN (($2 - 4) // 65536) & 65535 END", total),
	local("information_schema._pg_numeric_scale(oid,int4)", "CASE WHEN $1 IN (20, 21, 23) THEN 0::INTEGER WHEN $1 = 1700 AND $2 <> -1 THEN ($2 - 4) & 65535 END", total),
	local("pg_size_pretty(int8)", "pg_size_pretty(CAST($1 AS VARCHAR))"), local("pg_size_pretty(numeric)", "pg_size_pretty($1)"),
	local("information_schema._pg_expandarray(anyarray)",
		"list_transform(generate_series(1, len($1)), lambda i: '(' || coalesce(CAST(($1)[i] AS VARCHAR), '') || ',' || i || ')')",
		only("int2vector", "oidvector", "int2[]", "int4[]", "int8[]", "oid[]")),
}
