// Package pgcatalog serves pg_catalog and information_schema: system tables made for one
// principal out of a snapshot of the mesh, and the functions that look things up in them.
//
// In: a mesh, what one principal may see of it, a session's settings. Out: a source of
// bare system tables as Arrow, names of objects by OID and OIDs by name, functions for
// the local engine. It takes no decision about access: what the View leaves out does not
// exist here. It knows no query; joins, filters and casts are the planner's.
package pgcatalog

import (
	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/internal/pgname"
	"github.com/sluicemesh/sluice/sqlstate"
)

// The schemas every PostgreSQL has.
const (
	SystemSchema      = "pg_catalog"
	InformationSchema = "information_schema"
	PublicSchema      = "public" // empty; clients expect the default schema to exist
)

// Source is the catalog entry that all system tables belong to.
var Source = &catalog.Source{Domain: SystemSchema, Name: "session", Kind: catalog.System}

// Table gives a system table. An unqualified name means pg_catalog, which PostgreSQL
// searches before every other schema. Where there is none, both results are nil.
func Table(schema, name string) (*catalog.Table, error) {
	if schema == "" {
		schema = SystemSchema
	}
	r, ok := relations().byName[catalog.Address{Schema: schema, Name: name}]
	switch {
	case !ok:
		return nil, nil
	case restricted[name]:
		return nil, sqlstate.New(sqlstate.InsufficientPrivilege, "permission denied for table %s", name)
	case unserved[name]:
		return nil, sqlstate.Unsupported("the system catalog %q", schema+"."+name)
	}
	return r.table, nil
}

// restricted are those that PostgreSQL shows to superusers alone.
var restricted = map[string]bool{
	"pg_authid": true, "pg_shadow": true, "pg_statistic": true, "pg_statistic_ext_data": true, "pg_user_mapping": true,
	"pg_largeobject": true, "pg_hba_file_rules": true, "pg_ident_file_mappings": true, "pg_file_settings": true, "pg_config": true,
	"pg_shmem_allocations": true, "pg_backend_memory_contexts": true, "pg_replication_origin_status": true,
}

// unserved are those of which no rows would be a wrong answer.
var unserved = map[string]bool{
	"pg_stat_slru": true, "sql_features": true, "sql_implementation_info": true, "sql_parts": true, "sql_sizing": true,
}

// IsSystem tells whether a schema is one of the system's.
func IsSystem(schema string) bool {
	return schema == SystemSchema || schema == InformationSchema
}

func qualified(schema, name string) string {
	return pgname.Printed(schema) + "." + pgname.Printed(name)
}
