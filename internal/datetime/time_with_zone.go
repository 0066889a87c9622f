package datetime

import "time"

// Key orders and compares times with time zone: by the moment of the day, then by the zone,
// those further east first (timetz_cmp).
func (t TimeWithZone) Key() int64 {
	const zones = 1 << 18 // more than there are seconds of offset, both ways
	return (t.Micros-int64(t.Offset)*Second)*zones - int64(t.Offset)
}

// Add adds the time of an interval.
func (t TimeWithZone) Add(v Interval) TimeWithZone {
	t.Micros = AddToTime(t.Micros, v)
	return t
}

// At gives the same moment of the day at another offset (timetz_izone).
func (t TimeWithZone) At(offset int) TimeWithZone {
	micros := t.Micros + int64(offset-t.Offset)*Second
	return TimeWithZone{Micros: floorMod(micros, Day), Offset: offset}
}

// On gives the moment on a date, in microseconds since 1970.
func (t TimeWithZone) On(day int32) (int64, error) {
	ts, err := TimestampOf(day)
	if err != nil || InfiniteDate(day) {
		return ts, err
	}
	return ts + t.Micros - int64(t.Offset)*Second, nil
}

// TimeIn gives the time of a moment in a zone, with its offset there.
func TimeIn(ts int64, zone *time.Location) TimeWithZone {
	offset := OffsetOfUTC(ts, zone)
	return TimeWithZone{Micros: floorMod(ts+int64(offset)*Second, Day), Offset: offset}
}

// TimeOn gives a local time the offset that a zone has then on the day of a moment.
func TimeOn(micros, now int64, zone *time.Location) TimeWithZone {
	local := now + int64(OffsetOfUTC(now, zone))*Second
	day := local - floorMod(local, Day)
	return TimeWithZone{Micros: micros, Offset: OffsetOfLocal(day+micros, zone)}
}
