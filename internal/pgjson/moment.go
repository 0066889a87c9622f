package pgjson

// Moment is a date or a time as a jsonpath makes of a text; JSON has none. As a value its
// Kind is OfMoment, and Text is what it prints.
type Moment struct {
	Kind   MomentKind
	Value  int64 // days since 1970-01-01, microseconds of the day, or microseconds since 1970-01-01 (in UTC with a zone)
	Offset int   // seconds east of UTC, where the kind has a zone
}

// MomentKind is the SQL type of a moment.
type MomentKind uint8

// The kinds.
const (
	Date MomentKind = iota
	Time
	TimeTZ
	Timestamp
	TimestampTZ
)

// String is the type as .type() names it.
func (k MomentKind) String() string {
	return [...]string{"date", "time without time zone", "time with time zone", "timestamp without time zone", "timestamp with time zone"}[k]
}
