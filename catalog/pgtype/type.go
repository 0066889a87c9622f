// Package pgtype is PostgreSQL's type system as data: types, casts, operators,
// functions and aggregates, dumped once from a live PostgreSQL, and the rules that
// choose among them (PostgreSQL manual, chapter "Type Conversion").
//
// In: names and argument types. Out: the operator, function or cast PostgreSQL
// would take, or the error it would raise. It knows no plan, no engine, no value
// beyond the parsing and printing of text forms.
package pgtype

// OID identifies a type as PostgreSQL does (pg_type.oid).
type OID uint32

// Type is a type with its modifier (pg_attribute.atttypmod; -1: none), such as
// numeric(12,2) = {1700, 786438}. The zero Type is no type.
type Type struct {
	OID OID
	Mod int32
	// Row says what fields a record has (RecordOf), or those in an array of records; empty
	// where that is not known, and for all other types.
	Row string
	// Shaped is set for arrays that may have any number of dimensions and any lower bounds; the
	// others have one dimension, whose lower bound is 1.
	Shaped bool
}

// Of gives a type without modifier.
func Of(oid OID) Type { return Type{OID: oid, Mod: -1} }

// The OIDs code refers to by name. All others are found in the embedded table.
const (
	Bool        OID = 16
	Bytea       OID = 17
	Char        OID = 18 // "char"
	Name        OID = 19
	Int8        OID = 20
	Int2        OID = 21
	Int2Vector  OID = 22
	Int4        OID = 23
	Regproc     OID = 24
	Text        OID = 25
	Oid         OID = 26
	OidVector   OID = 30
	JSON        OID = 114
	XML         OID = 142
	Float4      OID = 700
	Float8      OID = 701
	Unknown     OID = 705
	Money       OID = 790
	Inet        OID = 869
	Macaddr     OID = 829
	Macaddr8    OID = 774
	Cidr        OID = 650
	Bpchar      OID = 1042
	Varchar     OID = 1043
	Date        OID = 1082
	Time        OID = 1083
	Timestamp   OID = 1114
	Timestamptz OID = 1184
	Interval    OID = 1186
	Timetz      OID = 1266
	Bit         OID = 1560
	Varbit      OID = 1562
	Numeric     OID = 1700
	Regclass    OID = 2205
	Regtype     OID = 2206
	Record      OID = 2249
	UUID        OID = 2950
	JSONB       OID = 3802
	JSONPath    OID = 4072
	Void        OID = 2278
	BoolArray   OID = 1000
	Int4Array   OID = 1007
	TextArray   OID = 1009
	Int8Array   OID = 1016
	RecordArray OID = 2287
	AnyElement  OID = 2283
	AnyArray    OID = 2277
)
