package gateway

import (
	"strings"

	"github.com/sluicemesh/sluice/pgwire"
	"github.com/sluicemesh/sluice/sqlstate"
)

// searchPath keeps the list as written; names are checked when they are used.
func searchPath(_ parameter, value, _ string) (string, error) { return strings.TrimSpace(value), nil }

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

// output is how values print where a statement makes text of them (plan.Locale.Output).
func (s *settings) output() string {
	style, order, _ := strings.Cut(s.value("datestyle"), ", ")
	all := strings.Join([]string{style, order, s.value("intervalstyle"), s.value("bytea_output"), s.value("extra_float_digits")}, ",")
	if all == "ISO,MDY,postgres,hex,1" {
		return ""
	}
	return all
}
