package pgtype

import (
	"strconv"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
)

// Field is one of a record's.
type Field struct {
	Name string
	Type Type
}

// RecordOf is the type record with what is known of its fields. Types of the same fields
// are equal.
func RecordOf(fields []Field) Type {
	var b strings.Builder
	for _, f := range fields {
		b.WriteString(strconv.Quote(f.Name))
		b.WriteString(strconv.FormatUint(uint64(f.Type.OID), 10))
		b.WriteByte(',')
		b.WriteString(strconv.FormatInt(int64(f.Type.Mod), 10))
		if f.Type.Shaped {
			b.WriteByte('*')
		}
		b.WriteString(strconv.Quote(f.Type.Row))
	}
	return Type{OID: Record, Mod: -1, Row: b.String() + recordEnd}
}

// RowOf is the row type of a relation, which is a record to all but those who ask for its
// name: Relation tells it.
func RowOf(schema, relation string, fields []Field) Type {
	t := RecordOf(fields)
	t.Row = relationMark + strconv.Quote(schema) + strconv.Quote(relation) + t.Row
	return t
}

// Relation gives the relation whose row type a record, or the record in an array, has.
func (t Type) Relation() (schema, name string, ok bool) {
	rest, ok := strings.CutPrefix(t.Row, relationMark)
	if !ok {
		return "", "", false
	}
	schema, rest = unquotedPrefix(rest)
	name, _ = unquotedPrefix(rest)
	return schema, name, true
}

// relationMark begins the row type of a relation.
const relationMark = "="

// recordEnd tells a record without fields from one whose fields are not known.
const recordEnd = "."

// Fields gives those of a record; nil where they are not known. A record may have none.
func (t Type) Fields() []Field {
	if t.OID != Record || t.Row == "" {
		return nil
	}
	fields := []Field{}
	rest, named := strings.CutPrefix(t.Row, relationMark)
	if named {
		_, rest = unquotedPrefix(rest)
		_, rest = unquotedPrefix(rest)
	}
	for rest != recordEnd {
		var f Field
		f.Name, rest = unquotedPrefix(rest)
		number, after, _ := strings.Cut(rest, ",")
		rest = after
		oid, _ := strconv.ParseUint(number, 10, 32)
		quote := strings.IndexByte(rest, '"')
		number, shaped := strings.CutSuffix(rest[:quote], "*")
		mod, _ := strconv.ParseInt(number, 10, 32)
		f.Type = Type{OID: OID(oid), Mod: int32(mod), Shaped: shaped}
		f.Type.Row, rest = unquotedPrefix(rest[quote:])
		fields = append(fields, f)
	}
	return fields
}

// unquotedPrefix reads what strconv.Quote wrote.
func unquotedPrefix(s string) (text, rest string) {
	quoted, err := strconv.QuotedPrefix(s)
	if err != nil {
		panic("pgtype: " + err.Error() + " in a record's type")
	}
	text, _ = strconv.Unquote(quoted)
	return text, s[len(quoted):]
}

// SameFields tells whether two records have as many fields of the same types, whatever
// their names and modifiers.
func SameFields(a, b []Field) bool {
	if len(a) != len(b) || (a == nil) != (b == nil) {
		return false
	}
	for i := range a {
		if a[i].Type.OID != b[i].Type.OID || a[i].Type.Shaped != b[i].Type.Shaped || a[i].Type.Row != b[i].Type.Row && !SameFields(a[i].Type.Fields(), b[i].Type.Fields()) {
			return false
		}
	}
	return true
}

// FieldName is what the engine calls field i, counted from 0: records may use a name twice.
func FieldName(i int) string { return "f" + strconv.Itoa(i+1) }

// arrowStruct is a struct of a record's fields. Arrow has no struct without any.
func arrowStruct(fields []Field) arrow.DataType {
	list := make([]arrow.Field, len(fields), len(fields)+1)
	for i, f := range fields {
		list[i] = arrow.Field{Name: FieldName(i), Type: Arrow(f.Type), Nullable: true}
	}
	if len(list) == 0 {
		list = append(list, arrow.Field{Name: "f0", Type: arrow.FixedWidthTypes.Boolean, Nullable: true})
	}
	return arrow.StructOf(list...)
}
