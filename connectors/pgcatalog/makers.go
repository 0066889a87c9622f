package pgcatalog

import (
	"sync"

	"github.com/sluicemesh/sluice/catalog"
)

// makers are the system tables whose rows come from the mesh. Tables that are in neither
// list hold what was dumped, or nothing: the mesh has no such objects.
var makers = sync.OnceValue(func() map[catalog.Address]func(*View, *writer) {
	all := addressed(SystemSchema, map[string]func(*View, *writer){
		"pg_namespace": (*View).namespaces, "pg_class": (*View).classes, "pg_attribute": (*View).attributes,
		"pg_type": (*View).rowTypes, "pg_constraint": (*View).constraintRows, "pg_index": (*View).indexRows,
		"pg_description": (*View).descriptions, "pg_database": (*View).databases, "pg_roles": (*View).roleRows,
		"pg_db_role_setting": (*View).databaseSettings,
		"pg_user":            (*View).users, "pg_group": (*View).groupRows, "pg_auth_members": (*View).memberships,
		"pg_tables": (*View).tableRows, "pg_views": (*View).viewRows, "pg_indexes": (*View).indexDefinitions,
		"pg_stat_user_tables": (*View).userTableStatistics, "pg_stat_all_tables": (*View).userTableStatistics,
		"pg_stat_database": (*View).databaseStatistics, "pg_stat_bgwriter": (*View).noStatistics, "pg_stat_archiver": (*View).noStatistics, "pg_stat_wal": (*View).noStatistics,
		"pg_statio_user_tables": (*View).userTableStatistics, "pg_statio_all_tables": (*View).userTableStatistics,
	})
	for a, make := range addressed(InformationSchema, map[string]func(*View, *writer){
		"information_schema_catalog_name": (*View).catalogName, "schemata": (*View).schemata, "tables": (*View).schemaTables,
		"columns": (*View).schemaColumns, "views": (*View).schemaViews, "table_constraints": (*View).tableConstraints,
		"key_column_usage": (*View).keyColumnUsage, "referential_constraints": (*View).referentialConstraints,
		"constraint_column_usage": (*View).constraintColumnUsage, "constraint_table_usage": (*View).constraintTableUsage,
		"table_privileges": (*View).tablePrivileges, "role_table_grants": (*View).tablePrivileges,
		"column_privileges": (*View).columnPrivileges, "role_column_grants": (*View).columnPrivileges,
		"enabled_roles": (*View).enabledRoles, "applicable_roles": (*View).applicableRoles,
		"character_sets": (*View).characterSets, "collations": (*View).collations,
		"collation_character_set_applicability": (*View).collationCharacterSets, "check_constraints": (*View).checkConstraints,
	}) {
		all[a] = make
	}
	return all
})

// sessionMakers are those whose rows are the session's.
var sessionMakers = sync.OnceValue(func() map[catalog.Address]func(*Session, *writer) {
	return addressed(SystemSchema, map[string]func(*Session, *writer){
		"pg_settings": (*Session).settings, "pg_stat_activity": (*Session).activity, "pg_stat_ssl": (*Session).encryption,
		"pg_prepared_statements": (*Session).preparedStatements,
		"pg_timezone_names":      (*Session).timeZones, "pg_timezone_abbrevs": (*Session).timeZoneAbbreviations,
	})
})

func addressed[F any](schema string, byName map[string]F) map[catalog.Address]F {
	all := map[catalog.Address]F{}
	for name, f := range byName {
		all[catalog.Address{Schema: schema, Name: name}] = f
	}
	return all
}
