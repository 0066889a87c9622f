package datetime

import (
	"strings"
	"time"

	"github.com/sluicemesh/sluice/sqlstate"
)

// extractUnit finds the unit a user names for extract and date_part, in any case.
func extractUnit(name string) Unit {
	if u := truncateUnit(name); u != 0 {
		return u
	}
	t := dateTokens[truncate(strings.ToLower(name))]
	switch {
	case t.kind == labelToken:
		return Unit(t.value)
	case t.kind == specialToken && t.value == specialEpoch:
		return UnitEpoch
	}
	return 0
}

// truncateUnit finds the unit a user names for date_trunc, in any case.
func truncateUnit(name string) Unit { return intervalUnits[truncate(strings.ToLower(name))] }

// unitError tells words that are no units from units that a type does not have.
func unitError(name, typeName string, known bool) error {
	lower := strings.ToLower(name)
	if known {
		return sqlstate.New(sqlstate.FeatureNotSupported, `unit "%s" not supported for type %s`, lower, typeName)
	}
	return sqlstate.New(sqlstate.InvalidParameterValue, `unit "%s" not recognized for type %s`, lower, typeName)
}

// Truncate cuts a timestamp without time zone to a unit (date_trunc).
func Truncate(unit string, ts int64) (int64, error) {
	if Infinite(ts) { // PostgreSQL 15 does not look at the unit then
		return ts, nil
	}
	u := truncateUnit(unit)
	f, ok := truncated(u, FieldsOf(ts))
	if !ok {
		return 0, unitError(unit, "timestamp without time zone", u != 0)
	}
	ts, ok = f.Timestamp()
	if !ok {
		return 0, timestampOutOfRange()
	}
	return ts, nil
}

// TruncateInZone cuts a timestamp with time zone to a unit of a zone's calendar. Up to
// hours it keeps the offset, from days on it takes that of the new time.
func TruncateInZone(unit string, ts int64, zone *time.Location) (int64, error) {
	if Infinite(ts) {
		return ts, nil
	}
	u := truncateUnit(unit)
	offset := int64(OffsetOfUTC(ts, zone)) * Second
	f, ok := truncated(u, FieldsOf(ts+offset))
	if !ok {
		return 0, unitError(unit, "timestamp with time zone", u != 0)
	}
	local, ok := f.Timestamp()
	if !ok {
		return 0, timestampOutOfRange()
	}
	if u >= UnitDay {
		return FromLocal(local, zone), nil
	}
	return local - offset, nil
}

// truncated sets all fields below the unit to their least.
func truncated(u Unit, f Fields) (Fields, bool) {
	switch u {
	case UnitMicrosecond:
	case UnitMillisecond:
		f.Micros -= f.Micros % 1000
	case UnitSecond:
		f.Micros = 0
	case UnitMinute:
		f.Second, f.Micros = 0, 0
	case UnitHour:
		f.Minute, f.Second, f.Micros = 0, 0, 0
	case UnitDay:
		f = Fields{Year: f.Year, Month: f.Month, Day: f.Day}
	case UnitWeek:
		days := DaysOf(f.Year, f.Month, f.Day)
		year, month, day := CivilOf(days - floorMod(days+3, 7)) // 1970-01-01 was a Thursday
		f = Fields{Year: year, Month: month, Day: day}
	case UnitMonth:
		f = Fields{Year: f.Year, Month: f.Month, Day: 1}
	case UnitQuarter:
		f = Fields{Year: f.Year, Month: (f.Month-1)/3*3 + 1, Day: 1}
	case UnitYear:
		f = Fields{Year: f.Year, Month: 1, Day: 1}
	case UnitDecade:
		f = Fields{Year: int(floorDiv(int64(f.Year), 10)) * 10, Month: 1, Day: 1}
	case UnitCentury:
		f = Fields{Year: int(floorDiv(int64(f.Year)-1, 100))*100 + 1, Month: 1, Day: 1}
	case UnitMillennium:
		f = Fields{Year: int(floorDiv(int64(f.Year)-1, 1000))*1000 + 1, Month: 1, Day: 1}
	default:
		return f, false
	}
	return f, true
}

// TruncateInterval cuts an interval to a unit.
func TruncateInterval(unit string, v Interval) (Interval, error) {
	u := truncateUnit(unit)
	months := map[Unit]int32{
		UnitMillennium: 12000, UnitCentury: 1200, UnitDecade: 120, UnitYear: 12, UnitQuarter: 3, UnitMonth: 1,
	}[u]
	micros := map[Unit]int64{
		UnitHour: Hour, UnitMinute: Minute, UnitSecond: Second, UnitMillisecond: 1000, UnitMicrosecond: 1,
	}[u]
	switch {
	case months > 0:
		return Interval{Months: v.Months - v.Months%months}, nil
	case u == UnitDay:
		return Interval{Months: v.Months, Days: v.Days}, nil
	case micros > 0:
		v.Micros -= v.Micros % micros
		return v, nil
	}
	return Interval{}, unitError(unit, "interval", u != 0)
}
