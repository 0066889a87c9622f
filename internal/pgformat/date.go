package pgformat

import "strings"

// dateWords are the keywords of dates, the longer before what they begin with.
var dateWords = func() map[byte][]keyword {
	var list []keyword
	add := func(digit bool, mode dateMode, names string) {
		for _, n := range strings.Fields(names) {
			list = append(list, keyword{name: n, digit: digit, mode: mode})
		}
	}
	add(false, anyDate, "A.D. A.M. AD AM B.C. BC a.d. a.m. ad am b.c. bc P.M. PM p.m. pm")
	add(true, anyDate, "CC cc")
	add(false, anyDate, "DAY Day day")
	add(true, gregorian, "DDD DD ddd dd")
	add(false, anyDate, "DY Dy dy")
	add(true, gregorian, "D d")
	add(false, anyDate, "FF1 FF2 FF3 FF4 FF5 FF6 FX ff1 ff2 ff3 ff4 ff5 ff6 fx")
	add(true, anyDate, "HH24 HH12 HH hh24 hh12 hh")
	add(true, isoWeek, "IDDD ID IW IYYY IYY IY I iddd id iw iyyy iyy iy i")
	add(true, anyDate, "J j MI mi")
	add(true, gregorian, "MM mm")
	add(false, gregorian, "MONTH MON Month Mon month mon")
	add(true, anyDate, "MS ms")
	add(false, anyDate, "OF of")
	add(true, anyDate, "Q q")
	add(false, gregorian, "RM rm")
	add(true, anyDate, "SSSSS SSSS SS sssss ssss ss")
	add(false, anyDate, "TZH tzh")
	add(true, anyDate, "TZM tzm")
	add(false, anyDate, "TZ tz")
	add(true, anyDate, "US us")
	add(true, gregorian, "WW W ww w")
	add(true, gregorian, "Y,YYY YYYY YYY YY Y y,yyy yyyy yyy yy y")
	return table(list)
}()

var (
	monthNames = strings.Fields("January February March April May June July August September October November December")
	dayNames   = strings.Fields("Sunday Monday Tuesday Wednesday Thursday Friday Saturday")
	// romanMonths run backwards, as the longest must be tried first.
	romanMonths = strings.Fields("XII XI X IX VIII VII VI V IV III II I")
)

func shortNames(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n[:3]
	}
	return out
}
