package datetime

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // zones are the same wherever this runs
)

// zoneNames are the names pg_timezone_names lists; abbreviations are PostgreSQL's default
// set (timezonesets/Default): word, seconds east of UTC or the zone whose history
// gives its meaning, D for daylight saving time.
var (
	//go:embed data/zones.txt
	zoneNames string
	//go:embed data/abbreviations.tsv
	abbreviationLines string
)

var canonicalZone = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for name := range strings.Lines(zoneNames) {
		name = strings.TrimSpace(name)
		names[strings.ToLower(name)] = name
	}
	return names
})

// abbreviation is a word for an offset: a fixed one, or what zone's history says.
type abbreviation struct {
	offset   int // seconds east
	zone     string
	daylight bool
}

var abbreviations = sync.OnceValue(func() map[string]abbreviation {
	all := map[string]abbreviation{}
	for line := range strings.Lines(abbreviationLines) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		a := abbreviation{daylight: cells[2] == "D"}
		if n, err := strconv.Atoi(cells[1]); err == nil {
			a.offset = n
		} else {
			a.zone = cells[1]
		}
		all[cells[0]] = a
	}
	return all
})

var loadedZones sync.Map // canonical name: *time.Location

// LoadZone finds a time zone by its name, in any case: "Europe/Berlin", "utc", or a
// POSIX specification, whose sign counts west: "UTC+3", "<+03>-3", "+3",
// "EST5EDT,M3.2.0,M11.1.0". ok is false for others.
func LoadZone(name string) (zone *time.Location, ok bool) {
	canonical, ok := canonicalZone()[strings.ToLower(name)]
	if !ok {
		return posixZone(name)
	}
	if z, ok := loadedZones.Load(canonical); ok {
		return z.(*time.Location), true
	}
	z, err := time.LoadLocation(canonical)
	if err != nil {
		return nil, false
	}
	loadedZones.Store(canonical, z)
	return z, true
}

// OffsetOfLocal gives the offset (seconds east) of a local time in a zone. A time that a
// change of the clock skips is read by the rule before it, one that occurs twice by
// the rule after it (DetermineTimeZoneOffset).
func OffsetOfLocal(local int64, zone *time.Location) int {
	seconds := floorDiv(local, Second)
	start := time.Unix(seconds-86400, 0).In(zone)
	_, before := start.Zone()
	_, end := start.ZoneBounds()
	if end.IsZero() {
		return before
	}
	_, after := end.Zone()
	boundary, asBefore, asAfter := end.Unix(), seconds-int64(before), seconds-int64(after)
	switch {
	case asBefore < boundary && asAfter < boundary:
		return before
	case asBefore > boundary && asAfter >= boundary:
		return after
	case asBefore > asAfter:
		return before
	}
	return after
}

// OffsetOfUTC gives the offset (seconds east) of a zone at a timestamp with time zone.
func OffsetOfUTC(ts int64, zone *time.Location) int {
	_, offset := time.Unix(floorDiv(ts, Second), 0).In(zone).Zone()
	return offset
}

// offsetOfAbbreviation gives what an abbreviation means in a zone around a local time.
func offsetOfAbbreviation(local int64, word string, zone *time.Location) int {
	own := OffsetOfLocal(local, zone)
	return offsetAround(time.Unix(floorDiv(local, Second)-int64(own), 0).In(zone), word, own)
}

// offsetAround gives what an abbreviation means at a time: as it was used last before,
// else first after, else the zone's own offset (pg_interpret_timezone_abbrev).
func offsetAround(at time.Time, word string, own int) int {
	word = strings.ToUpper(word)
	for t := at; ; {
		name, offset := t.Zone()
		if name == word {
			return offset
		}
		start, _ := t.ZoneBounds()
		if start.IsZero() {
			break
		}
		t = start.Add(-time.Second)
	}
	const enough = 400 // changes of the clock; rules repeat from then on
	for t, i := at, 0; i < enough; i++ {
		_, end := t.ZoneBounds()
		if end.IsZero() {
			break
		}
		name, offset := end.Zone()
		if name == word {
			return offset
		}
		t = end
	}
	return own
}

// fixedZone tells whether a zone has had one offset always.
func fixedZone(zone *time.Location) bool {
	start, end := time.Unix(0, 0).In(zone).ZoneBounds()
	return start.IsZero() && end.IsZero()
}
