package datetime

import (
	"strings"
	"time"

	"github.com/sluicemesh/sluice/sqlstate"
)

// Zone is what AT TIME ZONE names: a time zone, or an abbreviation, which means one
// offset or what some zone's history says.
type Zone struct {
	location *time.Location
	word     string // the abbreviation whose meaning in location is sought
}

// FindZone finds a zone or an abbreviation, in any case: "Europe/Berlin", "PST", "MSK",
// "UTC+3". Error: 22023.
func FindZone(name string) (Zone, error) {
	if a, ok := abbreviations()[strings.ToLower(name)]; ok {
		if a.zone == "" {
			return Zone{location: time.FixedZone(strings.ToUpper(name), a.offset)}, nil
		}
		location, ok := LoadZone(a.zone)
		if ok {
			return Zone{location: location, word: name}, nil
		}
	}
	location, ok := LoadZone(name)
	if !ok {
		return Zone{}, sqlstate.New(sqlstate.InvalidParameterValue, "time zone %q not recognized", verbatim(name))
	}
	return Zone{location: location}, nil
}

// Location gives the zone; ok is false for an abbreviation that a history explains.
func (z Zone) Location() (zone *time.Location, ok bool) { return z.location, z.word == "" }

// ToLocal gives the local time of a timestamp with time zone: timestamptz AT TIME ZONE.
func (z Zone) ToLocal(ts int64) int64 {
	if z.word == "" || Infinite(ts) {
		return ToLocal(ts, z.location)
	}
	own := OffsetOfUTC(ts, z.location)
	return ts + int64(offsetAround(time.Unix(floorDiv(ts, Second), 0).In(z.location), z.word, own))*Second
}

// FromLocal gives the timestamp with time zone of a local time: timestamp AT TIME ZONE.
func (z Zone) FromLocal(local int64) int64 {
	if z.word == "" || Infinite(local) {
		return FromLocal(local, z.location)
	}
	return local - int64(offsetOfAbbreviation(local, z.word, z.location))*Second
}
