package pgcatalog

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/pgname"
	"github.com/sluicemesh/sluice/sqlstate"
)

// searched are the schemas in which unqualified names are looked for: the session's own
// first, then pg_catalog, unless the path names them.
func (s *Session) searched() []string {
	path := s.Path
	if !slices.Contains(path, SystemSchema) {
		path = append([]string{SystemSchema}, path...)
	}
	if s.own != nil && !slices.Contains(path, catalog.TemporaryAlias) {
		path = append([]string{catalog.TemporarySchema}, path...)
	}
	return path
}

// relationOID finds a relation; 0 where the principal sees none of that name.
func (v *View) relationOID(schema, name string) uint32 {
	if schema == catalog.TemporaryAlias {
		schema = catalog.TemporarySchema
	}
	a := catalog.Address{Schema: schema, Name: name}
	if r, ok := relations().byName[a]; ok {
		return r.oid
	}
	if i, ok := systemIndexes().byName[name]; ok && schema == SystemSchema {
		return i.oid
	}
	return v.names[a]
}

// find looks a relation up, in the search path where no schema is given.
func (s *Session) find(schema, name string) uint32 {
	if schema != "" {
		return s.relationOID(schema, name)
	}
	for _, in := range s.searched() {
		if oid := s.relationOID(in, name); oid != 0 {
			return oid
		}
	}
	return 0
}

// relationName gives the schema and name of a table, view or index.
func (v *View) relationName(oid uint32) (schema, name string, ok bool) {
	if r, ok := relations().byOID[oid]; ok {
		return r.address().Schema, r.address().Name, true
	}
	if i, ok := systemIndexes().byOID[oid]; ok {
		return SystemSchema, i.name, true
	}
	if t, ok := v.byOID[oid]; ok {
		return t.schema.name, t.name, true
	}
	if c, ok := v.indexes[oid]; ok {
		return c.table.schema.name, c.name, true
	}
	return "", "", false
}

// shownName writes a relation's name with its schema where the search path does not
// lead to it.
func (s *Session) shownName(oid uint32) (string, bool) {
	schema, name, ok := s.relationName(oid)
	if !ok {
		return "", false
	}
	if s.find("", name) == oid {
		return pgname.Printed(name), true
	}
	return qualified(schema, name), true
}

// inPath tells whether an unqualified name is looked for in a schema.
func (s *Session) inPath(schema string) bool { return slices.Contains(s.searched(), schema) }

// parseName takes a qualified name apart as the input of regclass does (varlena.c:
// SplitIdentifierString by dots).
func parseName(text string) ([]string, error) {
	var parts []string
	rest := strings.TrimSpace(text)
	for {
		part, after, ok := identifier(rest)
		if !ok {
			return nil, sqlstate.New(sqlstate.InvalidName, "invalid name syntax")
		}
		parts = append(parts, part)
		if rest = strings.TrimLeft(after, " \t\n\r\f\v"); rest == "" {
			return parts, nil
		}
		if rest[0] != '.' {
			return nil, sqlstate.New(sqlstate.InvalidName, "invalid name syntax")
		}
		rest = strings.TrimLeft(rest[1:], " \t\n\r\f\v")
	}
}

// identifier reads one identifier; unquoted letters fold to lower case.
func identifier(text string) (name, rest string, ok bool) {
	if text == "" {
		return "", "", false
	}
	if text[0] != '"' {
		end := strings.IndexAny(text, ". \t\n\r\f\v\"")
		if end < 0 {
			end = len(text)
		}
		return lower(text[:end]), text[end:], end > 0
	}
	var b strings.Builder
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] != '"':
			b.WriteByte(text[i])
		case i+1 < len(text) && text[i+1] == '"':
			b.WriteByte('"')
			i++
		default:
			return b.String(), text[i+1:], true
		}
	}
	return "", "", false
}

// lower folds ASCII letters, as identifiers do.
func lower(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, text)
}

// number reads an OID written as digits, which every reg* type takes.
func number(text string) (uint32, bool) {
	n, err := strconv.ParseUint(text, 10, 32)
	return uint32(n), err == nil
}

// schemaAndName gives the two last parts of a name; the database before them must be
// this one.
func (s *Session) schemaAndName(parts []string, text string) (schema, name string, err error) {
	switch len(parts) {
	case 1:
		return "", parts[0], nil
	case 2:
		return parts[0], parts[1], nil
	case 3:
		if parts[0] == s.database {
			return parts[1], parts[2], nil
		}
		return "", "", sqlstate.New(sqlstate.FeatureNotSupported, "cross-database references are not implemented: %q", text)
	}
	return "", "", sqlstate.New(sqlstate.SyntaxError, "improper relation name (too many dotted names): %s", text)
}

// typeNameOf prints a type as its name alone is printed (format_type_be).
func (s *Session) typeNameOf(t pgtype.OID) string {
	return s.typeNameWith(pgtype.Of(t), func(t pgtype.Type) string { return pgtype.SQLName(t.OID) })
}

// typeNameWith prints a type; print is how those of the system are.
func (s *Session) typeNameWith(t pgtype.Type, print func(pgtype.Type) string) string {
	if name, ok := s.rowTypeName(uint32(t.OID)); ok {
		return name
	}
	info, ok := pgtype.TypeByOID(t.OID)
	if !ok {
		return "???"
	}
	name := print(t)
	if name == "any" {
		return `"any"` // the one type whose name is a reserved word
	}
	if info.Schema != SystemSchema && s.inPath(info.Schema) {
		name = strings.TrimPrefix(name, info.Schema+".")
	}
	return name
}

// rowTypeName prints the row type of a table, or the array over it.
func (s *Session) rowTypeName(oid uint32) (string, bool) {
	t, ok := s.byType[oid]
	if !ok {
		return "", false
	}
	name := qualified(t.schema.name, t.name)
	if s.inPath(t.schema.name) {
		name = pgname.Printed(t.name)
	}
	if t.arrayType == oid {
		name += "[]"
	}
	return name, true
}
