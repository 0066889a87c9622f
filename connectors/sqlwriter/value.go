package sqlwriter

// rank is how tightly the outermost operator of a text binds.
type rank uint8

// From loosest to tightest: an OR needs parentheses nearly everywhere, an atom nowhere.
const (
	disjunction rank = iota
	conjunction
	operation
	atom
)

// value is SQL text for an expression, and how its values stand in the engine.
type value struct {
	sql   string
	rank  rank
	plain bool // a mere column
	form  form
	// stored is the column as the file holds it, where sql is a copy of it (copied).
	stored string
	// constant is set for a char(n) literal, text its text.
	constant bool
	text     string
}

// inside gives the text for a place that takes operands binding at least as tightly.
func (v value) inside(r rank) string {
	if v.rank >= r {
		return v.sql
	}
	return "(" + v.sql + ")"
}

// formKind says how a numeric stands.
type formKind uint8

// Only numeric and char(n) have several forms, and only in DuckDB; everything else is
// native. ofNull is a NULL literal, which takes any form. ofPadded is text padded to
// precision characters: such texts are equal where char(n) calls them so.
const (
	native formKind = iota
	ofNull
	ofDecimal
	ofText
	ofPadded
)

// form is the physical representation of a value, or of the elements of an array. A
// decimal's scale is PostgreSQL's display scale, so its text is PostgreSQL's.
type form struct {
	kind             formKind
	precision, scale int32
}

func plainColumn(table, column string) value {
	return value{sql: table + "." + column, rank: atom, plain: true}
}

func atomOf(sql string) value { return value{sql: sql, rank: atom} }
