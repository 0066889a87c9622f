package pgcatalog

import (
	"slices"
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/sqlstate"
)

// A mesh grants reading only, so of all privileges only these can be held: SELECT on a
// table or column, USAGE of what everyone may use, CONNECT, EXECUTE. A session's own
// tables are its to do with as it likes.

// asked reads a list of privileges such as "select, insert with grant option": whether
// one of them is held by whoever holds held. known are those the kind of object has.
func asked(list string, held, known []string) (bool, error) {
	has := false
	for one := range strings.SplitSeq(list, ",") {
		word := strings.ToUpper(strings.TrimSpace(one))
		base, option := strings.CutSuffix(word, " WITH GRANT OPTION")
		if !slices.Contains(known, base) {
			return false, sqlstate.New(sqlstate.InvalidParameterValue, "unrecognized privilege type: \"%s\"", strings.TrimSpace(one))
		}
		has = has || slices.Contains(held, base) && !option
	}
	return has, nil
}

var tablePrivileges = []string{"SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER", "MAINTAIN"}

var (
	reading          = []string{"SELECT"}
	columnPrivileges = []string{"SELECT", "INSERT", "UPDATE", "REFERENCES"}
	ownerPrivileges  = tablePrivileges[:7] // as PostgreSQL 16 lists them
)

// knows refuses roles the principal may not know of, and answers for nobody but the
// principal and their groups: what others may read is not theirs to ask.
func (s *Session) knows(role string) (own bool, err error) {
	if role == s.user || role == "" || role == "public" {
		return role != "public", nil
	}
	if !slices.Contains(s.roles(), role) {
		return false, sqlstate.New(sqlstate.UndefinedObject, "role \"%s\" does not exist", role)
	}
	return false, nil
}

// tablePrivilege is has_table_privilege, and has_any_column_privilege where some suffices.
func (s *Session) tablePrivilege(role string, oid uint32, list string, some bool) (bool, error) {
	own, err := s.knows(role)
	if err != nil {
		return false, err
	}
	has, err := asked(list, reading, tablePrivileges)
	if err != nil {
		return false, err
	}
	if relations().byOID[oid] != nil {
		return has, nil
	}
	t := s.byOID[oid]
	if t == nil {
		return none1()
	}
	return own && (t.schema.temporary || has && (t.whole || some)), nil
}

// columnPrivilege is has_column_privilege.
func (s *Session) columnPrivilege(role string, oid uint32, column func(name string, number int) bool, list string) (bool, error) {
	own, err := s.knows(role)
	if err != nil {
		return false, err
	}
	has, err := asked(list, reading, columnPrivileges)
	if err != nil {
		return false, err
	}
	if r := relations().byOID[oid]; r != nil {
		return has, nil
	}
	t := s.byOID[oid]
	if t == nil {
		return none1()
	}
	for i, c := range t.of.Columns {
		if t.shown[i] && column(c.Name, c.Ordinal) {
			return own && (t.schema.temporary || has), nil
		}
	}
	return none1()
}

// plainPrivilege answers for objects of which everyone holds the same privileges.
type plainPrivilege struct {
	held   []string
	known  []string
	exists func(s *Session, oid uint32) bool
	kind   string // for errors
	find   func(s *Session, name string) (uint32, error)
}

func plainPrivileges() map[string]plainPrivilege {
	always := func(*Session, uint32) bool { return true }
	return map[string]plainPrivilege{
		"schema": {[]string{"USAGE"}, []string{"CREATE", "USAGE"}, func(s *Session, oid uint32) bool { return s.schemaByOID(oid) != nil }, "schema",
			(*Session).namedSchema},
		"database": {[]string{"CONNECT", "TEMPORARY", "TEMP"}, []string{"CREATE", "TEMPORARY", "TEMP", "CONNECT"}, func(s *Session, oid uint32) bool { return oid == s.objects.database }, "database",
			func(s *Session, name string) (uint32, error) {
				if name != s.database {
					return 0, sqlstate.New(sqlstate.InvalidCatalogName, "database \"%s\" does not exist", name)
				}
				return s.objects.database, nil
			}},
		"function": {[]string{"EXECUTE"}, []string{"EXECUTE"}, func(_ *Session, oid uint32) bool {
			_, ok := pgtype.ProcedureByOID(pgtype.OID(oid))
			return ok
		}, "function", func(s *Session, name string) (uint32, error) { return s.OID("regprocedure", name) }},
		"type": {[]string{"USAGE"}, []string{"USAGE"}, func(s *Session, oid uint32) bool { _, ok := s.typeName(oid); return ok }, "type",
			func(s *Session, name string) (uint32, error) { return s.OID("regtype", name) }},
		"language":             {[]string{"USAGE"}, []string{"USAGE"}, always, "language", missing("language")},
		"tablespace":           {nil, []string{"CREATE"}, always, "tablespace", missing("tablespace")},
		"sequence":             {nil, []string{"USAGE", "SELECT", "UPDATE"}, always, "sequence", (*Session).findClass},
		"server":               {nil, []string{"USAGE"}, always, "server", missing("server")},
		"foreign_data_wrapper": {nil, []string{"USAGE"}, always, "foreign-data wrapper", missing("foreign-data wrapper")},
	}
}

func missing(kind string) func(*Session, string) (uint32, error) {
	return func(_ *Session, name string) (uint32, error) {
		return 0, sqlstate.New(sqlstate.UndefinedObject, "%s \"%s\" does not exist", kind, name)
	}
}

func (s *Session) namedSchema(name string) (uint32, error) {
	if of := s.schema(name); of != nil {
		return of.oid, nil
	}
	return 0, sqlstate.New(sqlstate.InvalidSchemaName, "schema \"%s\" does not exist", name)
}

func (p plainPrivilege) holds(s *Session, role string, oid uint32, list string) (bool, error) {
	if _, err := s.knows(role); err != nil {
		return false, err
	}
	has, err := asked(list, p.held, p.known)
	if err == nil && !p.exists(s, oid) {
		return none1()
	}
	return has, err
}

// member is pg_has_role.
func (s *Session) member(user, role string) (bool, error) {
	own, err := s.knows(user)
	if err != nil {
		return false, err
	}
	if _, err := s.knows(role); err != nil {
		return false, err
	}
	return user == role || own && (role == s.user || slices.Contains(s.groups, role)), nil
}
