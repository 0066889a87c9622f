package pgtext

import (
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/internal/datetime"
)

// IntervalStyle gives what prints intervals in one of the four styles (EncodeInterval of datetime.c).
func IntervalStyle(style string) func(buf []byte, months, days int32, micros int64) []byte {
	var appendParts func(buf []byte, p intervalParts) []byte
	switch strings.ToLower(style) {
	case "postgres_verbose":
		appendParts = appendIntervalVerbose
	case "sql_standard":
		appendParts = appendIntervalSQL
	case "iso_8601":
		appendParts = appendIntervalISO
	default:
		return func(buf []byte, months, days int32, micros int64) []byte {
			return datetime.AppendInterval(buf, datetime.Interval{Months: months, Days: days, Micros: micros})
		}
	}
	return func(buf []byte, months, days int32, micros int64) []byte {
		return appendParts(buf, splitInterval(months, days, micros))
	}
}

// intervalParts are the fields shown. Those of one origin (months, days, time)
// have the same sign.
type intervalParts struct {
	years, months, days, hours, minutes, seconds, micros int64
}

func splitInterval(months, days int32, micros int64) intervalParts {
	seconds := micros / microsPerSecond
	return intervalParts{
		years: int64(months) / 12, months: int64(months) % 12, days: int64(days),
		hours: seconds / 3600, minutes: seconds / 60 % 60, seconds: seconds % 60, micros: micros % microsPerSecond,
	}
}

func (p intervalParts) hasTime() bool {
	return p.hours != 0 || p.minutes != 0 || p.seconds != 0 || p.micros != 0
}

func (p intervalParts) negativeTime() bool {
	return p.hours < 0 || p.minutes < 0 || p.seconds < 0 || p.micros < 0
}

// appendIntervalClock writes hours of at least width digits, minutes, seconds, without sign.
func appendIntervalClock(buf []byte, p intervalParts, width int) []byte {
	start := len(buf)
	buf = append(PadLeft(appendUint(buf, magnitude(p.hours)), start, width), ':')
	buf = append(append2(buf, int(magnitude(p.minutes))), ':')
	buf = append2(buf, int(magnitude(p.seconds)))
	return appendFraction(buf, int64(magnitude(p.micros)))
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}

// appendIntervalVerbose: @ 1 year 2 mons -3 days 4 hours 5 mins 6.7 secs ago
func appendIntervalVerbose(buf []byte, p intervalParts) []byte {
	buf = append(buf, '@')
	zero, ago := true, false // ago: the first part is negative; signs are relative to it
	part := func(n int64, unit string) {
		if n == 0 {
			return
		}
		if zero {
			zero, ago = false, n < 0
		}
		if ago {
			n = -n
		}
		buf = append(append(strconv.AppendInt(append(buf, ' '), n, 10), ' '), unit...)
		if n != 1 {
			buf = append(buf, 's')
		}
	}
	part(p.years, "year")
	part(p.months, "mon")
	part(p.days, "day")
	part(p.hours, "hour")
	part(p.minutes, "min")
	if p.seconds != 0 || p.micros != 0 {
		negative := p.seconds < 0 || p.micros < 0
		if zero {
			zero, ago = false, negative
		}
		buf = append(buf, ' ')
		if negative != ago {
			buf = append(buf, '-')
		}
		buf = appendFraction(appendUint(buf, magnitude(p.seconds)), int64(magnitude(p.micros)))
		buf = append(buf, " sec"...)
		if magnitude(p.seconds) != 1 || p.micros != 0 {
			buf = append(buf, 's')
		}
	}
	if zero {
		buf = append(buf, " 0"...)
	}
	if ago {
		buf = append(buf, " ago"...)
	}
	return buf
}

// appendIntervalSQL: 1-2, 3 4:05:06, or where signs or kinds are mixed +1-2 -3 +4:05:06
func appendIntervalSQL(buf []byte, p intervalParts) []byte {
	negative := p.years < 0 || p.months < 0 || p.days < 0 || p.negativeTime()
	positive := p.years > 0 || p.months > 0 || p.days > 0 || p.hasTime() && !p.negativeTime()
	yearMonth := p.years != 0 || p.months != 0
	dayTime := p.days != 0 || p.hasTime()
	switch {
	case !negative && !positive:
		return append(buf, '0')
	case negative && positive || yearMonth && dayTime:
		return appendIntervalSigned(buf, p)
	case negative:
		buf = append(buf, '-')
	}
	if yearMonth {
		buf = append(appendUint(buf, magnitude(p.years)), '-')
		return appendUint(buf, magnitude(p.months))
	}
	if p.days != 0 {
		buf = append(appendUint(buf, magnitude(p.days)), ' ')
	}
	return appendIntervalClock(buf, p, 1)
}

func appendIntervalSigned(buf []byte, p intervalParts) []byte {
	buf = append(buf, signOf(p.years < 0 || p.months < 0))
	buf = append(appendUint(buf, magnitude(p.years)), '-')
	buf = append(appendUint(buf, magnitude(p.months)), ' ', signOf(p.days < 0))
	buf = append(appendUint(buf, magnitude(p.days)), ' ', signOf(p.negativeTime()))
	return appendIntervalClock(buf, p, 1)
}

func signOf(negative bool) byte {
	if negative {
		return '-'
	}
	return '+'
}

// appendIntervalISO: P1Y2M-3DT4H5M6.7S
func appendIntervalISO(buf []byte, p intervalParts) []byte {
	if p == (intervalParts{}) {
		return append(buf, "PT0S"...)
	}
	buf = append(buf, 'P')
	buf = appendISOPart(buf, p.years, 'Y')
	buf = appendISOPart(buf, p.months, 'M')
	buf = appendISOPart(buf, p.days, 'D')
	if p.hasTime() {
		buf = append(buf, 'T')
	}
	buf = appendISOPart(buf, p.hours, 'H')
	buf = appendISOPart(buf, p.minutes, 'M')
	if p.seconds == 0 && p.micros == 0 {
		return buf
	}
	if p.seconds < 0 || p.micros < 0 {
		buf = append(buf, '-')
	}
	buf = appendFraction(appendUint(buf, magnitude(p.seconds)), int64(magnitude(p.micros)))
	return append(buf, 'S')
}

func appendISOPart(buf []byte, n int64, unit byte) []byte {
	if n == 0 {
		return buf
	}
	return append(strconv.AppendInt(buf, n, 10), unit)
}
