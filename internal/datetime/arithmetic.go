package datetime

import "time"

func timestampOutOfRange() error { return outOfRange("timestamp out of range") }
func intervalOutOfRange() error  { return outOfRange("interval out of range") }

// Add adds an interval to a timestamp without time zone: months first (the last day of a
// shorter month stands for later ones), then days, then time (timestamp_pl_interval).
func Add(ts int64, v Interval) (int64, error) {
	return add(ts, v, func(local int64) int64 { return local }, func(ts int64) int64 { return ts })
}

// AddInZone adds an interval to a timestamp with time zone: months and days by the
// zone's calendar, time by the clock that never changes (timestamptz_pl_interval).
func AddInZone(ts int64, v Interval, zone *time.Location) (int64, error) {
	toUTC := func(local int64) int64 { return FromLocal(local, zone) }
	return add(ts, v, toUTC, func(ts int64) int64 { return ToLocal(ts, zone) })
}

func add(ts int64, v Interval, toUTC, toLocal func(int64) int64) (int64, error) {
	if Infinite(ts) {
		return ts, nil
	}
	ok := true
	if v.Months != 0 {
		local, ok := FieldsOf(toLocal(ts)).addMonths(int(v.Months)).Timestamp()
		if !ok {
			return 0, timestampOutOfRange()
		}
		ts = toUTC(local)
	}
	if v.Days != 0 {
		local := toLocal(ts)
		days := floorDiv(local, Day)
		local, ok = combine(days+int64(v.Days), local-days*Day)
		if !ok {
			return 0, timestampOutOfRange()
		}
		ts = toUTC(local)
	}
	if ts, ok = addMicros(ts, v.Micros); v.Micros != 0 && !ok || !ValidTimestamp(ts) {
		return 0, timestampOutOfRange()
	}
	return ts, nil
}

// addMonths moves by months; a day the new month does not have becomes its last.
func (f Fields) addMonths(n int) Fields {
	months := int64(f.Month) - 1 + int64(n)
	f.Year += int(floorDiv(months, monthsPerYear))
	f.Month = int(floorMod(months, monthsPerYear)) + 1
	f.Day = min(f.Day, DaysInMonth(f.Year, f.Month))
	return f
}

// ToLocal gives the local time of a timestamp with time zone (AT TIME ZONE).
func ToLocal(ts int64, zone *time.Location) int64 {
	if Infinite(ts) {
		return ts
	}
	return ts + int64(OffsetOfUTC(ts, zone))*Second
}

// FromLocal gives the timestamp with time zone of a local time (AT TIME ZONE).
func FromLocal(local int64, zone *time.Location) int64 {
	if Infinite(local) {
		return local
	}
	return local - int64(OffsetOfLocal(local, zone))*Second
}

// Subtract gives the days and time between two timestamps (timestamp_mi).
func Subtract(a, b int64) (Interval, error) {
	if Infinite(a) || Infinite(b) {
		return Interval{}, outOfRange("cannot subtract infinite timestamps")
	}
	micros := a - b
	if (a < b) != (micros < 0) {
		return Interval{}, intervalOutOfRange()
	}
	return Interval{Micros: micros}.JustifyHours()
}

// AddDays adds days to a date (date_pli).
func AddDays(d int32, days int32) (int32, error) {
	if InfiniteDate(d) {
		return d, nil
	}
	sum := int64(d) + int64(days)
	if !ValidDate(sum) {
		return 0, outOfRange("date out of range")
	}
	return int32(sum), nil
}

// SubtractDates gives the days between two dates (date_mi).
func SubtractDates(a, b int32) (int32, error) {
	if InfiniteDate(a) || InfiniteDate(b) {
		return 0, outOfRange("cannot subtract infinite dates")
	}
	return a - b, nil
}

// TimestampOf gives midnight of a date (date2timestamp).
func TimestampOf(d int32) (int64, error) {
	switch d {
	case DateInfinity:
		return TimestampInfinity, nil
	case DateNegativeInfinity:
		return TimestampNegativeInfinity, nil
	}
	ts, ok := combine(int64(d), 0)
	if !ok {
		return 0, outOfRange("date out of range for timestamp")
	}
	return ts, nil
}

// DateOf gives the day of a timestamp (timestamp_date).
func DateOf(ts int64) int32 {
	switch ts {
	case TimestampInfinity:
		return DateInfinity
	case TimestampNegativeInfinity:
		return DateNegativeInfinity
	}
	return int32(floorDiv(ts, Day))
}

// AddToTime adds an interval's time to a time of day, around the clock (time_pl_interval).
func AddToTime(micros int64, v Interval) int64 { return floorMod(micros+v.Micros%Day, Day) }

// Bin gives the start of the stride that a timestamp lies in, counted from origin (date_bin).
func Bin(stride Interval, ts, origin int64) (int64, error) {
	if Infinite(ts) {
		return ts, nil
	}
	if Infinite(origin) {
		return 0, outOfRange("origin out of range")
	}
	if stride.Months != 0 {
		return 0, unsupported("timestamps cannot be binned into intervals containing months or years")
	}
	length, ok := combineDays(stride)
	if !ok {
		return 0, intervalOutOfRange()
	}
	if length <= 0 {
		return 0, outOfRange("stride must be greater than zero")
	}
	difference := ts - origin
	if (ts < origin) != (difference < 0) {
		return 0, intervalOutOfRange()
	}
	return origin + floorDiv(difference, length)*length, nil
}

func combineDays(v Interval) (int64, bool) {
	days, ok := mulMicros(int64(v.Days), Day)
	if !ok {
		return 0, false
	}
	if v.Micros == 0 {
		return days, true
	}
	return addMicros(days, v.Micros)
}
