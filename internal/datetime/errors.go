package datetime

import (
	"fmt"

	"github.com/sluicemesh/sluice/sqlstate"
)

// problem is why input was refused; 0 is none.
type problem uint8

const (
	badFormat problem = iota + 1
	fieldOverflow
	monthDayOverflow // perhaps the order of month and day is meant otherwise
	intervalOverflow
	zoneOverflow
	unknownZone // the decoder keeps its name
)

// error gives what PostgreSQL raises (DateTimeParseError).
func (p problem) error(text, typeName string) error {
	switch p {
	case fieldOverflow:
		return sqlstate.New(sqlstate.DatetimeFieldOverflow, "date/time field value out of range: %q", verbatim(text))
	case monthDayOverflow:
		return sqlstate.New(sqlstate.DatetimeFieldOverflow, "date/time field value out of range: %q", verbatim(text)).
			WithHint("Perhaps you need a different %q setting.", "datestyle")
	case intervalOverflow:
		return sqlstate.New(sqlstate.IntervalFieldOverflow, "interval field value out of range: %q", verbatim(text))
	case zoneOverflow:
		return sqlstate.New(sqlstate.InvalidTimeZoneDisplacement, "time zone displacement out of range: %q", verbatim(text))
	case unknownZone:
		return sqlstate.New(sqlstate.InvalidParameterValue, "time zone %q not recognized", verbatim(text))
	}
	return sqlstate.New(sqlstate.InvalidDatetimeFormat, "invalid input syntax for type %s: %q", typeName, verbatim(text))
}

// verbatim prints between quotes as PostgreSQL does: without escapes.
type verbatim string

// Format writes the text between plain quotes, whatever the verb.
func (v verbatim) Format(s fmt.State, _ rune) {
	s.Write([]byte{'"'})
	s.Write([]byte(v))
	s.Write([]byte{'"'})
}

func outOfRange(format string, args ...any) error {
	return sqlstate.New(sqlstate.DatetimeFieldOverflow, format, args...)
}

func unsupported(format string, args ...any) error {
	return sqlstate.New(sqlstate.FeatureNotSupported, format, args...)
}

func divisionByZero() error { return sqlstate.New(sqlstate.DivisionByZero, "division by zero") }
