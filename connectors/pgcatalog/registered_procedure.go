package pgcatalog

import (
	"strings"

	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/pgname"
	"github.com/sluicemesh/sluice/sqlstate"
)

// procedureName qualifies a name that is not unique: regproc could not read it back.
func (s *Session) procedureName(oid uint32) (string, bool) {
	p, ok := pgtype.ProcedureByOID(pgtype.OID(oid))
	if !ok {
		return "", false
	}
	if s.inPath(p.Schema) && len(pgtype.ProceduresByName(p.Schema, p.Name)) == 1 {
		return pgname.Printed(p.Name), true
	}
	return qualified(p.Schema, p.Name), true
}

func (s *Session) procedureSignature(oid uint32) (string, bool) {
	p, ok := pgtype.ProcedureByOID(pgtype.OID(oid))
	if !ok {
		return "", false
	}
	name := pgname.Printed(p.Name)
	if !s.inPath(p.Schema) {
		name = qualified(p.Schema, p.Name)
	}
	return name + "(" + s.typeList(p.ArgTypes) + ")", true
}

func (s *Session) typeList(types []pgtype.OID) string {
	names := make([]string, len(types))
	for i, t := range types {
		names[i] = s.typeNameOf(t)
	}
	return strings.Join(names, ",")
}

func (s *Session) findProcedure(text string) (uint32, error) {
	all, err := s.proceduresNamed(text)
	switch {
	case err != nil || len(all) == 0:
		return 0, err
	case len(all) > 1:
		return 0, sqlstate.New(sqlstate.AmbiguousFunction, "more than one function named \"%s\"", text)
	}
	return uint32(all[0].OID), nil
}

func (s *Session) proceduresNamed(text string) ([]*pgtype.Procedure, error) {
	parts, err := parseName(text)
	if err != nil {
		return nil, err
	}
	schema, name, err := s.schemaAndName(parts, text)
	return pgtype.ProceduresByName(schema, name), err
}

// findSignature reads name(type, …).
func (s *Session) findSignature(text string) (uint32, error) {
	name, args, ok := strings.Cut(text, "(")
	args, closed := strings.CutSuffix(strings.TrimSpace(args), ")")
	if !ok || !closed {
		return 0, sqlstate.New(sqlstate.InvalidTextRepresentation, "expected a left parenthesis")
	}
	all, err := s.proceduresNamed(name)
	if err != nil {
		return 0, err
	}
	var types []pgtype.OID
	for _, arg := range strings.FieldsFunc(args, func(r rune) bool { return r == ',' }) {
		oid, err := s.findType(strings.TrimSpace(arg))
		if err == nil && oid == 0 {
			err = undefined("type")(s, arg)
		}
		if err != nil {
			return 0, err
		}
		types = append(types, pgtype.OID(oid))
	}
	for _, p := range all {
		if equalTypes(p.ArgTypes, types) {
			return uint32(p.OID), nil
		}
	}
	return 0, nil
}

func equalTypes(a, b []pgtype.OID) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func (s *Session) operatorName(oid uint32) (string, bool) {
	o, ok := pgtype.OperatorByOID(pgtype.OID(oid))
	if !ok {
		return "", false
	}
	if len(pgtype.OperatorsByName(o.Name)) == 1 {
		return o.Name, true
	}
	return SystemSchema + "." + o.Name, true
}

func (s *Session) operatorSignature(oid uint32) (string, bool) {
	o, ok := pgtype.OperatorByOID(pgtype.OID(oid))
	if !ok {
		return "", false
	}
	left := "NONE"
	if o.Left != 0 {
		left = s.typeNameOf(o.Left)
	}
	return o.Name + "(" + left + "," + s.typeNameOf(o.Right) + ")", true
}

func (s *Session) findOperator(text string) (uint32, error) {
	all := pgtype.OperatorsByName(strings.TrimPrefix(text, SystemSchema+"."))
	if len(all) > 1 {
		return 0, sqlstate.New(sqlstate.AmbiguousFunction, "more than one operator named %s", text)
	}
	if len(all) == 0 {
		return 0, nil
	}
	return uint32(all[0].OID), nil
}

// dumpedName gives the name of an object of which there are only those of a new database,
// by the dump of its system table.
func dumpedName(table string) func(*Session, uint32) (string, bool) {
	return func(_ *Session, oid uint32) (name string, ok bool) {
		eachLine(table, func(c []cell) {
			if oidOf(c[0].text) == oid {
				name, ok = pgname.Printed(c[1].text), true
			}
		})
		return name, ok
	}
}

func dumpedOID(table string) func(*Session, string) (uint32, error) {
	return func(_ *Session, text string) (oid uint32, err error) {
		parts, err := parseName(text)
		if err != nil {
			return 0, err
		}
		eachLine(table, func(c []cell) {
			if c[1].text == parts[len(parts)-1] && (len(parts) == 1 || parts[0] == SystemSchema) {
				oid = oidOf(c[0].text)
			}
		})
		return oid, nil
	}
}
