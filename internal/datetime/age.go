package datetime

import "time"

// Age gives the years, months, days and time between two timestamps, as a calendar
// counts them (timestamp_age).
func Age(a, b int64) (Interval, error) { return age(a, b, a < b) }

// AgeInZone is Age by the calendar of a zone (timestamptz_age).
func AgeInZone(a, b int64, zone *time.Location) (Interval, error) {
	return age(ToLocal(a, zone), ToLocal(b, zone), a < b)
}

func age(a, b int64, negative bool) (Interval, error) {
	if Infinite(a) || Infinite(b) {
		return Interval{}, timestampOutOfRange()
	}
	x, y := FieldsOf(a), FieldsOf(b)
	earlier := y
	if negative {
		x, y = y, x
		earlier = y
	}
	micros, borrow := borrowed(x.timeOfDay()-y.timeOfDay(), Day)
	days := x.Day - y.Day - borrow
	months := (x.Year-y.Year)*monthsPerYear + x.Month - y.Month
	for days < 0 {
		days += DaysInMonth(earlier.Year, earlier.Month)
		months--
	}
	v := Interval{Months: int32(months), Days: int32(days), Micros: micros}
	if negative {
		v = v.Negated()
	}
	return v, nil
}

// borrowed makes a difference positive by borrowing units.
func borrowed(n, unit int64) (int64, int) {
	if n < 0 {
		return n + unit, 1
	}
	return n, 0
}
