package datetime

import (
	"math"
)

// Interval is a value of interval. Its three parts do not convert into each other by
// themselves: a month has no fixed length, nor has a day where clocks change.
type Interval struct {
	Months, Days int32
	Micros       int64
}

// intervalSum gathers the fields of interval input, in wider numbers than an Interval.
type intervalSum struct {
	years, months, days int32
	micros              int64
}

// addMicros adds value.fraction times scale microseconds (AdjustMicroseconds).
func (s *intervalSum) addMicros(value int64, fraction float64, scale int64) bool {
	product, ok := mulMicros(value, scale)
	if !ok {
		return false
	}
	if s.micros, ok = addMicros(s.micros, product); !ok {
		return false
	}
	return s.addFraction(fraction, scale)
}

func (s *intervalSum) addFraction(fraction float64, scale int64) bool {
	if fraction == 0 {
		return true
	}
	fraction *= float64(scale)
	micros := int64(fraction)
	fraction -= float64(micros)
	switch {
	case fraction > 0.5:
		micros++
	case fraction < -0.5:
		micros--
	}
	var ok bool
	s.micros, ok = addMicros(s.micros, micros)
	return ok
}

// addDays adds value.fraction times scale days; what is left of a day becomes time.
func (s *intervalSum) addDays(value int64, fraction float64, scale int64) bool {
	return scaled(&s.days, value, scale) && s.addFractionalDays(fraction, scale)
}

func (s *intervalSum) addFractionalDays(fraction float64, scale int64) bool {
	if fraction == 0 {
		return true
	}
	fraction *= float64(scale)
	days := int32(fraction)
	return scaled(&s.days, int64(days), 1) && s.addFraction(fraction-float64(days), Day)
}

// addMonths adds months; a fraction becomes days.
func (s *intervalSum) addMonths(value int64, fraction float64) bool {
	return scaled(&s.months, value, 1) && s.addFractionalDays(fraction, daysPerMonth)
}

// addYears adds value.fraction times scale years; a fraction becomes whole months.
func (s *intervalSum) addYears(value int64, fraction float64, scale int64) bool {
	if !scaled(&s.years, value, scale) {
		return false
	}
	return scaled(&s.months, int64(math.RoundToEven(fraction*float64(scale)*monthsPerYear)), 1)
}

func scaled(sum *int32, value, scale int64) bool {
	if value < math.MinInt32 || value > math.MaxInt32 {
		return false
	}
	total := value * scale
	if total < math.MinInt32 || total > math.MaxInt32 {
		return false
	}
	total += int64(*sum)
	if total < math.MinInt32 || total > math.MaxInt32 {
		return false
	}
	*sum = int32(total)
	return true
}

func (s *intervalSum) negate() bool {
	if s.micros == math.MinInt64 || s.years == math.MinInt32 || s.months == math.MinInt32 || s.days == math.MinInt32 {
		return false
	}
	s.years, s.months, s.days, s.micros = -s.years, -s.months, -s.days, -s.micros
	return true
}

func (s *intervalSum) interval() (Interval, bool) {
	months := int64(s.years)*monthsPerYear + int64(s.months)
	return Interval{Months: int32(months), Days: s.days, Micros: s.micros}, months == int64(int32(months))
}

// IntervalFields is a set of fields, as in "interval hour to minute".
type IntervalFields int32

// The fields, as the parser's type modifiers number them (utils/datetime.h).
const (
	MonthField  IntervalFields = 1 << 1
	YearField   IntervalFields = 1 << 2
	DayField    IntervalFields = 1 << 3
	HourField   IntervalFields = 1 << 10
	MinuteField IntervalFields = 1 << 11
	SecondField IntervalFields = 1 << 12
	AllFields   IntervalFields = 0x7fff
)

// Within cuts an interval to fields and rounds it to a number of decimal places of the
// second, -1 for none (AdjustIntervalForTypmod).
func (v Interval) Within(fields IntervalFields, precision int) Interval {
	switch fields {
	case YearField:
		v = Interval{Months: v.Months / monthsPerYear * monthsPerYear}
	case MonthField, YearField | MonthField:
		v = Interval{Months: v.Months}
	case DayField:
		v.Micros = 0
	case HourField, DayField | HourField:
		v.Micros -= v.Micros % Hour
	case MinuteField, DayField | HourField | MinuteField, HourField | MinuteField:
		v.Micros -= v.Micros % Minute
	}
	if precision >= 0 && precision < 6 {
		v.Micros = roundTo(v.Micros, precision)
	}
	return v
}

// roundTo rounds microseconds to decimal places of the second, half away from zero.
func roundTo(micros int64, precision int) int64 {
	unit := pow10(6 - precision)
	if micros >= 0 {
		return (micros + unit/2) / unit * unit
	}
	return -((-micros + unit/2) / unit * unit)
}

// RoundTime rounds a time of day to decimal places of the second.
func RoundTime(micros int64, precision int) int64 {
	if precision < 0 || precision >= 6 {
		return micros
	}
	return roundTo(micros, precision)
}

// RoundTimestamp rounds a timestamp to decimal places of the second, half away from
// PostgreSQL's epoch.
func RoundTimestamp(ts int64, precision int) int64 {
	if precision < 0 || precision >= 6 || Infinite(ts) {
		return ts
	}
	rounded := ts // overflow at the far end: stays as it is, which nothing can tell from rounding down
	if d, ok := addMicros(ts, -postgresEpochMicros); ok {
		if r, ok := addMicros(roundTo(d, precision), postgresEpochMicros); ok && ValidTimestamp(r) {
			rounded = r
		}
	}
	return rounded
}
