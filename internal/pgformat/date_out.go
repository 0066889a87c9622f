package pgformat

import (
	"fmt"
	"strings"

	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/sqlstate"
)

// Moment is a date and time, or an interval, in parts.
type Moment struct {
	Year, Month, Day       int // the year 0 is 1 BC
	Hour, Minute, Second   int
	Micros                 int
	IsInterval             bool
	Zone                   string // abbreviation; empty for none
	Offset                 int    // seconds east of UTC
	weekday, yearDay, days int
}

// OfTimestamp takes a finite local timestamp apart.
func OfTimestamp(ts int64) Moment {
	days := ts / datetime.Day
	if ts%datetime.Day < 0 {
		days--
	}
	m := Moment{days: int(days)}
	m.Year, m.Month, m.Day = datetime.CivilOf(days)
	m.clock(ts - days*datetime.Day)
	m.weekday = int(((days+4)%7 + 7) % 7) // 1970-01-01 was a Thursday
	m.yearDay = int(days-datetime.DaysOf(m.Year, 1, 1)) + 1
	return m
}

// OfInterval takes an interval apart.
func OfInterval(v datetime.Interval) Moment {
	m := Moment{Year: int(v.Months / 12), Month: int(v.Months % 12), Day: int(v.Days), IsInterval: true}
	m.clock(v.Micros)
	m.yearDay = (m.Year*12+m.Month)*30 + m.Day
	return m
}

func (m *Moment) clock(micros int64) {
	m.Hour = int(micros / datetime.Hour)
	m.Minute = int(micros / datetime.Minute % 60)
	m.Second = int(micros / datetime.Second % 60)
	m.Micros = int(micros % datetime.Second)
}

// year is the year of its era.
func (m Moment) year(y int) int {
	if !m.IsInterval && y <= 0 {
		return 1 - y
	}
	return y
}

func (m Moment) iso(unit string) int {
	p, _ := datetime.ExtractDate(unit, int32(m.days))
	return int(p.Unscaled)
}

// isoYear counts the year 0 too.
func (m Moment) isoYear() int {
	if y := m.iso("isoyear"); y <= 0 {
		return y + 1
	} else {
		return y
	}
}

// isoYearDay counts days from the Monday of the first ISO week.
func (m Moment) isoYearDay() int { return (m.iso("week")-1)*7 + (m.weekday+6)%7 + 1 }

// FormatDate prints a moment by a pattern.
func FormatDate(m Moment, format string) (string, error) {
	var out strings.Builder
	for _, n := range parse(format, dateWords, true) {
		if n.kind != action {
			out.WriteString(n.text)
			continue
		}
		text, err := m.field(n)
		if err != nil {
			return "", err
		}
		out.WriteString(text)
	}
	return out.String(), nil
}

var calendarOnly = func() map[string]bool {
	all := map[string]bool{}
	for _, id := range strings.Fields("A.D. AD B.C. BC MONTH MON DAY DY D ID DDD_ IDDD_ TZ TZH TZM OF") {
		all[id] = true
	}
	return all
}()

// field prints one keyword.
func (m Moment) field(n node) (string, error) {
	id := n.word.id
	if m.IsInterval && calendarOnly[id] {
		e := sqlstate.New(sqlstate.InvalidDatetimeFormat, "invalid format specification for an interval value")
		return "", e.WithHint("Intervals are not tied to specific calendar dates.")
	}
	if m.IsInterval && (id[0] == 'I' || id == "J") {
		return "", sqlstate.Unsupported("%s of an interval", id)
	}
	if value, width, numeric := m.number(id); numeric {
		return numbered(n, value, width)
	}
	return m.word(n, id), nil
}

// narrow are the fields whose width counts a minus sign.
var narrow = map[string]bool{"DDD": true, "DD": true, "WW": true, "MS": true, "US": true, "FF1": true, "FF2": true, "FF3": true, "FF4": true, "FF5": true, "FF6": true}

// numbered prints a number of at least width digits; where not narrow, one more for a minus sign.
func numbered(n node, value, width int) (string, error) {
	if n.fill {
		width = 0
	} else if value < 0 && width > 1 && !narrow[n.word.id] {
		width++
	}
	text := fmt.Sprintf("%0*d", width, value)
	if n.th != 0 {
		th, err := ordinal(text, n.th == 'T')
		return text + th, err
	}
	return text, nil
}

// number gives the value of a keyword that prints one, and its width.
func (m Moment) number(id string) (value, width int, ok bool) {
	switch id {
	case "HH", "HH12":
		if m.Hour%12 == 0 {
			return 12, 2 + sign(m.Hour), true
		}
		return m.Hour % 12, 2, true
	case "HH24":
		return m.Hour, 2, true
	case "MI":
		return m.Minute, 2, true
	case "SS":
		return m.Second, 2, true
	case "FF1", "FF2", "FF3", "FF4", "FF5", "FF6":
		digits := int(id[2] - '0')
		value = m.Micros
		for range 6 - digits {
			value /= 10
		}
		return value, digits, true
	case "MS":
		return m.Micros / 1000, 3, true
	case "US":
		return m.Micros, 6, true
	case "SSSS", "SSSSS":
		return m.Hour*3600 + m.Minute*60 + m.Second, 1, true
	case "MM":
		return m.Month, 2, true
	case "DDD":
		return m.yearDay, 3, true
	case "IDDD":
		return m.isoYearDay(), 3, true
	case "DD":
		return m.Day, 2, true
	case "D":
		return m.weekday + 1, 1, true
	case "ID":
		return (m.weekday+6)%7 + 1, 1, true
	case "WW":
		return (m.yearDay-1)/7 + 1, 2, true
	case "IW":
		return m.iso("week"), 2, true
	case "W":
		return (m.Day-1)/7 + 1, 1, true
	case "J":
		return m.days + 2440588, 1, true
	case "CC":
		return m.century()
	}
	return m.yearNumber(id)
}

func sign(hour int) int {
	if hour < 0 {
		return 1
	}
	return 0
}

func (m Moment) century() (value, width int, ok bool) {
	switch {
	case m.IsInterval:
		value = m.Year / 100
	case m.Year > 0:
		value = (m.Year-1)/100 + 1
	default:
		value = m.Year/100 - 1
	}
	return value, 2, true
}

func (m Moment) yearNumber(id string) (value, width int, ok bool) {
	year := m.Year
	if id[0] == 'I' {
		year = m.isoYear()
	}
	year = m.year(year)
	extra := 0 // for the minus sign of a negative year, even where what is printed is 0
	if year < 0 {
		extra = 1
	}
	switch strings.ReplaceAll(id, "I", "Y") {
	case "YYYY":
		return year, 4, true
	case "YYY":
		return year % 1000, 3 + widened(year%1000, extra), true
	case "YY":
		return year % 100, 2 + widened(year%100, extra), true
	case "Y":
		return year % 10, 1, true
	}
	return 0, 0, false
}

func widened(printed, extra int) int {
	if printed == 0 {
		return extra
	}
	return 0
}

// word prints a keyword that is no plain number.
func (m Moment) word(n node, id string) string {
	name := n.word.name
	switch id {
	case "A.M.", "P.M.", "AM", "PM":
		half := "AM"
		if m.Hour%24 >= 12 {
			half = "PM"
		}
		return like(name, half, strings.Contains(name, "."))
	case "A.D.", "B.C.", "AD", "BC":
		era := "AD"
		if m.Year <= 0 {
			era = "BC"
		}
		return like(name, era, strings.Contains(name, "."))
	case "MONTH", "MON":
		if m.Month == 0 {
			return ""
		}
		return named(n, monthNames[m.Month-1], id == "MONTH")
	case "DAY", "DY":
		return named(n, dayNames[m.weekday], id == "DAY")
	case "Q":
		if m.Month == 0 {
			return ""
		}
		text, _ := numbered(n, (m.Month-1)/3+1, 1)
		return text
	case "RM":
		return m.roman(n)
	case "Y,YYY":
		y := m.year(m.Year)
		text := fmt.Sprintf("%d,%03d", y/1000, y%1000)
		if n.th != 0 {
			th, _ := ordinal(text, n.th == 'T')
			text += th
		}
		return text
	}
	return m.zone(n, id)
}

// like writes a mark in the case of a keyword, with points where it has them.
func like(keyword, text string, points bool) string {
	if points {
		text = text[:1] + "." + text[1:] + "."
	}
	if keyword[0] >= 'a' {
		return strings.ToLower(text)
	}
	return text
}

// named writes a name in the case of its keyword; the long form has nine characters.
func named(n node, name string, long bool) string {
	if !long {
		name = name[:3]
	}
	switch keyword := n.word.name; {
	case keyword[0] >= 'a':
		name = strings.ToLower(name)
	case keyword[1] < 'a':
		name = strings.ToUpper(name)
	}
	if long && !n.fill {
		return fmt.Sprintf("%-9s", name)
	}
	return name
}

// roman writes the month; of an interval, negative ones count from the end.
func (m Moment) roman(n node) string {
	if m.Month == 0 && m.Year == 0 {
		return ""
	}
	i := 0
	switch {
	case m.Month == 0 && m.Year >= 0:
		i = 0
	case m.Month == 0:
		i = 11
	case m.Month < 0:
		i = -1 * (m.Month + 1)
	default:
		i = 12 - m.Month
	}
	text := romanMonths[i]
	if n.word.name[0] >= 'a' {
		text = strings.ToLower(text)
	}
	if n.fill {
		return text
	}
	return fmt.Sprintf("%-4s", text)
}

func (m Moment) zone(n node, id string) string {
	mark, offset := byte('+'), m.Offset
	if offset < 0 {
		mark, offset = '-', -offset
	}
	switch id {
	case "TZ":
		if n.word.name == "tz" {
			return strings.ToLower(m.Zone)
		}
		return m.Zone
	case "TZH":
		return fmt.Sprintf("%c%02d", mark, offset/3600)
	case "TZM":
		return fmt.Sprintf("%02d", offset%3600/60)
	case "OF":
		width := 2
		if n.fill {
			width = 0
		}
		text := fmt.Sprintf("%c%0*d", mark, width, offset/3600)
		if minutes := offset % 3600 / 60; minutes != 0 {
			text += fmt.Sprintf(":%02d", minutes)
		}
		return text
	}
	return "" // FX
}
