package pgtype

import "github.com/sluicemesh/sluice/sqlstate"

// TypeByOID finds a type.
func TypeByOID(oid OID) (*TypeInfo, bool) { return nil, false }

// TypeByName finds a type by its internal name, as the parser leaves it: "int4",
// "bpchar", "char" (the one-byte type). schema "" searches pg_catalog.
func TypeByName(schema, name string) (*TypeInfo, bool) { return nil, false }

// ParseTypeName reads a type as SQL spells it: "numeric(12,2)", "character varying(3)",
// "timestamp(3) with time zone", "interval day to second", "text[]", "\"char\"".
// Errors: 42704 for an unknown name, 42601 for bad syntax, 22023 for a bad modifier.
func ParseTypeName(text string) (Type, error) {
	return Type{}, sqlstate.Unsupported("type %s", text)
}

// FormatType prints a type as PostgreSQL's format_type does.
func FormatType(t Type) string { return "" }

// ModifierOf gives the modifier of a type for the arguments in parentheses, such as
// numeric, 12, 2. For interval the first is the field mask, as the parser gives it.
func ModifierOf(oid OID, args []int32) (int32, error) {
	return -1, sqlstate.Unsupported("type modifier")
}
