package duckdb

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/catalog"
	"github.com/sluicemesh/sluice/catalog/pgtype"
)

// family is what kind of values a type of DuckDB's holds, as far as conversions differ.
type family uint8

const (
	other family = iota
	boolean
	integer
	decimal
	float
	text
	nested
)

// families by DuckDB's type names, without arguments. Those not listed convert only to
// the one type of PostgreSQL in sameTypes.
var families = map[string]family{
	"BOOLEAN": boolean,
	"TINYINT": integer, "SMALLINT": integer, "INTEGER": integer, "BIGINT": integer, "HUGEINT": integer,
	"UTINYINT": integer, "USMALLINT": integer, "UINTEGER": integer, "UBIGINT": integer, "UHUGEINT": integer,
	"DECIMAL": decimal, "FLOAT": float, "DOUBLE": float,
	"VARCHAR": text, "ENUM": text,
	"STRUCT": nested, "MAP": nested, "JSON": nested,
}

// sameTypes hold the same values on both sides. Where the name of PostgreSQL's type in
// DuckDB differs, a cast loses nothing but what is finer than a microsecond.
var sameTypes = map[string]pgtype.OID{
	"DATE": pgtype.Date, "TIME": pgtype.Time, "INTERVAL": pgtype.Interval, "UUID": pgtype.UUID, "BLOB": pgtype.Bytea,
	"TIMESTAMP": pgtype.Timestamp, "TIMESTAMP_S": pgtype.Timestamp, "TIMESTAMP_MS": pgtype.Timestamp, "TIMESTAMP_NS": pgtype.Timestamp,
	"TIMESTAMP WITH TIME ZONE": pgtype.Timestamptz,
}

// roundings are the functions for types with a precision of seconds.
var roundings = map[pgtype.OID]string{
	pgtype.Time: "sluice_round_time", pgtype.Timestamp: "sluice_round_timestamp", pgtype.Timestamptz: "sluice_round_timestamptz",
}

// engineTypes are DuckDB's names for the representation of PostgreSQL's types.
var engineTypes = map[pgtype.OID]string{
	pgtype.Bool: "BOOLEAN", pgtype.Int2: "SMALLINT", pgtype.Int4: "INTEGER", pgtype.Int8: "BIGINT", pgtype.Oid: "UINTEGER",
	pgtype.Float4: "FLOAT", pgtype.Float8: "DOUBLE", pgtype.Bytea: "BLOB", pgtype.Date: "DATE", pgtype.Time: "TIME",
	pgtype.Timestamp: "TIMESTAMP", pgtype.Timestamptz: "TIMESTAMP WITH TIME ZONE", pgtype.Interval: "INTERVAL",
}

// conversion brings values to a type of a contract.
type conversion struct {
	to     pgtype.Type
	column string // for errors
	file   string // SQL of the row's file
	json   bool   // numbers in text come from JSON
}

// convert writes e, of DuckDB's type has, as the contract's type in the representation
// of pgtype.Arrow. It is what an assignment in PostgreSQL would make of the value: a
// numeric is rounded to its scale, a longer text is an error. false: no such assignment
// keeps the value, and the contract is wrong about the source.
func (v conversion) convert(e, has string) (string, bool) {
	if elem, ok := strings.CutSuffix(has, "[]"); ok {
		return v.list(e, elem)
	}
	word, _, _ := strings.Cut(has, "(")
	switch families[word] {
	case boolean:
		return e, v.to.OID == pgtype.Bool
	case text:
		return v.fromText(castUnless(e, has, "VARCHAR"))
	case integer:
		return v.fromInteger(e, has)
	case decimal:
		return v.fromDecimal(e, has)
	case float:
		return v.fromFloat(e, has)
	case nested:
		return v.fromNested(e, has)
	}
	return v.fromSame(e, has)
}

func castUnless(e, has, want string) string {
	if has == want {
		return e
	}
	return "CAST(" + e + " AS " + want + ")"
}

func (v conversion) fromSame(e, has string) (string, bool) {
	of, known := sameTypes[has]
	switch {
	case !known:
		return "", false
	case has == "UUID":
		return castUnless(e, has, "VARCHAR"), v.to.OID == pgtype.UUID || isText(v.to)
	case of == pgtype.Date && v.to.OID == pgtype.Timestamp:
		return castUnless(e, has, "TIMESTAMP"), true
	case of != v.to.OID:
		return "", false
	}
	e = castUnless(e, has, engineTypes[of])
	if name := roundings[of]; name != "" && v.to.Mod >= 0 && v.to.Mod < 6 {
		e = fmt.Sprintf("%s(%s, %d)", name, e, v.to.Mod)
	}
	return e, true
}

// isText tells the text types without a length.
func isText(t pgtype.Type) bool {
	return t.OID == pgtype.Text || t.OID == pgtype.Varchar && t.Mod < 0
}

func (v conversion) fromInteger(e, has string) (string, bool) {
	switch v.to.OID {
	case pgtype.Int2, pgtype.Int4, pgtype.Int8, pgtype.Oid:
		return castUnless(e, has, engineTypes[v.to.OID]), true
	case pgtype.Numeric:
		return v.toNumeric("CAST("+e+" AS VARCHAR)", e)
	}
	return castUnless(e, has, "VARCHAR"), isText(v.to)
}

func (v conversion) fromDecimal(e, has string) (string, bool) {
	if v.to.OID != pgtype.Numeric {
		return "", false
	}
	if p, s, ok := pgtype.IsDecimal128(v.to); ok && has == decimalName(p, s) {
		return e, true
	}
	printed := "CAST(" + e + " AS VARCHAR)"
	if p, s, ok := decimalParts(has); !ok || p == s { // without the zero before the point
		printed = v.read("numeric", printed, -1)
	}
	return v.toNumeric(printed, e)
}

// toNumeric gives a value that prints as its numeric: the print, or a decimal.
func (v conversion) toNumeric(printed, e string) (string, bool) {
	if p, s, ok := pgtype.IsDecimal128(v.to); ok {
		return "CAST(" + e + " AS " + decimalName(p, s) + ")", true
	}
	if p, s, ok := pgtype.NumericParts(v.to.Mod); ok {
		return v.read("numeric", printed, packed(p, s)), true
	}
	return printed, true
}

// packed is how parseNumeric takes precision and scale.
func packed(precision, scale int32) int32 { return precision<<16 | scale&0xffff }

// fromFloat: to numeric it gives as many digits as PostgreSQL's cast does.
func (v conversion) fromFloat(e, has string) (string, bool) {
	switch {
	case v.to.OID == pgtype.Float8:
		return castUnless(e, has, "DOUBLE"), true
	case v.to.OID == pgtype.Float4:
		return e, has == "FLOAT"
	case v.to.OID == pgtype.Numeric:
		digits := map[string]int{"FLOAT": 6, "DOUBLE": 15}[has]
		return v.fromNumericText(fmt.Sprintf("sluice_float_numeric(CAST(%s AS DOUBLE), %d)", e, digits)), true
	}
	return "", false
}

// fromNested prints what JSON can hold. jsonb prints otherwise, so it is not served.
func (v conversion) fromNested(e, has string) (string, bool) {
	if has == "JSON" && !v.json {
		return castUnless(e, has, "VARCHAR"), v.to.OID == pgtype.JSON || isText(v.to)
	}
	if v.json && v.to.OID == pgtype.Numeric {
		return v.fromNumericText("CAST(" + e + " AS VARCHAR)"), true
	}
	if has != "JSON" {
		e = "to_json(" + e + ")"
	}
	return "CAST(" + e + " AS VARCHAR)", v.to.OID == pgtype.JSON
}

// list converts each element; a list of lists, or one asked for as JSON, is JSON.
func (v conversion) list(e, elem string) (string, bool) {
	of, ok := pgtype.ElementOf(v.to.OID)
	if !ok || strings.HasSuffix(elem, "]") {
		return v.fromNested(e, elem+"[]")
	}
	inner := v
	inner.to = pgtype.Type{OID: of, Mod: v.to.Mod}
	converted, ok := inner.convert("x", elem)
	if converted == "x" || !ok {
		return e, ok
	}
	return "list_transform(" + e + ", lambda x: " + converted + ")", true
}

// readers are the input functions by type, those of inputFunctions.
var readers = map[pgtype.OID]string{
	pgtype.Bool: "bool", pgtype.Int2: "int2", pgtype.Int4: "int4", pgtype.Int8: "int8", pgtype.Oid: "oid",
	pgtype.Float4: "float4", pgtype.Float8: "float8", pgtype.Bytea: "bytea", pgtype.UUID: "uuid", pgtype.JSON: "json",
	pgtype.Date: "date", pgtype.Time: "time", pgtype.Timestamp: "timestamp", pgtype.Timestamptz: "timestamptz", pgtype.Interval: "interval",
}

// lengthHeader is what the modifiers of varchar and char count beside the length.
const lengthHeader = 4

func (v conversion) fromText(e string) (string, bool) {
	switch {
	case isText(v.to) || v.to.OID == pgtype.Bpchar && v.to.Mod < 0:
		return e, true
	case v.to.OID == pgtype.Varchar:
		return v.bounded("varchar", e, e), true
	case v.to.OID == pgtype.Bpchar:
		return v.bounded("bpchar", e, fmt.Sprintf("rpad(%s, %d, ' ')", e, v.to.Mod-lengthHeader)), true
	case v.to.OID == pgtype.Numeric:
		return v.fromNumericText(e), true
	}
	name, ok := readers[v.to.OID]
	return v.read(name, e, v.to.Mod), ok
}

// bounded leaves to our function only texts that are too long: they may end in blanks.
func (v conversion) bounded(name, e, fitting string) string {
	length := v.to.Mod - lengthHeader
	return fmt.Sprintf("CASE WHEN length(%s) > %d THEN %s ELSE %s END", e, length, v.read(name, e, length), fitting)
}

func (v conversion) fromNumericText(e string) string {
	name := "numeric"
	if v.json {
		name = "json_number"
	}
	p, s, limited := pgtype.NumericParts(v.to.Mod)
	if !limited {
		return v.read(name, e, -1)
	}
	e = v.read(name, e, packed(p, s))
	if _, _, ok := pgtype.IsDecimal128(v.to); ok {
		return "CAST(" + e + " AS " + decimalName(p, s) + ")"
	}
	return e
}

func (v conversion) read(name, e string, mod int32) string {
	return fmt.Sprintf("sluice_read_%s(%s, %d, %s, %s)", name, e, mod, v.file, quoteText(v.column))
}

func decimalName(p, s int32) string { return fmt.Sprintf("DECIMAL(%d,%d)", p, s) }

func decimalParts(has string) (p, s int, ok bool) {
	inner, found := strings.CutPrefix(has, "DECIMAL(")
	first, second, _ := strings.Cut(strings.TrimSuffix(inner, ")"), ",")
	p, err := strconv.Atoi(first)
	s, err2 := strconv.Atoi(second)
	return p, s, found && err == nil && err2 == nil
}

// mismatch says for people how a column differs from its contract.
func mismatch(name, has string, t pgtype.Type) string {
	return fmt.Sprintf("column %s is %s, the contract says %s", name, shortened(has), pgtype.FormatType(t))
}

// shortened leaves out the fields and labels of a type.
func shortened(has string) string {
	word, _, _ := strings.Cut(has, "(")
	if families[word] == nested || word == "ENUM" {
		return word
	}
	return has
}

// jsonColumns names the keys that are read and how: as text, lists as lists of text. A
// numeric is read as JSON, which tells a number from a string: that one is exact.
func jsonColumns(t *catalog.Table) string {
	fields := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		as := "VARCHAR"
		if _, ok := pgtype.ElementOf(c.Type.OID); ok {
			as = "VARCHAR[]"
		} else if c.Type.OID == pgtype.JSON || c.Type.OID == pgtype.Numeric {
			as = "JSON"
		}
		fields[i] = quoteText(physicalName(c)) + ": '" + as + "'"
	}
	return "{" + strings.Join(fields, ", ") + "}"
}
