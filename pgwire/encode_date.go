package pgwire

import (
	"encoding/binary"
	"math"
	"strings"

	"github.com/apache/arrow-go/v18/arrow/array"

	"github.com/sluicemesh/sluice/internal/datetime"
)

// dateStyle is DateStyle's format and the order of day and month.
type dateStyle struct {
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

// dateStyle reads the settings; what it does not know is ISO.
func (f valueFormat) dateStyle() dateStyle {
	s := dateStyle{dayFirst: strings.EqualFold(f.DateOrder, "DMY")}
	switch strings.ToLower(f.DateStyle) {
	case "sql":
		s.format = formatSQL
	case "postgres":
		s.format = formatPostgres
	case "german":
		s.format = formatGerman
	}
	return s
}

// Infinite dates, here and on the wire (date.h: DATEVAL_NOBEGIN, DATEVAL_NOEND).
const (
	dateInfinity         = math.MaxInt32
	dateMinusInfinity    = -math.MaxInt32
	dateMinusInfinityPG  = math.MinInt32
	postgresEpochDays    = 10957 // 2000-01-01 since 1970-01-01
	postgresEpochSeconds = postgresEpochDays * 86400
)

func appendDateBinary(buf []byte, a *array.Date32, row int) []byte {
	days := int32(a.Value(row))
	switch days {
	case dateInfinity:
	case dateMinusInfinity:
		days = dateMinusInfinityPG
	default:
		days -= postgresEpochDays
	}
	return binary.BigEndian.AppendUint32(buf, uint32(days))
}

// dateText follows EncodeDateOnly of datetime.c.
func (s dateStyle) dateText(buf []byte, a *array.Date32, row int) []byte {
	switch days := int64(a.Value(row)); days {
	case dateInfinity:
		return append(buf, "infinity"...)
	case dateMinusInfinity:
		return append(buf, "-infinity"...)
	default:
		day := civilDay(days)
		return day.appendEra(s.appendDate(buf, day))
	}
}

// civil is a day of the proleptic Gregorian calendar; year 0 is 1 BC.
type civil struct {
	year       int64
	month, day int
}

// appendDate writes the numbers of a day, without the era. The Postgres format
// stands here as for dates; timestamps have their own.
func (s dateStyle) appendDate(buf []byte, d civil) []byte {
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
	return padLeft(appendUint(buf, uint64(year)), start, 4)
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
