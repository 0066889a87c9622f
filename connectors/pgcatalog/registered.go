package pgcatalog

import (
	"strconv"
	"strings"
	"sync"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/pgname"
	"github.com/sluicemesh/sluice/sqlstate"
)

// registered are the reg* types: OIDs that are written and read as names.
type registered struct {
	// name gives the text of an OID; ok is false where it names nothing: then the number is shown.
	name func(s *Session, oid uint32) (text string, ok bool)
	// find gives the OID of a name; 0 where there is none. parts is the name taken apart.
	find func(s *Session, text string) (oid uint32, err error)
	// missing is the error where find gives 0.
	missing func(s *Session, text string) error
}

var registeredTypes = sync.OnceValue(func() map[string]registered {
	return map[string]registered{
		"regclass": {
			name: (*Session).shownName, find: (*Session).findClass,
			missing: func(_ *Session, text string) error {
				return sqlstate.New(sqlstate.UndefinedTable, "relation \"%s\" does not exist", plainName(text))
			},
		},
		"regtype":       {name: (*Session).typeName, find: (*Session).findType, missing: undefined("type")},
		"regnamespace":  {name: (*Session).schemaName, find: (*Session).findSchema, missing: undefinedSchema},
		"regrole":       {name: (*Session).roleName, find: (*Session).findRole, missing: undefined("role")},
		"regproc":       {name: (*Session).procedureName, find: (*Session).findProcedure, missing: undefinedFunction},
		"regprocedure":  {name: (*Session).procedureSignature, find: (*Session).findSignature, missing: undefinedFunction},
		"regoper":       {name: (*Session).operatorName, find: (*Session).findOperator, missing: undefinedOperator},
		"regoperator":   {name: (*Session).operatorSignature, find: nameUnserved, missing: undefinedOperator},
		"regcollation":  {name: dumpedName("pg_collation"), find: dumpedOID("pg_collation"), missing: undefinedCollation},
		"regconfig":     {name: dumpedName("pg_ts_config"), find: dumpedOID("pg_ts_config"), missing: undefined("text search configuration")},
		"regdictionary": {name: dumpedName("pg_ts_dict"), find: dumpedOID("pg_ts_dict"), missing: undefined("text search dictionary")},
	}
})

// OIDName gives the text of a reg* value.
func (s *Session) OIDName(typeOID, oid uint32) string {
	if oid == 0 {
		return "-"
	}
	if info, ok := pgtype.TypeByOID(pgtype.OID(typeOID)); ok {
		if r, ok := registeredTypes()[info.Name]; ok {
			if text, ok := r.name(s, oid); ok {
				return text
			}
		}
	}
	return strconv.FormatUint(uint64(oid), 10)
}

// OID reads the text of a reg* value: a number, "-", or a name.
func (s *Session) OID(kind, text string) (uint32, error) {
	if text == "-" {
		return 0, nil
	}
	if n, ok := number(text); ok {
		return n, nil
	}
	r, ok := registeredTypes()[kind]
	if !ok {
		return 0, sqlstate.Unsupported("the text form of type %s", kind)
	}
	oid, err := r.find(s, text)
	if err == nil && oid == 0 {
		err = r.missing(s, text)
	}
	return oid, err
}

func plainName(text string) string {
	parts, err := parseName(text)
	if err != nil {
		return text
	}
	return strings.Join(parts, ".")
}

func undefined(what string) func(*Session, string) error {
	return func(_ *Session, text string) error {
		return sqlstate.New(sqlstate.UndefinedObject, "%s \"%s\" does not exist", what, plainName(text))
	}
}

func undefinedSchema(_ *Session, text string) error {
	return sqlstate.New(sqlstate.InvalidSchemaName, "schema \"%s\" does not exist", plainName(text))
}

func undefinedFunction(_ *Session, text string) error {
	return sqlstate.New(sqlstate.UndefinedFunction, "function \"%s\" does not exist", text)
}

func undefinedOperator(_ *Session, text string) error {
	return sqlstate.New(sqlstate.UndefinedFunction, "operator does not exist: %s", text)
}

func undefinedCollation(_ *Session, text string) error {
	return sqlstate.New(sqlstate.UndefinedObject, "collation \"%s\" for encoding \"UTF8\" does not exist", plainName(text))
}

func nameUnserved(_ *Session, text string) (uint32, error) {
	return 0, sqlstate.Unsupported("the name %q of an operator with its types", text)
}

func (s *Session) findClass(text string) (uint32, error) {
	parts, err := parseName(text)
	if err != nil {
		return 0, err
	}
	schema, name, err := s.schemaAndName(parts, text)
	if err != nil {
		return 0, err
	}
	if schema != "" && !s.HasSchema(schema) {
		return 0, sqlstate.New(sqlstate.InvalidSchemaName, "schema \"%s\" does not exist", schema)
	}
	return s.find(schema, name), nil
}

func (s *Session) typeName(oid uint32) (string, bool) {
	name := s.typeNameOf(pgtype.OID(oid))
	return name, name != "???"
}

// findType reads a type's name by PostgreSQL's own grammar. Text that is anything else
// than one type's name is a syntax error.
func (s *Session) findType(text string) (uint32, error) {
	tree, err := pg_query.Parse("SELECT NULL::" + text)
	if err != nil {
		return 0, sqlstate.New(sqlstate.SyntaxError, "invalid type name \"%s\"", text)
	}
	target := tree.Stmts[0].GetStmt().GetSelectStmt().GetTargetList()
	if len(tree.Stmts) != 1 || len(target) != 1 || target[0].GetResTarget().GetVal().GetTypeCast() == nil || target[0].GetResTarget().GetName() != "" {
		return 0, sqlstate.New(sqlstate.SyntaxError, "invalid type name \"%s\"", text)
	}
	n := target[0].GetResTarget().GetVal().GetTypeCast().TypeName
	var parts []string
	for _, p := range n.Names {
		parts = append(parts, p.GetString_().GetSval())
	}
	schema, name, err := s.schemaAndName(parts, text)
	if err != nil {
		return 0, err
	}
	return s.typeOID(schema, name, len(n.ArrayBounds) > 0), nil
}

func (s *Session) typeOID(schema, name string, array bool) uint32 {
	if info, ok := pgtype.TypeByName(schema, name); ok {
		if array {
			of, _ := pgtype.ArrayOf(info.OID)
			return uint32(of)
		}
		return uint32(info.OID)
	}
	if t := s.byOID[s.find(schema, name)]; t != nil {
		if array {
			return t.arrayType
		}
		return t.rowType
	}
	return 0
}

func (s *Session) schemaName(oid uint32) (string, bool) {
	if of := s.schemaByOID(oid); of != nil {
		return pgname.Printed(of.name), true
	}
	return "", false
}

func (s *Session) findSchema(text string) (uint32, error) {
	name, err := oneName(text)
	if of := s.schema(name); err == nil && of != nil {
		return of.oid, nil
	}
	return 0, err
}

func oneName(text string) (string, error) {
	parts, err := parseName(text)
	if err != nil {
		return "", err
	}
	if len(parts) != 1 {
		return "", sqlstate.New(sqlstate.InvalidName, "invalid name syntax")
	}
	return parts[0], nil
}

func (s *Session) roleName(oid uint32) (string, bool) {
	for _, name := range s.roles() {
		if roleOID(name) == oid {
			return pgname.Printed(name), true
		}
	}
	return "", false
}

func (s *Session) findRole(text string) (uint32, error) {
	name, err := oneName(text)
	if err != nil {
		return 0, err
	}
	for _, role := range s.roles() {
		if role == name {
			return roleOID(name), nil
		}
	}
	return 0, nil
}
