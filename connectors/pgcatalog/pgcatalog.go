// Package pgcatalog serves pg_catalog and information_schema: system tables made for one
// principal out of a snapshot of the mesh, and the functions that look things up in them.
//
// In: a mesh, what one principal may see of it, a session's settings. Out: a source of
// bare system tables as Arrow, names of objects by OID and OIDs by name, functions for
// the local engine. It takes no decision about access: what the View leaves out does not
// exist here. It knows no query; joins, filters and casts are the planner's.
package pgcatalog

import (
	"strings"

	"github.com/sluicemesh/sluice/catalog"
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
// searches before every other schema.
func Table(schema, name string) (*catalog.Table, bool) {
	if schema == "" {
		schema = SystemSchema
	}
	r, ok := relations().byName[catalog.Address{Schema: schema, Name: name}]
	if !ok {
		return nil, false
	}
	return r.table, true
}

// IsSystem tells whether a schema is one of the system's.
func IsSystem(schema string) bool {
	return schema == SystemSchema || schema == InformationSchema
}

// quoteIdentifier writes a name as it must be written in SQL (quote_ident).
func quoteIdentifier(name string) string {
	plain := name != "" && !reserved()[name]
	for i, c := range []byte(name) {
		letter := c >= 'a' && c <= 'z' || c == '_'
		plain = plain && (letter || i > 0 && c >= '0' && c <= '9')
	}
	if plain {
		return name
	}
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func qualified(schema, name string) string {
	return quoteIdentifier(schema) + "." + quoteIdentifier(name)
}
