package pgtext

import (
	"math"
	"time"
)

const (
	microsPerSecond = 1_000_000
	microsPerDay    = 86400 * microsPerSecond

	timestampInfinity      = math.MaxInt64
	timestampMinusInfinity = -math.MaxInt64
)

// Timestamp prints one without time zone.
func (s DateStyle) Timestamp(buf []byte, micros int64) []byte {
	if buf, done := appendInfinity(buf, micros); done {
		return buf
	}
	days, clock := splitTimestamp(micros, 0)
	buf, day := s.appendTimestamp(buf, days, clock)
	return day.appendEra(buf)
}

// Moment prints microseconds since a day, which may lie beyond those of Timestamp; utc adds
// the offset of UTC.
func (s DateStyle) Moment(buf []byte, micros, since int64, utc bool) []byte {
	days, clock := splitTimestamp(micros, 0)
	buf, day := s.appendTimestamp(buf, days+since, clock)
	if utc {
		buf = Offset(buf, 0)
	}
	return day.appendEra(buf)
}

// splitTimestamp gives the local day and the microseconds of that day. The offset is
// added last: added to micros it could overflow.
func splitTimestamp(micros int64, offsetSeconds int) (days, clock int64) {
	days = floorDivide(micros, microsPerDay)
	clock = micros - days*microsPerDay + int64(offsetSeconds)*microsPerSecond
	shift := floorDivide(clock, microsPerDay)
	return days + shift, clock - shift*microsPerDay
}

// Zoned prints timestamps with time zone: local time in zone and its offset, or in all
// styles but ISO the zone's abbreviation. It is for one goroutine.
func (s DateStyle) Zoned(zone *time.Location) func(buf []byte, micros int64) []byte {
	offsets := zoneOffsets{zone: zone, start: 1} // an empty range: look up at first use
	return func(buf []byte, micros int64) []byte {
		if buf, done := appendInfinity(buf, micros); done {
			return buf
		}
		offsets.find(floorDivide(micros, microsPerSecond))
		days, clock := splitTimestamp(micros, offsets.seconds)
		buf, day := s.appendTimestamp(buf, days, clock)
		if s.format == formatISO {
			buf = Offset(buf, offsets.seconds)
		} else {
			buf = append(append(buf, ' '), offsets.abbreviation...)
		}
		return day.appendEra(buf)
	}
}

func appendInfinity(buf []byte, micros int64) (_ []byte, done bool) {
	switch micros {
	case timestampInfinity:
		return append(buf, "infinity"...), true
	case timestampMinusInfinity:
		return append(buf, "-infinity"...), true
	}
	return buf, false
}

// appendTimestamp writes a local day and time, without zone and era (EncodeDateTime
// of datetime.c).
func (s DateStyle) appendTimestamp(buf []byte, days, clock int64) ([]byte, civil) {
	day := civilDay(days)
	if s.format != formatPostgres {
		buf = append(s.appendDate(buf, day), ' ')
		return Clock(buf, clock), day
	}
	weekday := int(((days+4)%7 + 7) % 7) // 1970-01-01 was a Thursday
	buf = append(append(buf, "SunMonTueWedThuFriSat"[3*weekday:3*weekday+3]...), ' ')
	month := "JanFebMarAprMayJunJulAugSepOctNovDec"[3*day.month-3 : 3*day.month]
	if s.dayFirst {
		buf = append(append(append2(buf, day.day), ' '), month...)
	} else {
		buf = append2(append(append(buf, month...), ' '), day.day)
	}
	buf = append(Clock(append(buf, ' '), clock), ' ')
	return day.appendYear(buf), day
}

// Offset writes +hh[:mm[:ss]] east of Greenwich (EncodeTimezone).
func Offset(buf []byte, seconds int) []byte {
	sign := byte('+')
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	buf = append2(append(buf, sign), seconds/3600)
	if seconds%3600 != 0 {
		buf = append2(append(buf, ':'), seconds/60%60)
	}
	if seconds%60 != 0 {
		buf = append2(append(buf, ':'), seconds%60)
	}
	return buf
}

// zoneOffsets finds the offset of a zone at an instant; rows that lie near one
// another share the answer.
type zoneOffsets struct {
	zone         *time.Location
	start, end   int64 // Unix seconds for which the rest holds
	seconds      int
	abbreviation string
}

// maxAbbreviation is MAXTZLEN of datetime.h.
const maxAbbreviation = 10

func (z *zoneOffsets) find(unix int64) {
	if z.start <= unix && unix < z.end {
		return
	}
	t := time.Unix(unix, 0).In(z.zone)
	z.abbreviation, z.seconds = t.Zone()
	z.abbreviation = z.abbreviation[:min(len(z.abbreviation), maxAbbreviation)]
	start, end := t.ZoneBounds()
	z.start, z.end = math.MinInt64, math.MaxInt64
	if !start.IsZero() {
		z.start = start.Unix()
	}
	if !end.IsZero() {
		z.end = end.Unix()
	}
}
