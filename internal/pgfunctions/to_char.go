package pgfunctions

import (
	"fmt"
	"sort"
	"strings"

	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/internal/duckdb"
	"github.com/sluicemesh/sluice/sqlstate"
)

// toChar: pg_to_char(TIMESTAMP, VARCHAR) VARCHAR, by the patterns of the manual's "Data
// Type Formatting Functions" that need no time zone. Others are refused.
func toChar() []duckdb.ScalarFunction {
	return []duckdb.ScalarFunction{duckdb.Func2("pg_to_char", formatTimestamp)}
}

// moment is what a pattern prints.
type moment struct {
	datetime.Fields
	days   int64 // since 1970-01-01
	micros int64 // of the day
}

func (m moment) hour() int { return int(m.micros / datetime.Hour) }

func (m moment) hour12() int { return (m.hour()+11)%12 + 1 }

// year is the year of its era: there is no year 0.
func (m moment) year() int {
	if m.Year <= 0 {
		return 1 - m.Year
	}
	return m.Year
}

func (m moment) dayOfYear() int { return int(m.days - datetime.DaysOf(m.Year, 1, 1) + 1) }

func (m moment) weekday() int { return int(((m.days+4)%7 + 7) % 7) } // Sunday is 0; 1970-01-01 was a Thursday

// part is a whole part of the date, as extract gives it.
func (m moment) part(unit string) int {
	p, _ := datetime.ExtractDate(unit, int32(m.days))
	return int(p.Unscaled)
}

func (m moment) half() string {
	if m.hour() >= 12 {
		return "PM"
	}
	return "AM"
}

var (
	monthNames = strings.Fields("January February March April May June July August September October November December")
	dayNames   = strings.Fields("Sunday Monday Tuesday Wednesday Thursday Friday Saturday")
)

// pattern prints one part of a format; numbers have a width that FM takes away.
type pattern struct {
	number func(moment) int
	width  int
	text   func(moment) string
	pad    int // of texts, to the right with blanks
}

func numberPattern(width int, f func(moment) int) pattern { return pattern{number: f, width: width} }

func textPattern(pad int, f func(moment) string) pattern { return pattern{text: f, pad: pad} }

var patterns = toCharPatterns()

func toCharPatterns() map[string]pattern {
	all := map[string]pattern{
		"YYYY": numberPattern(4, moment.year), "YYY": numberPattern(3, func(m moment) int { return m.year() % 1000 }),
		"YY": numberPattern(2, func(m moment) int { return m.year() % 100 }), "Y": numberPattern(1, func(m moment) int { return m.year() % 10 }),
		"MM": numberPattern(2, func(m moment) int { return m.Month }), "DD": numberPattern(2, func(m moment) int { return m.Day }),
		"DDD": numberPattern(3, moment.dayOfYear), "D": numberPattern(1, func(m moment) int { return m.weekday() + 1 }),
		"ID":   numberPattern(1, func(m moment) int { return (m.weekday()+6)%7 + 1 }),
		"IYYY": numberPattern(4, func(m moment) int { return max(m.part("isoyear"), -m.part("isoyear")) }),
		"IW":   numberPattern(2, func(m moment) int { return m.part("week") }),
		"Q":    numberPattern(1, func(m moment) int { return (m.Month-1)/3 + 1 }), "WW": numberPattern(2, func(m moment) int { return (m.dayOfYear()-1)/7 + 1 }),
		"W":    numberPattern(1, func(m moment) int { return (m.Day-1)/7 + 1 }),
		"HH24": numberPattern(2, moment.hour), "HH12": numberPattern(2, moment.hour12), "HH": numberPattern(2, moment.hour12),
		"MI":   numberPattern(2, func(m moment) int { return int(m.micros / datetime.Minute % 60) }),
		"SS":   numberPattern(2, func(m moment) int { return int(m.micros / datetime.Second % 60) }),
		"MS":   numberPattern(3, func(m moment) int { return int(m.micros / 1000 % 1000) }),
		"US":   numberPattern(6, func(m moment) int { return int(m.micros % 1000000) }),
		"SSSS": numberPattern(1, func(m moment) int { return int(m.micros / datetime.Second) }),
		"AM":   textPattern(0, moment.half), "PM": textPattern(0, moment.half),
		"am": textPattern(0, func(m moment) string { return strings.ToLower(m.half()) }), "pm": textPattern(0, func(m moment) string { return strings.ToLower(m.half()) }),
	}
	for word, c := range map[string]struct {
		pad  int
		name func(moment) string
	}{
		"Month": {9, func(m moment) string { return monthNames[m.Month-1] }}, "Day": {9, func(m moment) string { return dayNames[m.weekday()] }},
		"Mon": {0, func(m moment) string { return monthNames[m.Month-1][:3] }}, "Dy": {0, func(m moment) string { return dayNames[m.weekday()][:3] }},
	} {
		all[word] = textPattern(c.pad, c.name)
		all[strings.ToUpper(word)] = textPattern(c.pad, func(m moment) string { return strings.ToUpper(c.name(m)) })
		all[strings.ToLower(word)] = textPattern(c.pad, func(m moment) string { return strings.ToLower(c.name(m)) })
	}
	return all
}

// words are the patterns, the longest first: DDD before DD.
var words = func() []string {
	var list []string
	for word := range patterns {
		list = append(list, word)
	}
	sort.Slice(list, func(i, j int) bool {
		return len(list[i]) > len(list[j]) || len(list[i]) == len(list[j]) && list[i] < list[j]
	})
	return list
}()

func formatTimestamp(ts timestamp, format string) (string, error) {
	if datetime.Infinite(int64(ts)) {
		return "", duckdb.ErrNull
	}
	f := datetime.FieldsOf(int64(ts))
	m := moment{Fields: f, days: datetime.DaysOf(f.Year, f.Month, f.Day)}
	m.micros = int64(ts) - m.days*datetime.Day
	var out strings.Builder
	for format != "" {
		rest, err := m.printOne(&out, format)
		if err != nil {
			return "", err
		}
		format = rest
	}
	return out.String(), nil
}

// printOne prints what the format begins with and gives the rest of it.
func (m moment) printOne(out *strings.Builder, format string) (string, error) {
	if format[0] == '"' {
		quoted, rest, closed := strings.Cut(format[1:], `"`)
		if !closed || strings.Contains(quoted, `\`) {
			return "", unsupportedFormat(format)
		}
		out.WriteString(quoted)
		return rest, nil
	}
	fill := true
	after, bare := strings.CutPrefix(format, "FM")
	if bare {
		fill = false
	}
	for _, word := range words {
		rest, found := strings.CutPrefix(after, word)
		if !found {
			continue
		}
		if suffixed(rest) {
			return "", unsupportedFormat(format)
		}
		out.WriteString(patterns[word].print(m, fill))
		return rest, nil
	}
	if bare || strings.ContainsRune(`\"`, rune(format[0])) || letter(format[0]) {
		return "", unsupportedFormat(format)
	}
	out.WriteByte(format[0])
	return format[1:], nil
}

// suffixed: TH, th and SP change what stands before them.
func suffixed(rest string) bool {
	return len(rest) >= 2 && (strings.EqualFold(rest[:2], "th") || strings.EqualFold(rest[:2], "sp"))
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func (p pattern) print(m moment, fill bool) string {
	switch {
	case p.text == nil && fill:
		return fmt.Sprintf("%0*d", p.width, p.number(m))
	case p.text == nil:
		return fmt.Sprint(p.number(m))
	case fill:
		return fmt.Sprintf("%-*s", p.pad, p.text(m))
	}
	return p.text(m)
}

func unsupportedFormat(format string) error {
	return sqlstate.Unsupported("format %q of to_char", format)
}
