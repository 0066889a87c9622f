package pgformat

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Read is what a text says by a pattern.
type Read struct {
	Days   int64 // since 1970-01-01, of the year 1 BC where nothing is said of the date
	Micros int64 // of the day
	Zoned  bool
	Offset int // seconds east of UTC, where Zoned
}

func badDate(format string, args ...any) *sqlstate.Error {
	return sqlstate.New(sqlstate.InvalidDatetimeFormat, format, args...)
}

// ReadDate reads a text by a pattern, as to_timestamp does.
func ReadDate(text, format string) (Read, error) {
	r := &dateReader{rest: text, whole: text, nodes: parse(format, dateWords, true), values: map[string]int{}}
	if err := r.run(); err != nil {
		return Read{}, err
	}
	return r.result()
}

// dateReader goes through a pattern and a text side by side.
type dateReader struct {
	whole, rest string
	nodes       []node
	at          int // of the node in turn
	fixed       bool
	skipped     int // characters passed over beyond what the pattern has
	mode        dateMode
	values      map[string]int
	yearDigits  int
	twelve      bool // of the 12-hour clock
	afternoon   bool
	bc          bool
	fraction    int // digits, by FF1 to FF6
	zoneSign    int
	standard    bool // by the rules of SQL/JSON: what is no field must stand there as written
	abbreviated int  // seconds east of UTC, of an abbreviation
}

func (r *dateReader) skipBlanks() {
	for r.rest != "" && isSpace(r.rest[0]) {
		r.rest = r.rest[1:]
		r.skipped++
	}
}

func (r *dateReader) skipOne() {
	_, size := utf8.DecodeRuneInString(r.rest)
	r.rest = r.rest[size:]
}

func (r *dateReader) run() error {
	for r.at = 0; r.at < len(r.nodes) && r.rest != ""; r.at++ {
		n := r.nodes[r.at]
		if !r.fixed && (n.kind == action || r.at == 0) {
			r.skipBlanks()
			if r.rest == "" && n.kind != action {
				break
			}
		}
		switch n.kind {
		case separator, space:
			if r.standard {
				if r.rest[0] != n.text[0] {
					return badDate("unmatched format separator \"%s\"", n.text)
				}
				r.rest = r.rest[1:]
				continue
			}
			if r.fixed {
				r.skipOne()
				continue
			}
			r.skipped--
			if r.rest != "" && (isSpace(r.rest[0]) || isSeparator(r.rest[0])) {
				r.rest = r.rest[1:]
				r.skipped++
			}
			continue
		case character:
			if r.standard && !strings.HasPrefix(r.rest, n.text) {
				return badDate("unmatched format character \"%s\"", n.text)
			}
			if !r.fixed && r.skipped > 0 {
				r.skipped--
			} else {
				r.skipOne()
			}
			continue
		}
		if err := r.setMode(n.word.mode); err != nil {
			return err
		}
		if err := r.field(n); err != nil {
			return err
		}
		if !r.fixed {
			r.skipped = 0
			r.skipBlanks()
		}
	}
	return nil
}

func (r *dateReader) setMode(mode dateMode) error {
	if mode == anyDate {
		return nil
	}
	if r.mode != anyDate && r.mode != mode {
		return badDate("invalid combination of date conventions").
			WithHint("Do not mix Gregorian and ISO week date conventions in a formatting template.")
	}
	r.mode = mode
	return nil
}

// numbers are the keywords that plainly read one, the field it goes to and how many digits.
var numbers = map[string]struct {
	field  string
	digits int
}{
	"HH24": {"hh", 2}, "HH12": {"hh", 2}, "HH": {"hh", 2}, "MI": {"mi", 2}, "SS": {"ss", 2}, "SSSS": {"ssss", 4}, "SSSSS": {"ssss", 5},
	"MM": {"mm", 2}, "DDD": {"ddd", 3}, "IDDD": {"ddd", 3}, "DD": {"dd", 2}, "D": {"d", 1}, "WW": {"ww", 2}, "IW": {"ww", 2},
	"W": {"w", 1}, "Q": {"", 1}, "CC": {"cc", 2}, "J": {"j", 1}, "TZM": {"tzm", 2},
}

func (r *dateReader) field(n node) error {
	id := n.word.id
	if k, plain := numbers[id]; plain {
		if id == "HH" || id == "HH12" {
			r.twelve = true
		}
		if id == "TZM" && r.zoneSign == 0 {
			r.zoneSign = 1
		}
		_, err := r.number(n, k.field, k.digits)
		r.skipOrdinal(n)
		return err
	}
	switch id {
	case "FX":
		r.fixed = true
	case "A.M.", "P.M.", "AM", "PM":
		i, err := r.oneOf(n, map[bool][]string{true: {"a.m.", "p.m."}, false: {"am", "pm"}}[len(id) == 4])
		r.twelve, r.afternoon = true, i == 1
		return err
	case "A.D.", "B.C.", "AD", "BC":
		i, err := r.oneOf(n, map[bool][]string{true: {"a.d.", "b.c."}, false: {"ad", "bc"}}[len(id) == 4])
		r.bc = i == 1
		return err
	case "MONTH", "MON", "DAY", "DY", "RM":
		return r.name(n, id)
	case "MS":
		used, err := r.number(n, "ms", 3)
		if err == nil {
			r.scale("ms", 3-used)
		}
		r.skipOrdinal(n)
		return err
	case "US", "FF1", "FF2", "FF3", "FF4", "FF5", "FF6":
		digits := 6
		if id != "US" {
			digits = int(id[2] - '0')
			r.fraction = digits
		}
		used, err := r.number(n, "us", digits)
		if err == nil {
			r.scale("us", 6-used)
		}
		r.skipOrdinal(n)
		return err
	case "ID":
		if _, err := r.number(n, "d", 1); err != nil {
			return err
		}
		if r.values["d"]++; r.values["d"] > 7 {
			r.values["d"] = 1
		}
		r.skipOrdinal(n)
	case "TZ", "OF":
		if r.standard {
			return r.zone(n, id)
		}
		return sqlstate.New(sqlstate.FeatureNotSupported, "formatting field \"%s\" is only supported in to_char", n.word.name)
	case "TZH":
		return r.zoneHours(n)
	case "Y,YYY":
		return r.commaYear(n)
	default:
		return r.year(n, len(id))
	}
	return nil
}

func (r *dateReader) skipOrdinal(n node) {
	for i := 0; n.th != 0 && i < 2 && r.rest != ""; i++ {
		r.skipOne()
	}
}

func (r *dateReader) scale(field string, places int) {
	for range max(places, 0) {
		r.values[field] *= 10
	}
}

// year reads a year of so many digits; short ones are those around 2020.
func (r *dateReader) year(n node, digits int) error {
	used, err := r.number(n, "", digits)
	if err != nil {
		return err
	}
	year := r.values["last"]
	if digits < 4 && used < 4 {
		switch {
		case year < 70:
			year += 2000
		case year < 100:
			year += 1900
		case year < 520:
			year += 2000
		case year < 1000:
			year += 1000
		}
	}
	r.skipOrdinal(n)
	r.yearDigits = digits
	return r.set(n, "year", year)
}

func (r *dateReader) commaYear(n node) error {
	i := 0
	for i < len(r.rest) && isDigit(r.rest[i]) {
		i++
	}
	j := i + 1
	for j < len(r.rest) && j < i+4 && isDigit(r.rest[j]) {
		j++
	}
	if i == 0 || i >= len(r.rest) || r.rest[i] != ',' || j == i+1 {
		return badDate("invalid input string for \"Y,YYY\"")
	}
	thousands, _ := strconv.Atoi(r.rest[:i])
	rest, _ := strconv.Atoi(r.rest[i+1 : j])
	r.rest = r.rest[j:]
	r.yearDigits = 4
	r.skipOrdinal(n)
	return r.set(n, "year", thousands*1000+rest)
}

func (r *dateReader) zoneHours(n node) error {
	r.zoneSign = 1
	switch {
	case r.rest != "" && (r.rest[0] == '+' || r.rest[0] == '-' || r.rest[0] == ' '):
		if r.rest[0] == '-' {
			r.zoneSign = -1
		}
		r.rest = r.rest[1:]
	case r.skipped > 0 && strings.HasSuffix(r.whole[:len(r.whole)-len(r.rest)], "-"):
		r.zoneSign = -1
	}
	_, err := r.number(n, "tzh", 2)
	return err
}

func (r *dateReader) name(n node, id string) error {
	list := map[string][]string{"MONTH": monthNames, "MON": shortNames(monthNames), "DAY": dayNames, "DY": shortNames(dayNames), "RM": romanMonths}[id]
	i, err := r.oneOf(n, list)
	if err != nil {
		return err
	}
	switch id {
	case "DAY", "DY":
		return r.set(n, "d", i+1)
	case "RM":
		return r.set(n, "mm", 12-i)
	}
	return r.set(n, "mm", i+1)
}

// oneOf reads one of several words, in any case.
func (r *dateReader) oneOf(n node, list []string) (int, error) {
	for i, word := range list {
		if len(r.rest) >= len(word) && strings.EqualFold(r.rest[:len(word)], word) {
			r.rest = r.rest[len(word):]
			return i, nil
		}
	}
	e := badDate("invalid value \"%s\" for \"%s\"", r.rest, n.word.name)
	e.Detail = "The given value did not match any of the allowed values for this field."
	return 0, e
}

func (r *dateReader) set(n node, field string, value int) error {
	if old := r.values[field]; old != 0 && old != value {
		e := badDate("conflicting values for \"%s\" field in formatting string", n.word.name)
		e.Detail = "This value contradicts a previous setting for the same field type."
		return e
	}
	r.values[field] = value
	return nil
}

// leadingInteger reads blanks, a sign and digits, as C's strtol does.
func leadingInteger(s string) (value int64, used int, overflow bool) {
	i := 0
	for i < len(s) && isSpace(s[i]) {
		i++
	}
	start := i
	if i < len(s) && (s[i] == '-' || s[i] == '+') {
		i++
	}
	digits := i
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	if i == digits {
		return 0, 0, false
	}
	value, err := strconv.ParseInt(strings.TrimPrefix(s[start:i], "+"), 10, 64)
	return value, i, err != nil
}

// number reads an integer of so many digits, or of any number where something that is
// no digit must follow. It gives how many characters it took.
func (r *dateReader) number(n node, field string, digits int) (int, error) {
	before := r.rest
	var value int64
	var overflow bool
	if n.fill || r.endsHere() {
		var used int
		value, used, overflow = leadingInteger(before)
		r.rest = before[used:]
	} else {
		at := 0
		for at < len(before) && isSpace(before[at]) {
			at++
		}
		chunk := before[at:min(at+digits, len(before))]
		if len(chunk) < digits {
			e := badDate("source string too short for \"%s\" formatting field", n.word.name)
			return 0, e.WithHint("If your source string is not fixed-width, try using the \"FM\" modifier.")
		}
		var used int
		value, used, overflow = leadingInteger(chunk)
		if used > 0 && used < digits {
			e := badDate("invalid value \"%s\" for \"%s\"", chunk, n.word.name)
			return 0, e.WithHint("If your source string is not fixed-width, try using the \"FM\" modifier.")
		}
		r.rest = before[at+used:]
	}
	if len(r.rest) == len(before) {
		e := badDate("invalid value \"%s\" for \"%s\"", before[:min(digits, len(before))], n.word.name)
		e.Detail = "Value must be an integer."
		return 0, e
	}
	if overflow || value < -1<<31 || value > 1<<31-1 {
		return 0, sqlstate.New(sqlstate.DatetimeFieldOverflow, "value for \"%s\" in source string is out of range", n.word.name)
	}
	r.values["last"] = int(value)
	if field != "" {
		if err := r.set(n, field, int(value)); err != nil {
			return 0, err
		}
	}
	return len(before) - len(r.rest), nil
}

// endsHere tells whether what follows in the pattern is no digit.
func (r *dateReader) endsHere() bool {
	if r.nodes[r.at].th != 0 || r.at+1 == len(r.nodes) {
		return true
	}
	next := r.nodes[r.at+1]
	if next.kind == action {
		return !next.word.digit
	}
	return !(len(next.text) == 1 && isDigit(next.text[0]))
}
