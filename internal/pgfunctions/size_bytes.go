package pgfunctions

import (
	"regexp"
	"strings"

	"github.com/sluicemesh/sluice/internal/numeric"
	"github.com/sluicemesh/sluice/sqlstate"
)

// sizeText is a number, which may have an exponent, and a unit behind it.
var sizeText = regexp.MustCompile(`^[ \t\n\v\f\r]*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)[ \t\n\v\f\r]*((?s:.*))$`)

// sizeBytes is pg_size_bytes (dbsize.c).
func sizeBytes(text string) (int64, error) {
	m := sizeText.FindStringSubmatch(text)
	if m == nil {
		return 0, sqlstate.New(sqlstate.InvalidParameterValue, "invalid size: \"%s\"", text)
	}
	n, err := numeric.Parse(m[1])
	if err != nil {
		return 0, err
	}
	if unit := strings.TrimRight(m[2], " \t\n\v\f\r"); unit != "" {
		i := 0
		for i < len(sizeUnits) && !strings.EqualFold(sizeUnits[i].name, unit) {
			i++
		}
		if i == len(sizeUnits) {
			return 0, sqlstate.New(sqlstate.InvalidParameterValue, "invalid size: \"%s\"", text).
				WithDetail("Invalid size unit: \"%s\".", unit).WithHint("Valid units are \"bytes\", \"kB\", \"MB\", \"GB\", \"TB\", and \"PB\".")
		}
		if n, err = numeric.Mul(n, numeric.FromInt(1<<(10*i))); err != nil {
			return 0, err
		}
	}
	return numeric.ToInt(n, 64, "bigint")
}
