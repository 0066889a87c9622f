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
