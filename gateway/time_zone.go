package gateway

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones must not depend on the machine

	"github.com/sluicemesh/sluice/internal/datetime"
	"github.com/sluicemesh/sluice/sqlstate"
)

// timeZone accepts what PostgreSQL's check_timezone does: hours east of UTC, an interval
// (SET TIME ZONE INTERVAL '…'), or a name in any case.
func timeZone(p parameter, value, _ string) (string, error) {
	if text, ok := cutInterval(value); ok {
		return intervalZone(p, value, text)
	}
	if hours, err := strconv.ParseFloat(strings.TrimSpace(value), 64); err == nil {
		if math.IsNaN(hours) || math.Abs(hours) >= 168 {
			return "", invalid(p, value)
		}
		return offsetZone(int(hours * 3600)), nil
	}
	zone, ok := datetime.LoadZone(value)
	if !ok {
		return "", invalid(p, value)
	}
	if name := zone.String(); strings.EqualFold(name, value) {
		return name, nil
	}
	return value, nil
}

func cutInterval(value string) (string, bool) {
	if len(value) < 8 || !strings.EqualFold(value[:8], "interval") {
		return "", false
	}
	return strings.Trim(strings.TrimSpace(value[8:]), "'"), true
}

func intervalZone(p parameter, value, text string) (string, error) {
	v, err := datetime.ParseInterval(text, datetime.AllFields, false)
	if err != nil {
		return "", err
	}
	value = "INTERVAL '" + datetime.FormatInterval(v) + "'"
	switch {
	case v.Months != 0:
		return "", invalid(p, value).WithDetail("Cannot specify months in time zone interval.")
	case v.Days != 0:
		return "", invalid(p, value).WithDetail("Cannot specify days in time zone interval.")
	}
	return offsetZone(int(v.Micros / 1e6)), nil
}

// offsetZone names a zone by its seconds east of UTC. POSIX counts the other way.
func offsetZone(east int) string {
	sign, flipped := "+", "-"
	if east < 0 {
		sign, flipped, east = "-", "+", -east
	}
	text := fmt.Sprintf("%02d", east/3600)
	if rest := east % 3600; rest != 0 {
		text += fmt.Sprintf(":%02d", rest/60)
		if rest%60 != 0 {
			text += fmt.Sprintf(":%02d", rest%60)
		}
	}
	return "<" + sign + text + ">" + flipped + text
}

// location gives the zone behind a TimeZone value.
func location(name string) (*time.Location, error) {
	zone, ok := datetime.LoadZone(name)
	if !ok {
		return nil, sqlstate.New(sqlstate.InvalidParameterValue, "invalid value for parameter %q: %q", "TimeZone", name)
	}
	return zone, nil
}
