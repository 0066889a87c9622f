package datetime

// ParseDate reads a date as date_in does, giving days since 1970-01-01.
func ParseDate(text string, in Input) (int32, error) {
	d, p := decode(text, in, false)
	if p != 0 {
		return 0, d.failure(p, text, "date")
	}
	switch d.special {
	case specialLate:
		return DateInfinity, nil
	case specialEarly:
		return DateNegativeInfinity, nil
	case specialEpoch:
		return 0, nil
	}
	days := DaysOf(d.Year, d.Month, d.Day)
	if !validJulian(d.Year, d.Month) || !ValidDate(days) {
		return 0, outOfRange("date out of range: %q", verbatim(text))
	}
	return int32(days), nil
}

// ParseTimestamp reads a timestamp without time zone as timestamp_in does; a zone is
// read and ignored.
func ParseTimestamp(text string, in Input) (int64, error) {
	return parseTimestamp(text, in, false, "timestamp")
}

// ParseTimestamptz reads a timestamp with time zone as timestamptz_in does.
func ParseTimestamptz(text string, in Input) (int64, error) {
	return parseTimestamp(text, in, true, "timestamp with time zone")
}

func parseTimestamp(text string, in Input, zoned bool, typeName string) (int64, error) {
	d, p := decode(text, in, false)
	if p != 0 {
		return 0, d.failure(p, text, typeName)
	}
	switch d.special {
	case specialLate:
		return TimestampInfinity, nil
	case specialEarly:
		return TimestampNegativeInfinity, nil
	case specialEpoch:
		return 0, nil
	}
	ts, ok := d.Timestamp()
	if ok && zoned {
		ts, ok = addMicros(ts, -int64(d.offset)*Second)
	}
	if !ok || !ValidTimestamp(ts) {
		return 0, outOfRange("timestamp out of range: %q", verbatim(text))
	}
	return ts, nil
}

// ParseTime reads a time of day as time_in does.
func ParseTime(text string, in Input) (int64, error) {
	d, p := decode(text, in, true)
	if p != 0 {
		return 0, d.failure(p, text, "time")
	}
	return d.timeOfDay(), nil
}

// TimeWithZone is a value of timetz.
type TimeWithZone struct {
	Micros int64 // local time of day
	Offset int   // seconds east of UTC
}

// ParseTimeWithZone reads a time with time zone as timetz_in does.
func ParseTimeWithZone(text string, in Input) (TimeWithZone, error) {
	d, p := decode(text, in, true)
	if p != 0 {
		return TimeWithZone{}, d.failure(p, text, "time with time zone")
	}
	return TimeWithZone{Micros: d.timeOfDay(), Offset: d.offset}, nil
}

func (d *decoder) failure(p problem, text, typeName string) error {
	if p == unknownZone {
		text = d.notRecognize
	}
	return p.error(text, typeName)
}
