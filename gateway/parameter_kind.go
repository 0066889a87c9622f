package gateway

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sluicemesh/sluice/sqlstate"
)

// kind says which values a parameter takes, as pg_settings shows it.
type kind struct {
	vartype   string   // bool, enum, integer, real; "" is string
	values    []string // of an enum
	low, high string   // of a number
	unit      string   // what a number counts: ms, kB, 8kB
	// check gives the canonical form of a value; was is the one in force. nil takes any.
	check func(p parameter, value, was string) (string, error)
}

var (
	onOff        = kind{vartype: "bool", check: boolean}
	readOnlyMode = kind{vartype: "bool", check: readOnly}
	alwaysOnMode = kind{vartype: "bool", check: alwaysOn}

	duration   = kind{vartype: "integer", low: "0", high: strconv.Itoa(math.MaxInt32), unit: "ms", check: readDuration}
	memorySize = kind{vartype: "integer", low: "64", high: strconv.Itoa(math.MaxInt32), unit: "kB", check: readMemory}
	pages      = kind{vartype: "integer", low: "1", high: strconv.Itoa(math.MaxInt32), unit: "8kB", check: readMemory}
	realNumber = kind{vartype: "real", low: "0", high: "1.79769e+308", check: float}

	isolationLevel = oneOf("serializable", "repeatable read", "read committed", "read uncommitted")
)

// text is a kind of its own check.
func text(check func(p parameter, value, was string) (string, error)) kind { return kind{check: check} }

// preset is a kind whose values nobody sets.
func preset(vartype string) kind { return kind{vartype: vartype} }

func oneOf(values ...string) kind {
	return kind{vartype: "enum", values: values, check: func(p parameter, value, _ string) (string, error) {
		if i := slices.IndexFunc(values, func(v string) bool { return strings.EqualFold(v, value) }); i >= 0 {
			return values[i], nil
		}
		return "", invalid(p, value).WithHint("Available values: %s.", strings.Join(values, ", "))
	}}
}

func integer(low, high int) kind {
	return kind{vartype: "integer", low: strconv.Itoa(low), high: strconv.Itoa(high), check: func(p parameter, value, _ string) (string, error) {
		n, err := strconv.Atoi(value)
		if err != nil {
			return "", invalid(p, value)
		}
		if n < low || n > high {
			return "", sqlstate.New(sqlstate.InvalidParameterValue, "%d is outside the valid range for parameter %q (%d .. %d)", n, p.name, low, high)
		}
		return strconv.Itoa(n), nil
	}}
}

func float(p parameter, value, _ string) (string, error) {
	if _, err := strconv.ParseFloat(value, 64); err != nil {
		return "", invalid(p, value)
	}
	return value, nil
}

// counted gives a value as a number of the kind's unit, as pg_settings has it.
func (k kind) counted(value string) string {
	switch k.unit {
	case "ms": // in its canonical form
		return strconv.FormatInt(milliseconds(value).Milliseconds(), 10)
	case "kB", "8kB":
		m := memoryForm.FindStringSubmatch(value)
		n, _ := strconv.ParseInt(m[1], 10, 64)
		return strconv.FormatInt(n*memoryUnits[cmp.Or(m[2], k.unit)]/memoryUnits[k.unit], 10)
	}
	return value
}
