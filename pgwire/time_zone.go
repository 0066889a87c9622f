package pgwire

import (
	"errors"
	"strings"
	"time"
	_ "time/tzdata" // the same zones on every machine
)

// LoadTimeZone gives the zone a TimeZone setting names: an IANA name, or a POSIX
// specification without daylight saving such as <+05>-05 (hours west of Greenwich
// count positive there), which is how PostgreSQL shows SET TIME ZONE 5.
func LoadTimeZone(name string) (*time.Location, error) {
	switch strings.ToUpper(name) {
	case "", "LOCAL": // names that Go knows and PostgreSQL does not
		return nil, errUnknownZone
	case "UTC":
		return time.UTC, nil
	}
	if location, ok := parsePosixZone(name); ok {
		return location, nil
	}
	return time.LoadLocation(name)
}

var errUnknownZone = errors.New("unknown time zone")

// parsePosixZone reads std offset, without a daylight saving part.
func parsePosixZone(spec string) (*time.Location, bool) {
	abbreviation, rest := spec, ""
	if strings.HasPrefix(spec, "<") {
		end := strings.IndexByte(spec, '>')
		if end < 0 {
			return nil, false
		}
		abbreviation, rest = spec[1:end], spec[end+1:]
	} else if i := strings.IndexAny(spec, "+-0123456789"); i >= 3 && isAlphabetic(spec[:i]) {
		abbreviation, rest = spec[:i], spec[i:]
	}
	west, ok := parsePosixOffset(rest)
	if !ok {
		return nil, false
	}
	return time.FixedZone(abbreviation, -west), true
}

func isAlphabetic(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return true
}

// parsePosixOffset reads [+-]hh[:mm[:ss]] as seconds.
func parsePosixOffset(s string) (seconds int, ok bool) {
	sign := 1
	if s != "" && (s[0] == '+' || s[0] == '-') {
		if s[0] == '-' {
			sign = -1
		}
		s = s[1:]
	}
	parts := strings.Split(s, ":")
	if len(parts) > 3 {
		return 0, false
	}
	units := [3]struct{ seconds, max int }{{3600, 167}, {60, 59}, {1, 59}}
	for i, part := range parts {
		n, ok := parseDigits(part)
		if !ok || n > units[i].max {
			return 0, false
		}
		seconds += n * units[i].seconds
	}
	return sign * seconds, true
}

// parseDigits reads one to three decimal digits.
func parseDigits(s string) (n int, ok bool) {
	if len(s) < 1 || len(s) > 3 {
		return 0, false
	}
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}
