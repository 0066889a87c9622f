package pgcatalog

import (
	"time"

	"github.com/sluicemesh/sluice/internal/datetime"
)

// timeZones is pg_timezone_names: what each zone's clock says now.
func (s *Session) timeZones(w *writer) {
	add := w.columns("name", "abbrev", "utc_offset", "is_dst")
	for _, name := range datetime.ZoneNames() {
		zone, ok := datetime.LoadZone(name)
		if !ok {
			continue
		}
		now := s.Activity.Statement.In(zone)
		abbreviation, offset := now.Zone()
		add(name, abbreviation, time.Duration(offset)*time.Second, now.IsDST())
	}
}

// timeZoneAbbreviations is pg_timezone_abbrevs.
func (s *Session) timeZoneAbbreviations(w *writer) {
	add := w.columns("abbrev", "utc_offset", "is_dst")
	for _, a := range datetime.Abbreviations(s.Activity.Statement) {
		add(a.Name, time.Duration(a.Offset)*time.Second, a.Daylight)
	}
}
