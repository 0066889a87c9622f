package datetime

import (
	"strconv"
	"time"
)

// FormatDate prints a date in DateStyle ISO.
func FormatDate(d int32) string {
	switch d {
	case DateInfinity:
		return "infinity"
	case DateNegativeInfinity:
		return "-infinity"
	}
	y, m, day := CivilOf(int64(d))
	return string(appendEra(appendDate(nil, y, m, day), y))
}

// FormatTime prints a time of day.
func FormatTime(micros int64) string { return string(appendTime(nil, micros)) }

// FormatTimeWithZone prints a time with time zone.
func FormatTimeWithZone(t TimeWithZone) string {
	return string(appendOffset(appendTime(nil, t.Micros), t.Offset))
}

// FormatTimestamp prints a timestamp without time zone in DateStyle ISO.
func FormatTimestamp(ts int64) string {
	switch ts {
	case TimestampInfinity:
		return "infinity"
	case TimestampNegativeInfinity:
		return "-infinity"
	}
	b, year := appendTimestamp(nil, ts)
	return string(appendEra(b, year))
}

// FormatTimestamptz prints a timestamp with time zone in DateStyle ISO, in a zone.
func FormatTimestamptz(ts int64, zone *time.Location) string {
	if Infinite(ts) {
		return FormatTimestamp(ts)
	}
	offset := OffsetOfUTC(ts, zone)
	b, year := appendTimestamp(nil, ts+int64(offset)*Second)
	return string(appendEra(appendOffset(b, offset), year))
}

func appendTimestamp(b []byte, ts int64) (text []byte, year int) {
	days := floorDiv(ts, Day)
	y, m, d := CivilOf(days)
	b = append(appendDate(b, y, m, d), ' ')
	return appendTime(b, ts-days*Day), y
}

func appendDate(b []byte, year, month, day int) []byte {
	if year <= 0 {
		year = 1 - year
	}
	b = appendPadded(b, int64(year), 4)
	b = appendPadded(append(b, '-'), int64(month), 2)
	return appendPadded(append(b, '-'), int64(day), 2)
}

func appendEra(b []byte, year int) []byte {
	if year <= 0 {
		return append(b, " BC"...)
	}
	return b
}

func appendTime(b []byte, micros int64) []byte {
	b = appendPadded(b, micros/Hour, 2)
	b = appendPadded(append(b, ':'), micros/Minute%60, 2)
	return appendSeconds(append(b, ':'), micros)
}

// appendSeconds prints the seconds within the minute, without trailing zeros.
func appendSeconds(b []byte, micros int64) []byte {
	b = appendPadded(b, micros/Second%60, 2)
	fraction := micros % Second
	if fraction == 0 {
		return b
	}
	b = appendPadded(append(b, '.'), fraction, 6)
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	return b
}

// appendOffset prints +hh, +hh:mm or +hh:mm:ss.
func appendOffset(b []byte, seconds int) []byte {
	sign := byte('+')
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	b = appendPadded(append(b, sign), int64(seconds/3600), 2)
	if seconds%3600 != 0 {
		b = appendPadded(append(b, ':'), int64(seconds/60%60), 2)
	}
	if seconds%60 != 0 {
		b = appendPadded(append(b, ':'), int64(seconds%60), 2)
	}
	return b
}

func appendPadded(b []byte, n int64, width int) []byte {
	for limit := pow10(width - 1); n < limit && limit > 1; limit /= 10 {
		b = append(b, '0')
	}
	return strconv.AppendInt(b, n, 10)
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}
