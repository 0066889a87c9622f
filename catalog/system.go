package catalog

// System is the kind of the source that holds pg_catalog and information_schema. Like
// Temporary it is a session's own: its rows are made for one principal.
const System Kind = "system"

// TemporarySchema is where a session's temporary tables stand in its catalog, and
// TemporaryAlias what statements call it. A session sees no others' tables, so that one
// name does for all.
const (
	TemporarySchema = "pg_temp_1"
	TemporaryAlias  = "pg_temp"
)

// InTemporary tells whether a schema's name means that of temporary tables.
func InTemporary(schema string) bool { return schema == TemporarySchema || schema == TemporaryAlias }
