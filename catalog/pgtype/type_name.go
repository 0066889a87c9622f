package pgtype

import (
	"iter"
	"maps"
	"strconv"

	"github.com/sluicemesh/sluice/internal/pgname"
)

// TypeByOID finds a type.
func TypeByOID(oid OID) (*TypeInfo, bool) {
	t, ok := tables().types[oid]
	return t, ok
}

// TypeByName finds a type by its internal name, as the parser leaves it: "int4",
// "bpchar", "char" (the one-byte type). schema "" searches pg_catalog.
func TypeByName(schema, name string) (*TypeInfo, bool) {
	t, ok := tables().typesByName[qualified(schema, name)]
	return t, ok
}

// Types gives every type, in no order.
func Types() iter.Seq[*TypeInfo] { return maps.Values(tables().types) }

// elementOf gives the element type of what PostgreSQL calls a true array, which
// int2vector and oidvector are too (get_element_type).
func elementOf(array OID) (OID, bool) {
	t, ok := TypeByOID(array)
	if !ok || !t.IsArray || t.Elem == 0 {
		return 0, false
	}
	return t.Elem, true
}

// FormatType prints a type as PostgreSQL's format_type does: "numeric(12,2)",
// "character varying(3)", "timestamp(3) with time zone", "integer[]".
func FormatType(t Type) string {
	info, ok := TypeByOID(t.OID)
	switch {
	case t.OID == 0:
		return "-"
	case !ok:
		return "???"
	}
	if info.IsArray && info.Storage != 'p' { // int2vector and oidvector go by their names
		return FormatType(Type{OID: info.Elem, Mod: t.Mod}) + "[]"
	}
	return spelledName(info, t.Mod)
}

// SQLName prints a type without regard to a modifier, as errors, pg_typeof and regtype
// do (format_type_be): "integer", and "character" where FormatType says "bpchar".
func SQLName(t OID) string {
	if elem, ok := ElementOf(t); ok {
		return SQLName(elem) + "[]"
	}
	switch t {
	case Bpchar:
		return "character"
	case Bit:
		return "bit"
	}
	return FormatType(Of(t))
}

// spelledName gives the SQL name of types that have one, with the modifier in its place.
func spelledName(info *TypeInfo, mod int32) string {
	m := formatModifier(info.OID, mod)
	switch info.OID {
	case Bit:
		if mod < 0 {
			return `"bit"` // plain bit means bit(1)
		}
		return "bit" + m
	case Bool:
		return "boolean"
	case Bpchar:
		if mod < 0 {
			return "bpchar" // plain character means character(1)
		}
		return "character" + m
	case Float4:
		return "real"
	case Float8:
		return "double precision"
	case Int2:
		return "smallint"
	case Int4:
		return "integer"
	case Int8:
		return "bigint"
	case Numeric, Interval:
		return info.Name + m
	case Time, Timestamp:
		return info.Name + m + " without time zone"
	case Timetz:
		return "time" + m + " with time zone"
	case Timestamptz:
		return "timestamp" + m + " with time zone"
	case Varbit:
		return "bit varying" + m
	case Varchar:
		return "character varying" + m
	}
	name := pgname.Printed(info.Name)
	if info.Schema != "pg_catalog" {
		name = pgname.Printed(info.Schema) + "." + name
	}
	return name + m
}

// formatModifier prints a modifier as the type's typmodout function does.
func formatModifier(t OID, mod int32) string {
	if mod < 0 {
		return ""
	}
	switch t {
	case Numeric:
		p, s, ok := NumericParts(mod)
		if !ok {
			return ""
		}
		return "(" + strconv.Itoa(int(p)) + "," + strconv.Itoa(int(s)) + ")"
	case Varchar, Bpchar:
		if mod < 4 {
			return ""
		}
		return "(" + strconv.Itoa(int(mod)-4) + ")"
	case Bit, Varbit, Time, Timetz, Timestamp, Timestamptz:
		return "(" + strconv.Itoa(int(mod)) + ")"
	case Interval:
		return formatIntervalModifier(mod)
	}
	return "(" + strconv.Itoa(int(mod)) + ")"
}
