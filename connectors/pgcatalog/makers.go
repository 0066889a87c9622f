package pgcatalog

import (
	"maps"
	"sync"

	"github.com/sluicemesh/sluice/catalog"
)

// maker adds the rows of a system table that a view has.
type maker = func(*View, *writer)

// tableMakers are the system tables with rows for each table of a view, and for what
// belongs to it. Tables that are in no list hold what was dumped, or nothing: the mesh
// has no such objects.
var tableMakers = sync.OnceValue(func() map[catalog.Address]maker {
	all := addressed(SystemSchema, map[string]maker{
		"pg_namespace": (*View).namespaces, "pg_class": (*View).classes, "pg_attribute": (*View).attributes,
		"pg_type": (*View).rowTypes, "pg_constraint": (*View).constraintRows, "pg_index": (*View).indexRows,
		"pg_description": (*View).descriptions, "pg_tables": (*View).tableRows, "pg_indexes": (*View).indexDefinitions,
		"pg_stat_user_tables": (*View).userTableStatistics, "pg_stat_all_tables": (*View).userTableStatistics,
		"pg_statio_user_tables": (*View).userTableStatistics, "pg_statio_all_tables": (*View).userTableStatistics,
	})
	maps.Copy(all, addressed(InformationSchema, map[string]maker{
		"schemata": (*View).schemata, "tables": (*View).schemaTables, "columns": (*View).schemaColumns, "table_constraints": (*View).tableConstraints,
		"key_column_usage": (*View).keyColumnUsage, "referential_constraints": (*View).referentialConstraints,
		"constraint_column_usage": (*View).constraintColumnUsage, "constraint_table_usage": (*View).constraintTableUsage,
		"table_privileges": (*View).tablePrivileges, "role_table_grants": (*View).tablePrivileges,
		"column_privileges": (*View).columnPrivileges, "role_column_grants": (*View).columnPrivileges, "check_constraints": (*View).checkConstraints,
	}))
	return all
})

// makers are the others whose rows come from the mesh.
var makers = sync.OnceValue(func() map[catalog.Address]maker {
	all := addressed(SystemSchema, map[string]maker{
		"pg_database": (*View).databases, "pg_roles": (*View).roleRows, "pg_db_role_setting": (*View).databaseSettings,
		"pg_user": (*View).users, "pg_group": (*View).groupRows, "pg_auth_members": (*View).memberships, "pg_views": (*View).viewRows,
		"pg_stat_database": (*View).databaseStatistics, "pg_stat_bgwriter": (*View).noStatistics, "pg_stat_archiver": (*View).noStatistics, "pg_stat_wal": (*View).noStatistics,
	})
	maps.Copy(all, addressed(InformationSchema, map[string]maker{
		"information_schema_catalog_name": (*View).catalogName, "views": (*View).schemaViews,
		"enabled_roles": (*View).enabledRoles, "applicable_roles": (*View).applicableRoles,
		"character_sets": (*View).characterSets, "collations": (*View).collations,
		"collation_character_set_applicability": (*View).collationCharacterSets,
	}))
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
