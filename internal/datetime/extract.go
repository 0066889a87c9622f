package datetime

import (
	"math/big"
	"strconv"
	"strings"
	"time"
)

// Part is what extract gives: a decimal number, an infinity, or NULL.
type Part struct {
	Unscaled int64 // the number times 10^Scale
	Scale    int
	Infinite int // 1 infinity, -1 -infinity
	Null     bool

	text string // of a number with too many digits for Unscaled
}

// String prints a part as numeric does.
func (p Part) String() string {
	switch {
	case p.Infinite > 0:
		return "Infinity"
	case p.Infinite < 0:
		return "-Infinity"
	case p.text != "":
		return p.text
	case p.Scale == 0:
		return strconv.FormatInt(p.Unscaled, 10)
	}
	sign, n := "", p.Unscaled
	if n < 0 {
		sign, n = "-", -n
	}
	unit := pow10(p.Scale)
	return sign + strconv.FormatInt(n/unit, 10) + "." + string(appendPadded(nil, n%unit, p.Scale))
}

// Float gives a part as date_part does.
func (p Part) Float() float64 {
	f, _ := strconv.ParseFloat(p.String(), 64)
	return f
}

func whole(n int) (Part, bool) { return Part{Unscaled: int64(n)}, true }

// Extract gives a part of a timestamp without time zone. julian of a time other than
// midnight is refused.
func Extract(unit string, ts int64) (Part, error) {
	const name = "timestamp without time zone"
	u := extractUnit(unit)
	if Infinite(ts) {
		return infinitePart(unit, name, u, ts > 0)
	}
	if u == UnitEpoch {
		return Part{Unscaled: ts, Scale: 6}, nil
	}
	return extract(unit, name, u, FieldsOf(ts))
}

// ExtractInZone gives a part of a timestamp with time zone by a zone's clock.
func ExtractInZone(unit string, ts int64, zone *time.Location) (Part, error) {
	const name = "timestamp with time zone"
	u := extractUnit(unit)
	if Infinite(ts) {
		return infinitePart(unit, name, u, ts > 0)
	}
	offset := OffsetOfUTC(ts, zone)
	if p, ok := zonePartOf(u, offset); ok {
		return p, nil
	}
	if u == UnitEpoch {
		return Part{Unscaled: ts, Scale: 6}, nil
	}
	return extract(unit, name, u, FieldsOf(ts+int64(offset)*Second))
}

func zonePartOf(u Unit, offset int) (Part, bool) {
	switch u {
	case UnitTimezone:
		return whole(offset)
	case UnitTimezoneHour:
		return whole(offset / 3600)
	case UnitTimezoneMinute:
		return whole(offset / 60 % 60)
	}
	return Part{}, false
}

func extract(unit, name string, u Unit, f Fields) (Part, error) {
	if p, ok := clockPart(u, f); ok {
		return p, nil
	}
	if p, ok := datePartOf(u, f); ok {
		if u == UnitJulian {
			p.text = julianDate(p.Unscaled, f.timeOfDay())
		}
		return p, nil
	}
	return Part{}, unitError(unit, name, u != 0 || isReserved(unit))
}

// ExtractDate gives a part of a date.
func ExtractDate(unit string, d int32) (Part, error) {
	u := extractUnit(unit)
	if InfiniteDate(d) {
		if _, ok := clockPart(u, Fields{}); ok {
			return Part{}, unitError(unit, "date", u != 0 || isReserved(unit))
		}
		return infinitePart(unit, "date", u, d > 0)
	}
	if u == UnitEpoch {
		return Part{Unscaled: int64(d) * 86400}, nil
	}
	year, month, day := CivilOf(int64(d))
	if p, ok := datePartOf(u, Fields{Year: year, Month: month, Day: day}); ok {
		return p, nil
	}
	return Part{}, unitError(unit, "date", u != 0 || isReserved(unit))
}

// infinitePart: what grows without end is infinite, what comes round is NULL.
func infinitePart(unit, name string, u Unit, positive bool) (Part, error) {
	switch u {
	case UnitYear, UnitDecade, UnitCentury, UnitMillennium, UnitJulian, UnitISOYear, UnitEpoch:
		if positive {
			return Part{Infinite: 1}, nil
		}
		return Part{Infinite: -1}, nil
	}
	_, clock := clockPart(u, Fields{})
	if _, zone := zonePartOf(u, 0); zone && name != "date" {
		return Part{Null: true}, nil
	}
	if _, date := datePartOf(u, Fields{Year: 2000, Month: 1, Day: 1}); clock || date {
		return Part{Null: true}, nil
	}
	return Part{}, unitError(unit, name, u != 0 || isReserved(unit))
}

func clockPart(u Unit, f Fields) (Part, bool) {
	micros := int64(f.Second)*Second + int64(f.Micros)
	switch u {
	case UnitMicrosecond:
		return Part{Unscaled: micros}, true
	case UnitMillisecond:
		return Part{Unscaled: micros, Scale: 3}, true
	case UnitSecond:
		return Part{Unscaled: micros, Scale: 6}, true
	case UnitMinute:
		return whole(f.Minute)
	case UnitHour:
		return whole(f.Hour)
	}
	return Part{}, false
}

// julianDate adds a time of day to a Julian day number, with as many digits as PostgreSQL's
// division of numerics gives: at least 16 significant ones, in groups of four.
func julianDate(day, micros int64) string {
	scale := 20
	switch {
	case micros < 865:
		scale = 28
	case micros < 865*10_000:
		scale = 24
	}
	unit := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(scale)), nil)
	n := new(big.Int).Mul(big.NewInt(micros), unit)
	n.Add(n, big.NewInt(Day/2)) // rounds half up
	n.Div(n, big.NewInt(Day))
	n.Add(n, new(big.Int).Mul(big.NewInt(day), unit))
	digits := n.String()
	for len(digits) <= scale {
		digits = "0" + digits
	}
	return digits[:len(digits)-scale] + "." + digits[len(digits)-scale:]
}

// isReserved tells words such as now and today, which are known and yet no units.
func isReserved(name string) bool {
	return dateTokens[truncate(strings.ToLower(name))].kind == specialToken
}

func datePartOf(u Unit, f Fields) (Part, bool) {
	days := DaysOf(f.Year, f.Month, f.Day)
	switch u {
	case UnitDay:
		return whole(f.Day)
	case UnitMonth:
		return whole(f.Month)
	case UnitQuarter:
		return whole((f.Month-1)/3 + 1)
	case UnitWeek:
		_, week := isoWeek(days)
		return whole(week)
	case UnitYear:
		return whole(withoutYearZero(f.Year))
	case UnitISOYear:
		year, _ := isoWeek(days)
		return whole(withoutYearZero(year))
	case UnitDecade:
		return whole(int(floorDiv(int64(f.Year), 10)))
	case UnitCentury:
		return whole(ordinal(f.Year, 100))
	case UnitMillennium:
		return whole(ordinal(f.Year, 1000))
	case UnitJulian:
		return whole(int(days) + julianOfEpoch)
	case UnitDayOfWeek:
		return whole(int(floorMod(days+4, 7)))
	case UnitISODayOfWeek:
		return whole(int(floorMod(days+3, 7)) + 1)
	case UnitDayOfYear:
		return whole(int(days-DaysOf(f.Year, 1, 1)) + 1)
	}
	return Part{}, false
}

// withoutYearZero: 1 BC, here year 0, is the year -1.
func withoutYearZero(year int) int {
	if year <= 0 {
		return year - 1
	}
	return year
}

// ordinal counts centuries and millennia from 1; before Christ from -1 down.
func ordinal(year, length int) int {
	n := int(floorDiv(int64(year)-1, int64(length))) + 1
	if year <= 0 {
		return n - 1
	}
	return n
}

// isoWeek gives the year and number of the ISO 8601 week of a day.
func isoWeek(days int64) (year, week int) {
	thursday := days - floorMod(days+3, 7) + 3
	year, _, _ = CivilOf(thursday)
	return year, int((thursday-DaysOf(year, 1, 1))/7) + 1
}

// ExtractTime gives a part of a time of day.
func ExtractTime(unit string, micros int64) (Part, error) {
	u := extractUnit(unit)
	if u == UnitEpoch {
		return Part{Unscaled: micros, Scale: 6}, nil
	}
	if p, ok := clockPart(u, clock(micros)); ok {
		return p, nil
	}
	return Part{}, unitError(unit, "time without time zone", u != 0)
}

// ExtractTimeWithZone gives a part of a time with time zone.
func ExtractTimeWithZone(unit string, t TimeWithZone) (Part, error) {
	u := extractUnit(unit)
	if p, ok := zonePartOf(u, t.Offset); ok {
		return p, nil
	}
	if u == UnitEpoch {
		return Part{Unscaled: t.Micros - int64(t.Offset)*Second, Scale: 6}, nil
	}
	if p, ok := clockPart(u, clock(t.Micros)); ok {
		return p, nil
	}
	return Part{}, unitError(unit, "time with time zone", u != 0)
}

// ExtractInterval gives a part of an interval; epoch counts a year as 365.25 days.
func ExtractInterval(unit string, v Interval) (Part, error) {
	u := extractUnit(unit)
	year, month := int(v.Months/monthsPerYear), int(v.Months%monthsPerYear)
	if p, ok := clockPart(u, clock(v.Micros)); ok {
		return p, nil
	}
	n := 0
	switch u {
	case UnitDay:
		n = int(v.Days)
	case UnitMonth:
		n = month
	case UnitQuarter:
		n = month/3 + 1
	case UnitYear:
		n = year
	case UnitDecade:
		n = year / 10
	case UnitCentury:
		n = year / 100
	case UnitMillennium:
		n = year / 1000
	case UnitEpoch:
		quarterDays := 1461*int64(year) + 120*int64(month) + 4*int64(v.Days)
		return longMicros(quarterDays*21600, v.Micros), nil
	default:
		return Part{}, unitError(unit, "interval", u != 0)
	}
	return Part{Unscaled: int64(n)}, nil
}

// longMicros gives seconds and microseconds as one number of seconds, however long.
func longMicros(seconds, micros int64) Part {
	n := new(big.Int).Mul(big.NewInt(seconds), big.NewInt(Second))
	n.Add(n, big.NewInt(micros))
	if n.IsInt64() {
		return Part{Unscaled: n.Int64(), Scale: 6}
	}
	whole, rest := new(big.Int).QuoRem(n, big.NewInt(Second), new(big.Int))
	return Part{text: whole.String() + "." + string(appendPadded(nil, rest.Abs(rest).Int64(), 6))}
}
