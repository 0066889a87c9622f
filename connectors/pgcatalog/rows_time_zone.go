package pgcatalog

import (
	"fmt"
	"strings"
	"time"

	"github.com/sluicemesh/sluice/internal/datetime"
)

// eachTimeZone gives what each zone's clock says now.
func (s *Session) eachTimeZone(f func(name, abbreviation string, offset time.Duration, daylight bool)) {
	for _, name := range datetime.ZoneNames() {
		zone, ok := datetime.LoadZone(name)
		if !ok {
			continue
		}
		now := s.Activity.Statement.In(zone)
		abbreviation, offset := now.Zone()
		f(name, abbreviation, time.Duration(offset)*time.Second, now.IsDST())
	}
}

// timeZones is pg_timezone_names.
func (s *Session) timeZones(w *writer) {
	add := w.columns("name", "abbrev", "utc_offset", "is_dst")
	s.eachTimeZone(func(name, abbreviation string, offset time.Duration, daylight bool) {
		add(name, abbreviation, offset, daylight)
	})
}

// timeZoneAbbreviations is pg_timezone_abbrevs.
func (s *Session) timeZoneAbbreviations(w *writer) {
	add := w.columns("abbrev", "utc_offset", "is_dst")
	for _, a := range datetime.Abbreviations(s.Activity.Statement) {
		add(a.Name, time.Duration(a.Offset)*time.Second, a.Daylight)
	}
}

// zoneRecords are the rows of pg_timezone_names().
func (s *Session) zoneRecords(string) (string, error) {
	var rows []string
	s.eachTimeZone(func(name, abbreviation string, offset time.Duration, daylight bool) {
		rows = append(rows, record(name, abbreviation, clock(offset), truth(daylight)))
	})
	return strings.Join(rows, between), nil
}

// abbreviationRecords are the rows of pg_timezone_abbrevs().
func (s *Session) abbreviationRecords(string) (string, error) {
	var rows []string
	for _, a := range datetime.Abbreviations(s.Activity.Statement) {
		rows = append(rows, record(a.Name, clock(time.Duration(a.Offset)*time.Second), truth(a.Daylight)))
	}
	return strings.Join(rows, between), nil
}

// clock writes an offset as an interval.
func clock(offset time.Duration) string {
	sign := ""
	if offset < 0 {
		sign, offset = "-", -offset
	}
	seconds := int(offset.Seconds())
	return fmt.Sprintf("%s%02d:%02d:%02d", sign, seconds/3600, seconds/60%60, seconds%60)
}
