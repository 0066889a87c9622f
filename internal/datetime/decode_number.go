package datetime

import (
	"math"
	"strings"
)

// date reads one field with a whole date: 2024-01-05, 5.1.2024, jan-5-2024 (DecodeDate).
func (d *decoder) date(text string) (mask, problem) {
	parts, p := splitDate(text)
	if p != 0 {
		return 0, p
	}
	textMonth := false
	var found mask
	seen := d.seen
	take := func(m mask) problem {
		if seen&m != 0 {
			return badFormat
		}
		seen, found = seen|m, found|m
		return 0
	}
	for _, part := range parts {
		if isDigit(part[0]) {
			continue
		}
		t, ok := dateTokens[truncate(part)]
		if !ok || t.kind != monthToken {
			return 0, badFormat
		}
		textMonth, d.Month = true, t.value
		if p := take(monthPart); p != 0 {
			return 0, p
		}
	}
	for _, part := range parts {
		if !isDigit(part[0]) {
			continue
		}
		m, p := d.number(part, seen, textMonth)
		if p == 0 {
			p = take(m)
		}
		if p != 0 {
			return 0, p
		}
	}
	if seen&^(dayOfYearPart|zonePart) != datePart {
		return 0, badFormat
	}
	return found, 0
}

// splitDate cuts a date at everything that is neither digit nor letter, and between both.
func splitDate(text string) ([]string, problem) {
	var parts []string
	for i := 0; i < len(text) && len(parts) < maxFields; {
		for i < len(text) && !isDigit(text[i]) && !isAlpha(text[i]) {
			i++
		}
		if i == len(text) {
			return nil, badFormat
		}
		class := isAlpha
		if isDigit(text[i]) {
			class = isDigit
		}
		start := i
		for i < len(text) && class(text[i]) {
			i++
		}
		parts = append(parts, text[start:i])
		if i < len(text) { // the character after a part only separates, even a letter
			i++
		}
	}
	return parts, 0
}

// number reads one number by what is known already (DecodeNumber).
func (d *decoder) number(text string, seen mask, textMonth bool) (mask, problem) {
	digits := leadingDigits(text)
	if digits == 0 {
		return 0, badFormat
	}
	n, p := atoi(text[:digits])
	if p != 0 {
		return 0, p
	}
	if digits < len(text) {
		if text[digits] != '.' {
			return 0, badFormat
		}
		if digits > 2 {
			return d.runTogether(text, seen|datePart)
		}
		if d.Micros, p = parseFraction(text[digits:]); p != 0 {
			return 0, p
		}
	}
	if len(text) == 3 && seen&datePart == yearPart && n >= 1 && n <= 366 {
		d.dayOfYear = n
		return dayOfYearPart | monthPart | dayPart, 0
	}
	part := d.partOf(len(text), seen&datePart, textMonth)
	switch part {
	case yearPart:
		d.Year, d.twoDigits = n, len(text) <= 2
	case monthPart:
		d.Month = n
	case dayPart:
		if seen&datePart == yearPart|monthPart && textMonth && len(text) >= 3 && d.twoDigits {
			// "5 jan 2024" in YMD order: the first number was the day after all
			d.Day, d.Year, d.twoDigits = d.Year, n, false
			return part, 0
		}
		d.Day = n
	default:
		return d.runTogether(text, seen)
	}
	return part, 0
}

// partOf decides whether a number is year, month or day; 0: the date is complete.
func (d *decoder) partOf(length int, seen mask, textMonth bool) mask {
	switch seen {
	case 0:
		switch {
		case length >= 3 || d.in.Order == YMD:
			return yearPart
		case d.in.Order == DMY:
			return dayPart
		}
		return monthPart
	case yearPart, dayPart:
		return monthPart
	case monthPart:
		if textMonth && (length >= 3 || d.in.Order == YMD) {
			return yearPart
		}
		return dayPart
	case yearPart | monthPart:
		return dayPart
	case monthPart | dayPart:
		return yearPart
	}
	return 0
}

// runTogether reads yyyymmdd, hhmmss or hhmm (DecodeNumberField).
func (d *decoder) runTogether(text string, seen mask) (mask, problem) {
	point := strings.IndexByte(text, '.')
	switch {
	case point >= 0:
		fraction, ok := parseFloat(text[point:])
		if !ok {
			return 0, badFormat
		}
		d.Micros = int(math.RoundToEven(fraction * float64(Second)))
		text = text[:point]
	case seen&datePart != datePart && len(text) >= 6:
		n := len(text)
		d.Year, d.Month, d.Day = wrapAtoi(text[:n-4]), wrapAtoi(text[n-4:n-2]), wrapAtoi(text[n-2:])
		if n == 6 {
			d.twoDigits = true
		}
		return datePart, 0
	}
	if seen&timePart == timePart || len(text) != 6 && len(text) != 4 {
		return 0, badFormat
	}
	d.Hour, d.Minute, d.Second = wrapAtoi(text[:2]), wrapAtoi(text[2:4]), 0
	if len(text) == 6 {
		d.Second = wrapAtoi(text[4:])
	}
	return timePart, 0
}

// wrapAtoi reads digits; a year too long for 32 bits is far out of range either way.
func wrapAtoi(s string) int {
	n, p := atoi(s)
	if p != 0 {
		return math.MaxInt32
	}
	return n
}
