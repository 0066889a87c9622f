// Package datetime is PostgreSQL's date and time arithmetic and text forms, exact:
// what its input functions read, what its output functions print in DateStyle ISO and
// IntervalStyle postgres, and the functions between (age, date_trunc, extract, …).
//
// In: text, numbers, a time zone. Out: numbers, text, or the error PostgreSQL raises.
// It knows no types, no plan, no engine; nothing here reads the clock or the
// environment unless a caller passes it in.
//
// Values: a date counts days, a timestamp microseconds since 1970-01-01 00:00 (of UTC
// with time zone); the largest and the smallest-plus-one number stand for infinity and
// -infinity. PostgreSQL counts from 2000, so its last 29 years (from 294247-01-10) do not
// fit here and are refused as out of range.
package datetime

import "math"

// Units in microseconds.
const (
	Second int64 = 1_000_000
	Minute       = 60 * Second
	Hour         = 60 * Minute
	Day          = 24 * Hour
)

// Infinities of dates and timestamps.
const (
	DateInfinity              = math.MaxInt32
	DateNegativeInfinity      = -math.MaxInt32
	TimestampInfinity         = math.MaxInt64
	TimestampNegativeInfinity = -math.MaxInt64
)

// Limits (datatype/timestamp.h), and where PostgreSQL's own epoch lies.
const (
	postgresEpochDays   = 10957                   // 2000-01-01
	postgresEpochMicros = postgresEpochDays * Day //
	minDays             = -2440588                // 4714-11-24 BC
	endDays             = 2147483494 - 2440588    // 5874898-06-03
	minTimestamp        = -210866803200000000     // 4714-11-24 00:00 BC
	maxTimestamp        = math.MaxInt64 - 1       // see the package comment
	julianOfEpoch       = 2440588                 // Julian day number of 1970-01-01
	monthsPerYear       = 12                      //
	daysPerMonth        = 30                      // of an interval
	maxYear             = 5874898                 // of dates
	minYear             = -4713                   // 4714 BC
)

// Infinite tells whether a timestamp is infinity or -infinity.
func Infinite(ts int64) bool { return ts == TimestampInfinity || ts == TimestampNegativeInfinity }

// InfiniteDate tells whether a date is infinity or -infinity.
func InfiniteDate(d int32) bool { return d == DateInfinity || d == DateNegativeInfinity }

// DaysOf gives the days since 1970-01-01 of a date of the proleptic Gregorian calendar.
// Year 0 is 1 BC. Months and days may lie outside their ranges.
func DaysOf(year, month, day int) int64 {
	y, m := int64(year), int64(month)
	y += floorDiv(m-1, 12)
	m = floorMod(m-1, 12) + 1
	if m <= 2 { // count years from March, so that the leap day is the last
		y--
		m += 12
	}
	era := floorDiv(y, 400)
	ofEra := y - era*400
	ofYear := (153*(m-3)+2)/5 + int64(day) - 1
	return era*146097 + ofEra*365 + ofEra/4 - ofEra/100 + ofYear - 719468
}

// CivilOf gives the calendar date of a day.
func CivilOf(days int64) (year, month, day int) {
	z := days + 719468
	era := floorDiv(z, 146097)
	d := z - era*146097
	y := (d - d/1460 + d/36524 - d/146096) / 365
	doy := d - (365*y + y/4 - y/100)
	mp := (5*doy + 2) / 153
	day = int(doy - (153*mp+2)/5 + 1)
	month = int(mp + 3)
	if month > 12 {
		month -= 12
		y++
	}
	return int(y + era*400), month, day
}

// DaysInMonth gives the length of a month.
func DaysInMonth(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }

// validJulian tells whether a year and month lie where PostgreSQL's day count does
// (IS_VALID_JULIAN).
func validJulian(year, month int) bool {
	return (year > minYear || year == minYear && month >= 11) && (year < maxYear || year == maxYear && month < 6)
}

// ValidDate tells whether a day is a date PostgreSQL holds.
func ValidDate(days int64) bool { return days >= minDays && days < endDays }

// ValidTimestamp tells whether a timestamp is in range.
func ValidTimestamp(ts int64) bool { return ts >= minTimestamp && ts <= maxTimestamp }

// addMicros adds, telling overflow.
func addMicros(a, b int64) (int64, bool) {
	s := a + b
	return s, (s > a) == (b > 0)
}

// mulMicros multiplies, telling overflow.
func mulMicros(a, b int64) (int64, bool) {
	if a == 0 || b == 0 {
		return 0, true
	}
	p := a * b
	if p/b != a || a == -1 && b == math.MinInt64 || b == -1 && a == math.MinInt64 {
		return 0, false
	}
	return p, true
}
