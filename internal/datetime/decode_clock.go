package datetime

import (
	"math"
	"strings"
)

// parseFraction reads ".123" as microseconds.
func parseFraction(text string) (int, problem) {
	f, p := parseFractionFloat(text)
	return int(math.RoundToEven(f * float64(Second))), p
}

// parseFractionFloat reads ".123"; a bare point is 0 (ParseFraction).
func parseFractionFloat(text string) (float64, problem) {
	if text == "." {
		return 0, 0
	}
	f, ok := parseFloat(text)
	if !ok {
		return 0, badFormat
	}
	return f, 0
}

// parseClock reads h:m, h:m:s or m:s.f; minuteToSecond reads a:b as minutes and seconds
// (DecodeTimeCommon).
func parseClock(text string, minuteToSecond bool) (hour int64, minute, second, micros int, p problem) {
	n := leadingDigits(text)
	hour, p = atoi64(text[:n])
	if p != 0 || n == len(text) || text[n] != ':' {
		return 0, 0, 0, 0, firstProblem(p)
	}
	text = text[n+1:]
	n = leadingDigits(text)
	if minute, p = atoiOrZero(text[:n]); p != 0 {
		return 0, 0, 0, 0, p
	}
	text = text[n:]
	switch {
	case text == "":
		if minuteToSecond {
			hour, minute, second = 0, int(hour), minute
		}
	case text[0] == '.':
		if micros, p = parseFraction(text); p != 0 {
			return 0, 0, 0, 0, p
		}
		if hour > math.MaxInt32 {
			return 0, 0, 0, 0, fieldOverflow
		}
		hour, minute, second = 0, int(hour), minute
	case text[0] == ':':
		text = text[1:]
		n = leadingDigits(text)
		if second, p = atoiOrZero(text[:n]); p != 0 {
			return 0, 0, 0, 0, p
		}
		if text = text[n:]; text != "" {
			if text[0] != '.' {
				return 0, 0, 0, 0, badFormat
			}
			if micros, p = parseFraction(text); p != 0 {
				return 0, 0, 0, 0, p
			}
		}
	default:
		return 0, 0, 0, 0, badFormat
	}
	if minute < 0 || minute > 59 || second > 60 || micros < 0 || micros > int(Second) {
		return 0, 0, 0, 0, fieldOverflow
	}
	return hour, minute, second, micros, 0
}

func firstProblem(p problem) problem {
	if p == 0 {
		return badFormat
	}
	return p
}

// atoiOrZero reads digits; none are 0.
func atoiOrZero(s string) (int, problem) {
	if s == "" {
		return 0, 0
	}
	return atoi(s)
}

// atoi64 reads digits into 64 bits; none are 0.
func atoi64(s string) (int64, problem) {
	var n int64
	for i := range len(s) {
		if n > (math.MaxInt64-int64(s[i]-'0'))/10 {
			return 0, fieldOverflow
		}
		n = n*10 + int64(s[i]-'0')
	}
	return n, 0
}

// parseOffset reads +hh, +hhmm, +hh:mm or +hh:mm:ss as seconds east (DecodeTimezone).
func parseOffset(text string) (int, problem) {
	if text == "" || text[0] != '+' && text[0] != '-' {
		return 0, badFormat
	}
	sign, rest := 1, text[1:]
	if text[0] == '-' {
		sign = -1
	}
	n := leadingDigits(rest)
	hour, p := atoiOrZero(rest[:n])
	if p != 0 || negativeNumber(rest) {
		return 0, zoneOverflow
	}
	minute, second := 0, 0
	rest = rest[n:]
	switch {
	case rest != "" && rest[0] == ':':
		n = leadingDigits(rest[1:])
		if minute, p = atoiOrZero(rest[1 : n+1]); p != 0 || negativeNumber(rest[1:]) {
			return 0, zoneOverflow
		}
		if rest = rest[n+1:]; rest != "" && rest[0] == ':' {
			n = leadingDigits(rest[1:])
			if second, p = atoiOrZero(rest[1 : n+1]); p != 0 || negativeNumber(rest[1:]) {
				return 0, zoneOverflow
			}
			rest = rest[n+1:]
		}
	case rest == "" && len(text) > 3:
		minute, hour = hour%100, hour/100
	}
	const maxHour = 15 // MAX_TZDISP_HOUR
	if hour > maxHour || minute > 59 || second > 59 {
		return 0, zoneOverflow
	}
	if rest != "" {
		return 0, badFormat
	}
	return sign * (hour*3600 + minute*60 + second), 0
}

// negativeNumber tells whether a second sign makes a number negative that must not be.
func negativeNumber(s string) bool {
	return len(s) > 1 && s[0] == '-' && leadingDigits(s[1:]) > strings.Count(s[1:1+leadingDigits(s[1:])], "0")
}
