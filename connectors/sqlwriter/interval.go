package sqlwriter

import (
	"strconv"
	"strings"
)

// signed writes an integer so that a cast behind it takes all of it.
func signed(n int64) string {
	if n < 0 {
		return "'" + strconv.FormatInt(n, 10) + "'"
	}
	return strconv.FormatInt(n, 10)
}

// parseInterval reads PostgreSQL's own output ("1 year 2 mons -3 days +04:05:06.7").
func parseInterval(text string) (months, days, micros int64, err error) {
	fields := strings.Fields(text)
	for i := 0; i < len(fields); i++ {
		if strings.Contains(fields[i], ":") {
			clock, ok := parseClock(fields[i])
			if !ok {
				return 0, 0, 0, badInterval(text)
			}
			micros += clock
			continue
		}
		n, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil || i+1 == len(fields) {
			return 0, 0, 0, badInterval(text)
		}
		i++
		switch strings.TrimSuffix(fields[i], "s") {
		case "year":
			months += 12 * n
		case "mon":
			months += n
		case "day":
			days += n
		default:
			return 0, 0, 0, badInterval(text)
		}
	}
	return months, days, micros, nil
}

// parseClock reads [+-]hh:mm:ss[.ffffff] as microseconds; hours may have any digits.
func parseClock(text string) (int64, bool) {
	negative := strings.HasPrefix(text, "-")
	parts := strings.Split(strings.TrimLeft(text, "+-"), ":")
	if len(parts) != 3 {
		return 0, false
	}
	whole, fraction, _ := strings.Cut(parts[2], ".")
	fraction = (fraction + "000000")[:6]
	var total int64
	for _, p := range []struct {
		text string
		unit int64
	}{{parts[0], 3600e6}, {parts[1], 60e6}, {whole, 1e6}, {fraction, 1}} {
		n, err := strconv.ParseInt(p.text, 10, 64)
		if err != nil {
			return 0, false
		}
		total += n * p.unit
	}
	if negative {
		total = -total
	}
	return total, true
}
