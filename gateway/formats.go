package gateway

import (
	"regexp"
	"strings"
	"time"
	_ "time/tzdata" // zones must not depend on the machine

	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/sqlstate"
)

// dateStyle reads "ISO", "DMY", "SQL, DMY", … keeping the part that is not named
// (manual, "Date/Time Output"). The part not named falls back to the usual one.
func dateStyle(p parameter, value string) (string, error) {
	style, order := "ISO", "MDY"
	for _, word := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' }) {
		switch w := strings.ToLower(word); {
		case w == "iso":
			style = "ISO"
		case w == "sql":
			style = "SQL"
		case strings.HasPrefix(w, "postgres"):
			style = "Postgres"
		case w == "german":
			style, order = "German", "DMY"
		case w == "ymd":
			order = "YMD"
		case w == "dmy" || strings.HasPrefix(w, "euro"):
			order = "DMY"
		case w == "mdy" || strings.HasPrefix(w, "us") || strings.HasPrefix(w, "noneuro"):
			order = "MDY"
		case w == "default":
		default:
			return "", invalid(p, value)
		}
	}
	return style + ", " + order, nil
}

var offsetZone = regexp.MustCompile(`^([+-]?)(\d{1,2})(?::?(\d{2}))?$`)

// timeZone accepts an IANA name in any case, or hours east of UTC.
func timeZone(p parameter, value string) (string, error) {
	if m := offsetZone.FindStringSubmatch(value); m != nil {
		if m[1] == "" {
			m[1] = "+"
		}
		// PostgreSQL shows such a zone as <+02>-02: the POSIX sign runs the other way.
		flipped := map[string]string{"+": "-", "-": "+"}[m[1]]
		hours := strings.Repeat("0", 2-len(m[2])) + m[2]
		minutes := ""
		if m[3] != "" && m[3] != "00" {
			minutes = ":" + m[3]
		}
		return "<" + m[1] + hours + minutes + ">" + flipped + hours + minutes, nil
	}
	if strings.EqualFold(value, "default") || strings.EqualFold(value, "local") {
		return p.initial, nil
	}
	for _, name := range []string{value, strings.ToUpper(value), titleZone(value)} {
		if name == "" || name == "Local" {
			continue
		}
		if _, err := time.LoadLocation(name); err == nil {
			return name, nil
		}
	}
	if _, err := location(value); err == nil {
		return value, nil
	}
	return "", invalid(p, value)
}

// titleZone turns europe/berlin into Europe/Berlin.
func titleZone(name string) string {
	out := []byte(strings.ToLower(name))
	for i := range out {
		if (i == 0 || out[i-1] == '/' || out[i-1] == '_') && out[i] >= 'a' && out[i] <= 'z' {
			out[i] -= 'a' - 'A'
		}
	}
	return string(out)
}

var posixZone = regexp.MustCompile(`^<([+-]\d{2}(?::\d{2})?)>([+-])(\d{2})(?::(\d{2}))?$`)

// location gives the zone behind a TimeZone value.
func location(name string) (*time.Location, error) {
	m := posixZone.FindStringSubmatch(name)
	if m == nil {
		return time.LoadLocation(name)
	}
	seconds := (int(m[3][0]-'0')*10 + int(m[3][1]-'0')) * 3600
	if m[4] != "" {
		seconds += (int(m[4][0]-'0')*10 + int(m[4][1]-'0')) * 60
	}
	if m[2] == "+" {
		seconds = -seconds
	}
	return time.FixedZone(m[1], seconds), nil
}

// searchPath keeps the list as written; names are checked when they are used.
func searchPath(_ parameter, value string) (string, error) { return strings.TrimSpace(value), nil }

// schemas splits a search_path into names, unquoted and folded; $user becomes user.
func schemas(path, user string) ([]string, error) {
	var names []string
	for _, part := range strings.Split(path, ",") {
		part = strings.TrimSpace(part)
		switch {
		case part == "" || part == `""`:
			continue
		case part[0] == '"' && len(part) > 1 && part[len(part)-1] == '"':
			part = strings.ReplaceAll(part[1:len(part)-1], `""`, `"`)
		case part[0] == '"':
			return nil, sqlstate.New(sqlstate.InvalidParameterValue, "invalid list syntax in parameter %q", "search_path")
		default:
			part = strings.ToLower(part)
		}
		if part == "$user" {
			part = user
		}
		names = append(names, part)
	}
	return names, nil
}

// textFormat gives the settings that value output depends on.
func (s *settings) textFormat() pgwire.TextFormat {
	style, order, _ := strings.Cut(s.value("datestyle"), ", ")
	digits := 0
	if v := s.value("extra_float_digits"); v != "" {
		sign := 1
		if v[0] == '-' {
			sign, v = -1, v[1:]
		}
		for _, d := range v {
			digits = digits*10 + int(d-'0')
		}
		digits *= sign
	}
	return pgwire.TextFormat{
		DateStyle: style, DateOrder: order,
		IntervalStyle:   s.value("intervalstyle"),
		TimeZone:        s.value("timezone"),
		ByteaOutput:     s.value("bytea_output"),
		ExtraFloatDigit: digits,
	}
}
