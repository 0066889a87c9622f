package datetime

import (
	"math"
	"strings"
)

// ParseInterval reads an interval as interval_in does. fields says what a number
// without a unit means (AllFields: seconds). sqlStandard is IntervalStyle sql_standard,
// where one leading minus sign negates all fields.
func ParseInterval(text string, fields IntervalFields, sqlStandard bool) (Interval, error) {
	sum, p := decodeInterval(text, fields, sqlStandard)
	if p == badFormat {
		sum, p = decodeISOInterval(text)
	}
	if p == fieldOverflow {
		p = intervalOverflow
	}
	if p != 0 {
		return Interval{}, p.error(text, "interval")
	}
	v, ok := sum.interval()
	if !ok {
		return Interval{}, outOfRange("interval out of range")
	}
	return v, nil
}

// intervalDecoder reads fields from the last to the first, so that units are known
// before their numbers (DecodeInterval).
type intervalDecoder struct {
	sum      intervalSum
	fields   IntervalFields
	unit     Unit // of the next number; 0: not known
	negative bool // every field is
	ago      bool
	seen     mask
}

func decodeInterval(text string, fields IntervalFields, sqlStandard bool) (*intervalSum, problem) {
	list, ok := lex(text)
	if !ok {
		return nil, badFormat
	}
	d := &intervalDecoder{fields: fields, negative: sqlStandard && leadingMinusOnly(list)}
	for i := len(list) - 1; i >= 0; i-- {
		found, p := d.field(list[i])
		if p != 0 {
			return nil, p
		}
		if found&d.seen != 0 {
			return nil, badFormat
		}
		d.seen |= found
	}
	if d.seen == 0 {
		return nil, badFormat
	}
	if d.ago && !d.sum.negate() {
		return nil, fieldOverflow
	}
	return &d.sum, 0
}

// leadingMinusOnly tells whether a minus sign stands before the first field and no sign
// before others.
func leadingMinusOnly(list []field) bool {
	for i, f := range list {
		if signed := f.text[0] == '-' || f.text[0] == '+'; i == 0 && f.text[0] != '-' || i > 0 && signed {
			return false
		}
	}
	return len(list) > 0
}

func (d *intervalDecoder) field(f field) (mask, problem) {
	switch f.kind {
	case timeField:
		return d.clock(f.text, false)
	case zoneField:
		if strings.IndexByte(f.text[1:], ':') >= 0 {
			if found, p := d.clock(f.text[1:], f.text[0] == '-'); p == 0 {
				return found, 0
			}
		}
		return d.number(f.text)
	case dateField, numberField:
		return d.number(f.text)
	}
	return d.word(f.text)
}

func (d *intervalDecoder) word(text string) (mask, problem) {
	text = truncate(text)
	unit, ok := intervalUnits[text]
	switch {
	case text == "ago": // and a number right before it has no unit
		d.ago, d.unit = true, UnitTime
	case ok:
		d.unit = unit
	default:
		return 0, badFormat
	}
	return 0, 0
}

// clock reads h:m:s; the number before it counts days.
func (d *intervalDecoder) clock(text string, negative bool) (mask, problem) {
	hour, minute, second, micros, p := parseClock(text, d.fields == MinuteField|SecondField)
	if p != 0 {
		return 0, p
	}
	total, ok := mulMicros(hour, Hour)
	if ok {
		total, ok = addMicros(total, int64(minute)*Minute+int64(second)*Second+int64(micros))
	}
	if !ok {
		return 0, fieldOverflow
	}
	if negative || d.negative {
		total = -total
	}
	d.sum.micros = total
	d.unit = UnitDay
	return timePart, 0
}

func (d *intervalDecoder) number(text string) (mask, problem) {
	if d.unit == 0 {
		d.unit = lastField(d.fields)
	}
	sign, digits := int64(1), text
	if text[0] == '-' || text[0] == '+' {
		digits = text[1:]
		if text[0] == '-' {
			sign = -1
		}
	}
	n := leadingDigits(digits)
	value, p := signedAtoi(digits[:n], sign)
	if p != 0 {
		return 0, p
	}
	rest, fraction := digits[n:], 0.0
	switch {
	case rest == "":
	case rest[0] == '-':
		if value, p = yearsToMonths(value, sign, rest[1:]); p != 0 {
			return 0, p
		}
		d.unit = UnitMonth
	case rest[0] == '.':
		if fraction, p = parseFractionFloat(rest); p != 0 {
			return 0, p
		}
		fraction *= float64(sign)
	default:
		return 0, badFormat
	}
	if d.negative {
		value, fraction = -abs64(value), -math.Abs(fraction)
	}
	return d.add(value, fraction)
}

func abs64(n int64) int64 {
	if n < 0 {
		return -n
	}
	return n
}

// signedAtoi reads digits into 64 bits, the smallest number included.
func signedAtoi(digits string, sign int64) (int64, problem) {
	var n int64
	for i := range len(digits) {
		digit := sign * int64(digits[i]-'0')
		if sign > 0 && n > (math.MaxInt64-digit)/10 || sign < 0 && n < (math.MinInt64-digit)/10 {
			return 0, fieldOverflow
		}
		n = n*10 + digit
	}
	return n, 0
}

// yearsToMonths reads the months of "years-months".
func yearsToMonths(years, sign int64, text string) (int64, problem) {
	n := leadingDigits(text)
	months, p := atoiOrZero(text[:n])
	if p != 0 || months >= monthsPerYear || negativeNumber(text) {
		return 0, fieldOverflow
	}
	if n < len(text) {
		return 0, badFormat
	}
	total, ok := mulMicros(years, monthsPerYear)
	if ok {
		total, ok = addMicros(total, sign*int64(months))
	}
	if !ok {
		return 0, fieldOverflow
	}
	return total, 0
}

// lastField gives the unit of a number that names none.
func lastField(fields IntervalFields) Unit {
	switch fields {
	case YearField:
		return UnitYear
	case MonthField, YearField | MonthField:
		return UnitMonth
	case DayField:
		return UnitDay
	case HourField, DayField | HourField:
		return UnitHour
	case MinuteField, HourField | MinuteField, DayField | HourField | MinuteField:
		return UnitMinute
	}
	return UnitSecond
}

// add counts a number in its unit.
func (d *intervalDecoder) add(value int64, fraction float64) (mask, problem) {
	s := &d.sum
	var found mask
	ok := false
	switch d.unit {
	case UnitMicrosecond:
		found, ok = microsecondPart, s.addMicros(value, fraction, 1)
	case UnitMillisecond:
		found, ok = millisecondPart, s.addMicros(value, fraction, 1000)
	case UnitSecond:
		found, ok = secondPart, s.addMicros(value, fraction, Second)
		if fraction != 0 {
			found = allSecondPart
		}
	case UnitMinute:
		found, ok = minutePart, s.addMicros(value, fraction, Minute)
	case UnitHour:
		found, ok = hourPart, s.addMicros(value, fraction, Hour)
		d.unit = UnitDay
	case UnitDay:
		found, ok = dayPart, s.addDays(value, 0, 1) && s.addFraction(fraction, Day)
	case UnitWeek:
		found, ok = weekPart, s.addDays(value, fraction, 7)
	case UnitMonth:
		found, ok = monthPart, s.addMonths(value, fraction)
	case UnitYear:
		found, ok = yearPart, s.addYears(value, fraction, 1)
	case UnitDecade:
		found, ok = decadePart, s.addYears(value, fraction, 10)
	case UnitCentury:
		found, ok = centuryPart, s.addYears(value, fraction, 100)
	case UnitMillennium:
		found, ok = millenniumPart, s.addYears(value, fraction, 1000)
	default:
		return 0, badFormat
	}
	if !ok {
		return 0, fieldOverflow
	}
	return found, 0
}
