package datetime

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// ZoneNames gives the names of all time zones, in order.
func ZoneNames() []string { return slices.Sorted(maps.Values(canonicalZone())) }

// Abbreviation is a word for an offset from UTC in seconds east.
type Abbreviation struct {
	Name     string
	Offset   int
	Daylight bool
}

// Abbreviations gives those that are read in dates, with what they mean at a moment.
func Abbreviations(at time.Time) []Abbreviation {
	var all []Abbreviation
	for name, a := range abbreviations() {
		one := Abbreviation{Name: strings.ToUpper(name), Offset: a.offset, Daylight: a.daylight}
		if a.zone != "" {
			if zone, ok := LoadZone(a.zone); ok {
				_, one.Offset = at.In(zone).Zone()
				one.Daylight = at.In(zone).IsDST()
			}
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b Abbreviation) int { return strings.Compare(a.Name, b.Name) })
	return all
}
