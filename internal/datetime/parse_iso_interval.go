package datetime

import (
	"math"
	"strings"
)

// isoInterval reads the ISO 8601 forms: P1Y2M3DT4H5M6S, P0001-02-03T04:05:06,
// P00010203T040506 (DecodeISO8601Interval).
type isoInterval struct {
	sum      intervalSum
	rest     string
	time     bool // behind the T
	hasField bool
}

func decodeISOInterval(text string) (*intervalSum, problem) {
	if len(text) < 2 || text[0] != 'P' {
		return nil, badFormat
	}
	d := &isoInterval{rest: text[1:]}
	for d.rest != "" {
		if d.rest[0] == 'T' {
			d.startTime()
			continue
		}
		if p := d.field(); p != 0 {
			return nil, p
		}
	}
	return &d.sum, 0
}

// startTime steps over the T.
func (d *isoInterval) startTime() {
	d.time, d.hasField, d.rest = true, false, d.rest[1:]
}

func (d *isoInterval) field() problem {
	width := leadingDigits(strings.TrimPrefix(d.rest, "-"))
	value, fraction, p := d.number()
	if p != 0 {
		return p
	}
	designator := byte(0)
	if d.rest != "" {
		designator = d.rest[0]
	}
	if d.time {
		return d.timeField(value, fraction, width, designator)
	}
	return d.dateField(value, fraction, width, designator)
}

func (d *isoInterval) dateField(value int64, fraction float64, width int, designator byte) problem {
	s, ok := &d.sum, false
	switch designator {
	case 'Y':
		ok = s.addYears(value, fraction, 1)
	case 'M':
		ok = s.addMonths(value, fraction)
	case 'W':
		ok = s.addDays(value, fraction, 7)
	case 'D':
		ok = s.addDays(value, 0, 1) && s.addFraction(fraction, Day)
	case 'T', 0, '-':
		if designator != '-' && width == 8 && !d.hasField {
			return overflowUnless(s.addYears(value/10000, 0, 1) && s.addMonths(value/100%100, 0) &&
				s.addDays(value%100, 0, 1) && s.addFraction(fraction, Day))
		}
		return d.dashedDate(value, fraction)
	default:
		return badFormat
	}
	d.rest, d.hasField = d.rest[1:], true
	return overflowUnless(ok)
}

// dashedDate reads years-months-days, of which the later ones may be missing.
func (d *isoInterval) dashedDate(value int64, fraction float64) problem {
	if d.hasField {
		return badFormat
	}
	s := &d.sum
	ok := s.addYears(value, fraction, 1)
	for i := 1; ok; i++ {
		if d.rest == "" || d.rest[0] == 'T' {
			return 0
		}
		if d.rest[0] != '-' || i == 3 {
			return badFormat
		}
		d.rest = d.rest[1:]
		v, f, p := d.number()
		if p != 0 {
			return p
		}
		if i == 1 {
			ok = s.addMonths(v, f)
		} else {
			ok = s.addDays(v, 0, 1) && s.addFraction(f, Day)
		}
	}
	return fieldOverflow
}

func (d *isoInterval) timeField(value int64, fraction float64, width int, designator byte) problem {
	s, ok := &d.sum, false
	switch designator {
	case 'H':
		ok = s.addMicros(value, fraction, Hour)
	case 'M':
		ok = s.addMicros(value, fraction, Minute)
	case 'S':
		ok = s.addMicros(value, fraction, Second)
	case 0, ':':
		if designator == 0 && width == 6 && !d.hasField {
			return overflowUnless(s.addMicros(value/10000, 0, Hour) && s.addMicros(value/100%100, 0, Minute) &&
				s.addMicros(value%100, 0, Second) && s.addFraction(fraction, 1))
		}
		return d.colonTime(value, fraction)
	default:
		return badFormat
	}
	d.rest, d.hasField = d.rest[1:], true
	return overflowUnless(ok)
}

// colonTime reads hours:minutes:seconds, of which the later ones may be missing.
func (d *isoInterval) colonTime(value int64, fraction float64) problem {
	if d.hasField {
		return badFormat
	}
	for _, unit := range []int64{Hour, Minute, Second} {
		if !d.sum.addMicros(value, fraction, unit) {
			return fieldOverflow
		}
		if d.rest == "" {
			return 0
		}
		if d.rest[0] != ':' || unit == Second {
			return badFormat
		}
		d.rest = d.rest[1:]
		var p problem
		if value, fraction, p = d.number(); p != 0 {
			return p
		}
	}
	return badFormat
}

func overflowUnless(ok bool) problem {
	if ok {
		return 0
	}
	return fieldOverflow
}

// number reads a decimal number with sign and exponent (ParseISO8601Number).
func (d *isoInterval) number() (whole int64, fraction float64, p problem) {
	if d.rest == "" || !isDigit(d.rest[0]) && d.rest[0] != '-' && d.rest[0] != '.' {
		return 0, 0, badFormat
	}
	n := numberLength(d.rest)
	f, ok := parseFloat(d.rest[:n])
	if !ok {
		return 0, 0, badFormat
	}
	const limit = 1e15
	if f < -limit || f > limit {
		return 0, 0, fieldOverflow
	}
	d.rest = d.rest[n:]
	t := math.Trunc(f)
	return int64(t), f - t, 0
}

// numberLength gives how much of the text strtod would read.
func numberLength(s string) int {
	n := 0
	if s[0] == '-' || s[0] == '+' {
		n++
	}
	n += leadingDigits(s[n:])
	if n < len(s) && s[n] == '.' {
		n++
		n += leadingDigits(s[n:])
	}
	if n < len(s) && (s[n] == 'e' || s[n] == 'E') {
		e := n + 1
		if e < len(s) && (s[e] == '-' || s[e] == '+') {
			e++
		}
		if digits := leadingDigits(s[e:]); digits > 0 {
			n = e + digits
		}
	}
	return n
}
