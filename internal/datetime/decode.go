package datetime

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Order is the order of day, month and year in ambiguous input (DateStyle).
type Order uint8

// The orders. MDY is PostgreSQL's default.
const (
	MDY Order = iota
	DMY
	YMD
)

// Input is what reading depends on besides the text.
type Input struct {
	Order Order
	Zone  *time.Location // of the session; nil: UTC
	Now   time.Time      // start of the transaction, for 'now' and 'today'; zero: these are refused
}

func (in Input) zone() *time.Location {
	if in.Zone == nil {
		return time.UTC
	}
	return in.Zone
}

// local gives the current local time of the session, and its offset.
func (in Input) local() (Fields, int) {
	_, offset := in.Now.In(in.zone()).Zone()
	return FieldsOf(in.Now.UnixMicro() + int64(offset)*Second), offset
}

// decoder gathers what fields of input say.
type decoder struct {
	Fields
	in       Input
	list     []field
	timeOnly bool // a time of day is wanted: dates only where a zone needs one

	seen      mask
	label     Unit // waits for its number
	textMonth bool
	julian    bool
	twoDigits bool // the year has one or two digits
	bc        bool
	meridiem  int
	dayOfYear int
	special   int // one of the special values; -1: an ordinary date

	offset       int // seconds east
	zone         *time.Location
	word         string // an abbreviation that zone's history explains
	notRecognize string
}

// decode reads all fields (DecodeDateTime, DecodeTimeOnly).
func decode(text string, in Input, timeOnly bool) (*decoder, problem) {
	d := &decoder{in: in, timeOnly: timeOnly, special: -1}
	list, ok := lex(text)
	if !ok {
		return d, badFormat
	}
	d.list = list
	for i := range list {
		found, skip, p := d.field(i)
		if p != 0 {
			return d, p
		}
		if skip {
			continue
		}
		if found&d.seen != 0 {
			return d, badFormat
		}
		d.seen |= found
	}
	switch {
	case timeOnly:
		return d, d.finishTime()
	case d.special >= 0:
		return d, d.validate()
	}
	return d, d.finishDate()
}

func (d *decoder) field(i int) (found mask, skip bool, p problem) {
	f := d.list[i]
	switch f.kind {
	case dateField:
		found, p = d.dateField(i)
	case timeField:
		found, p = d.time(f.text)
	case zoneField:
		d.offset, p = parseOffset(f.text)
		found = zonePart
	case numberField:
		if d.label != 0 {
			found, p = d.labelled(f.text)
		} else {
			found, p = d.plainNumber(i)
		}
	default:
		return d.wordField(i)
	}
	return found, false, p
}

// dateField reads a date, a time zone's name with punctuation, or hhmmss-zz.
func (d *decoder) dateField(i int) (mask, problem) {
	text := d.list[i].text
	if d.label == UnitJulian && !d.timeOnly {
		return d.julianWithZone(text)
	}
	if d.isDate(i) {
		return d.date(text)
	}
	if !isDigit(text[0]) && (d.label == 0 || d.timeOnly) {
		return d.namedZone(text)
	}
	if d.label != 0 && !d.timeOnly {
		if d.label != UnitTime {
			return 0, badFormat
		}
		d.label = 0
	}
	if d.seen&timePart == timePart {
		return 0, badFormat
	}
	dash := strings.IndexByte(text, '-')
	if dash < 0 {
		return 0, badFormat
	}
	var p problem
	if d.offset, p = parseOffset(text[dash:]); p != 0 {
		return 0, p
	}
	found, p := d.runTogether(text[:dash], d.seen|d.dateAssumed())
	return found | zonePart, p
}

// isDate: a second date can only be a zone; a time takes a date at its front alone.
func (d *decoder) isDate(i int) bool {
	if d.timeOnly {
		last := len(d.list) - 1
		return i == 0 && last >= 1 && (d.list[last].kind == dateField || d.list[1].kind == timeField)
	}
	return d.label == 0 && d.seen&(monthPart|dayPart) != monthPart|dayPart
}

// dateAssumed makes numbers be read as times where only a time is wanted.
func (d *decoder) dateAssumed() mask {
	if d.timeOnly {
		return datePart
	}
	return 0
}

func (d *decoder) namedZone(name string) (mask, problem) {
	zone, ok := LoadZone(name)
	if !ok {
		d.notRecognize = name
		return 0, unknownZone
	}
	d.zone = zone
	return zonePart, 0
}

// julianWithZone reads the day number behind "J" with an offset behind it.
func (d *decoder) julianWithZone(text string) (mask, problem) {
	digits := leadingDigits(text)
	n, p := atoi(text[:digits])
	if p != 0 {
		return 0, p
	}
	d.setJulian(n)
	d.label = 0
	d.offset, p = parseOffset(text[digits:])
	return datePart | timePart | zonePart, p
}

func (d *decoder) setJulian(n int) {
	d.Year, d.Month, d.Day = CivilOf(int64(n) - julianOfEpoch)
	d.julian = true
}

// time reads h:m:s.
func (d *decoder) time(text string) (mask, problem) {
	switch {
	case d.label == UnitTime:
		d.label = 0
	case d.label != 0 && !d.timeOnly:
		return 0, badFormat
	}
	hour, minute, second, micros, p := parseClock(text, false)
	if p != 0 {
		return 0, p
	}
	if hour > math.MaxInt32 {
		return 0, fieldOverflow
	}
	d.Hour, d.Minute, d.Second, d.Micros = int(hour), minute, second, micros
	if !d.timeOnly && d.timeOverflows() {
		return 0, fieldOverflow
	}
	return timePart, 0
}

// labelled reads the number behind a label: y2024m01d05, a Julian day, the time behind T.
func (d *decoder) labelled(text string) (mask, problem) {
	digits := leadingDigits(text)
	n, p := atoiOrZero(text[:digits])
	if p != 0 {
		return 0, p
	}
	label, rest := d.label, text[digits:]
	if rest != "" && label != UnitJulian && label != UnitTime && label != UnitSecond {
		return 0, badFormat
	}
	d.label, d.special = 0, -1
	switch label {
	case UnitYear:
		d.Year = n
		return yearPart, 0
	case UnitMonth:
		if d.seen&(monthPart|hourPart) == monthPart|hourPart { // h04m05: minutes after all
			d.Minute = n
			return minutePart, 0
		}
		d.Month = n
		return monthPart, 0
	case UnitDay:
		d.Day = n
		return dayPart, 0
	case UnitHour:
		d.Hour = n
		return hourPart, 0
	case UnitMinute:
		d.Minute = n
		return minutePart, 0
	case UnitSecond:
		d.Second = n
		if rest == "" {
			return secondPart, 0
		}
		d.Micros, p = parseFraction(rest)
		return allSecondPart, p
	case UnitJulian:
		return d.julianDay(n, rest)
	case UnitTime:
		found, p := d.runTogether(text, d.seen|datePart)
		if p == 0 && found != timePart {
			p = badFormat
		}
		return found, p
	}
	return 0, badFormat
}

// julianDay reads a day number; a fraction is the time since midnight.
func (d *decoder) julianDay(n int, rest string) (mask, problem) {
	d.setJulian(n)
	if rest == "" {
		return datePart, 0
	}
	fraction, p := parseFractionFloat(rest)
	if p != 0 {
		return 0, p
	}
	d.setClock(int64(fraction * float64(Day)))
	return datePart | timePart, 0
}

func (d *decoder) setClock(micros int64) {
	c := clock(micros)
	d.Hour, d.Minute, d.Second, d.Micros = c.Hour, c.Minute, c.Second, c.Micros
}

// plainNumber decides what a number without label is by its length and its point.
func (d *decoder) plainNumber(i int) (mask, problem) {
	text := d.list[i].text
	point := strings.IndexByte(text, '.')
	if d.timeOnly {
		switch {
		case point >= 0 && i == 0 && len(d.list) >= 2 && d.list[len(d.list)-1].kind == dateField:
			return d.date(text)
		case point > 2 || point < 0 && len(text) > 4:
			return d.runTogether(text, d.seen|datePart)
		case point >= 0:
			return 0, badFormat
		}
		return d.number(text, d.seen|datePart, false)
	}
	switch {
	case point >= 0 && d.seen&datePart == 0:
		return d.date(text)
	case point > 2:
		return d.runTogether(text, d.seen)
	case len(text) >= 6 && (d.seen&datePart == 0 || d.seen&timePart == 0):
		return d.runTogether(text, d.seen)
	}
	return d.number(text, d.seen, d.textMonth)
}

func leadingDigits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// atoi reads a number of digits into 32 bits.
func atoi(s string) (int, problem) {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		if len(s) > 0 {
			return 0, fieldOverflow
		}
		return 0, badFormat
	}
	return int(n), 0
}

func parseFloat(s string) (float64, bool) {
	if s == "" || strings.ContainsAny(s, "xXpPnNiI_") {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}
