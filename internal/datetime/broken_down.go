package datetime

// Fields is a point in time broken down. Year 0 is 1 BC.
type Fields struct {
	Year, Month, Day     int
	Hour, Minute, Second int
	Micros               int // of the second
}

// FieldsOf breaks down a timestamp (in whatever zone it is meant).
func FieldsOf(ts int64) Fields {
	days := floorDiv(ts, Day)
	f := clock(ts - days*Day)
	f.Year, f.Month, f.Day = CivilOf(days)
	return f
}

// clock breaks down a time of day, or the time part of an interval.
func clock(micros int64) Fields {
	return Fields{
		Hour: int(micros / Hour), Minute: int(micros / Minute % 60),
		Second: int(micros / Second % 60), Micros: int(micros % Second),
	}
}

// timeOfDay gives the microseconds since midnight.
func (f Fields) timeOfDay() int64 {
	return int64(f.Hour)*Hour + int64(f.Minute)*Minute + int64(f.Second)*Second + int64(f.Micros)
}

// Timestamp gives the timestamp of the fields; ok is false out of range.
func (f Fields) Timestamp() (ts int64, ok bool) {
	if !validJulian(f.Year, f.Month) {
		return 0, false
	}
	return combine(DaysOf(f.Year, f.Month, f.Day), f.timeOfDay())
}

func combine(days, micros int64) (int64, bool) {
	ts, ok := mulMicros(days, Day)
	if !ok {
		return 0, false
	}
	ts, ok = addMicros(ts, micros)
	return ts, ok && ValidTimestamp(ts)
}

// timeOverflows: 24:00:00 is the last time of day (time_overflows).
func (f Fields) timeOverflows() bool {
	return f.Hour < 0 || f.Hour > 24 || f.Minute < 0 || f.Minute > 59 || f.Second < 0 || f.Second > 60 ||
		f.Micros < 0 || f.Micros > int(Second) || f.timeOfDay() > Day
}
