package gateway

import (
	"cmp"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/sluicemesh/sluice/sqlstate"
)

func invalid(p parameter, value string) *sqlstate.Error {
	return sqlstate.New(sqlstate.InvalidParameterValue, "invalid value for parameter %q: %q", p.name, value)
}

// boolean accepts unambiguous beginnings of the words, as PostgreSQL's parse_bool does.
func boolean(p parameter, value, _ string) (string, error) {
	v := strings.ToLower(value)
	switch {
	case v == "":
	case strings.HasPrefix("true", v), strings.HasPrefix("yes", v), v == "on", v == "1":
		return "on", nil
	case strings.HasPrefix("false", v), strings.HasPrefix("no", v), v == "of", v == "off", v == "0":
		return "off", nil
	}
	return "", sqlstate.New(sqlstate.InvalidParameterValue, "parameter %q requires a Boolean value", p.name)
}

// readOnly accepts what clients ask for and stays on: nothing can be written here.
func readOnly(p parameter, value, _ string) (string, error) {
	if _, err := boolean(p, value, ""); err != nil {
		return "", err
	}
	return "on", nil
}

func alwaysOn(p parameter, value, _ string) (string, error) {
	v, err := boolean(p, value, "")
	if err == nil && v == "off" {
		return "", sqlstate.Unsupported("standard_conforming_strings = off")
	}
	return v, err
}

var durationForm = regexp.MustCompile(`^\s*([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)\s*(us|ms|s|min|h|d)?\s*$`)

var durationUnits = map[string]time.Duration{
	"": time.Millisecond, "us": time.Microsecond, "ms": time.Millisecond, "s": time.Second,
	"min": time.Minute, "h": time.Hour, "d": 24 * time.Hour,
}

// readDuration accepts milliseconds or a number with a unit (manual, "Parameter Names and
// Values") and shows it in the largest unit that is exact, as PostgreSQL does.
func readDuration(p parameter, value, _ string) (string, error) {
	m := durationForm.FindStringSubmatch(value)
	if m == nil {
		return "", invalid(p, value).WithHint(`Valid units for this parameter are "us", "ms", "s", "min", "h", and "d".`)
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return "", invalid(p, value)
	}
	ms := int64(math.RoundToEven(n * float64(durationUnits[m[2]]) / float64(time.Millisecond)))
	if ms < 0 || ms > math.MaxInt32 {
		return "", sqlstate.New(sqlstate.InvalidParameterValue, "%d ms is outside the valid range for parameter %q (0 .. 2147483647)", ms, p.name)
	}
	if ms == 0 {
		return "0", nil
	}
	for _, unit := range []string{"d", "h", "min", "s"} {
		if size := durationUnits[unit].Milliseconds(); ms%size == 0 {
			return strconv.FormatInt(ms/size, 10) + unit, nil
		}
	}
	return strconv.FormatInt(ms, 10) + "ms", nil
}

// milliseconds reads a value readDuration has made canonical.
func milliseconds(value string) time.Duration {
	if value == "0" { // as most sessions have it, and each statement asks
		return 0
	}
	m := durationForm.FindStringSubmatch(value)
	if m == nil {
		return 0
	}
	n, _ := strconv.ParseInt(m[1], 10, 64)
	return time.Duration(n) * durationUnits[m[2]]
}

var memoryForm = regexp.MustCompile(`^\s*(\d+)\s*(B|kB|MB|GB|TB)?\s*$`)

var memoryUnits = map[string]int64{"B": 1, "kB": 1 << 10, "8kB": 8 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}

// readMemory accepts a number of the parameter's unit, or one with a unit, and shows the largest unit that is exact.
func readMemory(p parameter, value, _ string) (string, error) {
	m := memoryForm.FindStringSubmatch(value)
	if m == nil {
		return "", invalid(p, value).WithHint(`Valid units for this parameter are "B", "kB", "MB", "GB", and "TB".`)
	}
	n, err := strconv.ParseInt(m[1], 10, 32)
	if err != nil {
		return "", invalid(p, value)
	}
	size := n * memoryUnits[cmp.Or(m[2], p.kind.unit)]
	for _, unit := range []string{"TB", "GB", "MB"} {
		if size > 0 && size%memoryUnits[unit] == 0 {
			return strconv.FormatInt(size/memoryUnits[unit], 10) + unit, nil
		}
	}
	return strconv.FormatInt(size/memoryUnits["kB"], 10) + "kB", nil
}

// onlyC accepts the one locale there is.
func onlyC(p parameter, value, _ string) (string, error) {
	switch value {
	case "C", "POSIX", "":
		return "C", nil
	}
	return "", sqlstate.Unsupported("%s = %q", p.name, value).WithHint("Text compares and sorts by bytes, as in the locale C.")
}

// onlyDefault accepts the one set of abbreviations there is.
func onlyDefault(p parameter, value, _ string) (string, error) {
	if !strings.EqualFold(value, "Default") {
		return "", sqlstate.Unsupported("%s = %q", p.name, value)
	}
	return "Default", nil
}
