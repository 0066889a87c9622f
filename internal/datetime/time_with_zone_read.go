package datetime

import (
	"strconv"
	"strings"
)

// ReadTimeWithZone reads what FormatTimeWithZone wrote. Its offset may be larger than those that
// ParseTimeWithZone takes of users.
func ReadTimeWithZone(text string) (TimeWithZone, error) {
	at := strings.LastIndexAny(text, "+-")
	if at < 0 {
		return ParseTimeWithZone(text, Input{})
	}
	micros, err := ParseTime(text[:at], Input{})
	offset, unit := 0, 3600
	for _, field := range strings.Split(text[at+1:], ":") {
		n, bad := strconv.Atoi(field)
		if bad != nil {
			return ParseTimeWithZone(text, Input{})
		}
		offset, unit = offset+n*unit, unit/60
	}
	if text[at] == '-' {
		offset = -offset
	}
	return TimeWithZone{Micros: micros, Offset: offset}, err
}
