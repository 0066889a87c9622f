package pgwire

import (
	"time"

	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/sqlstate"
)

// valueFormat is a TextFormat made ready for encoders.
type valueFormat struct {
	TextFormat
	location *time.Location
	names    OIDNames     // nil: numbers
	charset  *translation // nil: UTF-8
}

// format reads the session's settings. A zone is kept as long as its name.
func (c *conn) format() valueFormat {
	f := valueFormat{TextFormat: c.session.Format()}
	f.names, _ = c.session.(OIDNames)
	if c.charset != nil {
		f.charset = &translation{charset: c.charset}
	}
	if c.location != nil && c.locationName == f.TimeZone {
		f.location = c.location
		return f
	}
	if location, ok := datetime.LoadZone(f.TimeZone); ok {
		f.location, c.location, c.locationName = location, location, f.TimeZone
	}
	return f
}

// zone gives the session's time zone, which only timestamptz needs.
func (f valueFormat) zone() (*time.Location, error) {
	if f.location == nil {
		return nil, sqlstate.New(sqlstate.InvalidParameterValue, `unrecognized time zone "%s"`, f.TimeZone)
	}
	return f.location, nil
}
