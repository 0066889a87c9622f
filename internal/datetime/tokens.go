package datetime

// mask is a set of parts of a date and time, those that input has given so far.
type mask uint32

const (
	monthPart mask = 1 << iota
	yearPart
	dayPart
	zonePart
	hourPart
	minutePart
	secondPart
	millisecondPart
	microsecondPart
	dayOfYearPart
	daylightPart
	meridiemPart
	eraPart
	weekdayPart
	weekPart
	decadePart
	centuryPart
	millenniumPart
	daylightZonePart
	reservedPart

	datePart      = yearPart | monthPart | dayPart
	allSecondPart = secondPart | millisecondPart | microsecondPart
	timePart      = hourPart | minutePart | allSecondPart
)

// tokenKind is what a word means.
type tokenKind uint8

const (
	unknownToken  tokenKind = iota
	ignoredToken            // at, on
	specialToken            // now, today, epoch, infinity, …; value is one of those
	monthToken              // value 1..12
	weekdayToken            //
	meridiemToken           // am, pm
	eraToken                // ad, bc
	labelToken              // a label before a number: j, h, t, …; value is a Unit
	isoTimeToken            // the T between date and time
	daylightToken           // dst
)

// Special values and other token values.
const (
	specialNow = iota
	specialYesterday
	specialToday
	specialTomorrow
	specialZulu
	specialEpoch
	specialLate
	specialEarly

	am = 1
	pm = 2

	ad = 0
	bc = 1
)

type token struct {
	kind  tokenKind
	value int
}

// dateTokens are the words of date and time input (datetktbl), cut to ten letters.
var dateTokens = map[string]token{
	"-infinity": {specialToken, specialEarly}, "infinity": {specialToken, specialLate},
	"epoch": {specialToken, specialEpoch}, "now": {specialToken, specialNow}, "today": {specialToken, specialToday},
	"tomorrow": {specialToken, specialTomorrow}, "yesterday": {specialToken, specialYesterday}, "allballs": {specialToken, specialZulu},
	"ad": {eraToken, ad}, "bc": {eraToken, bc}, "am": {meridiemToken, am}, "pm": {meridiemToken, pm},
	"at": {ignoredToken, 0}, "on": {ignoredToken, 0}, "dst": {daylightToken, 3600}, "t": {isoTimeToken, 0},
	"jan": {monthToken, 1}, "january": {monthToken, 1}, "feb": {monthToken, 2}, "february": {monthToken, 2},
	"mar": {monthToken, 3}, "march": {monthToken, 3}, "apr": {monthToken, 4}, "april": {monthToken, 4}, "may": {monthToken, 5},
	"jun": {monthToken, 6}, "june": {monthToken, 6}, "jul": {monthToken, 7}, "july": {monthToken, 7},
	"aug": {monthToken, 8}, "august": {monthToken, 8}, "sep": {monthToken, 9}, "sept": {monthToken, 9}, "september": {monthToken, 9},
	"oct": {monthToken, 10}, "october": {monthToken, 10}, "nov": {monthToken, 11}, "november": {monthToken, 11},
	"dec": {monthToken, 12}, "december": {monthToken, 12},
	"sun": {weekdayToken, 0}, "sunday": {weekdayToken, 0}, "mon": {weekdayToken, 1}, "monday": {weekdayToken, 1},
	"tue": {weekdayToken, 2}, "tues": {weekdayToken, 2}, "tuesday": {weekdayToken, 2},
	"wed": {weekdayToken, 3}, "weds": {weekdayToken, 3}, "wednesday": {weekdayToken, 3},
	"thu": {weekdayToken, 4}, "thur": {weekdayToken, 4}, "thurs": {weekdayToken, 4}, "thursday": {weekdayToken, 4},
	"fri": {weekdayToken, 5}, "friday": {weekdayToken, 5}, "sat": {weekdayToken, 6}, "saturday": {weekdayToken, 6},
	"j": {labelToken, int(UnitJulian)}, "jd": {labelToken, int(UnitJulian)}, "julian": {labelToken, int(UnitJulian)},
	"d": {labelToken, int(UnitDay)}, "dow": {labelToken, int(UnitDayOfWeek)}, "doy": {labelToken, int(UnitDayOfYear)},
	"h": {labelToken, int(UnitHour)}, "isodow": {labelToken, int(UnitISODayOfWeek)}, "isoyear": {labelToken, int(UnitISOYear)},
	"m": {labelToken, int(UnitMonth)}, "mm": {labelToken, int(UnitMinute)}, "s": {labelToken, int(UnitSecond)}, "y": {labelToken, int(UnitYear)},
}

// truncate cuts a word as the token tables do (TOKMAXLEN).
func truncate(word string) string {
	if len(word) > 10 {
		return word[:10]
	}
	return word
}
