package datetime

import "math"

// Negated gives -v; the smallest numbers stay as they are, as in PostgreSQL 15.
func (v Interval) Negated() Interval { return Interval{-v.Months, -v.Days, -v.Micros} }

// Plus adds field by field (interval_pl).
func (v Interval) Plus(w Interval) (Interval, error) {
	months, days := int64(v.Months)+int64(w.Months), int64(v.Days)+int64(w.Days)
	micros, ok := addMicros(v.Micros, w.Micros)
	if w.Micros == 0 {
		micros, ok = v.Micros, true
	}
	if !ok || months != int64(int32(months)) || days != int64(int32(days)) {
		return Interval{}, intervalOutOfRange()
	}
	return Interval{int32(months), int32(days), micros}, nil
}

// Minus subtracts field by field (interval_mi).
func (v Interval) Minus(w Interval) (Interval, error) {
	months, days, micros := int64(v.Months)-int64(w.Months), int64(v.Days)-int64(w.Days), v.Micros-w.Micros
	if (v.Micros < w.Micros) != (micros < 0) || months != int64(int32(months)) || days != int64(int32(days)) {
		return Interval{}, intervalOutOfRange()
	}
	return Interval{int32(months), int32(days), micros}, nil
}

// Compare orders intervals, a month taken as 30 days and a day as 24 hours
// (interval_cmp): -1, 0 or 1.
func (v Interval) Compare(w Interval) int {
	days := (int64(v.Months)-int64(w.Months))*daysPerMonth + int64(v.Days) - int64(w.Days)
	// Whole days of the time parts first: the rest then fits.
	days += floorDiv(v.Micros, Day) - floorDiv(w.Micros, Day)
	rest := floorMod(v.Micros, Day) - floorMod(w.Micros, Day)
	switch {
	case days > 0 || days == 0 && rest > 0:
		return 1
	case days < 0 || rest < 0:
		return -1
	}
	return 0
}

// Times multiplies; fractions of months become days, those of days time (interval_mul).
func (v Interval) Times(factor float64) (Interval, error) {
	return v.scaledBy(func(n float64) float64 { return n * factor }, true)
}

// DividedBy divides (interval_div).
func (v Interval) DividedBy(factor float64) (Interval, error) {
	if factor == 0 {
		return Interval{}, divisionByZero()
	}
	return v.scaledBy(func(n float64) float64 { return n / factor }, false)
}

func (v Interval) scaledBy(scale func(float64) float64, checked bool) (Interval, error) {
	const secondsPerDay = 86400.0
	months, days := scale(float64(v.Months)), scale(float64(v.Days))
	if !fitsInt32(months) || !fitsInt32(days) {
		return Interval{}, intervalOutOfRange()
	}
	wholeMonths, wholeDays := math.Trunc(months), math.Trunc(days)
	daysOfMonths := roundMicro((months - wholeMonths) * daysPerMonth)
	seconds := roundMicro((days - wholeDays + daysOfMonths - math.Trunc(daysOfMonths)) * secondsPerDay)
	if math.Abs(seconds) >= secondsPerDay {
		carried := math.Trunc(seconds / secondsPerDay)
		wholeDays += carried
		seconds -= carried * secondsPerDay
	}
	wholeDays += math.Trunc(daysOfMonths)
	micros := math.RoundToEven(scale(float64(v.Micros)) + seconds*float64(Second))
	if math.IsNaN(micros) || micros < -(1<<63) || micros >= 1<<63 || !fitsInt32(wholeDays) {
		return Interval{}, intervalOutOfRange()
	}
	return Interval{int32(wholeMonths), int32(wholeDays), int64(micros)}, nil
}

func fitsInt32(f float64) bool { return f >= math.MinInt32 && f <= math.MaxInt32 }

// roundMicro rounds to a millionth (TSROUND).
func roundMicro(f float64) float64 { return math.RoundToEven(f*1e6) / 1e6 }

// JustifyHours turns 24 hours into a day each, one sign for both (justify_hours).
func (v Interval) JustifyHours() (Interval, error) {
	days := int64(v.Days) + v.Micros/Day
	v.Micros %= Day
	switch {
	case days > 0 && v.Micros < 0:
		v.Micros += Day
		days--
	case days < 0 && v.Micros > 0:
		v.Micros -= Day
		days++
	}
	v.Days = int32(days)
	if int64(v.Days) != days {
		return Interval{}, intervalOutOfRange()
	}
	return v, nil
}

// JustifyDays turns 30 days into a month each (justify_days).
func (v Interval) JustifyDays() (Interval, error) {
	months := int64(v.Months) + int64(v.Days/daysPerMonth)
	v.Days %= daysPerMonth
	switch {
	case months > 0 && v.Days < 0:
		v.Days += daysPerMonth
		months--
	case months < 0 && v.Days > 0:
		v.Days -= daysPerMonth
		months++
	}
	v.Months = int32(months)
	if int64(v.Months) != months {
		return Interval{}, intervalOutOfRange()
	}
	return v, nil
}

// Justify does both and gives all parts one sign (justify_interval).
func (v Interval) Justify() (Interval, error) {
	days := int64(v.Days) + v.Micros/Day
	micros := v.Micros % Day
	months := int64(v.Months) + days/daysPerMonth
	days %= daysPerMonth
	switch {
	case months > 0 && (days < 0 || days == 0 && micros < 0):
		days += daysPerMonth
		months--
	case months < 0 && (days > 0 || days == 0 && micros > 0):
		days -= daysPerMonth
		months++
	}
	switch {
	case days > 0 && micros < 0:
		micros += Day
		days--
	case days < 0 && micros > 0:
		micros -= Day
		days++
	}
	if months != int64(int32(months)) {
		return Interval{}, intervalOutOfRange()
	}
	return Interval{int32(months), int32(days), micros}, nil
}
