package pgtype

import "github.com/apache/arrow-go/v18/arrow"

// How values of each type stand in Arrow, everywhere between a connector and the
// wire. One representation for each type, so that no stage has to ask.
//
//	bool                     Boolean
//	int2, int4, int8         Int16, Int32, Int64
//	oid, reg*                Uint32
//	float4, float8           Float32, Float64
//	numeric(p,s), p <= 38    Decimal128(p,s)   (a NaN there is refused by the reader with 22003)
//	numeric otherwise        String: PostgreSQL's own text ("1.500", "NaN", "Infinity"), digits and scale exact
//	text, varchar, name, …   String, UTF-8
//	char(n)                  String, padded with blanks as PostgreSQL stores it
//	bytea                    Binary
//	date                     Date32, days since 1970-01-01; infinity 2147483647, -infinity -2147483647
//	time                     Time64[us], 24:00:00 is 86400000000
//	timestamp, timestamptz   Timestamp[us], the latter with zone "UTC"; infinity and -infinity are ±(2^63-1)
//	interval                 MonthDayNano
//	uuid                     String, canonical lower case
//	json, jsonb              String, the text PostgreSQL prints
//	record                   Struct of its fields f1, f2, … where they are known
//	T[]                      List<T>, one dimension, lower bound 1 (others are refused with 0A000)
//	T[], Shaped              Struct{s: bounds as array_dims has them, "" of none; v: List<T> in row-major order}
//	everything else          String, the text PostgreSQL prints

// NumericParts gives precision and scale of a numeric type modifier
// (numeric.c: make_numeric_typmod; scale is an 11-bit signed field since 15).
// ok is false without a modifier.
func NumericParts(mod int32) (precision, scale int32, ok bool) {
	if mod < 4 {
		return 0, 0, false
	}
	m := mod - 4
	return m >> 16 & 0xffff, (m&0x7ff ^ 1024) - 1024, true
}

// NumericMod is the modifier of numeric(precision, scale).
func NumericMod(precision, scale int32) int32 { return precision<<16 | scale&0x7ff + 4 }

// IsDecimal128 tells whether values of t stand as Decimal128.
func IsDecimal128(t Type) (precision, scale int32, ok bool) {
	if t.OID != Numeric {
		return 0, 0, false
	}
	p, s, ok := NumericParts(t.Mod)
	return p, s, ok && p <= 38 && s >= 0 && s <= p
}

// Arrow gives the Arrow type of values of t, by the table above.
func Arrow(t Type) arrow.DataType {
	if p, s, ok := IsDecimal128(t); ok {
		return &arrow.Decimal128Type{Precision: p, Scale: s}
	}
	switch t.OID {
	case Bool:
		return arrow.FixedWidthTypes.Boolean
	case Int2:
		return arrow.PrimitiveTypes.Int16
	case Int4:
		return arrow.PrimitiveTypes.Int32
	case Int8:
		return arrow.PrimitiveTypes.Int64
	case Oid:
		return arrow.PrimitiveTypes.Uint32
	case Float4:
		return arrow.PrimitiveTypes.Float32
	case Float8:
		return arrow.PrimitiveTypes.Float64
	case Bytea:
		return arrow.BinaryTypes.Binary
	case Date:
		return arrow.FixedWidthTypes.Date32
	case Time:
		return arrow.FixedWidthTypes.Time64us
	case Timestamp:
		return &arrow.TimestampType{Unit: arrow.Microsecond}
	case Timestamptz:
		return &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"}
	case Interval:
		return arrow.FixedWidthTypes.MonthDayNanoInterval
	}
	if IsRegistered(t.OID) {
		return arrow.PrimitiveTypes.Uint32
	}
	if elem, ok := ElementType(t); ok && t.Shaped {
		return arrow.StructOf(
			arrow.Field{Name: "s", Type: arrow.BinaryTypes.String, Nullable: true},
			arrow.Field{Name: "v", Type: arrow.ListOf(Arrow(Of(elem.OID))), Nullable: true})
	} else if ok {
		return arrow.ListOf(Arrow(elem))
	}
	if fields := t.Fields(); fields != nil {
		return arrowStruct(fields)
	}
	return arrow.BinaryTypes.String
}

// ElementType gives the type of an array's elements, with the array's modifier.
func ElementType(array Type) (Type, bool) {
	elem, ok := ElementOf(array.OID)
	return Type{OID: elem, Mod: array.Mod, Row: array.Row}, ok
}

// ElementOf gives the element type of an array type (int2vector and oidvector print
// otherwise than arrays and are not arrays here).
func ElementOf(array OID) (OID, bool) {
	if array == Int2Vector || array == OidVector {
		return 0, false
	}
	return elementOf(array)
}

// ArrayOf gives the array type over an element type.
func ArrayOf(elem OID) (OID, bool) {
	t, ok := TypeByOID(elem)
	if !ok || t.Array == 0 {
		return 0, false
	}
	return t.Array, true
}
