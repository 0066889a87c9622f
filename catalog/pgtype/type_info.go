package pgtype

// TypeInfo is one row of pg_type, as far as resolution needs it.
type TypeInfo struct {
	OID       OID
	Schema    string // "pg_catalog" or "information_schema"
	Name      string // internal name: "int4", "bpchar", "_text"
	Len       int16  // -1: variable, -2: C string
	ByVal     bool
	Kind      byte // typtype: b base, c composite, d domain, e enum, p pseudo, r range, m multirange
	Category  byte // typcategory: N numeric, S string, D date/time, A array, P pseudo, …
	Preferred bool // preferred within its category
	Delim     byte // between the elements of an array of it
	Relation  OID  // composite: its pg_class row
	Elem      OID  // what subscripting gives; 0: none
	Array     OID  // the array over it; 0: none
	Base      OID  // domain: over what
	BaseMod   int32
	Dims      int32
	Collation OID // 0: not collatable
	Align     byte
	Storage   byte
	NotNull   bool
	IsArray   bool // a true array: subscripted by array_subscript_handler
	Input     string
	Output    string
	Receive   string
	Send      string
	ModIn     string // empty: takes no modifier
	ModOut    string
	Subscript string
}

// Categories that rules name (pg_type.typcategory).
const (
	stringCategory byte = 'S'
	pseudoCategory byte = 'P'
)

func category(oid OID) byte {
	if t, ok := TypeByOID(oid); ok {
		return t.Category
	}
	return 0
}

func isPreferred(oid OID) bool {
	t, ok := TypeByOID(oid)
	return ok && t.Preferred
}

func preferredIn(cat byte, oid OID) bool {
	t, ok := TypeByOID(oid)
	return ok && t.Preferred && t.Category == cat
}

// IsRange tells the range and multirange types.
func IsRange(oid OID) bool {
	t, ok := TypeByOID(oid)
	return ok && (t.Kind == 'r' || t.Kind == 'm')
}

// baseType looks through domains.
func baseType(oid OID) OID {
	for {
		t, ok := TypeByOID(oid)
		if !ok || t.Kind != 'd' {
			return oid
		}
		oid = t.Base
	}
}

// isComplex tells row types from others (a domain over one is one too).
func isComplex(oid OID) bool {
	t, ok := TypeByOID(baseType(oid))
	return ok && t.Kind == 'c'
}

func isComplexArray(oid OID) bool {
	elem, ok := elementOf(oid)
	return ok && isComplex(elem)
}

func isArray(oid OID) bool {
	_, ok := elementOf(oid)
	return ok
}

// BaseType gives what a domain is over, with the domain's modifier; other types as they are.
func BaseType(t Type) Type {
	for {
		info, ok := TypeByOID(t.OID)
		if !ok || info.Kind != 'd' {
			return t
		}
		t = Type{OID: info.Base, Mod: info.BaseMod}
	}
}
