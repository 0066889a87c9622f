package pgcatalog

import (
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Sessions knows the sessions of running statements by a number, which a statement hands
// to the functions below as their first argument: functions of an engine are made once,
// while what they answer depends on who asks. No text of a user can hold such a number,
// for what reaches an engine is written from the bound plan.
type Sessions struct {
	last atomic.Int64
	open sync.Map // int64: *Session
}

// Open gives a session a number until close is called.
func (r *Sessions) Open(s *Session) (number int64, close func()) {
	number = r.last.Add(1)
	r.open.Store(number, s)
	return number, func() { r.open.Delete(number) }
}

func (r *Sessions) session(number int64) (*Session, error) {
	s, ok := r.open.Load(number)
	if !ok {
		return nil, sqlstate.New(sqlstate.InternalError, "pgcatalog: a statement without a session")
	}
	return s.(*Session), nil
}

// none and none1 are NULL.
func none() (string, error) { return "", duckdb.ErrNull }
func none1() (bool, error)  { return false, duckdb.ErrNull }

// of1, of2 and of3 make strict functions of the session and their arguments.
func of1[A, R duckdb.Value](r *Sessions, name string, f func(*Session, A) (R, error)) duckdb.ScalarFunction {
	return duckdb.Func2("pg_catalog_"+name, func(n int64, a A) (result R, err error) {
		s, err := r.session(n)
		if err != nil {
			return result, err
		}
		return f(s, a)
	})
}

func of2[A, B, R duckdb.Value](r *Sessions, name string, f func(*Session, A, B) (R, error)) duckdb.ScalarFunction {
	return duckdb.Func3("pg_catalog_"+name, func(n int64, a A, b B) (result R, err error) {
		s, err := r.session(n)
		if err != nil {
			return result, err
		}
		return f(s, a, b)
	})
}

func of3[A, B, C, R duckdb.Value](r *Sessions, name string, f func(*Session, A, B, C) (R, error)) duckdb.ScalarFunction {
	return duckdb.Func4("pg_catalog_"+name, func(n int64, a A, b B, c C) (result R, err error) {
		s, err := r.session(n)
		if err != nil {
			return result, err
		}
		return f(s, a, b, c)
	})
}

// Functions are those of the local engine that look into the catalog. The function
// table names them.
func (r *Sessions) Functions() []duckdb.ScalarFunction {
	return slices.Concat(r.nameFunctions(), r.visibilityFunctions(), r.definitionFunctions(), r.privilegeFunctions(), r.setFunctions(), r.randomFunctions(), r.otherFunctions(), jsonFunctions())
}

func (r *Sessions) nameFunctions() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		of2(r, "oid", func(s *Session, kind, text string) (uint32, error) { return s.OID(kind, text) }),
		of2(r, "to_oid", func(s *Session, kind, text string) (uint32, error) {
			if _, isNumber := number(text); isNumber {
				return 0, duckdb.ErrNull
			}
			oid, err := registeredTypes()[kind].find(s, text)
			if err != nil || oid == 0 {
				return 0, duckdb.ErrNull
			}
			return oid, nil
		}),
		of2(r, "name", func(s *Session, kind string, oid uint32) (string, error) {
			info, _ := pgtype.TypeByName("", kind)
			return s.OIDName(uint32(info.OID), oid), nil
		}),
		of1(r, "to_type_modifier", func(_ *Session, text string) (int32, error) {
			t, err := pgtype.ParseTypeName(text)
			if err != nil {
				return 0, duckdb.ErrNull
			}
			return t.Mod, nil
		}),
		of2(r, "input_is_valid", func(s *Session, text, typeName string) (bool, error) {
			wrong, err := s.inputError(text, typeName)
			return wrong == nil, err
		}),
		of2(r, "input_error_info", func(s *Session, text, typeName string) (string, error) {
			wrong, err := s.inputError(text, typeName)
			if err == nil && wrong != nil {
				err = knowsDetails(typeName)
			}
			return errorFields(wrong), err
		}),
		r.formatType(),
		of1(r, "role", func(s *Session, oid uint32) (string, error) {
			if name, ok := s.knownRole(oid); ok {
				return name, nil
			}
			return "unknown (OID=" + strconv.FormatUint(uint64(oid), 10) + ")", nil
		}),
		// A privilege asked for a number that is no role's is that of nobody, or of PUBLIC (0).
		of1(r, "role_or_public", func(s *Session, oid uint32) (string, error) {
			if name, ok := s.knownRole(oid); ok {
				return name, nil
			}
			return "public", nil
		}),
	}
}

// formatType is format_type: without a modifier for NULL.
func (r *Sessions) formatType() duckdb.ScalarFunction {
	return duckdb.ScalarFunction{
		Name: "pg_catalog_format_type", Params: []duckdb.Type{duckdb.BigInt, duckdb.UInteger, duckdb.Integer}, Result: duckdb.Varchar, Nulls: true,
		Call: func(in *duckdb.Arguments, out *duckdb.Results) error {
			for i := range in.Rows {
				if in.Columns[0].Null(i) || in.Columns[1].Null(i) {
					out.PutNull()
					continue
				}
				s, err := r.session(duckdb.At[int64](in.Columns[0], i))
				if err != nil {
					return err
				}
				t := pgtype.Of(pgtype.OID(duckdb.At[uint32](in.Columns[1], i)))
				switch {
				case t.OID == 0:
					duckdb.Put(out, "-")
				case in.Columns[2].Null(i):
					duckdb.Put(out, s.typeNameOf(t.OID))
				default:
					t.Mod = duckdb.At[int32](in.Columns[2], i)
					duckdb.Put(out, s.typeNameWith(t, pgtype.FormatType))
				}
			}
			return nil
		},
	}
}

func (r *Sessions) visibilityFunctions() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		of1(r, "table_is_visible", func(s *Session, oid uint32) (bool, error) {
			_, name, ok := s.relationName(oid)
			if !ok {
				return none1()
			}
			return s.find("", name) == oid, nil
		}),
		of1(r, "type_is_visible", func(s *Session, oid uint32) (bool, error) {
			if info, ok := pgtype.TypeByOID(pgtype.OID(oid)); ok {
				return s.inPath(info.Schema), nil
			}
			if t, ok := s.byType[oid]; ok {
				return s.inPath(t.schema.name), nil
			}
			return none1()
		}),
		of1(r, "function_is_visible", func(s *Session, oid uint32) (bool, error) {
			if p, ok := pgtype.ProcedureByOID(pgtype.OID(oid)); ok {
				return s.inPath(p.Schema), nil
			}
			return none1()
		}),
		// Operators, their classes, collations and the rest are those of pg_catalog.
		of1(r, "is_visible", func(_ *Session, oid uint32) (bool, error) {
			if oid == 0 || oid >= firstOID {
				return none1()
			}
			return true, nil
		}),
	}
}

func (r *Sessions) definitionFunctions() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		of2(r, "constraintdef", (*Session).constraintText),
		of2(r, "viewdef", func(_ *Session, oid uint32, pretty bool) (string, error) { return viewText(oid, pretty) }),
		of3(r, "indexdef", (*Session).indexText),
		of1(r, "function_arguments", func(s *Session, oid uint32) (string, error) { return s.functionArguments(oid, false) }),
		of1(r, "function_identity_arguments", func(s *Session, oid uint32) (string, error) { return s.functionArguments(oid, true) }),
		of1(r, "functiondef", func(_ *Session, oid uint32) (string, error) { return functionDefinition(oid) }),
		of1(r, "function_result", (*Session).functionResult),
		of1(r, "obj_description", func(s *Session, oid uint32) (string, error) { return s.anyComment(oid) }),
		of2(r, "obj_description", func(s *Session, oid uint32, class string) (string, error) {
			return s.comment(object{class: classNamed(class), oid: oid})
		}),
		of2(r, "col_description", func(s *Session, oid uint32, number int32) (string, error) {
			return s.comment(object{class: classOfClass, oid: oid, column: number})
		}),
		of1(r, "relation_size", func(s *Session, oid uint32) (int64, error) {
			if _, _, ok := s.relationName(oid); !ok {
				return 0, duckdb.ErrNull
			}
			return 0, nil // nothing is stored here
		}),
	}
}

func (r *Sessions) privilegeFunctions() []duckdb.ScalarFunction {
	functions := []duckdb.ScalarFunction{
		of3(r, "has_table_privilege", func(s *Session, role string, oid uint32, list string) (bool, error) {
			return s.tablePrivilege(role, oid, list, false)
		}),
		of3(r, "has_any_column_privilege", func(s *Session, role string, oid uint32, list string) (bool, error) {
			return s.tablePrivilege(role, oid, list, true)
		}),
		of3(r, "has_column_privilege", func(s *Session, oid uint32, column, list string) (bool, error) {
			return s.columnPrivilege("", oid, func(name string, _ int) bool { return name == column }, list)
		}),
		of3(r, "has_column_privilege", func(s *Session, oid uint32, column int16, list string) (bool, error) {
			return s.columnPrivilege("", oid, func(_ string, number int) bool { return number == int(column) }, list)
		}),
		of2(r, "has_role", (*Session).member),
		of2(r, "find", func(s *Session, kind, name string) (uint32, error) { return plainPrivileges()[kind].find(s, name) }),
	}
	for kind, p := range plainPrivileges() {
		functions = append(functions, of3(r, "has_"+kind+"_privilege", func(s *Session, role string, oid uint32, list string) (bool, error) {
			return p.holds(s, role, oid, list)
		}))
	}
	return functions
}

func (r *Sessions) otherFunctions() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{
		of2(r, "current_setting", func(s *Session, name string, missingOK bool) (string, error) {
			value, ok := s.Setting(name)
			switch {
			case ok:
				return value, nil
			case missingOK:
				return none()
			}
			return "", sqlstate.New(sqlstate.UndefinedObject, "unrecognized configuration parameter \"%s\"", name)
		}),
		volatile(of1(r, "sequence", func(s *Session, oid uint32) (int64, error) { return 0, s.noSequence(oid) })),
		volatile(of1(r, "last_value", func(*Session, string) (int64, error) {
			return 0, sqlstate.New(sqlstate.ObjectNotInPrerequisiteState, "lastval is not yet defined in this session")
		})),
		of1(r, "my_temp_schema", func(s *Session, _ string) (uint32, error) {
			if of := s.schema(catalog.TemporarySchema); of != nil {
				return of.oid, nil
			}
			return 0, nil
		}),
		volatile(of1(r, "sleep", (*Session).sleep)),
		volatile(of3(r, "set_config", func(s *Session, name, value string, local bool) (string, error) {
			return s.change(name, value, local)
		})),
	}
}

// noSequence tells that a relation is no sequence: a mesh has none.
func (s *Session) noSequence(oid uint32) error {
	_, name, ok := s.relationName(oid)
	if !ok {
		return sqlstate.New(sqlstate.UndefinedTable, "could not open relation with OID %d", oid)
	}
	return sqlstate.New(sqlstate.WrongObjectType, "%q is not a sequence", name)
}

func volatile(f duckdb.ScalarFunction) duckdb.ScalarFunction {
	f.Volatile = true
	return f
}

func (s *Session) knownRole(oid uint32) (string, bool) {
	for _, name := range s.roles() {
		if roleOID(name) == oid {
			return name, true
		}
	}
	return "", false
}
