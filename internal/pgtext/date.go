// Package pgtext prints values as PostgreSQL's output functions do under a session's settings:
// DateStyle, IntervalStyle, extra_float_digits, bytea_output.
//
// In: values as Arrow columns hold them (microseconds and days since 1970-01-01), settings.
// Out: text, appended to a buffer. It knows neither columns nor the wire.
package pgtext

import (
	"math"
	"strings"

	"github.com/sluicemesh/sluice/internal/datetime"
)

// DateStyle is the setting's format and its order of day and month.
type DateStyle struct {
	format   dateFormat
	dayFirst bool // DMY
}

type dateFormat uint8

const (
	formatISO dateFormat = iota
	formatSQL
	formatPostgres
	formatGerman
)

// NewDateStyle reads the words of the setting; what it does not know is ISO.
func NewDateStyle(format, order string) DateStyle {
	s := DateStyle{dayFirst: strings.EqualFold(order, "DMY")}
	switch strings.ToLower(format) {
	case "sql":
		s.format = formatSQL
	case "postgres":
		s.format = formatPostgres
	case "german":
		s.format = formatGerman
	}
	return s
}

// Infinite dates as columns hold them.
const (
	dateInfinity      = math.MaxInt32
	dateMinusInfinity = -math.MaxInt32
)

// Date follows EncodeDateOnly of datetime.c.
func (s DateStyle) Date(buf []byte, days int64) []byte {
	switch days {
	case dateInfinity:
		return append(buf, "infinity"...)
	case dateMinusInfinity:
		return append(buf, "-infinity"...)
	}
	day := civilDay(days)
	return day.appendEra(s.appendDate(buf, day))
}

// civil is a day of the proleptic Gregorian calendar; year 0 is 1 BC.
type civil struct {
	year       int64
	month, day int
}

// appendDate writes the numbers of a day, without the era. The Postgres format
// stands here as for dates; timestamps have their own.
func (s DateStyle) appendDate(buf []byte, d civil) []byte {
	first, second := d.month, d.day
	if s.dayFirst || s.format == formatGerman {
		first, second = second, first
	}
	separator := [...]byte{formatISO: '-', formatSQL: '/', formatPostgres: '-', formatGerman: '.'}[s.format]
	if s.format == formatISO {
		buf = append(d.appendYear(buf), '-')
		buf = append(append2(buf, d.month), '-')
		return append2(buf, d.day)
	}
	buf = append(append2(buf, first), separator)
	buf = append(append2(buf, second), separator)
	return d.appendYear(buf)
}

// appendYear writes at least four digits, counting years BC from 1.
func (d civil) appendYear(buf []byte) []byte {
	year := d.year
	if year <= 0 {
		year = 1 - year
	}
	start := len(buf)
	return PadLeft(appendUint(buf, uint64(year)), start, 4)
}

func (d civil) appendEra(buf []byte) []byte {
	if d.year <= 0 {
		return append(buf, " BC"...)
	}
	return buf
}

// civilDay gives the date of a day since 1970-01-01.
func civilDay(days int64) civil {
	year, month, day := datetime.CivilOf(days)
	return civil{int64(year), month, day}
}

func floorDivide(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// append2 writes two digits.
func append2(buf []byte, n int) []byte { return append(buf, '0'+byte(n/10), '0'+byte(n%10)) }
