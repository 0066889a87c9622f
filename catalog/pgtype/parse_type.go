package pgtype

import (
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

// spellings are SQL's names for types, after white space is made single.
var spellings = map[string]OID{
	"int": Int4, "integer": Int4, "smallint": Int2, "bigint": Int8, "real": Float4,
	"double precision": Float8, "boolean": Bool, "decimal": Numeric, "dec": Numeric,
	"char": Bpchar, "character": Bpchar, "nchar": Bpchar, "national character": Bpchar, "national char": Bpchar,
	"character varying": Varchar, "char varying": Varchar, "nchar varying": Varchar,
	"national character varying": Varchar, "national char varying": Varchar, "bit varying": Varbit,
	"time without time zone": Time, "time with time zone": Timetz,
	"timestamp without time zone": Timestamp, "timestamp with time zone": Timestamptz,
	"interval": Interval, `"char"`: Char,
}

// ParseTypeName reads a type as SQL spells it: "numeric(12,2)", "character varying(3)",
// "timestamp(3) with time zone", "interval day to second", "text[]", "\"char\"".
// Errors: 42704 for an unknown name, 42601 for bad syntax, 22023 for a bad modifier.
func ParseTypeName(text string) (Type, error) {
	words, arrays := trimBrackets(text)
	name, args, err := splitModifier(words, text)
	if err != nil {
		return Type{}, err
	}
	t, err := namedType(name, args)
	if err != nil || !arrays {
		return t, err
	}
	array, ok := ArrayOf(t.OID)
	if !ok {
		return Type{}, noArrayType(t.OID)
	}
	return Type{OID: array, Mod: t.Mod}, nil
}

// trimBrackets takes "[]", "[3]" and " ARRAY" off the end; PostgreSQL does not keep
// the number of dimensions.
func trimBrackets(text string) (string, bool) {
	text = strings.TrimSpace(text)
	found := false
	for strings.HasSuffix(text, "]") {
		open := strings.LastIndexByte(text, '[')
		if open < 0 || strings.Trim(text[open+1:len(text)-1], "0123456789 ") != "" {
			return text, found
		}
		text, found = strings.TrimSpace(text[:open]), true
	}
	if s, ok := strings.CutSuffix(strings.ToLower(text), " array"); ok && !found {
		return text[:len(s)], true
	}
	return text, found
}

// splitModifier takes the parenthesized numbers out of a type name, wherever they stand:
// timestamp(3) with time zone.
func splitModifier(words, text string) (string, []int32, error) {
	open := strings.IndexByte(words, '(')
	if open < 0 {
		return foldName(words), nil, nil
	}
	end := strings.IndexByte(words, ')')
	if end < open {
		return "", nil, sqlstate.New(sqlstate.SyntaxError, "invalid type name %q", text)
	}
	var args []int32
	for f := range strings.SplitSeq(words[open+1:end], ",") {
		n, err := strconv.ParseInt(strings.TrimSpace(f), 10, 32)
		if err != nil {
			return "", nil, sqlstate.New(sqlstate.SyntaxError, "invalid type name %q", text)
		}
		args = append(args, int32(n))
	}
	return foldName(words[:open] + " " + words[end+1:]), args, nil
}

// foldName folds case outside quotes and makes white space single.
func foldName(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if strings.Contains(s, `"`) {
		return s
	}
	return strings.ToLower(s)
}

func namedType(name string, args []int32) (Type, error) {
	if fields, ok := strings.CutPrefix(name, "interval "); ok {
		return intervalType(name, fields, args)
	}
	oid, ok := spellings[name]
	if !ok {
		oid, ok = internalType(name)
	}
	switch {
	case name == "float":
		return floatType(args)
	case !ok:
		return Type{}, sqlstate.New(sqlstate.UndefinedObject, "type %q does not exist", strings.Trim(name, `"`))
	case oid == Interval && len(args) > 0:
		args = append([]int32{fullRange}, args...)
	case len(args) == 0 && (oid == Bpchar && name != "bpchar" || name == "bit"):
		args = []int32{1}
	}
	mod, err := ModifierOf(oid, args...)
	return Type{OID: oid, Mod: mod}, err
}

func internalType(name string) (OID, bool) {
	schema, local, found := strings.Cut(name, ".")
	if !found {
		schema, local = "", name
	}
	info, ok := TypeByName(strings.Trim(schema, `"`), strings.Trim(local, `"`))
	if !ok {
		return 0, false
	}
	return info.OID, true
}

// floatType: float(1..24) is real, float(25..53) double precision.
func floatType(args []int32) (Type, error) {
	switch {
	case len(args) == 0:
		return Of(Float8), nil
	case len(args) > 1 || args[0] < 1:
		return Type{}, badModifier("precision for type float must be at least 1 bit")
	case args[0] <= 24:
		return Of(Float4), nil
	case args[0] <= 53:
		return Of(Float8), nil
	}
	return Type{}, badModifier("precision for type float must be less than 54 bits")
}

func intervalType(name, fields string, args []int32) (Type, error) {
	for _, f := range intervalFields {
		if f.name == fields {
			mod, err := ModifierOf(Interval, append([]int32{f.mask}, args...)...)
			return Type{OID: Interval, Mod: mod}, err
		}
	}
	return Type{}, sqlstate.New(sqlstate.SyntaxError, "invalid type name %q", name)
}
